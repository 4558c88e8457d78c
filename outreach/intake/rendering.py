"""Writes a report for the clerk who sent the file."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from outreach.intake.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.intake.report import Problem, Report

#: So many problems of each kind are written out; the rest are counted by reason.
LISTED: Final = 200

_ENCODINGS: Final = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}


def render(report: Report) -> Iterator[str]:
    """Yield the report's lines: counts, changes, what was rejected, what to look at."""
    encoding = _ENCODINGS.get(report.encoding, report.encoding)
    written = (
        f"{encoding}, columns separated by {report.delimiter}" if report.delimiter else encoding
    )
    yield f"{report.file} to {report.municipality}: {_count(report.rows, 'row')} read ({written})"
    yield (
        f"  {report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged,"
        f" {report.rejected:,} rejected, {_count(report.warnings, 'warning')}"
    )
    if report.unknown_columns:
        yield f"  Columns that are not used: {', '.join(report.unknown_columns)}"
    yield from _coverage(report)
    yield from _changes(report)
    yield from _listed(report, "Rejected, not taken:", is_warning=False)
    yield from _listed(report, "Taken, but worth a look:", is_warning=True)
    if report.rejected:
        yield "Mend the rejected lines and import the file again; what was taken is left as it is."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _coverage(report: Report) -> Iterator[str]:
    if report.kind != "payments":
        return
    held = report.extra.get("coverage_held_by_lines") or []
    claimed = report.extra.get("file_covers_until")
    stands = report.extra.get("covers_until")
    known = f"All payments are known until {stands}" if stands else "No day is covered yet"
    if held:
        lines = ", ".join(str(line) for line in held[:10])
        yield (
            f"  {known}. This file did not move the day: line {lines} may be a payment on any"
            " claim, and whoever has paid must not be written to. Mend it and import again."
        )
    elif claimed is None:
        yield f"  {known}. The file names no covers_until, so the day did not move."
    else:
        yield f"  {known}."


def _changes(report: Report) -> Iterator[str]:
    if report.changed:
        yield "Changed since the last import:"
        for change in report.changes:
            yield f"  line {change.line}, {change.ref}: {', '.join(change.columns)}"
        if report.changed > len(report.changes):
            yield f"  and {report.changed - len(report.changes):,} more"


def _listed(report: Report, title: str, *, is_warning: bool) -> Iterator[str]:
    found = (one for one in report.problems if one.is_warning is is_warning)
    written = False
    for one in islice(found, LISTED):
        if not written:
            yield title
            written = True
        yield from _lines(one)
    rest = Counter((one.column, one.code) for one in found)
    if rest:
        yield f"  and {rest.total():,} more (--json lists every one):"
        for (column, code), count in rest.most_common():
            yield f"    {count:,} x {column or 'row'}: {_title(code)}"


def _lines(one: Problem) -> Iterator[str]:
    place = f"  line {one.line}"
    if one.column is not None:
        place += f", {one.column}"
    if one.value:
        place += f' "{one.value}"'
    yield f"{place}: {one.reason}"
    yield f"      {one.mend}"


def _title(code: str) -> str:
    """Return the reason without the facts of one row."""
    why = REASONS[code].why
    return why if "{" not in why else code.replace("_", " ")
