"""One row of a payments file: a payment, a day the file is complete for, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.models.payments import PaymentSource
from outreach.intake import columns
from outreach.intake.camt.entries import BankEntry, RefusedEntry
from outreach.intake.cells import Cells, broken
from outreach.intake.columns import CellError
from outreach.intake.files import BrokenRow, Layout, Row
from outreach.intake.report import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.models.payments import Payment
    from data.values.money import Money

LAYOUT: Final = Layout(
    columns=(
        "payment_ref", "claim_ref", "payment_id", "amount", "paid_on", "covers_until",
        "creditor_no", "currency", "payer", "text", "reverses",
    ),
    required=(("payment_ref",), ("claim_ref", "payment_id"), ("amount",), ("paid_on",)),
)  # fmt: skip
LONGEST_PAYER: Final = 140
_LONGEST_TEXT: Final = 1000
_REF = columns.text(columns.LONGEST_REF)
_OF_A_PAYMENT = ("payment_ref", "claim_ref", "payment_id", "amount", "paid_on")
_KRONER: Final = frozenset({"dkk", "kr", "kr."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """Money that came in (indbetaling), or was taken back (below zero), as it was told."""

    line: int
    payment_ref: str
    amount: Money
    paid_on: date
    claim_ref: str | None = None
    payment_id: str | None = None
    creditor_no: str | None = None
    payer: str | None = None
    text: str | None = None
    #: Of money taken back: the reference of the payment it takes back.
    reverses: str | None = None
    covers_until: date | None = None
    source: PaymentSource = PaymentSource.LEDGER
    warnings: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The references by which it names its claim."""
        return tuple(name for name in (self.claim_ref, self.payment_id) if name)


def told_again(payment: Payment) -> PaymentRow:
    """Return a payment that is known as its file told of it."""
    return PaymentRow(
        line=0, payment_ref=payment.payment_ref, amount=payment.amount, paid_on=payment.paid_on,
        claim_ref=payment.claim_ref, payment_id=payment.payment_id,
        creditor_no=payment.creditor_no, payer=payment.payer, text=payment.text,
        source=payment.source,
    )  # fmt: skip


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
    payment_ref: str | None = None


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A bank's statement that does not tell until which day all payments are known."""

    line: int
    problem: Problem


type AnyRow = PaymentRow | CoverageRow | DoubtRow | RefusedRow


def read(row: Row | BrokenRow, header: Mapping[str, int], today: date) -> AnyRow:
    """Read one row of a CSV file."""
    if isinstance(row, BrokenRow):
        names = tuple(cell for cell in row.cells if 0 < len(cell) <= columns.LONGEST_REF)
        at = header.get("payment_ref", 0)
        ref = row.cells[at].strip() if at < len(row.cells) else None
        return RefusedRow(row.line, [broken(row)], names, may_hide_a_payment=True, payment_ref=ref)
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
    cells.read("currency", _kroner)
    creditor_no = cells.read("creditor_no", columns.creditor_no)
    payer = cells.read("payer", columns.text(LONGEST_PAYER))
    said = cells.read("text", columns.text(_LONGEST_TEXT))
    reverses = cells.read("reverses", _REF)
    names = tuple(filter(None, (cells.text("claim_ref"), cells.text("payment_id"))))
    if not names and not (payer or said or reverses):
        cells.reject("claim_ref", "no_claim_named")
    if cells.errors or ref is None or amount is None or paid_on is None:
        is_open = not (claim_ref or payment_id)
        return RefusedRow(cells.line, cells.errors, names, is_open, ref)
    return PaymentRow(
        line=cells.line, payment_ref=ref, amount=amount, paid_on=paid_on, claim_ref=claim_ref,
        payment_id=payment_id, creditor_no=creditor_no, payer=payer, text=said, reverses=reverses,
        covers_until=until, warnings=tuple(cells.warnings),
    )  # fmt: skip


def _kroner(cell: str) -> str:
    if cell.casefold() not in _KRONER:
        raise CellError("not_kroner")
    return cell


def of_bank(entry: BankEntry | RefusedEntry, today: date) -> PaymentRow | RefusedRow:
    """Take an entry of a bank file as a row, or refuse one that no payment can be."""
    if isinstance(entry, RefusedEntry):
        found = problem(entry.line, entry.column, entry.value, entry.code, entry.facts)
        return RefusedRow(entry.line, [found], entry.names, may_hide_a_payment=not entry.names)
    fault = _fault(entry, today)
    if fault is not None:
        is_open = entry.bundled > 1 or not entry.names
        return RefusedRow(entry.line, [fault], entry.names, is_open, entry.payment_ref)
    return PaymentRow(
        line=entry.line, payment_ref=entry.payment_ref, amount=entry.amount, paid_on=entry.paid_on,
        claim_ref=entry.claim_ref, payment_id=entry.payment_id, creditor_no=entry.creditor_no,
        payer=_cut(entry.payer_name, LONGEST_PAYER), text=_cut(entry.text, _LONGEST_TEXT),
        reverses=entry.reverses if entry.amount.oere < 0 else None, source=PaymentSource.BANK,
    )  # fmt: skip


def _fault(entry: BankEntry, today: date) -> Problem | None:
    if entry.bundled > 1:
        return problem(entry.line, None, str(entry.amount), "bundled", {"count": entry.bundled})
    if not entry.amount:
        return problem(entry.line, "amount", str(entry.amount), "payment_zero")
    day = entry.paid_on
    if not columns.FIRST_DAY <= day <= columns.LAST_DAY:
        facts = {"first": columns.FIRST_DAY, "last": columns.LAST_DAY}
        return problem(entry.line, "paid_on", day.isoformat(), "date_out_of_range", facts)
    if day > today:
        return problem(entry.line, "paid_on", day.isoformat(), "future_date", {"today": str(today)})
    return None


def _cut(said: str | None, limit: int) -> str | None:
    return said[:limit] if said else None
