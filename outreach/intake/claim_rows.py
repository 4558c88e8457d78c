"""One row of a claims file: from cells to values, and the rules that bind cells together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from data.models.citizens import Language
from outreach.intake import columns
from outreach.intake.cells import Cells
from outreach.intake.files import Layout, Row
from outreach.intake.seen import Sighting, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.law.claim_types import ClaimTypes
    from data.values.ids import DebtorNumber
    from outreach.intake.report import Problem

LAYOUT: Final = Layout(
    columns=(
        "claim_ref", "debtor_id", "debtor_kind", "name", "phone", "email", "language",
        "claim_type", "principal", "due_date", "bill_sent_on", "payment_id", "creditor_no",
        "owning_unit", "period_start", "period_end", "instalment_no", "tax_year",
        "betalingsservice", "address_protected", "co_debtors",
    ),
    required=(
        ("claim_ref",), ("debtor_id",), ("phone", "email"), ("claim_type",), ("principal",),
        ("due_date",),
    ),
)  # fmt: skip

#: What the ledger says of the debtor, in the order their marks stand in a sighting.
OF_THE_CITIZEN: Final = ("name", "phone", "email", "language", "address_protected")
_MARK = 4  # bytes

_READ_AS_THEY_ARE: Final = {
    "bill_sent_on": columns.day,
    "payment_id": columns.payment_id,
    "creditor_no": columns.creditor_no,
    "owning_unit": columns.text(columns.LONGEST_UNIT),
    "period_start": columns.day,
    "period_end": columns.day,
    "instalment_no": columns.whole(1, 999),
    "tax_year": columns.whole(1990, 2100),
}
_REF = columns.reference(columns.LONGEST_REF)
_NAME = columns.text(columns.LONGEST_NAME)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A row that can be taken: only what the file has a column for is in the two dicts.

    `claim` is named as the table's columns are; `citizen` as `OF_THE_CITIZEN`.
    """

    line: int
    claim_ref: str
    debtor: DebtorNumber
    claim: dict[str, Any]
    citizen: dict[str, Any]
    #: Who owes it beside the debtor; none when the file does not say.
    co_debtors: tuple[DebtorNumber, ...] | None
    warnings: list[Problem]
    of_the_row: Sighting
    of_the_citizen: Sighting


def read(row: Row, header: Mapping[str, int], types: ClaimTypes) -> ClaimRow | list[Problem]:
    """Read one row, or return all that is wrong with it."""
    cells = Cells(row, header)
    ref = cells.need("claim_ref", _REF)
    debtor = cells.need("debtor_id", columns.debtor)
    citizen = _citizen(cells, debtor, header)
    claim = _claim(cells, types, header)
    others = _co_debtors(cells, debtor) if "co_debtors" in header else None
    if cells.errors or ref is None or debtor is None:
        return cells.errors
    return ClaimRow(
        line=row.line,
        claim_ref=ref,
        debtor=debtor,
        claim=claim,
        citizen=citizen,
        co_debtors=others,
        warnings=cells.warnings,
        of_the_row=Sighting(digest("claim", ref), row.line, digest(*row.cells)),
        of_the_citizen=_sighting(debtor, citizen, row.line),
    )


def _citizen(
    cells: Cells, debtor: DebtorNumber | None, header: Mapping[str, int]
) -> dict[str, Any]:
    kind = cells.read("debtor_kind", columns.debtor_kind)
    if debtor is not None:
        if debtor.warning is not None:
            cells.warn("debtor_id", "cpr_mod_11")
        if kind not in {None, debtor.kind}:
            cells.reject("debtor_kind", "debtor_kind_differs", kind=debtor.kind.value)
    read: dict[str, Any] = {
        "name": cells.read("name", _NAME) or "",
        "phone": cells.read("phone", columns.phone),
        "email": cells.read("email", columns.email),
        "language": _language(cells),
        "address_protected": cells.read("address_protected", columns.yes) or False,
    }
    if not cells.text("phone") and not cells.text("email"):
        cells.reject("phone" if "phone" in header else "email", "unreachable")
    return {name: value for name, value in read.items() if name in header}


