"""Goes through a bank file before anything of it is taken, to know that it is whole.

A file cut off in the middle, or of another account than it should be, is refused as a whole: half a
file booked would look like a whole one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from outreach.errors import FileUnreadableError
from outreach.intake.camt.figures import day, money
from outreach.intake.camt.sums import BOOKED, CREDIT, Batch, Totals, balance, direction_of, signed
from outreach.intake.camt.walking import Closing, Heading, Part, walk

if TYPE_CHECKING:
    from datetime import date

    from outreach.intake.camt.document import Message

_AGAIN = "Nothing of it was taken. Fetch it again from the bank."


@dataclass(frozen=True, slots=True)
class Known:
    """Until when a statement tells all payments; or why it does not (a code of the reasons)."""

    until: date | None = None
    doubt: str | None = None
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Survey:
    """What the first pass found, by number: entries that do not add up, and statements' ends."""

    mismatches: dict[int, dict[str, object]] = field(default_factory=dict)
    closings: dict[int, Known] = field(default_factory=dict)


def survey(file: IO[bytes], name: str, message: Message, currency: str) -> Survey:
    """Go through the whole file once.

    Raises:
        FileUnreadableError: it is not well-formed, has no statement, has an account that is none or
            in another currency, or holds other entries than it says.
    """
    found = Survey()
    totals, batch = Totals(), Batch()
    for step in walk(file, name, message):
        match step:
            case Heading():
                _check_account(step, name, currency)
                totals = Totals()
            case Part():
                batch.add(step)
                if step.is_last:
                    _end_entry(step, batch, totals, found, currency)
                    batch = Batch()
            case Closing():
                _check_claimed(step.heading, totals, name)
                found.closings[step.heading.number] = (
                    _known(step.heading, totals) if message.is_statement else Known()
                )
    if not found.closings:
        raise FileUnreadableError(f"{name} holds no statement ({message.statement}). {_AGAIN}")
    return found


def _check_account(heading: Heading, name: str, currency: str) -> None:
    if not heading.account:
        raise FileUnreadableError(
            f"{name}: statement {heading.id or heading.number} names no account (Acct/Id). {_AGAIN}"
        )
    if heading.currency not in {"", currency}:
        raise FileUnreadableError(
            f"{name}: account {heading.account} is in {heading.currency}, and only {currency} is"
            " booked here. Nothing of the file was taken. Have the bank send that account in a file"
            " of its own."
        )


def _end_entry(last: Part, batch: Batch, totals: Totals, found: Survey, currency: str) -> None:
    entry = last.entry
    totals.add(entry, last.place, currency)
    if last.details is None:
        if last.bundled > 1 and entry.status == BOOKED and direction_of(last) == CREDIT:
            totals.bundles += last.bundled
        return
    mismatch = batch.mismatch(entry, last.bundled)
    if mismatch is not None:
        found.mismatches[entry.number] = mismatch


def _check_claimed(heading: Heading, totals: Totals, name: str) -> None:
    """Compare with what the statement says that it holds, when it is all in this file."""
    if not heading.is_one_page:
        return
    for (number, total), held, what in (
        (heading.claimed, totals.all, "entries"),
        (heading.claimed_in, totals.money_in, "credit entries"),
    ):
        # Some banks count transactions where the standard says entries.
        counts = {held.entries, held.transactions}
        if number.isdigit() and int(number) not in counts:
            raise FileUnreadableError(
                f"{name}: statement {heading.id} says that it holds {number} {what}, and it holds"
                f" {held.entries}. {_AGAIN}"
            )
        claimed = money(total)
        if claimed is not None and held.sum not in {None, claimed}:
            raise FileUnreadableError(
                f"{name}: the {what} in statement {heading.id} come to {held.sum} kr., and it says"
                f" {claimed} kr. {_AGAIN}"
            )


def _known(heading: Heading, totals: Totals) -> Known:
    """Say until which day a camt.053 tells all payments: its closing booked balance (CLBD)."""
    if not heading.is_one_page:
        return Known(doubt="bank_more_pages", facts={"page": heading.page})
    closing = balance(heading.balances, "CLBD")
    until = day(closing.day) if closing else None
    if closing is None or until is None:
        return Known(doubt="bank_no_closing_balance")
    if totals.bundles:
        facts: dict[str, object] = {"count": totals.bundles, "day": until}
        return Known(doubt="bank_bundle", facts=facts)
    opening = balance(heading.balances, "OPBD", "PRCD")
    if opening is not None and totals.net is not None:
        before = signed(opening.amount, opening.direction)
        after = signed(closing.amount, closing.direction)
        if before is not None and after is not None and before + totals.net != after:
            facts = {"expected": str(before + totals.net), "found": str(after)}
            return Known(doubt="bank_balance_differs", facts=facts)
    return Known(until)
