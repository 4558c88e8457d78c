"""What caseworkers keep for use again: answers, and views of their lists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.models.citizens import Language
from data.values.ids import SavedTextId, SavedViewId, StaffId, new_id


class SavedText(Record):
    """An answer that may be used again by the whole municipality (svartekst).

    Places such as `{first_name}` are filled from the conversation, and only at the identity level
    each of them asks for (`outreach/rules/places.py`).
    """

    __tablename__ = "saved_texts"
    __table_args__ = (
        Index(
            "uq_saved_texts_title",
            "municipality",
            "language",
            "title",
            unique=True,
            postgresql_where="archived_at is null",
        ),
        CheckConstraint("length(trim(title)) > 0 and length(trim(body)) > 0", name="not_empty"),
    )

    id: Mapped[SavedTextId] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    language: Mapped[Language] = mapped_column(words(Language), default=Language.DANISH)
    body: Mapped[str] = mapped_column(Text)
    #: Words it is found by besides its own.
    tags: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    written_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    written_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class SavedView(Record):
    """A caseworker's own filter of a list, under a name (gemt visning)."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "page", "name"),)

    id: Mapped[SavedViewId] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[StaffId] = mapped_column(ForeignKey("staff.id", ondelete="cascade"))
    #: The list it belongs to, such as `inbox` or `tasks`.
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    #: The list's own query string, as its form would send it.
    query: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
