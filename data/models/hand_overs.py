"""Hand-overs: claims that go to the state or to the municipality's bailiff (overdragelser)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import ClaimId, HandOverFileId, HandOverId, StaffId, new_id
from data.values.money import Money
from data.values.recipients import Recipient


class HandOverState(StrEnum):
    """How far a hand-over has come (overdragelsens status)."""

    WAITING = "waiting"  # the quiet period in which a caseworker can stop it
    STOPPED = "stopped"  # by a caseworker, or because the claim no longer fits
    INVALID = "invalid"  # a field is missing or wrong: a task tells which
    FILED = "filed"  # in a file the recipient can fetch
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETURNED = "returned"
    RECALLED = "recalled"


class AnswerStatus(StrEnum):
    """What a recipient says of a claim it was handed (kvitteringens status)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETURNED = "returned"  # given back: the recipient collects it no longer
    RECALLED = "recalled"  # taken back by us (tilbagekaldt)
    WRITTEN_DOWN = "written_down"  # reduced by `amount` (nedskrevet)


class HandOverFile(Record):
    """A file for one recipient (overdragelsesfil), kept as it was written."""

    __tablename__ = "hand_over_files"
    __table_args__ = (UniqueConstraint("municipality", "recipient", "number"),)

    id: Mapped[HandOverFileId] = mapped_column(primary_key=True, default=new_id)
    recipient: Mapped[Recipient] = mapped_column(words(Recipient))
    number: Mapped[int]
    rows: Mapped[int]
    total: Mapped[Money]
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class HandOver(Record):
    """One claim on its way to a recipient (overdragelse); at most one is alive a claim."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        Index(
            "uq_hand_overs_alive",
            "claim_id",
            unique=True,
            postgresql_where="state in ('waiting', 'filed', 'accepted')",
        ),
        Index("ix_hand_overs_ready", "municipality", "state", "ready_on"),
        CheckConstraint(
            "state not in ('filed', 'accepted') or file_id is not null", name="filed_has_file"
        ),
    )

    id: Mapped[HandOverId] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"), index=True)
    recipient: Mapped[Recipient] = mapped_column(words(Recipient))
    state: Mapped[HandOverState] = mapped_column(
        words(HandOverState), default=HandOverState.WAITING
    )
    #: The ground (grund) as policy names it, and the paragraph or line it rests on.
    ground: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(Text)
    #: First day it may be filed: the quiet period is over.
    ready_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(80))
    file_id: Mapped[HandOverFileId | None] = mapped_column(ForeignKey("hand_over_files.id"))
    #: Its number in that file, from 1: with the file's number it makes our reference.
    row: Mapped[int | None]
    #: What was handed over: principal, fees, interest in øre, as the file says.
    sums: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The recipient's own reference, and the code and words it answered with.
    their_ref: Mapped[str | None] = mapped_column(String(60))
    answer: Mapped[str | None] = mapped_column(Text)
    stopped_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    stopped_because: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class HandOverAnswer(Record):
    """One thing a recipient said of a hand-over (kvittering, underretning), taken once.

    `key` is made of all the row says, so that the same file read again adds nothing.
    """

    __tablename__ = "hand_over_answers"
    __table_args__ = (
        UniqueConstraint("hand_over_id", "key"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("status <> 'written_down' or amount > 0", name="write_down_has_amount"),
        Index("ix_hand_over_answers_day", "municipality", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    hand_over_id: Mapped[HandOverId] = mapped_column(ForeignKey("hand_overs.id"))
    status: Mapped[AnswerStatus] = mapped_column(words(AnswerStatus))
    their_ref: Mapped[str | None] = mapped_column(String(60))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[Money | None]
    day: Mapped[date]
    key: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
