"""Reads a ledger's CSV file row by row, and never more of it than that."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

from outreach.errors import FileUnreadableError
from outreach.intake.encodings import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

LONGEST_LINE = 100_000
#: A quoted cell may hold line ends; a quote still open after so many lines was never closed.
MOST_LINES_A_ROW = 20
DELIMITERS = (";", ",")

_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_EXCEL_HINT = re.compile(r'^"?sep=([;,])"?\s*$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row (række) with as many cells as the header; `line` is where it starts, from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row whose cells cannot be told apart for sure; `cells` is the best guess."""

    line: int
    cells: list[str]
    code: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns (kolonner) a kind of file has.

    Of each group in `required`, at least one must be in the header.
    """

    columns: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    is_too_long: bool = False


class CsvFile:
    """An open CSV file whose header has been read and found to be one we know."""

    def __init__(self, path: Path, layout: Layout) -> None:
        """Open the file and read its header.

        Raises:
            FileUnreadableError: no such file, no known encoding, or a header that will not do.
        """
        if not path.is_file():
            what = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise FileUnreadableError(f"{path} {what}. Check the path.")
        self.encoding = encoding_of(path)
        self.size = path.stat().st_size
        self._path = path
        self._text: IO[str] = path.open(encoding=self.encoding, newline="")
        self._again: deque[_Line] = deque()
        self._number = 0
        try:
            self._read_header(layout)
        except BaseException:
            self._text.close()
            raise

    @property
    def position(self) -> int:
        """How far the file has been read, bytes."""
        return self._text.buffer.tell()  # type: ignore[attr-defined, no-any-return]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._text.close()

    # ------------------------------------------------------------------------------ the header
    def _read_header(self, layout: Layout) -> None:
        line = self._first_line()
        hint = _EXCEL_HINT.match(line.text)
        if hint:
            line = self._first_line()
        choices = (hint[1],) if hint else DELIMITERS
        names = {choice: _names(line.text, choice) for choice in (*choices, "\t")}
        known = {choice: _count_known(names[choice], layout) for choice in names}
        if known["\t"] > max(known[choice] for choice in choices):
            raise self._unreadable("separates its columns with tabs. Use ; or , between them.")
        if not any(known.values()):
            raise self._unreadable(
                f"does not begin with a header. Line {line.number} must name the columns:"
                f" {', '.join(layout.columns)}."
            )
        self.delimiter = max(choices, key=known.__getitem__)
        self._check_header(names[self.delimiter], layout)

    def _first_line(self) -> _Line:
        while (line := self._next_line()) is not None:
            if line.is_too_long:
                raise self._unreadable(
                    f"has a first line of more than {LONGEST_LINE} characters. Export it anew."
                )
            if line.text.strip():
                return line
        raise self._unreadable("is empty. The first line must be the header.")

    def _check_header(self, names: list[str], layout: Layout) -> None:
        twice = [name for name, count in Counter(names).items() if name and count > 1]
        if twice:
            raise self._unreadable(f"has the column {twice[0]} twice. Take one of them out.")
        for group in layout.required:
            if not set(group) & set(names):
                raise self._unreadable(f"has no column {' or '.join(group)}. Add it to the header.")
        self._width = len(names)
        self.columns = {name: at for at, name in enumerate(names) if name in layout.columns}
        self.unknown_columns = [name for name in names if name and name not in layout.columns]

    def _unreadable(self, why: str) -> FileUnreadableError:
        return FileUnreadableError(f"{self._path.name} {why}")

    # -------------------------------------------------------------------------------- the rows
    def rows(self) -> Iterator[Row | BrokenRow]:
        """Yield every row that is not blank."""
        while (line := self._next_line()) is not None:
            row = self._row(line)
            if isinstance(row, BrokenRow) or any(cell.strip() for cell in row.cells):
                yield row

    def _next_line(self) -> _Line | None:
        if self._again:
            return self._again.popleft()
        text = self._text.readline(LONGEST_LINE)
        if not text:
            return None
        self._number += 1
        if len(text) < LONGEST_LINE or text.endswith(("\n", "\r")):
            return _Line(self._number, text)
        while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        return _Line(self._number, text[:1000], is_too_long=True)

    def _row(self, line: _Line) -> Row | BrokenRow:
        if line.is_too_long:
            return self._broken(line, "line_too_long", limit=LONGEST_LINE)
        if '"' not in line.text:
            return self._fitted(line, line.text.rstrip("\r\n").split(self.delimiter))
        taken = [line]
        try:
            cells = next(csv.reader(self._feed(taken), delimiter=self.delimiter, strict=True))
        except csv.Error:
            return self._quote_trouble(taken)
        row = self._fitted(line, cells)
        # A quote that swallowed the rows below it shows by their cells.
        return self._quote_trouble(taken) if taken[1:] and isinstance(row, BrokenRow) else row

    def _feed(self, taken: list[_Line]) -> Iterator[str]:
        """Give the CSV reader the row's first line, and the next ones as it asks for them."""
        yield taken[0].text
        while len(taken) < MOST_LINES_A_ROW:
            line = self._next_line()
            if line is None:
                return
            taken.append(line)
            if line.is_too_long:
                return
            yield line.text

    def _quote_trouble(self, taken: list[_Line]) -> BrokenRow:
        """Give up the first line only; those after it are read again as rows of their own."""
        self._again.extendleft(reversed(taken[1:]))
        return self._broken(taken[0], "quotes")

    def _broken(self, line: _Line, code: str, **facts: object) -> BrokenRow:
        guess = [cell.strip(' "\r\n') for cell in line.text.split(self.delimiter)]
        return BrokenRow(line.number, guess, code, facts)

    def _fitted(self, line: _Line, cells: list[str]) -> Row | BrokenRow:
        """Check that the cells are as many as the header's; empty ones too many do no harm."""
        if len(cells) == self._width:
            return Row(line.number, cells)
        if len(cells) > self._width and not any(cell.strip() for cell in cells[self._width :]):
            return Row(line.number, cells[: self._width])
        if not any(cell.strip() for cell in cells):
            return Row(line.number, [])
        facts = {"found": len(cells), "expected": self._width, "delimiter": self.delimiter}
        return BrokenRow(line.number, cells, "cell_count", facts)


def _names(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    names = [_BETWEEN_WORDS.sub("_", cell.strip(" \t\r\n\ufeff\xa0")).casefold() for cell in cells]
    return [name.strip("_") for name in names]


def _count_known(names: list[str], layout: Layout) -> int:
    return len(set(names) & set(layout.columns))
