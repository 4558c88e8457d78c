"""Money that came in or went back, and which claims it was put to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import AgreementId, ClaimId
from data.values.money import NOTHING, Money


class PaymentKind(StrEnum):
    """Which way money moved (betalingens art)."""

    RECEIVED = "received"  # indbetaling
    REVERSED = "reversed"  # tilbageført: the bank or the ledger took it back
    REFUNDED = "refunded"  # tilbagebetalt: we sent back what was paid too much


class PaymentSource(StrEnum):
    """Who told of it (kilde)."""

    LEDGER = "ledger"
    BANK = "bank"
    DESK = "desk"


class Payment(Record):
    """Money that came in (indbetaling), or went back: a fact that is never changed.

    What of it stands on which claim is told by its allocations; what is left of it waits for a
    person. `payment_id`, `creditor_no`, `claim_ref`, `payer` and `text` are as they were given.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("municipality", "payment_ref"),
        CheckConstraint("(kind = 'received') = (amount > 0) and amount <> 0", name="sign_fits"),
        CheckConstraint("kind <> 'received' or reverses is null", name="reversal_takes_back"),
        Index("ix_payments_waiting", "municipality", "id", postgresql_where="amount <> allocated"),
        Index("ix_payments_day", "municipality", "paid_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    payment_ref: Mapped[str] = mapped_column(String(60))
    kind: Mapped[PaymentKind] = mapped_column(
        words(PaymentKind), default=PaymentKind.RECEIVED, server_default="received"
    )
    source: Mapped[PaymentSource] = mapped_column(
        words(PaymentSource), default=PaymentSource.LEDGER, server_default="ledger"
    )
    amount: Mapped[Money]
    #: Sum of its allocations, øre; the same sign as `amount`, and never more of it.
    allocated: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    #: The day the payer's account was debited.
    paid_on: Mapped[date]
    payment_id: Mapped[str | None] = mapped_column(String(19))
    creditor_no: Mapped[str | None] = mapped_column(String(8))
    claim_ref: Mapped[str | None] = mapped_column(String(60))
    payer: Mapped[str | None] = mapped_column(String(140))
    text: Mapped[str | None] = mapped_column(Text)
    #: What it named and was first booked on; none: nobody could tell.
    claim_id: Mapped[ClaimId | None] = mapped_column(ForeignKey("claims.id"), index=True)
    agreement_id: Mapped[AgreementId | None] = mapped_column(
        ForeignKey("agreements.id"), index=True
    )
    #: The payment that this one takes back.
    reverses: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), index=True)
    created_at: Mapped[datetime]

    @property
    def waiting(self) -> Money:
        """What of it stands on no claim yet (uplaceret), øre; below zero for money taken back."""
        return self.amount - self.allocated


class Allocation(Record):
    """What of a payment stands on a claim (fordeling); moved by one more with the other sign.

    `claims.paid` is the sum of a claim's allocations, `payments.allocated` that of a payment's.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_allocations_claim", "claim_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"))
    amount: Mapped[Money]
    #: `import`, `rule`, or `staff:<id>` who moved it, and why.
    made_by: Mapped[str] = mapped_column(String(80))
    because: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
