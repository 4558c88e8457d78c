"""Telephone calls: how far each has come, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, not_negative, words
from data.models.citizens import Language
from data.models.conversations import Direction
from data.values.ids import CallId, ConversationId, MessageId, TaskId, new_id


class CallState(StrEnum):
    """How far a call has come (opkaldets status); it only moves forward."""

    PLACED = "placed"  # asked for, not answered yet
    ANSWERED = "answered"
    ENDED = "ended"


class CallStep(StrEnum):
    """What the call is about just now (hvor i samtalen)."""

    IDENTITY = "identity"  # who is it
    CONSENT = "consent"  # may we text you if we are cut off
    TALK = "talk"  # the dialogue
    CHECKING = "checking"  # did I hear that right
    CALL_BACK = "call_back"  # when may a person call
    NUMBER = "number"  # on which number
    TRANSFER = "transfer"  # it rings at a caseworker's
    OVER = "over"


class CallOutcome(StrEnum):
    """What became of a call (udfald)."""

    COMPLETED = "completed"  # said goodbye, or hung up when nothing was left to say
    HUNG_UP = "hung_up"  # hung up in the middle of something
    TRANSFERRED = "transferred"  # a caseworker took it
    CALL_BACK = "call_back"  # a caseworker calls back
    TIME_UP = "time_up"
    MACHINE = "machine"  # an answering machine, or nobody we may speak to
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


class Call(Record):
    """One telephone call, in or out (telefonopkald)."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_at is not null)", name="ended_has_time"),
        CheckConstraint("state <> 'ended' or outcome is not null", name="ended_has_outcome"),
        not_negative("duration"),
        not_negative("turn"),
        Index("ix_calls_under_way", "started_at", postgresql_where="state <> 'ended'"),
    )

    id: Mapped[CallId] = mapped_column(primary_key=True, default=new_id)
    #: Twilio's reference; none before Twilio has answered that it places the call.
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    conversation_id: Mapped[ConversationId] = mapped_column(
        ForeignKey("conversations.id"), index=True
    )
    #: What a call of ours is about: the message that could not be brought otherwise.
    message_id: Mapped[MessageId | None] = mapped_column(ForeignKey("messages.id"), index=True)
    direction: Mapped[Direction] = mapped_column(words(Direction))
    language: Mapped[Language] = mapped_column(words(Language))
    state: Mapped[CallState] = mapped_column(words(CallState))
    step: Mapped[CallStep] = mapped_column(words(CallStep), default=CallStep.IDENTITY)
    outcome: Mapped[CallOutcome | None] = mapped_column(words(CallOutcome))
    #: What Twilio heard answer a call of ours: `human`, `machine_end_beep`, `fax` …
    answered_by: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: Seconds, as Twilio counts them.
    duration: Mapped[int | None]
    #: The turn that is answered next; an earlier one is answered as it was.
    turn: Mapped[int] = mapped_column(default=0)
    misunderstood: Mapped[int] = mapped_column(default=0)
    silent: Mapped[int] = mapped_column(default=0)
    #: Whether a text message may follow should the call break off; none: not asked yet.
    may_text: Mapped[bool | None]
    #: What was heard and is not believed yet; emptied when the call ends.
    heard: Mapped[str | None] = mapped_column(Text)
    #: What the keys 1, 2, 3 … stand for now.
    choices: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    #: The latest answer to Twilio (TwiML), should Twilio ask again; emptied when the call ends.
    answer: Mapped[str | None] = mapped_column(Text)
    #: The call-back that was agreed on.
    task_id: Mapped[TaskId | None] = mapped_column(ForeignKey("tasks.id"))
