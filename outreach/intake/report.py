"""What came of a file: counts, and every row that was not taken as it stood."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any, Self

from outreach.intake.reasons import REASONS
from outreach.payment_effects import FollowUp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from data.values.ids import ClaimId

#: Longest piece of a cell that a report shows, characters.
SHOWN = 60
#: So many changed rows are listed by name in the report; all are counted.
CHANGES_LISTED = 100
#: Problems held in memory (bytes) before they go to an unnamed file on disk.
_IN_MEMORY = 1_000_000
_CPR = re.compile(r"(?<!\d)(\d{6})[- ]?\d{4}(?!\d)")
_DOTS = "••••"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one row (fejl eller advarsel), already safe to read.

    `line` is the line of the file on which the row starts, counted from 1.
    """

    line: int
    column: str | None
    value: str
    code: str
    reason: str
    mend: str
    is_warning: bool = False


def problem(
    line: int,
    column: str | None,
    value: str,
    code: str,
    facts: Mapping[str, object] | None = None,
    *,
    is_warning: bool = False,
) -> Problem:
    """Make a problem from the table of reasons, with its value hidden where it is a person's."""
    reason = REASONS[code]
    named = {"column": column, **(facts or {})}
    return Problem(
        line=line,
        column=column,
        value=shown(column, value),
        code=code,
        reason=reason.why.format_map(named),
        mend=reason.mend.format_map(named),
        is_warning=is_warning,
    )


def shown(column: str | None, value: str) -> str:
    """Return a cell as a report may show it.

    No whole CPR number, telephone number or e-mail address, in whatever column it stands; cut to
    60 characters, with characters that cannot be seen written out.
    """
    if column == "debtor_id":
        value = f"{value[:6]}-{_DOTS}" if len(value) > len("010180") else _DOTS
    elif column == "phone":
        value = f"{value[:2]}{_DOTS}{value[-2:]}" if len(value) > len("2030") else value
    elif column == "email":
        name, at, domain = value.partition("@")
        value = f"{name[:1]}{_DOTS}{at}{domain}"
    value = _CPR.sub(rf"\1-{_DOTS}", value)
    seen = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in value[: SHOWN + 1]
    )
    return seen if len(seen) <= SHOWN else f"{seen[: SHOWN - 1]}…"


class Problems:
    """All problems of a file, in the order they were found; kept on disk when they are many."""

    def __init__(self) -> None:
        self._kept: IO[str] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - lives as long as we do
            _IN_MEMORY, mode="w+", encoding="utf-8"
        )
        self._count = 0

    def add(self, found: Problem) -> None:
        """Keep one more."""
        self._kept.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Problem]:
        self._kept.seek(0)
        try:
            for line in self._kept:
                yield Problem(**json.loads(line))
        finally:
            self._kept.seek(0, 2)

    def close(self) -> None:
        """Let go of the file."""
        self._kept.close()


@dataclass(frozen=True, slots=True)
class Change:
    """A row that the ledger has changed since it was last taken (ændring)."""

    line: int
    ref: str
    columns: list[str]


@dataclass
class Report:
    """What came of one file (importrapport); close it, or use it in a `with`.

    For payments `new` counts those booked, and `changed` is always zero.
    """

    kind: str
    file: str
    municipality: str
    encoding: str = ""
    delimiter: str = ""
    unknown_columns: list[str] = field(default_factory=list)
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def all_taken(self) -> bool:
        """Tell whether no row was rejected."""
        return self.rejected == 0

    def reject(self, problems: list[Problem]) -> None:
        """Count one row as rejected, for these problems."""
        self.rejected += 1
        self.note(problems)

    def note(self, problems: list[Problem]) -> None:
        """Keep problems; only the warnings among them are counted here."""
        for found in problems:
            self.warnings += found.is_warning
            self.problems.add(found)

    def change(self, line: int, ref: str, columns: list[str]) -> None:
        """Count one row as changed, and list it among the first."""
        self.changed += 1
        if len(self.changes) < CHANGES_LISTED:
            self.changes.append(Change(line, ref, columns))

    def counts(self) -> dict[str, int]:
        """Return how many rows were new, changed, unchanged, rejected, and how many warnings."""
        names = ("rows", "new", "changed", "unchanged", "rejected", "warnings")
        return {name: getattr(self, name) for name in names}

    def as_json(self) -> Iterator[str]:
        """Write it for machines, piece by piece, so that a long one needs no memory."""
        head = {
            "kind": self.kind,
            "file": self.file,
            "municipality": self.municipality,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "unknown_columns": self.unknown_columns,
            **self.counts(),
            **self.extra,
            "changed_rows": [asdict(change) for change in self.changes],
        }
        yield json.dumps(head, ensure_ascii=False)[:-1]
        for name, is_warning in (("rejected_rows", False), ("warning_rows", True)):
            yield f', "{name}": ['
            yield from self._listed(is_warning=is_warning)
            yield "]"
        yield "}\n"

    def _listed(self, *, is_warning: bool) -> Iterator[str]:
        separator = ""
        for found in self.problems:
            if found.is_warning is is_warning:
                named = asdict(found)
                del named["is_warning"]
                yield separator + json.dumps(named, ensure_ascii=False)
                separator = ", "

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.problems.close()


@dataclass
class Effect:
    """What one batch of rows came to; the report is told once the batch is committed.

    `follow_up` is what payments leave to be looked at; `touched` are all the claims whose sums or
    state may be others now.
    """

    rows: int = 0
    new: int = 0
    unchanged: int = 0
    changes: list[tuple[int, str, list[str]]] = field(default_factory=list)
    rejected: list[list[Problem]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    follow_up: FollowUp = field(default_factory=FollowUp)
    touched: set[ClaimId] = field(default_factory=set)

    def add(self, other: Effect) -> None:
        """Add what another part of the batch came to."""
        self.rows += other.rows
        self.new += other.new
        self.unchanged += other.unchanged
        self.changes += other.changes
        self.rejected += other.rejected
        self.warnings += other.warnings
        self.follow_up.add(other.follow_up)
        self.touched |= other.touched

    def tell(self, report: Report) -> None:
        """Add it to the report, in the order of the lines."""
        report.rows += self.rows
        report.new += self.new
        report.unchanged += self.unchanged
        for line, ref, columns in sorted(self.changes):
            report.change(line, ref, columns)
        for problems in sorted(self.rejected, key=lambda problems: problems[0].line):
            report.reject(problems)
        report.note(sorted(self.warnings, key=lambda warning: warning.line))
