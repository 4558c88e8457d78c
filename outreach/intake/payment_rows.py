"""One row of a payments file: a payment, a day the file is complete for, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from outreach.intake import columns
from outreach.intake.cells import Cells, broken
from outreach.intake.files import BrokenRow, Layout, Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.values.money import Money
    from outreach.intake.report import Problem

LAYOUT: Final = Layout(
    columns=("payment_ref", "claim_ref", "payment_id", "amount", "paid_on", "covers_until"),
    required=(("payment_ref",), ("claim_ref", "payment_id"), ("amount",), ("paid_on",)),
)
_REF = columns.text(columns.LONGEST_REF)
_OF_A_PAYMENT = ("payment_ref", "claim_ref", "payment_id", "amount", "paid_on")


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money that came in on one claim (indbetaling), or was taken back (below zero)."""

    line: int
    payment_ref: str
    claim_ref: str | None
    payment_id: str | None
    amount: Money
    paid_on: date
    covers_until: date | None
    warnings: list[Problem]

    @property
    def names(self) -> tuple[str, ...]:
        """The references by which it names its claim."""
        return tuple(name for name in (self.claim_ref, self.payment_id) if name)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A row that only says: all payments until this day are known."""

    line: int
    covers_until: date


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken; `names` is what it may name a claim by.

    `may_hide_a_payment`: it may be a payment on any claim at all, unless a name is known here.
    """

    line: int
    problems: list[Problem]
    names: tuple[str, ...]
    may_hide_a_payment: bool


type AnyRow = PaymentRow | CoverageRow | RefusedRow


def read(row: Row | BrokenRow, header: Mapping[str, int], today: date) -> AnyRow:
    """Read one row."""
    if isinstance(row, BrokenRow):
        names = tuple(cell for cell in row.cells if 0 < len(cell) <= columns.LONGEST_REF)
        return RefusedRow(row.line, [broken(row)], names, may_hide_a_payment=True)
    cells = Cells(row, header)
    until = cells.read("covers_until", columns.day_until(today))
    if not any(cells.text(column) for column in _OF_A_PAYMENT):
        if until is None:
            return RefusedRow(row.line, cells.errors, (), may_hide_a_payment=False)
        return CoverageRow(row.line, until)
    return _payment(cells, until, today)


def _payment(cells: Cells, until: date | None, today: date) -> PaymentRow | RefusedRow:
    ref = cells.need("payment_ref", _REF)
    claim_ref = cells.read("claim_ref", _REF)
    payment_id = cells.read("payment_id", columns.payment_id)
    amount = cells.need("amount", columns.payment)
    paid_on = cells.need("paid_on", columns.day_until(today))
    names = tuple(filter(None, (cells.text("claim_ref"), cells.text("payment_id"))))
    if not names:
        cells.reject("claim_ref", "no_claim_named")
    if cells.errors or ref is None or amount is None or paid_on is None:
        is_open = not (claim_ref or payment_id)
        return RefusedRow(cells.line, cells.errors, names, may_hide_a_payment=is_open)
    return PaymentRow(
        cells.line, ref, claim_ref, payment_id, amount, paid_on, until, cells.warnings
    )
