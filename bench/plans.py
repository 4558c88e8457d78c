"""How long a morning over 10,000 running plans takes, beside the plain select of the same rows."""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event, text

from data.database import start_embedded
from data.migrations.run import upgrade
from data.settings import load
from data.values.time import StandingClock
from outreach import plan_messages, plans
from outreach.runtime import Runtime

PLANS = 10_000
_NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
#: Each citizen owes one bill and pays it in six; every tenth is due on Tuesday, every tenth late.
_FILL = (
    """
    insert into citizens (id, municipality, debtor_id, debtor_kind, name, language,
                          address_protected, created_at, updated_at)
    select gen_random_uuid(), 'albertslund', lpad(n::text, 10, '0'), 'person', 'Mette Hansen',
           'da', false, now(), now()
    from generate_series(1, :count) n
    """,
    """
    insert into contact_points (municipality, citizen_id, channel, address, source, created_at)
    select municipality, id, 'sms', '+45' || (20000000 + debtor_id::bigint), 'ledger', now()
    from citizens
    """,
    """
    insert into claims (id, municipality, citizen_id, claim_ref, claim_type, principal, paid,
                        due_date, bill_sent_on, betalingsservice, state, created_at, updated_at)
    select gen_random_uuid(), municipality, id, 'B-' || debtor_id, 'dagtilbud', 120000, 0,
           date '2026-09-01', date '2026-08-01', false, 'in_plan', now(), now()
    from citizens
    """,
    """
    insert into agreements (id, municipality, citizen_id, kind, state, total, shown_text,
                            offered_at, expires_at, accepted_at, channel, identity_level, rhythm)
    select gen_random_uuid(), municipality, citizen_id, 'plan', 'accepted', principal, 'JA',
           timestamptz '2026-10-01', timestamptz '2026-10-08', timestamptz '2026-10-01', 'sms', 2,
           'month'
    from claims
    """,
    """
    insert into agreement_claims (agreement_id, municipality, claim_id, amount, position)
    select a.id, a.municipality, c.id, c.principal, 1
    from agreements a join claims c on c.citizen_id = a.citizen_id
    """,
    """
    insert into instalments (agreement_id, municipality, number, amount, due_on)
    select a.id, a.municipality, n, 20000, first.day + (n - 1) * 28
    from agreements a
    join citizens z on z.id = a.citizen_id
    cross join lateral (
        select case z.debtor_id::bigint % 10
            when 0 then date '2026-12-01' when 1 then date '2026-11-10' else date '2026-12-15'
        end as day
    ) first
    cross join generate_series(1, 6) n
    """,
    """
    insert into payment_coverage (municipality, covers_until, updated_at)
    values ('albertslund', date '2026-11-26', now())
    """,
)
_PLAIN = """
select * from agreements a join instalments i on i.agreement_id = a.id
join agreement_claims p on p.agreement_id = a.id join claims c on c.id = p.claim_id
where a.state = 'accepted' and a.kind = 'plan'
"""


def measure() -> list[tuple[str, str]]:
    """Fill a database, weigh its plans, write what is to be said of them, and select them once."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(home: Path) -> list[tuple[str, str]]:
    url = start_embedded(home / "postgres", "bench_plans")
    upgrade(url)
    runtime = Runtime.build(load(home=home, database_url=url), url).at(StandingClock(_NOW))
    async with runtime.transaction() as session:
        for statement in _FILL:
            await session.execute(
                text(statement), {"count": PLANS} if ":count" in statement else {}
            )
    async with runtime.database.engine.connect() as connection:
        own = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await own.execute(text("analyze"))
    asked = _count_questions(runtime)
    figures = [
        await _timed(f"weigh {PLANS:,} running plans", asked, lambda: _weigh(runtime)),
        await _timed("write of a fifth of them", asked, lambda: _write(runtime)),
        await _timed("write again: nothing is left to say", asked, lambda: _write(runtime)),
        await _timed(
            f"plain select of the same {6 * PLANS:,} instalments", asked, lambda: _plain(runtime)
        ),
    ]
    await runtime.close()
    return figures


def _count_questions(runtime: Runtime) -> list[int]:
    """Count what is asked of the database, so that a question a plan would show."""
    asked = [0]

    def count(*_: object) -> None:
        asked[0] += 1

    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", count)
    return asked


async def _timed(
    what: str, asked: list[int], work: Callable[[], Awaitable[str]]
) -> tuple[str, str]:
    asked[0], began = 0, time.monotonic()
    told = await work()
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return what, f"{seconds:.1f} s, {asked[0]:,} questions, {told}, peak {peak:.0f} MB"


async def _weigh(runtime: Runtime) -> str:
    counts = await plans.weigh_plans(runtime, municipality="albertslund")
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)


async def _write(runtime: Runtime) -> str:
    report = await plan_messages.write(runtime, municipality="albertslund")
    return f"{report.reminders:,} reminders, {report.missed:,} missed, {report.tasks} tasks"


async def _plain(runtime: Runtime) -> str:
    async with runtime.transaction() as session:
        return f"{len((await session.execute(text(_PLAIN))).all()):,} rows"
