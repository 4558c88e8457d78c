"""What caseworkers know and decide of a case: debtors, circumstances, overrides, tasks (sagen)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import CitizenId, ClaimId, OverrideId, StaffId, TaskId, new_id
from data.values.money import Money


class Liability(Record):
    """One more person who owes a claim besides its citizen (medhæfter)."""

    __tablename__ = "liabilities"

    claim_id: Mapped[ClaimId] = mapped_column(
        ForeignKey("claims.id", ondelete="cascade"), primary_key=True
    )
    citizen_id: Mapped[CitizenId] = mapped_column(
        ForeignKey("citizens.id"), primary_key=True, index=True
    )
    created_at: Mapped[datetime]


class Circumstances(Record):
    """What the law asks about a citizen's life (forhold), as a caseworker recorded it.

    `benefit` is a key of `data/law/statutory.yml` (the only income, if the law asks for that);
    none means that nobody knows.
    """

    __tablename__ = "circumstances"

    citizen_id: Mapped[CitizenId] = mapped_column(
        ForeignKey("citizens.id", ondelete="cascade"), primary_key=True
    )
    benefit: Mapped[str | None] = mapped_column(String(40))
    yearly_net_income: Mapped[Money | None]
    supports_others: Mapped[bool | None]
    children_at_home: Mapped[bool | None]
    #: The social authorities were told before a supply is closed on children.
    social_authorities_told_on: Mapped[date | None]
    deceased_on: Mapped[date | None]
    recorded_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]


class Effect(StrEnum):
    """What a caseworker's word does to a step (skønnets virkning)."""

    HOLD = "hold"  # not before `until`, or not at all
    APPROVE = "approve"  # the person's assessment that a step asks for
    WITHOUT_FEE = "without_fee"
    SKIP = "skip"  # go on as if the step had been taken: only ever to the citizen's good
    SHELVE = "shelve"  # henlagt


class Override(Record):
    """A caseworker's word on a step of a claim (skøn): who, why, and until when.

    `step` is `all` or the step's name and number as in `decisions`; `facts` holds what the word
    rests on (the ground of a hand-over, the three facts of a shelving).
    """

    __tablename__ = "overrides"
    __table_args__ = (
        Index("ix_overrides_claim", "claim_id", postgresql_where="revoked_at is null"),
        CheckConstraint("(revoked_at is null) = (revoked_by is null)", name="revoker_named"),
        CheckConstraint("(revoked_at is null) = (revoked_because is null)", name="revoked_why"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
    )

    id: Mapped[OverrideId] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"))
    step: Mapped[str] = mapped_column(String(40))
    effect: Mapped[Effect] = mapped_column(words(Effect))
    reason: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    until: Mapped[date | None]
    staff_id: Mapped[StaffId] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    revoked_because: Mapped[str | None] = mapped_column(Text)


class TaskState(StrEnum):
    """Where a task stands (opgavens status)."""

    OPEN = "open"
    DONE = "done"


class Task(Record):
    """Something that a person must look at (opgave).

    One is open of a kind a claim, or a payment; of those people write themselves, any number.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index(
            "uq_tasks_open",
            "claim_id",
            "kind",
            unique=True,
            postgresql_where="state = 'open' and kind <> 'manual'",
        ),
        Index(
            "uq_tasks_open_payment",
            "payment_id",
            "kind",
            unique=True,
            postgresql_where="state = 'open' and payment_id is not null",
        ),
        Index("ix_tasks_queue", "municipality", "state", "due_on"),
        CheckConstraint("(state = 'done') = (closed_at is not null)", name="closed_has_time"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answerer_named"),
    )

    id: Mapped[TaskId] = mapped_column(primary_key=True, default=new_id)
    #: A key of `data/law/tasks.yml`.
    kind: Mapped[str] = mapped_column(String(40))
    claim_id: Mapped[ClaimId | None] = mapped_column(ForeignKey("claims.id"), index=True)
    citizen_id: Mapped[CitizenId | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    #: The money it is about, where that is what must be looked at.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    #: The unit that owns the answer (ejerenhed), as the ledger names it; none is our own.
    unit: Mapped[str | None] = mapped_column(String(120))
    #: Who said that they will see to it; none: whoever comes first.
    assigned_to: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"), index=True)
    #: What the unit answered, before the collections office acts on it (svar fra fagcenter).
    answer: Mapped[str | None] = mapped_column(Text)
    answered_as: Mapped[str | None] = mapped_column(String(40))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    #: Somebody wrote it by hand; none: a rule, a job or the assistant opened it.
    opened_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[TaskState] = mapped_column(words(TaskState), default=TaskState.OPEN)
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None] = mapped_column(Text)
