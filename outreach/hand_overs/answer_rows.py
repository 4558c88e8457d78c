"""One row of a recipient's file: what it says of one hand-over (kvittering, underretning)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from data.models.hand_overs import AnswerStatus
from data.values.money import NOTHING, Money
from outreach.hand_overs.writers import RECIPIENTS, reference
from outreach.intake import columns
from outreach.intake.cells import Cells, broken
from outreach.intake.columns import CellError
from outreach.intake.files import BrokenRow, Layout, Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.values.recipients import Recipient
    from outreach.intake.report import Problem

LAYOUT: Final = Layout(
    columns=(
        "claim_ref",
        "hand_over_ref",
        "their_ref",
        "status",
        "reason_code",
        "reason",
        "amount",
        "day",
    ),
    required=(("claim_ref",), ("hand_over_ref", "their_ref"), ("status",), ("day",)),
)
LONGEST_CODE: Final = 40
LONGEST_REASON: Final = 500
_REFERENCE = re.compile(r"^([SB])([1-9][0-9]{0,8})-([1-9][0-9]{0,8})$")
#: A recipient says why it does one of these.
_WITH_REASON = frozenset({AnswerStatus.REJECTED, AnswerStatus.RETURNED})


@dataclass(frozen=True, slots=True)
class OurRef:
    """Our own reference of a hand-over (`S12-3`): the recipient, the file and the row in it."""

    recipient: Recipient
    number: int
    row: int

    def __str__(self) -> str:
        """Write it as it stands in the file."""
        return reference(self.recipient, self.number, self.row)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a recipient says of one hand-over, each cell read by itself."""

    line: int
    claim_ref: str
    our_ref: OurRef | None
    their_ref: str | None
    status: AnswerStatus
    reason_code: str | None
    reason: str | None
    amount: Money | None
    day: date

    def key(self, occurrence: int) -> str:
        """Return what tells this row from any other about the same hand-over.

        Two equal rows in one file are two answers (two payments of the same size on one day);
        the same file read again gives the same keys.
        """
        said = (self.status, self.their_ref, self.reason_code, self.reason, self.amount, self.day)
        return sha256("\x1f".join(map(str, (*said, occurrence))).encode()).hexdigest()


def read(row: Row | BrokenRow, places: Mapping[str, int], today: date) -> AnswerRow | list[Problem]:
    """Read one row, or say everything that is wrong with it."""
    if isinstance(row, BrokenRow):
        return [broken(row)]
    cells = Cells(row, places)
    claim_ref = cells.need("claim_ref", columns.text(columns.LONGEST_REF))
    status = cells.need("status", _status)
    day = cells.need("day", columns.day_until(today))
    our_ref = cells.read("hand_over_ref", _reference)
    their_ref = cells.read("their_ref", columns.text(columns.LONGEST_REF))
    reason_code = cells.read("reason_code", columns.text(LONGEST_CODE))
    reason = cells.read("reason", columns.text(LONGEST_REASON))
    amount = cells.read("amount", _amount)
    _check_together(cells, status, amount)
    if cells.errors or claim_ref is None or status is None or day is None:
        return cells.errors
    return AnswerRow(
        row.line, claim_ref, our_ref, their_ref, status, reason_code, reason, amount, day
    )


def _check_together(cells: Cells, status: AnswerStatus | None, amount: Money | None) -> None:
    """Check the cells that only make sense beside each other."""
    if not (cells.text("hand_over_ref") or cells.text("their_ref")):
        cells.reject("hand_over_ref", "reference_needed")
    if status is AnswerStatus.ACCEPTED and not cells.text("their_ref"):
        cells.reject("their_ref", "required")
    if status is AnswerStatus.WRITTEN_DOWN and not cells.text("amount"):
        cells.reject("amount", "required")
    if status is AnswerStatus.WRITTEN_DOWN and amount == NOTHING:
        cells.reject("amount", "write_down_zero")
    if status in _WITH_REASON and not (cells.text("reason_code") or cells.text("reason")):
        cells.reject("reason_code", "reason_needed")


def _status(cell: str) -> AnswerStatus:
    try:
        return AnswerStatus(cell.casefold().replace(" ", "_").replace("-", "_"))
    except ValueError:
        raise CellError("unknown_status", known=", ".join(AnswerStatus)) from None


def _reference(cell: str) -> OurRef:
    found = _REFERENCE.match(cell.upper())
    if found is None:
        raise CellError("not_our_reference")
    letter, number, row = found.groups()
    return OurRef(RECIPIENTS[letter], int(number), int(row))


def _amount(cell: str) -> Money:
    amount = columns.amount(cell)
    if amount < NOTHING:
        raise CellError("amount_below_zero")
    return amount
