"""The timetable (køreplan): which tick queues which job; one scheduler leads, others stand by."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from data.database import Database
from data.values.time import COPENHAGEN
from outreach import jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from apscheduler.triggers.base import BaseTrigger
    from sqlalchemy.ext.asyncio import AsyncConnection

    from outreach.runtime import Runtime

log = structlog.get_logger()

_LEADER_LOCK = 770_002  # any number, the same on every machine
STAND_BY_SECONDS = 5.0
#: A round that could not start within this time is left for the next bank day's.
ROUND_GRACE_SECONDS = 3 * 3600
TICK_SECONDS = 30
MINUTE_SECONDS = 60
CATCH_UP_SECONDS = 300
_TABLE = "scheduler_jobs"


#: Where a tick queues its job. APScheduler keeps a tick's arguments in the database, and a
#: database's address (with its password) has no business there.
_here: dict[str, Database] = {}


async def queue_job(job: str, municipality: str = "") -> None:
    """Queue one job unless it waits already; the tick itself does no work."""
    ids = {"municipality": municipality} if municipality else {}
    async with _here["database"].transaction() as session:
        await jobs.defer(session, job, once=f"{job}:{municipality}", wait=jobs.NO_WAIT, **ids)


def build(runtime: Runtime, url: str) -> AsyncIOScheduler:
    """Make the scheduler with its whole timetable, kept in PostgreSQL and in Copenhagen time."""
    scheduler = AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=create_engine(url), tablename=_TABLE)},
        executors={"default": AsyncIOExecutor()},
        timezone=COPENHAGEN,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": TICK_SECONDS},
    )
    for key in runtime.policies.keys:
        opens = runtime.policies[key].contact.opens
        morning = CronTrigger(
            day_of_week="mon-fri", hour=opens.hour, minute=opens.minute, timezone=COPENHAGEN
        )
        _plan(scheduler, morning, "morning_round", key, grace=ROUND_GRACE_SECONDS)
        _plan(scheduler, _often(), "dispatch", key)
        _plan(scheduler, _now_and_then(), "send_letters", key)
        _plan(scheduler, _now_and_then(), "try_next_ways", key)
        _plan(scheduler, _each_minute(), "seal_record", key)
    for job in ("reconcile", "escalate", "rescue_unanswered"):
        _plan(scheduler, _often(), job)
    for job in ("call_on_duty", "return_forgotten"):
        _plan(scheduler, _each_minute(), job)
    _plan(scheduler, _now_and_then(), "catch_up")
    _plan(scheduler, _now_and_then(), "erase_at_vendor")
    return scheduler


def _now_and_then() -> IntervalTrigger:
    return IntervalTrigger(seconds=CATCH_UP_SECONDS, timezone=COPENHAGEN)


def _each_minute() -> IntervalTrigger:
    return IntervalTrigger(seconds=MINUTE_SECONDS, timezone=COPENHAGEN)


def _often() -> IntervalTrigger:
    return IntervalTrigger(seconds=TICK_SECONDS, timezone=COPENHAGEN)


def _plan(
    scheduler: AsyncIOScheduler,
    trigger: BaseTrigger,
    job: str,
    municipality: str = "",
    grace: int = TICK_SECONDS,
) -> None:
    scheduler.add_job(
        queue_job,
        trigger,
        args=(job, municipality),
        id=f"{job}:{municipality}",
        replace_existing=True,
        misfire_grace_time=grace,
    )


async def run(runtime: Runtime, url: str, stop: asyncio.Event) -> None:
    """Lead when nobody else does, until `stop`; stand by otherwise and take over within seconds."""
    while not stop.is_set():
        try:
            async with leadership(url, _LEADER_LOCK) as connection:
                if connection is not None:
                    await _lead(runtime, url, stop, connection)
        except (SQLAlchemyError, OSError) as fault:
            log.warning("scheduler_lost_database", reason=type(fault).__name__)
        await rest(stop, STAND_BY_SECONDS)


async def _lead(
    runtime: Runtime, url: str, stop: asyncio.Event, connection: AsyncConnection
) -> None:
    """Run the timetable for as long as the lock's own connection lives."""
    _here["database"] = runtime.database
    scheduler = build(runtime, url)
    planned = {job.id for job in scheduler.get_jobs()}
    scheduler.start()
    for stale in {job.id for job in scheduler.get_jobs()} - planned:
        scheduler.remove_job(stale)  # of a municipality, or a version, that is no more
    log.info("scheduler_leads")
    try:
        while not stop.is_set():
            await connection.execute(text("select 1"))
            await connection.commit()
            await rest(stop, STAND_BY_SECONDS)
    finally:
        scheduler.shutdown(wait=False)


@asynccontextmanager
async def leadership(url: str, lock: int) -> AsyncIterator[AsyncConnection | None]:
    """Hold a leader's lock in PostgreSQL for as long as the connection lives, or none."""
    database = Database.connect(url, pool_size=1)
    try:
        async with database.engine.connect() as connection:
            leads = await connection.scalar(
                text("select pg_try_advisory_lock(:key)"), {"key": lock}
            )
            await connection.commit()
            yield connection if leads else None
    finally:
        await database.close()


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so many seconds, or until told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
