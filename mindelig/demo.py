"""The demo's ledger files: real CSV with days around the demo's own today, for the real import."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.samples import claim_rows, payment_rows, sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """The two files a municipality's ledger would send (prøvefiler)."""

    municipality: str
    claims: Path
    payments: Path


@dataclass(frozen=True, slots=True)
class Samples:
    """The files of all municipalities: import the claims first, then the payments."""

    files: tuple[SampleFiles, ...]

    def __iter__(self) -> Iterator[SampleFiles]:
        """Go through the municipalities."""
        return iter(self.files)


def write_samples(folder: Path, today: date) -> Samples:
    """Write each municipality's claims and payments as CSV files in `folder`.

    Most claims were due two bank days before `today`, with the bill sent 20 days earlier; the
    payments are complete for the last bank day before `today`, so a round may write first messages.
    The same `today` gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Samples(tuple(_write(folder, key, today) for key in sample().municipalities))


def _write(folder: Path, municipality: str, today: date) -> SampleFiles:
    files = SampleFiles(
        municipality,
        folder / f"claims_{municipality}.csv",
        folder / f"payments_{municipality}.csv",
    )
    separator = sample().municipalities[municipality].separator
    _save(files.claims, claim_rows(municipality, today), separator)
    _save(files.payments, payment_rows(municipality, today), separator)
    return files


def _save(path: Path, rows: list[list[str]], separator: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator, lineterminator="\n").writerows(rows)
