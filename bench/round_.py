"""How long a round over 100,000 overdue claims takes, beside the plain select of the same rows."""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from data.database import start_embedded
from data.migrations.run import upgrade
from data.settings import load
from data.values.time import StandingClock
from outreach import rounds
from outreach.runtime import Runtime

CLAIMS = 100_000
_NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_CITIZENS = """
insert into citizens (id, municipality, debtor_id, debtor_kind, name, language, address_protected,
                      created_at, updated_at)
select gen_random_uuid(), 'albertslund', lpad(n::text, 10, '0'), 'person', 'Mette Hansen', 'da',
       false, now(), now()
from generate_series(1, :count) n
"""
_PHONES = """
insert into contact_points (municipality, citizen_id, channel, address, source, created_at)
select municipality, id, 'sms', '+45' || (20000000 + debtor_id::bigint), 'ledger', now()
from citizens
"""
_DEBTS = """
insert into claims (id, municipality, citizen_id, claim_ref, claim_type, principal, paid, due_date,
                    bill_sent_on, betalingsservice, state, created_at, updated_at)
select gen_random_uuid(), municipality, id, 'B-' || debtor_id, 'dagtilbud', 120000, 0,
       date '2026-11-19', date '2026-11-01', false, 'open', now(), now()
from citizens
"""
_COVERED = """
insert into payment_coverage (municipality, covers_until, updated_at)
values ('albertslund', date '2026-11-23', now())
"""
_PLAIN = """
select c.*, z.name, p.address from claims c join citizens z on z.id = c.citizen_id
join contact_points p on p.citizen_id = z.id where c.due_date < date '2026-11-24'
"""


def measure() -> list[tuple[str, str]]:
    """Fill a database, run a round twice, and select the rows once."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(home: Path) -> list[tuple[str, str]]:
    url = start_embedded(home / "postgres", "bench_round")
    upgrade(url)
    settings = load(home=home, database_url=url)
    runtime = Runtime.build(settings, url).at(StandingClock(_NOW))
    async with runtime.transaction() as session:
        for statement in (_CITIZENS, _PHONES, _DEBTS):
            await session.execute(
                text(statement), {"count": CLAIMS} if ":count" in statement else {}
            )
        await session.execute(text(_COVERED))
    async with runtime.database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text("analyze")
        )
    first = await _round(runtime)
    again = await _round(runtime)
    began = time.monotonic()
    async with runtime.transaction() as session:
        rows = len((await session.execute(text(_PLAIN))).all())
    plain = time.monotonic() - began
    await runtime.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        (f"round over {CLAIMS:,} overdue claims", f"{first[0]:.1f} s, {first[1]:,} messages"),
        ("the same round again", f"{again[0]:.1f} s, {again[1]:,} messages"),
        (f"plain select of the same {rows:,} rows", f"{plain:.1f} s"),
        ("memory at the most, the select included", f"{peak:.0f} MB"),
    ]


async def _round(runtime: Runtime) -> tuple[float, int]:
    began = time.monotonic()
    report = await rounds.outreach_round(runtime, municipality="albertslund")
    return time.monotonic() - began, report.messages
