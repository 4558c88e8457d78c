"""Opens a file of payments, whoever wrote it: the ledger's CSV, or the bank's camt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from outreach.intake import payment_rows
from outreach.intake.camt.document import is_camt
from outreach.intake.camt.entries import StatementEnd
from outreach.intake.camt.reading import CamtFile
from outreach.intake.files import CsvFile
from outreach.intake.payment_rows import CoverageRow, DoubtRow
from outreach.intake.report import problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from outreach.intake.payment_rows import AnyRow


class PaymentFile:
    """An open file of payments (betalingsfil); which kind it is, its content says."""

    encoding: str = ""
    delimiter: str = ""

    def __init__(self, path: Path, today: date) -> None:
        """Open the file.

        Raises:
            FileUnreadableError: nothing of it can be taken; the text says why.
        """
        self._today = today
        self.unknown_columns: list[str] = []
        self._file: CsvFile | CamtFile
        if is_camt(path):
            self._file = CamtFile(path, today)
            self.encoding = self._file.message
        else:
            self._file = csv = CsvFile(path, payment_rows.LAYOUT)
            self.encoding, self.delimiter = csv.encoding, csv.delimiter
            self.unknown_columns = csv.unknown_columns

    @property
    def position(self) -> int:
        """How far the file has been read, bytes."""
        return self._file.position

    @property
    def size(self) -> int:
        """How long it is, bytes."""
        return self._file.size

    def skipped(self) -> dict[str, int]:
        """Return how many entries of a bank file are no payments to us, by why."""
        return dict(self._file.skipped) if isinstance(self._file, CamtFile) else {}

    def rows(self) -> Iterator[AnyRow]:
        """Yield its rows, one at a time."""
        if isinstance(self._file, CamtFile):
            yield from _of_bank(self._file, self._today)
            return
        for row in self._file.rows():
            yield payment_rows.read(row, self._file.columns, self._today)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.__exit__(kind, fault, trace)


def _of_bank(file: CamtFile, today: date) -> Iterator[AnyRow]:
    """Yield the entries, and last the day until which the payments on every account are known."""
    known: dict[str, date] = {}
    line = 0
    for entry in file.entries():
        line = entry.line
        if not isinstance(entry, StatementEnd):
            yield payment_rows.of_bank(entry, today)
        elif entry.doubt is not None:
            found = problem(
                entry.line, "statement", entry.account, entry.doubt, entry.facts, is_warning=True
            )
            yield DoubtRow(entry.line, found)
        elif entry.covers_until is not None:
            known[entry.account] = max(
                entry.covers_until, known.get(entry.account, entry.covers_until)
            )
    if known:
        yield CoverageRow(line, min(known.values()))
