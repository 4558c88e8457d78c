"""One row's cells by column, and what was found wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.intake.columns import CellError
from outreach.intake.report import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outreach.intake.files import BrokenRow, Row

_AROUND = " \t\r\n\xa0\ufeff"


class Cells:
    """Reads cells column by column, and keeps every problem instead of stopping at the first."""

    def __init__(self, row: Row, columns: Mapping[str, int]) -> None:
        self.line = row.line
        self._cells = row.cells
        self._columns = columns
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def text(self, column: str) -> str:
        """Return the cell without the blanks around it; empty when there is no such column."""
        at = self._columns.get(column)
        return "" if at is None else self._cells[at].strip(_AROUND)

    def read[Value](self, column: str, parse: Callable[[str], Value]) -> Value | None:
        """Read a cell that may be empty; a problem is kept, and nothing returned."""
        cell = self.text(column)
        if not cell:
            return None
        try:
            return parse(cell)
        except CellError as fault:
            self.reject(column, fault.code, **fault.facts)
            return None

    def need[Value](self, column: str, parse: Callable[[str], Value]) -> Value | None:
        """Read a cell that may not be empty."""
        if not self.text(column):
            self.reject(column, "required")
            return None
        return self.read(column, parse)

    def reject(self, column: str | None, code: str, **facts: object) -> None:
        """Keep an error: the row will not be taken."""
        self.errors.append(self._problem(column, code, facts, is_warning=False))

    def warn(self, column: str | None, code: str, **facts: object) -> None:
        """Keep a warning: the row is taken all the same."""
        self.warnings.append(self._problem(column, code, facts, is_warning=True))

    def _problem(
        self, column: str | None, code: str, facts: Mapping[str, object], *, is_warning: bool
    ) -> Problem:
        value = "" if column is None else self.text(column)
        return problem(self.line, column, value, code, facts, is_warning=is_warning)


def broken(row: BrokenRow) -> Problem:
    """Describe a row whose cells cannot be told apart."""
    return problem(row.line, None, "", row.code, row.facts)
