"""Reads a bank file (camt.053 or camt.054) entry by entry, after one pass that proves it whole."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING, Final, Self

from outreach.intake.camt import references
from outreach.intake.camt.document import message_of, open_whole
from outreach.intake.camt.entries import BankEntry, RefusedEntry, StatementEnd
from outreach.intake.camt.figures import FIRST_DAY, clean, day, money
from outreach.intake.camt.sums import BOOKED, CREDIT, DEBIT, amount_of, direction_of
from outreach.intake.camt.survey import survey
from outreach.intake.camt.walking import Heading, Part, bank_code, walk
from outreach.intake.columns import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from data.values.money import Money
    from outreach.intake.camt.entries import AnyEntry

KRONER: Final = "DKK"
_NOT_BOOKED: Final = frozenset({"PDNG", "INFO", "FUTR"})
#: Sub-families of the bank's code that mean a payment came back: returned, recalled, unpaid.
_CAME_BACK: Final = frozenset({"RRTN", "RPCR", "UPDD", "RCDD", "PRDD"})
#: When the payer's bank took the order, or the money left it; the first that is given counts.
_PAYERS_DAYS: Final = ("AccptncDtTm", "TxDtTm", "IntrBkSttlmDt")


class CamtFile:
    """An open bank file that is whole, of a kind we read, and of accounts in kroner.

    `skipped` counts what was passed over: `paid_out` money the municipality paid, `came_back` such
    money that returned to it, `not_booked` entries the bank has not booked yet.
    """

    def __init__(self, path: Path, today: date, currency: str = KRONER) -> None:
        """Open the file and go through it once; nothing is given out before it is known whole.

        Raises:
            FileUnreadableError: not XML, not whole, with a DTD, another message, other than it says
                it holds, or of an account that has no number or is in another currency.
        """
        self.size = 0
        self.skipped: Counter[str] = Counter()
        self._name, self._today, self._currency = path.name, today, currency
        self._line = 0
        self._file: IO[bytes] = open_whole(path)
        try:
            self.size = path.stat().st_size
            self._message = message_of(self._file, path.name)
            self._survey = survey(self._file, path.name, self._message, currency)
        except BaseException:
            self._file.close()
            raise

    @property
    def message(self) -> str:
        """Which message it is, such as camt.053.001.08."""
        return self._message.name

    @property
    def position(self) -> int:
        """How far the file has been read, bytes."""
        return self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def entries(self) -> Iterator[AnyEntry]:
        """Yield the payments, the refusals, and after each statement what it says of the whole."""
        number = given = 0
        self._line = 0
        self.skipped.clear()
        for step in walk(self._file, self._name, self._message):
            match step:
                case Heading():
                    number = given = 0
                case Part():
                    number += 1
                    self._line += 1
                    read = self._read(step, number)
                    if read is not None:
                        given += isinstance(read, BankEntry)
                        yield read
                case _:
                    yield self._closing(step.heading, given)

    # ------------------------------------------------------------------------ one transaction
    def _read(self, part: Part, number: int) -> BankEntry | RefusedEntry | None:
        entry = part.entry
        if entry.status in _NOT_BOOKED:
            self.skipped["not_booked"] += 1
            return None
        if entry.status != BOOKED:
            return self._refused(part, "bank_status", "Sts", entry.status)
        direction = direction_of(part)
        if direction not in {CREDIT, DEBIT}:
            return self._refused(part, "bank_direction", "CdtDbtInd", direction)
        is_reversal = _is_reversal(part)
        if is_reversal == (direction == CREDIT):
            self.skipped["came_back" if is_reversal else "paid_out"] += 1
            return None
        amount = self._amount(part)
        if isinstance(amount, RefusedEntry):
            return amount
        return self._entry(part, number, -amount if is_reversal else amount)

    def _amount(self, part: Part) -> Money | RefusedEntry:
        """Read the amount; what does not add up in its entry is refused with the figures."""
        entry = part.entry
        text, currency = amount_of(part)
        if currency != self._currency:
            facts = {"currency": currency or "no currency", "expected": self._currency}
            return self._refused(
                part, "bank_currency", "Amt", f"{text} {currency}".strip(), **facts
            )
        amount = money(text)
        if amount is None:
            return self._refused(part, "bank_amount", "Amt", text)
        if (mismatch := self._survey.mismatches.get(entry.number)) is not None:
            return self._refused(part, "bank_batch", "Amt", entry.amount, **mismatch)
        if not amount:
            return self._refused(part, "bank_zero", "Amt", text)
        return amount

    def _entry(self, part: Part, number: int, amount: Money) -> BankEntry | RefusedEntry:
        booked = self._day(part, part.entry.booked or part.entry.valued)
        if isinstance(booked, RefusedEntry):
            return booked
        what = references.purpose(part)
        ref = references.payment_ref(part, booked, number)
        is_back = amount.oere < 0
        return BankEntry(
            line=self._line,
            payment_ref=f"{ref}/R" if is_back else ref,
            amount=amount,
            paid_on=_paid_on(part, booked),
            booked_on=booked,
            payment_id=what.payment_id,
            creditor_no=what.creditor_no,
            claim_ref=what.claim_ref,
            payer_name=clean(references.payer(part.details), LONGEST_NAME),
            text=what.text,
            reverses=references.original_ref(part) if is_back else None,
            batch_ref=references.batch_ref(part),
            bundled=part.bundled if part.details is None else 1,
        )

    def _day(self, part: Part, text: str) -> date | RefusedEntry:
        if not text:
            return self._refused(part, "bank_no_day", "BookgDt", "")
        read = day(text)
        if read is None:
            return self._refused(part, "bank_day", "BookgDt", text)
        if not FIRST_DAY <= read <= self._today:
            facts = {"first": FIRST_DAY, "last": self._today}
            return self._refused(part, "bank_day_out_of_range", "BookgDt", text, **facts)
        return read

    def _refused(
        self, part: Part, code: str, column: str, value: str, **facts: object
    ) -> RefusedEntry:
        what = references.purpose(part)
        names = tuple(name for name in (what.claim_ref, what.payment_id) if name)
        return RefusedEntry(self._line, code, column, value, facts, names)

    # ------------------------------------------------------------------------- one statement
    def _closing(self, heading: Heading, given: int) -> StatementEnd:
        """Say until which day the payments are known; a day that is not over is not known."""
        found = self._survey.closings[heading.number]
        until, doubt, facts = found.until, found.doubt, found.facts
        if until is not None and until > self._today:
            until, doubt, facts = None, "bank_day_not_over", {"day": until, "today": self._today}
        return StatementEnd(until, heading.account, given, self._line, doubt, facts)


def _is_reversal(part: Part) -> bool:
    """Tell whether the transaction undoes another: it says so, or it says why one came back."""
    if part.entry.is_reversal:
        return True
    own = bank_code(part.details) if part.details else ""
    _, _, what = (own or part.entry.code).partition("/")
    is_return = part.details is not None and part.details.find("RtrInf") is not None
    return is_return or what in _CAME_BACK


def _paid_on(part: Part, booked: date) -> date:
    """Return the day the payer paid, at the latest the day it was booked here."""
    details = part.details
    given = [day(details.text(f"RltdDts/{when}")) for when in _PAYERS_DAYS] if details else []
    for paid in (*given, day(part.entry.valued)):
        if paid is not None and FIRST_DAY <= paid <= booked:
            return paid
    return booked
