"""Agreements: instalment plans and respites, from offer to end."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Record, words
from data.models.citizens import Channel
from data.values.ids import AgreementId, CitizenId, ClaimId, ConversationId, MessageId, new_id
from data.values.money import Money


class AgreementKind(StrEnum):
    """What is agreed: paying in parts or paying later (afdragsordning, henstand)."""

    PLAN = "plan"
    RESPITE = "respite"


class AgreementState(StrEnum):
    """Where an agreement stands (aftalens status)."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    ENDED = "ended"
    BROKEN = "broken"


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
        CheckConstraint("(kind = 'respite') = (respite_until is not null)", name="respite_ends"),
        CheckConstraint(
            "state not in ('accepted', 'ended', 'broken') or (accepted_at is not null"
            " and identity_level >= 2 and shown_text is not null)",
            name="acceptance_is_proven",
        ),
        CheckConstraint("(state = 'broken') = (broken_at is not null)", name="breach_has_a_time"),
    )

    id: Mapped[AgreementId] = mapped_column(primary_key=True, default=new_id)
    citizen_id: Mapped[CitizenId] = mapped_column(ForeignKey("citizens.id"), index=True)
    conversation_id: Mapped[ConversationId] = mapped_column(ForeignKey("conversations.id"))
    kind: Mapped[AgreementKind] = mapped_column(words(AgreementKind))
    state: Mapped[AgreementState] = mapped_column(words(AgreementState))
    total: Mapped[Money]
    respite_until: Mapped[date | None]
    shown_text: Mapped[str | None] = mapped_column(Text)
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[MessageId | None]
    channel: Mapped[Channel] = mapped_column(words(Channel))
    identity_level: Mapped[int]
    #: When it was found not to be kept (misligholdt).
    broken_at: Mapped[datetime | None]

    instalments: Mapped[list[Instalment]] = relationship(
        lazy="raise", order_by="Instalment.number", cascade="all, delete-orphan"
    )
    claims: Mapped[list[AgreementClaim]] = relationship(lazy="raise", cascade="all, delete-orphan")


class AgreementClaim(Record):
    """A claim (krav) that an agreement covers, and how much of it."""

    __tablename__ = "agreement_claims"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    agreement_id: Mapped[AgreementId] = mapped_column(
        ForeignKey("agreements.id", ondelete="cascade"), primary_key=True
    )
    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"), primary_key=True, index=True)
    amount: Mapped[Money]


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
