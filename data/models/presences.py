"""Who has a conversation open at the desk just now (tilstedeværelse)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record
from data.values.ids import ConversationId, StaffId


class Presence(Record):
    """A caseworker looks at a conversation, and perhaps writes in it (tilstedeværelse).

    It is soon untrue if it is not repeated.
    """

    __tablename__ = "presences"

    conversation_id: Mapped[ConversationId] = mapped_column(
        ForeignKey("conversations.id", ondelete="cascade"), primary_key=True
    )
    staff_id: Mapped[StaffId] = mapped_column(
        ForeignKey("staff.id", ondelete="cascade"), primary_key=True
    )
    seen_at: Mapped[datetime]
    typing_at: Mapped[datetime | None]
