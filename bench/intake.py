"""How long 100,000 claims take to come in, and how much memory; beside PostgreSQL's own COPY.

Run alone: `python -m bench.intake`.
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import psycopg
from stdnum.dk import cpr

from data.database import libpq, start_embedded
from data.migrations.run import upgrade
from data.settings import load
from outreach.intake.claim_rows import LAYOUT
from outreach.intake.importing import import_claims
from outreach.runtime import Runtime

ROWS = 100_000
MUNICIPALITY = "albertslund"
_TYPES = ("dagtilbud", "vand", "renovation", "Børnepasning", "fjernvarme", "bibliotek")
_NAMES = ("Mette Hansen", "Søren Ærø", "Åse Østergaard", "Yusuf Yilmaz", "Anna Kowalska")


def measure() -> list[tuple[str, str]]:
    """Import a file twice, copy it once, and return the figures by name."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder:
        home = Path(folder)
        file = home / "claims.csv"
        write_file(file, ROWS)
        url = start_embedded(home / "postgres", "bench_intake")
        upgrade(url)
        first = _in_a_process_of_its_own(file, home, url)
        again = _in_a_process_of_its_own(file, home, url)
        copied = _copy(file, url)
    return [
        (f"import {ROWS:,} claims", _told(first)),
        (f"import the same {ROWS:,} again", _told(again)),
        (f"plain COPY of the same {ROWS:,} rows", f"{copied:.1f} s"),
    ]


def _told(run: dict[str, float]) -> str:
    return (
        f"{run['seconds']:.1f} s, peak {run['megabytes']:.0f} MB"
        f" ({run['new']:,.0f} new, {run['unchanged']:,.0f} unchanged)"
    )


def write_file(path: Path, rows: int) -> None:
    """Write a claims file with all columns: five claims for every four debtors."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(LAYOUT.columns)
        debtor = ""
        for number in range(rows):
            if number % 5 != 1:
                debtor = _debtor(number)
            writer.writerow(_row(number, debtor, chance))


def _debtor(number: int) -> str:
    """Return a CPR number, another for each `number`, that passes mod 11."""
    born = date(1940, 1, 1) + timedelta(days=number % 20_000)
    series = number // 20_000 * 100
    day = born.strftime("%d%m%y")
    candidates = (f"{day}{(series + extra) % 4000:04d}" for extra in range(100))
    return next(digits for digits in candidates if not cpr.checksum(digits))


def _row(number: int, debtor: str, chance: random.Random) -> list[str]:
    due = date(2026, 11, 1) + timedelta(days=chance.randrange(20))
    seed = int(debtor[:6]) * 7 % 100
    return [
        f"B-{number:07d}", debtor, "person", _NAMES[seed % 5],
        f"{20_000_000 + int(debtor) % 9_999_999}", f"borger{debtor[:6]}@example.dk", "da",
        _TYPES[number % len(_TYPES)], f"{chance.randrange(1, 9)}.{chance.randrange(1000):03d},50",
        due.strftime("%d-%m-%Y"), (due - timedelta(days=20)).isoformat(), f"{number:015d}"[:14],
        "12345678", "Opkrævningen", "01-10-2026", "31-10-2026", "1", "", "nej", "nej",
    ]  # fmt: skip


def _in_a_process_of_its_own(file: Path, home: Path, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.intake", str(file), str(home), url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


async def _import(file: Path, home: Path, url: str) -> dict[str, float]:
    runtime = Runtime.build(load(home=home, database_url=url), url)
    start = time.perf_counter()
    with await import_claims(runtime, file, MUNICIPALITY) as report:
        seconds = time.perf_counter() - start
        counts = report.counts()
    await runtime.close()
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "megabytes": kilobytes / 1024, **counts}


def _copy(file: Path, url: str) -> float:
    """Copy the file into a table of bare texts: the least that any import can cost."""
    columns = ", ".join(f"{name} text" for name in LAYOUT.columns)
    with psycopg.connect(libpq(url)) as connection:
        connection.execute(f"create table bench_copy ({columns})")
        start = time.perf_counter()
        with (
            connection.cursor().copy(
                "copy bench_copy from stdin (format csv, header, delimiter ';')"
            ) as copy,
            file.open("rb") as source,
        ):
            while chunk := source.read(1 << 20):
                copy.write(chunk)
        connection.commit()
        return time.perf_counter() - start


def main() -> None:
    """Measure, or be the measured process when a file, a home and an address are given."""
    if given := sys.argv[1:]:
        file, home, url = given
        print(json.dumps(asyncio.run(_import(Path(file), Path(home), url))))
        return
    for name, figure in measure():
        print(f"{name}: {figure}")


if __name__ == "__main__":
    main()
