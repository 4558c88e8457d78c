"""Claims, up to which day we know who has paid, and what the rules said of each step."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
    type_coerce,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import MoneyColumn, Record, not_negative, words
from data.models.citizens import Citizen
from data.values.ids import CitizenId, ClaimId, MessageId, new_id
from data.values.money import NOTHING, Money


class ClaimState(StrEnum):
    """Where a claim stands (kravets status); whether it is overdue follows from its dates."""

    OPEN = "open"
    PAID = "paid"
    IN_PLAN = "in_plan"
    IN_RESPITE = "in_respite"
    DISPUTED = "disputed"
    SHELVED = "shelved"
    HANDED_OVER = "handed_over"
    WRITTEN_OFF = "written_off"


#: States in which money that is no longer owed ends the matter; a disputed claim waits for its
#: answer, and one handed over for the state's books.
ENDED_BY_PAYMENT: Final = (ClaimState.OPEN, ClaimState.IN_PLAN, ClaimState.IN_RESPITE)


class Claim(Record):
    """A sum that a citizen owes the municipality (fordring, krav)."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("municipality", "claim_ref"),
        CheckConstraint("principal > 0", name="principal_positive"),
        not_negative("paid"),
        not_negative("in_dispute"),
        CheckConstraint(
            "bill_sent_on is null or bill_sent_on <= due_date", name="bill_sent_before_due"
        ),
        CheckConstraint(
            "period_start is null or period_end is null or period_start <= period_end",
            name="period_runs_forward",
        ),
        CheckConstraint(
            "(state = 'in_respite') = (respite_until is not null)", name="respite_ends"
        ),
        # What a round walks along, citizen by citizen; it shrinks as messages are written.
        Index(
            "ix_claims_round",
            "municipality",
            "citizen_id",
            "due_date",
            postgresql_where="first_contact_at is null",
        ),
        Index("ix_claims_payment_id", "municipality", "payment_id"),
        Index(
            "ix_claims_ref_digits",
            "municipality",
            text("regexp_replace(claim_ref, '[^0-9]', '', 'g')"),
        ),
    )

    id: Mapped[ClaimId] = mapped_column(primary_key=True, default=new_id)
    citizen_id: Mapped[CitizenId] = mapped_column(ForeignKey("citizens.id"), index=True)
    claim_ref: Mapped[str] = mapped_column(String(60))
    claim_type: Mapped[str] = mapped_column(String(40))
    principal: Mapped[Money]
    #: Sum of the postings on it (fees, interest, waivers), øre; kept with `postings`.
    charged: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    #: Sum of its allocations, øre; may exceed what is owed when too much was paid.
    paid: Mapped[Money] = mapped_column(default=NOTHING)
    #: The part under dispute while the rest goes on, øre: it stays out of agreements.
    in_dispute: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    due_date: Mapped[date]  # last day to pay on time (sidste rettidige betalingsdag)
    bill_sent_on: Mapped[date | None]
    payment_id: Mapped[str | None] = mapped_column(String(19))
    creditor_no: Mapped[str | None] = mapped_column(String(8))
    owning_unit: Mapped[str | None] = mapped_column(String(120))
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    instalment_no: Mapped[int | None]
    tax_year: Mapped[int | None]
    betalingsservice: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ClaimState] = mapped_column(words(ClaimState), default=ClaimState.OPEN)
    respite_until: Mapped[date | None]
    #: The citizen says it is paid, or a payment row could not be read: no contact until this day.
    paused_until: Mapped[date | None]
    paused_because: Mapped[str | None] = mapped_column(String(40))
    #: When the first message about it was written; it is never written about first again.
    first_contact_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    citizen: Mapped[Citizen] = relationship(lazy="raise")

    @hybrid_property
    def owed(self) -> Money:
        """What is to be paid in all: principal, fees and interest less waivers (samlet krav)."""
        return self.principal + self.charged

    @owed.inplace.expression
    @classmethod
    def _owed(cls) -> ColumnElement[Money]:
        return type_coerce(cls.principal + cls.charged, MoneyColumn()).label("owed")

    @hybrid_property
    def is_settled(self) -> bool:
        """Whether payments cover all that is owed (betalt); what is paid too much counts too."""
        return self.paid >= self.owed

    @is_settled.inplace.expression
    @classmethod
    def _is_settled(cls) -> ColumnElement[bool]:
        return cls.paid >= cls.principal + cls.charged

    @property
    def outstanding(self) -> Money:
        """What is still owed with fees and interest (restgæld), øre; never below zero."""
        return max(self.owed - self.paid, NOTHING)

    @property
    def state_when_free(self) -> ClaimState:
        """Where it goes when nothing holds it any more: a part in dispute waits for its answer."""
        if self.is_settled:
            return ClaimState.PAID
        return ClaimState.DISPUTED if self.in_dispute else ClaimState.OPEN

    @property
    def agreeable(self) -> Money:
        """What may be agreed on: what is owed less what is disputed, øre."""
        return max(self.outstanding - self.in_dispute, NOTHING)


class PaymentCoverage(Record):
    """The last bank day for which all payments are known (betalingsfilens dækning)."""

    __tablename__ = "payment_coverage"

    municipality: Mapped[str] = mapped_column(String(40), primary_key=True)
    covers_until: Mapped[date]
    updated_at: Mapped[datetime]


class Outcome(StrEnum):
    """What a rule answered (afgørelse)."""

    ALLOWED = "allowed"
    REFUSED = "refused"


class Decision(Record):
    """What the rules said about one step of one claim, with the facts it rested on (afgørelse).

    There is one row a claim and step: an allowed one is final, a refused one is overwritten.
    `step` is the step's name and its number on the ladder: `first_contact`, `reminder:2`.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("(outcome = 'refused') = (reason is not null)", name="refusal_has_reason"),
        Index("ix_decisions_message", "message_id"),
    )

    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    reason: Mapped[str | None] = mapped_column(String(40))
    retry_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]]
    message_id: Mapped[MessageId | None]
    decided_at: Mapped[datetime]
    #: The paragraph or policy line it rests on, and which version of the policy was asked.
    basis: Mapped[str | None] = mapped_column(Text)
    policy_version: Mapped[str | None] = mapped_column(String(120))
    #: `rule`, or the caseworker whose word it rests on.
    decided_by: Mapped[str] = mapped_column(String(80), default="rule", server_default="rule")
    #: The new last day to pay, once the letter about it has left.
    pay_by: Mapped[date | None]
