"""Handoffs: what waits for a person, and who has it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Record, words
from data.models.conversations import Conversation
from data.models.staff import Staff
from data.values.ids import CitizenId, ConversationId, HandoffId, MessageId, StaffId, new_id


class HandoffState(StrEnum):
    """Where a handoff stands (overdragelsens status)."""

    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


class Handoff(Record):
    """A conversation given to a caseworker (overdragelse til sagsbehandler).

    `severity` 0 is a danger to life, 3 can wait some bank days; `due_at` is what the citizen was
    told. At most one is open in a conversation.
    """

    __tablename__ = "handoffs"
    __table_args__ = (
        Index(
            "uq_handoffs_open",
            "conversation_id",
            unique=True,
            postgresql_where="state <> 'closed'",
        ),
        Index(
            "ix_handoffs_closed",
            "municipality",
            "closed_at",
            "id",
            postgresql_where="state = 'closed'",
        ),
        Index("ix_handoffs_queue", "municipality", "state", "severity", "due_at"),
        CheckConstraint("severity between 0 and 3", name="severity_known"),
        CheckConstraint("state <> 'taken' or taken_by is not null", name="taker_named"),
    )

    id: Mapped[HandoffId] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[ConversationId] = mapped_column(ForeignKey("conversations.id"))
    citizen_id: Mapped[CitizenId | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    severity: Mapped[int]
    summary: Mapped[str] = mapped_column(Text)
    state: Mapped[HandoffState] = mapped_column(words(HandoffState), default=HandoffState.WAITING)
    opened_at: Mapped[datetime]
    opened_by: Mapped[MessageId | None]
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    #: The unit it is meant for, as the municipality names it; none: the collections office.
    unit: Mapped[str | None] = mapped_column(String(120))
    taken_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime | None]
    #: The holder's last sign of life in it; too long ago, and it goes back to the queue.
    touched_at: Mapped[datetime | None]
    #: How often it came back to the queue from a holder who forgot it.
    times_returned: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_at: Mapped[datetime | None]
    close_note: Mapped[str | None] = mapped_column(Text)

    conversation: Mapped[Conversation] = relationship(lazy="raise")
    taker: Mapped[Staff | None] = relationship(lazy="raise")
