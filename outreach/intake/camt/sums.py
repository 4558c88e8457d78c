"""Adds up what a bank file holds: the transactions of an entry, the entries of a statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from data.values.money import NOTHING, Money
from outreach.intake.camt.figures import money

if TYPE_CHECKING:
    from outreach.intake.camt.walking import Balance, Entry, Part

CREDIT: Final = "CRDT"
DEBIT: Final = "DBIT"
BOOKED: Final = "BOOK"


def amount_of(part: Part) -> tuple[str, str]:
    """Return a transaction's amount and currency as text (beløb).

    Version 02 writes it under AmtDtls. A transaction alone in its entry is the entry's amount when
    it has none, or one in the payer's own currency.
    """
    own = _own_amount(part)
    entry = (part.entry.amount, part.entry.currency)
    if own is None:
        return entry if part.is_alone else ("", part.entry.currency)
    return entry if part.is_alone and own[1] != part.entry.currency else own


def _own_amount(part: Part) -> tuple[str, str] | None:
    if part.details is None:
        return None
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        amount = part.details.find(path)
        if amount is not None:
            return amount.own_text, amount.currency
    return None


def direction_of(part: Part) -> str:
    """Return whether a transaction is money in or out, CRDT or DBIT as the bank says."""
    own = part.details.text("CdtDbtInd") if part.details else ""
    return own or part.entry.direction


def signed(text: str, direction: str) -> Money | None:
    """Return an amount above zero for money in, below for money out; None when it is unreadable."""
    amount = money(text)
    if amount is None or direction not in {CREDIT, DEBIT}:
        return None
    return amount if direction == CREDIT else -amount


def balance(balances: tuple[Balance, ...], *codes: str) -> Balance | None:
    """Return the first of the balances with one of the codes, in the order of the codes."""
    return next((one for code in codes for one in balances if one.code == code), None)


@dataclass(slots=True)
class Batch:
    """The transactions of one entry, added up; `total` is None once one of them is unreadable."""

    total: Money | None = NOTHING
    count: int = 0

    def add(self, part: Part) -> None:
        """Add one transaction."""
        self.count += 1
        text, currency = amount_of(part)
        amount = signed(text, direction_of(part)) if currency == part.entry.currency else None
        self.total = None if amount is None or self.total is None else self.total + amount

    def mismatch(self, entry: Entry, bundled: int) -> dict[str, object] | None:
        """Return the figures when the transactions are not the entry."""
        whole = signed(entry.amount, entry.direction)
        is_cut = bundled > self.count == 1
        if whole is None or (self.total == whole and not is_cut):
            return None
        found = "an unknown sum" if self.total is None else f"{self.total} kr."
        return {"entry": str(whole), "count": self.count, "sum": found}


@dataclass(slots=True)
class Pile:
    """Entries added up without their signs; `sum` is None once an amount is unreadable."""

    entries: int = 0
    transactions: int = 0
    sum: Money | None = NOTHING

    def add(self, amount: Money | None, transactions: int) -> None:
        """Add one entry."""
        self.entries += 1
        self.transactions += transactions
        if amount is None or self.sum is None:
            self.sum = None
        else:
            self.sum += Money(abs(amount.oere))


@dataclass(slots=True)
class Totals:
    """The entries of one statement, added up; `net` is None once an amount is unreadable."""

    all: Pile = field(default_factory=Pile)
    money_in: Pile = field(default_factory=Pile)
    net: Money | None = NOTHING
    #: Payments in entries of which the bank gives the sum only.
    bundles: int = 0

    def add(self, entry: Entry, transactions: int, currency: str) -> None:
        """Add one entry; only what is booked moves the balance."""
        is_ours = entry.currency == currency
        amount = signed(entry.amount, entry.direction) if is_ours else None
        self.all.add(amount, transactions)
        if entry.direction == CREDIT:
            self.money_in.add(amount, transactions)
        if amount is None:
            self.net = None
        elif self.net is not None and entry.status == BOOKED:
            self.net += amount