def _co_debtors(cells: Cells, debtor: DebtorNumber | None) -> tuple[DebtorNumber, ...]:
    named = cells.read("co_debtors", columns.debtors) or ()
    if debtor is not None and debtor.digits in {other.digits for other in named}:
        cells.warn("co_debtors", "co_debtor_is_debtor")
    return tuple(other for other in named if debtor is None or other.digits != debtor.digits)


def _language(cells: Cells) -> Language | None:
    """A language we do not write is no reason to leave a claim out."""
    cell = cells.text("language")
    try:
        return columns.language(cell) if cell else None
    except columns.CellError as fault:
        cells.warn("language", fault.code)
        return Language.DANISH


def _claim(cells: Cells, types: ClaimTypes, header: Mapping[str, int]) -> dict[str, Any]:
    claim: dict[str, Any] = {
        "claim_type": _claim_type(cells, types),
        "principal": cells.need("principal", columns.principal),
        "due_date": cells.need("due_date", columns.day),
        "betalingsservice": cells.read("betalingsservice", columns.yes) or False,
    }
    for column, parse in _READ_AS_THEY_ARE.items():
        claim[column] = cells.read(column, parse)  # type: ignore[arg-type]
    _check_days(cells, claim)
    _check_tax_year(cells, claim, types)
    number = claim["payment_id"]
    if number is not None and not columns.check_digit_holds(number):
        cells.warn("payment_id", "payment_id_check_digit")
    return {name: value for name, value in claim.items() if name in header}


def _claim_type(cells: Cells, types: ClaimTypes) -> str | None:
    name = cells.text("claim_type")
    if not name:
        cells.reject("claim_type", "required")
        return None
    key = types.key_of(name)
    if key is None:
        cells.reject("claim_type", "unknown_claim_type", known=", ".join(types.types))
    return key


def _check_days(cells: Cells, claim: Mapping[str, Any]) -> None:
    due, sent = claim["due_date"], claim["bill_sent_on"]
    if due is not None and sent is not None and due < sent:
        cells.reject("bill_sent_on", "due_before_bill", due=due)
    start, end = claim["period_start"], claim["period_end"]
    if start is not None and end is not None and end < start:
        cells.reject("period_end", "period_backwards")


def _check_tax_year(cells: Cells, claim: Mapping[str, Any], types: ClaimTypes) -> None:
    """Keep out what the state collects; the last year that is ours stands in `data/law`."""
    if claim["claim_type"] is None or claim["due_date"] is None:
        return
    kind = types[claim["claim_type"]]
    last = kind.on(claim["due_date"]).last_tax_year
    year = claim["tax_year"]
    if last is None:
        return
    facts = {"claim_type": kind.da, "last": last}
    if year is None:
        cells.warn("tax_year", "tax_year_missing", **facts)
    elif year > last:
        cells.reject("tax_year", "state_collects", **facts)


def _sighting(debtor: DebtorNumber, citizen: Mapping[str, Any], line: int) -> Sighting:
    marks = (_mark(citizen.get(name)) for name in OF_THE_CITIZEN)
    return Sighting(digest("debtor", debtor.digits), line, b"".join(marks))


def _mark(value: object) -> bytes:
    spelled = getattr(value, "e164", value)  # a telephone number hides itself
    return crc32(str(spelled).encode()).to_bytes(_MARK, "big")


def differing(one: Sighting, other: Sighting) -> list[str]:
    """Return what two rows of a file say differently of the same debtor."""
    return [
        name
        for at, name in enumerate(OF_THE_CITIZEN)
        if one.contents[at * _MARK :][:_MARK] != other.contents[at * _MARK :][:_MARK]
    ]
