"""What the files have said so far, on disk and not in our memory: references seen, payments."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Self

from data.values.money import Money
from outreach.intake.report import problem
from outreach.rules.happenings import Paid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.intake.claim_rows import ClaimRow
    from outreach.intake.payment_rows import PaymentRow
    from outreach.intake.report import Problem

_TABLES = """
create table seen (key blob primary key, line integer, contents blob) without rowid;
create table payments (
    payment_ref text primary key, claim_ref text, payment_id text, oere integer, paid_on text,
    is_used integer default 0
);
create index by_claim on payments (claim_ref);
create index by_payment_id on payments (payment_id);
"""
_SEE = "insert or ignore into seen values (?, ?, ?)"
_FIRST = "select line, contents from seen where key = ?"
_KEEP = (
    "insert or ignore into payments (payment_ref, claim_ref, payment_id, oere, paid_on)"
    " values (?, ?, ?, ?, ?)"
)
_KNOWN = "select claim_ref, payment_id, oere, paid_on from payments where payment_ref = ?"
_USE = (
    "update payments set is_used = 1"
    " where not is_used and (claim_ref = ? or (claim_ref is null and payment_id = ?))"
    " returning oere, paid_on"
)
_UNUSED = "select count(*) from payments where not is_used"


class Memory:
    """A database of its own in a file without a name, gone when it is closed."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)
        self._database.execute("begin")
        self._has_payments = False

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Self]:
        """Remember until the end of the block."""
        memory = cls()
        try:
            yield memory
        finally:
            memory._database.close()

    def again(self, row: ClaimRow) -> Problem | None:
        """Remember a claim; tell if the file has named it before, as a warning if just alike."""
        mark = row.of_the_row
        seen = self._database.execute(_SEE, (mark.key, mark.line, mark.contents))
        if seen.rowcount:
            return None
        line, contents = self._database.execute(_FIRST, (mark.key,)).fetchone()
        is_same = contents == mark.contents
        code = "claim_repeated" if is_same else "claim_twice"
        facts = {"first": line}
        return problem(row.line, "claim_ref", row.claim_ref, code, facts, is_warning=is_same)

    def keep(self, row: PaymentRow) -> Problem | None:
        """Keep a payment; tell if another one has its reference."""
        self._has_payments = True
        said = (row.claim_ref, row.payment_id, row.amount.oere, row.paid_on.isoformat())
        if self._database.execute(_KEEP, (row.payment_ref, *said)).rowcount:
            return None
        before = self._database.execute(_KNOWN, (row.payment_ref,)).fetchone()
        names = ("claim", "payment_id", "amount", "paid_on")
        pairs = zip(names, before, said, strict=True)
        differs = ", ".join(name for name, was, is_now in pairs if was != is_now)
        if not differs:
            return None
        facts = {"differs": differs}
        return problem(row.line, "payment_ref", row.payment_ref, "payment_differs", facts)

    def payments_of(self, row: ClaimRow) -> list[Paid]:
        """Return the payments on a claim, each given out once."""
        if not self._has_payments:
            return []
        names = (row.claim_ref, row.claim.get("payment_id"))
        found = self._database.execute(_USE, names).fetchall()
        return [Paid(date.fromisoformat(day), Money(oere)) for oere, day in found]

    def unused(self) -> int:
        """Count the payments that no claim of the file has asked for."""
        count: int = self._database.execute(_UNUSED).fetchone()[0]
        return count
