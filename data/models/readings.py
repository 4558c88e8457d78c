"""Why somebody opened a citizen who is not on their own list (opslag)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import CitizenId, ReadingId, StaffId, new_id


class ReadingGround(StrEnum):
    """Why a citizen is opened who is not on one's own list (grund til opslag)."""

    CONTACT = "contact"  # the citizen calls, writes or stands at the counter
    POST = "post"  # a letter or a document about them has come
    RELATED = "related"  # the case of somebody they owe together with, or who speaks for them
    PAYMENT = "payment"  # money that may be theirs
    COLLEAGUE = "colleague"  # a colleague or a unit has asked
    CONTROL = "control"  # casework is checked
    OTHER = "other"


class Reading(Record):
    """One stay at a citizen's pages with its reason (opslag med begrundelse); ends by itself."""

    __tablename__ = "readings"
    __table_args__ = (
        Index("ix_readings_of", "staff_id", "citizen_id", "until"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        CheckConstraint("until >= opened_at", name="ends_after_it_begins"),
    )

    id: Mapped[ReadingId] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[StaffId] = mapped_column(ForeignKey("staff.id"))
    citizen_id: Mapped[CitizenId] = mapped_column(ForeignKey("citizens.id"))
    ground: Mapped[ReadingGround] = mapped_column(words(ReadingGround))
    reason: Mapped[str] = mapped_column(String(400))
    #: The citizen was protected: this stay opens no other page than those it leads to.
    is_protected: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
