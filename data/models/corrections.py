"""What the assistant understood wrong, as caseworkers set it right (rettelser)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Record, words
from data.models.citizens import Language
from data.models.conversations import Message
from data.values.ids import CorrectionId, MessageId, StaffId, new_id


class CorrectionState(StrEnum):
    """Where a correction stands (rettelsens status)."""

    PROPOSED = "proposed"
    APPROVED = "approved"  # goes into the training data with the next export
    REJECTED = "rejected"


class Correction(Record):
    """A message understood wrong, and what it should have been understood as (rettelse).

    `text` is the example as it may stand in the training data: masked, and read through by a
    person. Somebody else than who proposed it approves it.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index("ix_corrections_queue", "municipality", "state", "proposed_at"),
        CheckConstraint(
            "(state = 'proposed') = (reviewed_by is null)", name="reviewed_by_somebody"
        ),
        CheckConstraint("reviewed_by <> proposed_by", name="reviewed_by_another"),
    )

    id: Mapped[CorrectionId] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[MessageId] = mapped_column(ForeignKey("messages.id"))
    language: Mapped[Language] = mapped_column(words(Language))
    text: Mapped[str] = mapped_column(Text)
    understood_as: Mapped[str | None] = mapped_column(String(40))
    should_be: Mapped[str] = mapped_column(String(40))
    state: Mapped[CorrectionState] = mapped_column(
        words(CorrectionState), default=CorrectionState.PROPOSED
    )
    proposed_by: Mapped[StaffId] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    reviewed_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    exported_at: Mapped[datetime | None]

    message: Mapped[Message] = relationship(lazy="raise")
