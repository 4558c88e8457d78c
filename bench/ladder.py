"""Decisions a second, and a ladder's round over ten thousand and over a million claims."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

from sqlalchemy import text

from data.database import Database, start_embedded
from data.law.law import Law
from data.migrations.run import upgrade
from data.municipalities.policy import Policies
from data.settings import load
from data.values.money import Money
from data.values.time import StandingClock
from outreach.ladder import ladder_round
from outreach.rules.case import Case, Taken
from outreach.rules.ladder import next_step
from outreach.runtime import Runtime

DECISIONS = 100_000
SIZES = (10_000, 1_000_000)
_NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_CITIZENS = """
insert into citizens (id, municipality, debtor_id, debtor_kind, name, language, address_protected,
                      created_at, updated_at)
select gen_random_uuid(), 'albertslund', lpad(n::text, 10, '0'), 'person', 'Mette Hansen', 'da',
       false, now(), now()
from generate_series(1, :count) n
"""
#: Deadlines over seventy days: some claims are due a reminder this morning, most are not yet.
_DEBTS = """
insert into claims (id, municipality, citizen_id, claim_ref, claim_type, principal, charged, paid,
                    due_date, bill_sent_on, payment_id, creditor_no, betalingsservice, state,
                    first_contact_at, created_at, updated_at)
select gen_random_uuid(), municipality, id, 'B-' || debtor_id,
       (array['dagtilbud', 'fjernvarme', 'bibliotek', 'renovation'])[1 + debtor_id::bigint % 4],
       120000, 0, 0, date '2026-11-23' - (debtor_id::bigint % 70)::int, date '2026-08-01',
       '123456789012347', '81234567', false, 'open',
       timestamptz '2026-11-24' - make_interval(days => (debtor_id::bigint % 70)::int),
       now(), now()
from citizens
"""
_COVERED = """
insert into payment_coverage (municipality, covers_until, updated_at)
values ('albertslund', date '2026-11-23', now())
"""
_PLAIN = """
select c.*, z.name, z.frozen_at from claims c join citizens z on z.id = c.citizen_id
where c.municipality = 'albertslund' and c.state = 'open' and c.due_date < date '2026-11-24'
"""


def measure() -> list[tuple[str, str]]:
    """Decide in one process, then run rounds, each size in a process of its own."""
    rows = [_decisions()]
    for size in SIZES:
        told = subprocess.run(
            [sys.executable, "-m", "bench.ladder", str(size)],
            check=True,
            capture_output=True,
            text=True,
        )
        rows += [tuple(line.split("\t")) for line in told.stdout.splitlines()]  # type: ignore[misc]
    return rows


def _decisions() -> tuple[str, str]:
    """Ask for the next step of many cases: types, municipalities, histories and days differ."""
    law, policies = Law.load(), Policies.load()
    cases = [
        replace(case, due_date=case.due_date + timedelta(days=shift))
        for case, shift in product(_samples(law), range(40))
    ]
    today = date(2026, 6, 15)
    asked = 0
    began = time.process_time()
    while asked < DECISIONS:
        for key in policies.keys:
            policy = policies[key]
            for case in cases:
                next_step(case, law, policy, today)
            asked += len(cases)
    seconds = time.process_time() - began
    return "decisions a second on one core", f"{asked / seconds:,.0f}"


def _samples(law: Law) -> list[Case]:
    start = date(2026, 4, 1)
    first = Taken("reminder:1", start, start + timedelta(days=10), offered_plan=True)
    notice = Taken("notice:1", start, start + timedelta(days=20), gave_notice=True)
    return [
        Case(
            claim_type=kind,
            principal=Money(120000),
            due_date=start,
            bill_sent_on=start - timedelta(days=20),
            has_pay_instruction=True,
            tax_year=2023,
            covers_until=date(2030, 1, 1),
            contacted_on=start + timedelta(days=1),
            taken=taken,
        )
        for kind in law.claim_types.types
        for taken in ((), (first,), (first, replace(first, step="reminder:2"), notice))
    ]


async def _rounds(size: int, home: Path) -> None:
    url = start_embedded(home / "postgres", f"bench_ladder_{size}")
    upgrade(url)
    runtime = Runtime.build(load(home=home, database_url=url), url).at(StandingClock(_NOW))
    async with runtime.transaction() as session:
        await session.execute(text(_CITIZENS), {"count": size})
        await session.execute(text(_DEBTS))
        await session.execute(text(_COVERED))
    await _analyze(runtime.database)
    first, steps = await _one_round(runtime)
    again, none = await _one_round(runtime)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.monotonic()
    async with runtime.transaction() as session:
        found = await session.stream(text(_PLAIN))
        rows = 0
        async for part in found.partitions(1000):
            rows += len(part)
    plain = time.monotonic() - began
    await runtime.close()
    _tell(f"ladder's round over {size:,} claims", first, size, f"{steps:,} steps, {peak:.0f} MB")
    _tell(f"the same round again ({none} steps)", again, size, "")
    _tell(f"plain select of the same {rows:,} rows", plain, size, "")


def _tell(what: str, seconds: float, size: int, more: str) -> None:
    print(f"{what}\t{seconds:.1f} s, {seconds / size * 1e6:.0f} µs a claim {more}".rstrip())


async def _analyze(database: Database) -> None:
    async with database.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("analyze"))


async def _one_round(runtime: Runtime) -> tuple[float, int]:
    began = time.monotonic()
    report = await ladder_round(runtime, municipality="albertslund")
    return time.monotonic() - began, sum(report.steps.values())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder:
        asyncio.run(_rounds(int(sys.argv[1]), Path(folder)))
