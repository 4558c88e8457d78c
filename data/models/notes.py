"""Notes on a citizen (notater): what people learned and decided, kept as it was written."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import CitizenId, ClaimId, ConversationId, NoteId, StaffId, TaskId, new_id


class NoteKind(StrEnum):
    """What a note is (notatets art)."""

    CALL = "call"  # told by telephone or at the counter (offentlighedsloven § 13)
    ASSESSMENT = "assessment"  # a judgement and what it rests on (skøn)
    CORRECTION = "correction"  # puts an earlier note right
    OTHER = "other"


class Note(Record):
    """A note a person wrote (notat; notatpligt, offentlighedsloven § 13); never changed."""

    __tablename__ = "notes"
    __table_args__ = (
        Index("ix_notes_citizen", "citizen_id", "at"),
        CheckConstraint("length(trim(body)) > 0", name="body_given"),
        CheckConstraint("(kind = 'correction') = (corrects is not null)", name="names_corrected"),
    )

    id: Mapped[NoteId] = mapped_column(primary_key=True, default=new_id)
    citizen_id: Mapped[CitizenId] = mapped_column(ForeignKey("citizens.id"))
    claim_id: Mapped[ClaimId | None] = mapped_column(ForeignKey("claims.id"))
    conversation_id: Mapped[ConversationId | None] = mapped_column(ForeignKey("conversations.id"))
    task_id: Mapped[TaskId | None] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[NoteKind] = mapped_column(words(NoteKind), default=NoteKind.OTHER)
    corrects: Mapped[NoteId | None] = mapped_column(ForeignKey("notes.id"))
    body: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[StaffId] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
