"""Agreements: instalment plans and respites, from offer to end."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Record, words
from data.values.ids import AgreementId, CitizenId, ClaimId, ConversationId, MessageId, new_id
from data.values.money import Money

#: Who proposed it when no caseworker did.
ASSISTANT: Final = "assistant"


class AgreementKind(StrEnum):
    """What is agreed: paying in parts, paying later, or giving away money to come."""

    PLAN = "plan"  # afdragsordning
    RESPITE = "respite"  # henstand
    ASSIGNMENT = "assignment"  # transport


class AgreementChannel(StrEnum):
    """How the citizen said yes (kanal): in a conversation, on paper, or across the counter."""

    SMS = "sms"
    VOICE = "voice"
    TELEGRAM = "telegram"
    WEB = "web"
    EMAIL = "email"
    TERMINAL = "terminal"
    LETTER = "letter"  # brev
    COUNTER = "counter"  # personligt fremmøde


class AgreementState(StrEnum):
    """Where an agreement stands (aftalens status)."""

    OFFERED = "offered"
    PROPOSED = "proposed"  # shown beside the offer; the citizen may take it instead
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    ENDED = "ended"
    BROKEN = "broken"
    CHANGED = "changed"  # a later one took its place, which is no breach


#: Said yes to once, whatever came of it.
AGREED: Final = (
    AgreementState.ACCEPTED, AgreementState.ENDED, AgreementState.BROKEN, AgreementState.CHANGED,
)  # fmt: skip


class Agreement(Record):
    """An amicable arrangement (mindelig ordning), with the exact text the citizen said yes to."""

    __tablename__ = "agreements"
    __table_args__ = (
        Index(
            "uq_agreements_open_offer",
            "conversation_id",
            unique=True,
            postgresql_where="state = 'offered'",
        ),
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("(kind = 'plan') = (respite_until is null)", name="respite_ends"),
        CheckConstraint(
            "state not in ('accepted', 'ended', 'broken', 'changed') or (accepted_at is not null"
            " and identity_level >= 2 and shown_text is not null)",
            name="acceptance_is_proven",
        ),
        CheckConstraint("(state = 'broken') = (broken_at is not null)", name="breach_has_a_time"),
        CheckConstraint("(kind = 'assignment') = (benefit is not null)", name="assignment_of_what"),
        CheckConstraint(
            "(suspended_on is null) = (suspended_because is null)", name="suspension_has_a_cause"
        ),
        UniqueConstraint("municipality", "payment_id"),
        Index(
            "ix_agreements_running",
            "municipality",
            "kind",
            "id",
            postgresql_where="state = 'accepted'",
        ),
    )

    id: Mapped[AgreementId] = mapped_column(primary_key=True, default=new_id)
    citizen_id: Mapped[CitizenId] = mapped_column(ForeignKey("citizens.id"), index=True)
    #: None: a caseworker wrote it down after a talk or a letter.
    conversation_id: Mapped[ConversationId | None] = mapped_column(
        ForeignKey("conversations.id"), index=True
    )
    kind: Mapped[AgreementKind] = mapped_column(words(AgreementKind))
    state: Mapped[AgreementState] = mapped_column(words(AgreementState))
    total: Mapped[Money]
    #: A respite's last day; of an assignment the day by which its money is expected.
    respite_until: Mapped[date | None]
    shown_text: Mapped[str | None] = mapped_column(Text)
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[MessageId | None]
    channel: Mapped[AgreementChannel] = mapped_column(words(AgreementChannel))
    identity_level: Mapped[int]
    #: When it was found not to be kept (misligholdt).
    broken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: Why it ended or was taken off the table: a code, or a caseworker's words.
    ended_because: Mapped[str | None] = mapped_column(Text)
    #: `assistant`, or `staff:<id>` with the reason given.
    proposed_by: Mapped[str] = mapped_column(
        String(80), default=ASSISTANT, server_default=ASSISTANT
    )
    reason: Mapped[str | None] = mapped_column(Text)
    #: Why this one was proposed: a key of the catalogue (`why_own`, `why_gentler`).
    why: Mapped[str | None] = mapped_column(String(40))
    #: Which of the proposals shown together it is, from 1.
    option: Mapped[int] = mapped_column(default=1, server_default="1")
    #: How often, as `Rhythm.key` writes it; none: days named one by one.
    rhythm: Mapped[str | None] = mapped_column(String(20))
    #: The agreement that this one takes the place of once it is accepted.
    replaces: Mapped[AgreementId | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    #: Since when the plan stands still, and why (`frozen`, `respite`).
    suspended_on: Mapped[date | None]
    suspended_because: Mapped[str | None] = mapped_column(String(40))
    #: The number by which all of it can be paid, where the municipality has a series for plans.
    payment_id: Mapped[str | None] = mapped_column(String(15))
    creditor_no: Mapped[str | None] = mapped_column(String(8))
    #: What money to come is assigned: a key of the policy's whitelist.
    benefit: Mapped[str | None] = mapped_column(String(40))

    instalments: Mapped[list[Instalment]] = relationship(
        lazy="raise", order_by="Instalment.number", cascade="all, delete-orphan"
    )
    claims: Mapped[list[AgreementClaim]] = relationship(
        lazy="raise", order_by="AgreementClaim.position", cascade="all, delete-orphan"
    )


class AgreementClaim(Record):
    """A claim (krav) that an agreement covers, how much of it, and its place in the order."""

    __tablename__ = "agreement_claims"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    agreement_id: Mapped[AgreementId] = mapped_column(
        ForeignKey("agreements.id", ondelete="cascade"), primary_key=True
    )
    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"), primary_key=True, index=True)
    amount: Mapped[Money]
    #: Money goes to the claims of an agreement in this order, from 1.
    position: Mapped[int] = mapped_column(default=1, server_default="1")


class Instalment(Record):
    """One payment of a plan (rate, afdrag)."""

    __tablename__ = "instalments"
    __table_args__ = (
        UniqueConstraint("agreement_id", "due_on"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    agreement_id: Mapped[AgreementId] = mapped_column(
        ForeignKey("agreements.id", ondelete="cascade"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Money]
    due_on: Mapped[date]
    #: The day first agreed on, where a rest has moved it.
    agreed_on: Mapped[date | None]
    reminded_at: Mapped[datetime | None]
    #: When the citizen was told, kindly, that it had not come.
    missed_at: Mapped[datetime | None]
    #: The number by which this one can be paid.
    payment_id: Mapped[str | None] = mapped_column(String(15))


class PaymentSeries(Record):
    """The last number given from a municipality's own series of payment ids (nummerserie)."""

    __tablename__ = "payment_series"

    municipality: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]
