"""How long 100,000 claims and 100,000 payments take to come in, and how much memory.

Beside each stands PostgreSQL's own COPY of the same rows.

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
from data.values.pay_lines import check_digit
from outreach.intake.claim_rows import LAYOUT
from outreach.intake.importing import import_claims, import_payments
from outreach.intake.payment_rows import LAYOUT as PAYMENTS
from outreach.runtime import Runtime

ROWS = 100_000
MUNICIPALITY = "albertslund"
_TYPES = ("dagtilbud", "vand", "renovation", "Børnepasning", "fjernvarme", "bibliotek")
_NAMES = ("Mette Hansen", "Søren Ærø", "Åse Østergaard", "Yusuf Yilmaz", "Anna Kowalska")
_CAMT_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
    "<GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2026-11-21T08:00:00</CreDtTm></GrpHdr>"
    "<Ntfctn><Id>1</Id><Acct><Id><Othr><Id>12341234567890</Id></Othr></Id><Ccy>DKK</Ccy></Acct>"
)
_CAMT_ENTRY = (
    '<Ntry><Amt Ccy="DKK">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>"
    "<AcctSvcrRef>BANK{number}</AcctSvcrRef><NtryDtls><TxDtls>"
    "<Refs><AcctSvcrRef>BANK{number}</AcctSvcrRef><EndToEndId>E{number}</EndToEndId></Refs>"
    '<Amt Ccy="DKK">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<RltdPties><Dbtr><Pty><Nm>Mette Hansen</Nm></Pty></Dbtr></RltdPties>"
    "<RmtInf><Strd><CdtrRefInf><Ref>B-{number:07d}</Ref></CdtrRefInf></Strd></RmtInf>"
    "</TxDtls></NtryDtls></Ntry>"
)


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
        copied = _copy(file, url, LAYOUT.columns)
        paid = home / "payments.csv"
        write_payments(paid, ROWS)
        booked = _in_a_process_of_its_own(paid, home, url)
        replayed = _in_a_process_of_its_own(paid, home, url)
        bank = home / "payments.xml"
        write_camt(bank, ROWS)
        from_bank = _in_a_process_of_its_own(bank, home, url)
        copied_payments = _copy(paid, url, PAYMENTS.columns)
    return [
        (f"import {ROWS:,} claims", _told(first)),
        (f"import the same {ROWS:,} again", _told(again)),
        (f"plain COPY of the same {ROWS:,} rows", f"{copied:.1f} s"),
        (f"book {ROWS:,} payments (CSV)", _told(booked)),
        (f"book the same {ROWS:,} again", _told(replayed)),
        (f"book {ROWS:,} payments (camt.054)", _told(from_bank)),
        (f"plain COPY of the same {ROWS:,} payments", f"{copied_payments:.1f} s"),
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


def _payment_id(number: int) -> str:
    base = f"{number:014d}"
    return base + check_digit(base)


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
        due.strftime("%d-%m-%Y"), (due - timedelta(days=20)).isoformat(), _payment_id(number),
        "12345678", "Opkrævningen", "01-10-2026", "31-10-2026", "1", "", "nej", "nej", "",
    ]  # fmt: skip


def write_payments(path: Path, rows: int) -> None:
    """Write a payments file: by reference, by payment id, part, double, taken back, unknown."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(PAYMENTS.columns)
        for number in range(rows):
            writer.writerow(_payment(number))


def _payment(number: int) -> list[str]:
    ref, taken_back, amount = f"B-{number:07d}", "", "1500,25"
    payment_id = _payment_id(number) if number % 2 else ""
    if number % 50 == 7:  # noqa: PLR2004 - two in a hundred name nobody
        ref, payment_id = "", ""
    elif number % 50 == 9:  # noqa: PLR2004 - two in a hundred are taken back
        ref, payment_id, amount = "", "", "-1500,25"
        taken_back = f"P-{number - 1}"
    elif payment_id:
        ref = ""
    return [
        f"P-{number}", ref, payment_id, amount, "20-11-2026", "", "12345678", "DKK",
        _NAMES[number % 5], "Tak for denne gang", taken_back,
    ]  # fmt: skip


def write_camt(path: Path, rows: int) -> None:
    """Write an advice of so many single payments, as banks send it (camt.054.001.08)."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_CAMT_HEAD)
        for number in range(rows):
            file.write(_CAMT_ENTRY.format(number=number))
        file.write("</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>")


def _in_a_process_of_its_own(file: Path, home: Path, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.intake", str(file), str(home), url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


async def _import(file: Path, home: Path, url: str) -> dict[str, float]:
    runtime = Runtime.build(load(home=home, database_url=url), url)
    take = import_payments if file.stem == "payments" else import_claims
    start = time.perf_counter()
    with await take(runtime, file, MUNICIPALITY) as report:
        seconds = time.perf_counter() - start
        counts = report.counts()
    await runtime.close()
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "megabytes": kilobytes / 1024, **counts}


def _copy(file: Path, url: str, names: tuple[str, ...]) -> float:
    """Copy the file into a table of bare texts: the least that any import can cost."""
    columns = ", ".join(f"{name} text" for name in names)
    with psycopg.connect(libpq(url)) as connection:
        connection.execute("drop table if exists bench_copy")
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
