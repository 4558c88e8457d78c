"""What a bank file says, entry by entry, freed of its XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from data.values.money import Money


@dataclass(frozen=True, slots=True)
class BankEntry:
    """Money that came in on the municipality's account (indbetaling), or was taken back.

    `amount` is below zero when the bank takes back a payment it had credited. `line` is the running
    number of the transaction in the file, from 1. `paid_on` is the day the payer's bank took the
    order (RltdDts), when the file gives it and it is not later than the booking; else the earlier
    of value day and booking day. A payment by FIK is made the day the payer's account is debited.

    `payment_ref` is the bank's own reference, so a camt.053 and a camt.054 give the same; see
    `references.payment_ref`. `batch_ref` is the reference of the entry it was booked in together
    with others. `bundled` is how many payments the amount is made of when the bank tells no more.
    """

    line: int
    payment_ref: str
    amount: Money
    paid_on: date
    booked_on: date
    payment_id: str | None = None
    creditor_no: str | None = None
    claim_ref: str | None = None
    payer_name: str | None = None
    text: str | None = None
    #: Of a reversal: the reference that the reversed payment most likely has.
    reverses: str | None = None
    batch_ref: str | None = None
    bundled: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The references by which it may name its claim."""
        return tuple(name for name in (self.claim_ref, self.payment_id) if name)


@dataclass(frozen=True, slots=True)
class StatementEnd:
    """The end of one statement (kontoudtog) of one account.

    `covers_until` is the day of the closing booked balance, when the statement is whole: from then
    on all payments up to that day are known, on that account. `doubt` is a code in the table of
    reasons that says why a statement does not tell. A camt.054 never tells, and is in no doubt.
    `entries` is how many payments and reversals were given out of it.
    """

    covers_until: date | None
    account: str
    entries: int
    line: int = 0
    doubt: str | None = None
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """A transaction that cannot be taken; `names` is what it may name a claim by."""

    line: int
    code: str
    column: str | None
    value: str
    facts: dict[str, object] = field(default_factory=dict)
    names: tuple[str, ...] = ()


type AnyEntry = BankEntry | StatementEnd | RefusedEntry
