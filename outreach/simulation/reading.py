"""Reads the files of a simulation row by row: claims as cases, and who pays what (indlæsning)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.intake import claim_rows, payment_rows
from outreach.intake.cells import broken
from outreach.intake.claim_rows import ClaimRow
from outreach.intake.files import BrokenRow, CsvFile
from outreach.intake.payment_rows import PaymentRow, RefusedRow
from outreach.intake.report import Report
from outreach.rules.case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from data.law.claim_types import ClaimTypes
    from outreach.rules.happenings import Happening
    from outreach.simulation.memory import Memory


@dataclass(frozen=True, slots=True)
class Subject:
    """One claim of the file (krav), with the payments the payments file names for it."""

    claim_ref: str
    case: Case
    payments: list[Happening]


def read_payments(path: Path, municipality: str, until: date, memory: Memory) -> Report:
    """Keep all payments of a file; the caller closes the report.

    Raises:
        FileUnreadableError: no such file, or one that cannot be read as payments.
    """
    with CsvFile(path, payment_rows.LAYOUT) as file:
        report = _report("payments", path, municipality, file)
        for row in file.rows():
            report.rows += 1
            read = payment_rows.read(row, file.columns, until)
            if isinstance(read, RefusedRow):
                report.reject(read.problems)
            elif isinstance(read, PaymentRow):
                found = memory.keep(read)
                if found is not None:
                    report.reject([found])
                    continue
                report.new += 1
                report.note([*read.warnings])
    return report


class Claims:
    """The claims of a file, read as they are asked for; `report` grows on the way."""

    def __init__(self, path: Path, municipality: str, types: ClaimTypes) -> None:
        """Open the file and read its header.

        Raises:
            FileUnreadableError: no such file, or one that cannot be read as claims.
        """
        self.file = CsvFile(path, claim_rows.LAYOUT)
        self.report = _report("claims", path, municipality, self.file)
        self._types = types

    def subjects(self, memory: Memory) -> Iterator[Subject]:
        """Yield each claim that can be read and was not named before."""
        with self.file as file:
            for row in file.rows():
                self.report.rows += 1
                if isinstance(row, BrokenRow):
                    self.report.reject([broken(row)])
                    continue
                read = claim_rows.read(row, file.columns, self._types)
                if not isinstance(read, ClaimRow):
                    self.report.reject(read)
                elif self._is_new(read, memory):
                    self.report.new += 1
                    self.report.note(read.warnings)
                    yield self._subject(read, memory)

    def _is_new(self, row: ClaimRow, memory: Memory) -> bool:
        again = memory.again(row)
        if again is None:
            return True
        if again.is_warning:
            self.report.unchanged += 1
            self.report.note([again])
        else:
            self.report.reject([again])
        return False

    def _subject(self, row: ClaimRow, memory: Memory) -> Subject:
        claim = row.claim
        told_how = claim.get("payment_id") is not None and claim.get("creditor_no") is not None
        case = Case(
            claim_type=claim["claim_type"],
            principal=claim["principal"],
            due_date=claim["due_date"],
            bill_sent_on=claim.get("bill_sent_on"),
            has_pay_instruction=told_how or bool(claim.get("betalingsservice")),
            tax_year=claim.get("tax_year"),
            period_end=claim.get("period_end"),
            contactable=row.citizen.get("phone") is not None,
        )
        return Subject(row.claim_ref, case, [*memory.payments_of(row)])


def _report(kind: str, path: Path, municipality: str, file: CsvFile) -> Report:
    return Report(
        kind=kind,
        file=path.name,
        municipality=municipality,
        encoding=file.encoding,
        delimiter=file.delimiter,
        unknown_columns=file.unknown_columns,
    )
