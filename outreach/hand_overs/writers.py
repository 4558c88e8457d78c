"""Writes the rows of a hand-over file; a writer of the state's own format can take CSV's place."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from data.values.recipients import Recipient
from outreach.rules.hand_over_parts import PartKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outreach.rules.hand_over_parts import Part
    from outreach.rules.hand_over_rows import HandOverRow

#: Documented for integrators in docs/hand-over.md.
COLUMNS: Final = (
    "hand_over_ref",
    "kind",
    "claim_ref",
    "main_claim_ref",
    "code",
    "principal",
    "outstanding",
    "period_start",
    "period_end",
    "due_date",
    "last_day_to_pay",
    "limitation_date",
    "description",
    "debtor_ids",
    "notice_dates",
    "judgment_date",
    "ground",
    "creditor",
    "creditor_no",
)
#: Between the numbers of several debtors, and between their days of notice.
BETWEEN: Final = ","
_LETTERS: Final = {Recipient.STATE: "S", Recipient.BAILIFF: "B"}
RECIPIENTS: Final = {letter: recipient for recipient, letter in _LETTERS.items()}


def reference(recipient: Recipient, number: int, row: int) -> str:
    """Return our reference of a hand-over, the same in the file and in the answers: `S12-3`."""
    return f"{_LETTERS[recipient]}{number}-{row}"


def file_name(municipality: str, recipient: Recipient, number: int, suffix: str) -> str:
    """Return the name a file gets on disk."""
    return f"{municipality}-{recipient.value}-{number:06d}.{suffix}"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of a file with our reference of it."""

    ref: str
    row: HandOverRow


class Writer(Protocol):
    """Puts the rows of one file into a recipient's format."""

    #: The ending of the file's name.
    suffix: str

    def write(self, rows: Sequence[Numbered]) -> str:
        """Return the whole file."""


class CsvWriter:
    """Writes one line a part of each claim, columns separated by semicolons."""

    suffix = "csv"

    def write(self, rows: Sequence[Numbered]) -> str:
        """Return the whole file, its header first, lines ended as RFC 4180 says."""
        file = io.StringIO()
        lines = csv.writer(file, delimiter=";")
        lines.writerow(COLUMNS)
        for numbered in rows:
            lines.writerows(self._lines(numbered))
        return file.getvalue()

    def _lines(self, numbered: Numbered) -> Iterator[list[object]]:
        for part in numbered.row.parts:
            yield [numbered.ref, *self._of_part(part, numbered.row), *self._shared(numbered.row)]

    def _of_part(self, part: Part, row: HandOverRow) -> list[object]:
        """Empty cells, not words, where there is nothing."""
        return [
            part.kind.value,
            part.ref,
            "" if part.kind is PartKind.PRINCIPAL else row.claim_ref,
            part.code,
            part.principal,
            part.outstanding,
            part.period_start,
            part.period_end,
            part.due_date,
            part.last_day_to_pay,
            part.limitation_date,
        ]

    def _shared(self, row: HandOverRow) -> list[object]:
        return [
            row.description,
            BETWEEN.join(liable.debtor_id for liable in row.debtors),
            BETWEEN.join(str(liable.noticed_on or "") for liable in row.debtors),
            row.judgment_date,
            row.ground,
            row.creditor,
            row.creditor_no,
        ]
