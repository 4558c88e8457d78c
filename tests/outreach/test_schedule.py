"""The timetable: what a tick queues, when, in Copenhagen; and only one scheduler leads."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, inspect, text

from data.values.time import COPENHAGEN, copenhagen, parse_instant
from outreach import schedule
from outreach.schedule import build, queue_job


@pytest.fixture
def timetable(runtime, postgres):
    """The whole timetable by name, before it runs."""
    scheduler = build(runtime, postgres)
    return {job.id: job for job in scheduler.get_jobs()}


@pytest.fixture
def queued(runtime):
    async def look():
        async with runtime.transaction() as session:
            rows = await session.execute(
                text("select task_name, queueing_lock, args from procrastinate_jobs order by id")
            )
        return [tuple(row) for row in rows]

    return look


def test_each_municipality_has_its_round_and_its_dispatch(timetable):
    assert set(timetable) == {
        "morning_round:albertslund",
        "morning_round:faxe",
        "send_letters:albertslund",
        "send_letters:faxe",
        "try_next_ways:albertslund",
        "try_next_ways:faxe",
        "dispatch:albertslund",
        "dispatch:faxe",
        "reconcile:",
        "rescue_unanswered:",
        "catch_up:",
        "erase_at_vendor:",
        "escalate:",
        "seal_record:albertslund",
        "seal_record:faxe",
        "call_on_duty:",
        "return_forgotten:",
    }


@pytest.mark.parametrize(
    ("after", "tick"),
    [
        ("2026-11-24T08:00", "2026-11-24T09:00"),
        ("2026-11-24T09:01", "2026-11-25T09:00"),
        ("2026-11-27T10:00", "2026-11-30T09:00"),  # not in the weekend
        ("2026-03-27T10:00", "2026-03-30T09:00"),  # the clocks went forward
        ("2026-10-23T10:00", "2026-10-26T09:00"),  # the clocks went back
    ],
)
def test_the_round_is_at_nine_on_the_wall_whatever_the_season(timetable, after, tick):
    trigger = timetable["morning_round:faxe"].trigger
    found = trigger.get_next_fire_time(None, copenhagen(parse_instant(after)))
    assert found == parse_instant(tick)
    assert found.astimezone(COPENHAGEN).hour == 9


def test_a_round_that_was_missed_may_start_late_but_not_in_the_evening(timetable):
    grace = timedelta(seconds=timetable["morning_round:faxe"].misfire_grace_time)
    assert timedelta(hours=1) <= grace <= timedelta(hours=6)


async def test_a_tick_only_queues_and_not_twice(runtime, queued):
    schedule._here["database"] = runtime.database
    await queue_job("morning_round", "faxe")
    await queue_job("morning_round", "faxe")
    await queue_job("escalate")
    assert await queued() == [
        ("morning_round", "morning_round:faxe", {"municipality": "faxe"}),
        ("escalate", "escalate:", {}),
    ]


@pytest.mark.slow
async def test_one_scheduler_leads_and_the_other_stands_by(runtime, postgres):
    stop_first, stop_second = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(schedule.run(runtime, postgres, stop_first))
    await until(lambda: leaders(postgres) == 1)
    second = asyncio.create_task(schedule.run(runtime, postgres, stop_second))
    stop_first.set()
    await first
    await until(lambda: leaders(postgres) == 1)  # the other takes over by itself
    stop_second.set()
    await second
    await until(lambda: leaders(postgres) == 0)


@pytest.mark.slow
async def test_the_timetable_is_kept_without_the_databases_address(runtime, postgres):
    stop = asyncio.Event()
    leading = asyncio.create_task(schedule.run(runtime, postgres, stop))
    await until(lambda: "morning_round:faxe" in kept(postgres))
    kept_jobs = kept(postgres)
    stop.set()
    await leading
    assert not any(b"postgres" in state for state in kept_jobs.values())


@pytest.mark.slow
async def test_what_is_no_longer_on_the_timetable_is_forgotten(runtime, postgres):
    """A municipality that leaves must not be asked about every morning."""
    before = build(runtime, postgres)
    leaving = before.get_job("morning_round:faxe")
    before.add_job(queue_job, leaving.trigger, ("morning_round", "gone"), id="morning_round:gone")
    before.start(paused=True)
    before.shutdown()
    assert "morning_round:gone" in kept(postgres)
    stop = asyncio.Event()
    leading = asyncio.create_task(schedule.run(runtime, postgres, stop))
    await until(lambda: "morning_round:gone" not in kept(postgres))
    stop.set()
    await leading


def leaders(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(
            text("select count(*) from pg_locks where locktype = 'advisory' and objid = 770002")
        )
    engine.dispose()
    return found


def kept(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        known = inspect(connection).has_table("scheduler_jobs")
        rows = connection.execute(text("select id, job_state from scheduler_jobs")) if known else ()
        found = {row.id: bytes(row.job_state) for row in rows}
    engine.dispose()
    return found


async def until(happens, seconds=15):
    """Wait until something happens; the test fails if it does not."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(happens):  # noqa: ASYNC110 - PostgreSQL tells nobody
            await asyncio.sleep(0.05)


def test_the_day_of_the_clocks_change_has_one_round(timetable):
    trigger = timetable["morning_round:faxe"].trigger
    day = datetime(2026, 10, 26, tzinfo=COPENHAGEN)
    first = trigger.get_next_fire_time(None, day)
    assert first.date() == date(2026, 10, 26)
    assert trigger.get_next_fire_time(first, first + timedelta(seconds=1)).date() == date(
        2026, 10, 27
    )
