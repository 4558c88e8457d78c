"""Jobs stand in the same transaction as what needs them: undone with it, queued once, in order."""

import asyncio

import pytest
from sqlalchemy import text

from data.models.citizens import Citizen
from outreach import jobs
from tests import make


@pytest.fixture
def queue(runtime):
    """Look at the jobs that wait."""

    async def look():
        async with runtime.transaction() as session:
            rows = await session.execute(
                text(
                    "select task_name, lock, queueing_lock, args, priority, status::text"
                    " from procrastinate_jobs order by id"
                )
            )
        return [row._asdict() for row in rows]

    return look


async def test_a_job_is_there_when_its_transaction_is_committed(runtime, queue):
    async with runtime.transaction() as session:
        assert await jobs.defer(session, "converse", lock="talk", message_id="1")
        assert await queue() == []  # nobody else sees it yet
    [job] = await queue()
    assert (job["task_name"], job["lock"], job["args"]) == ("converse", "talk", {"message_id": "1"})
    assert job["status"] == "todo"


async def test_a_transaction_that_is_undone_leaves_no_job(runtime, queue):
    async def queue_and_break():
        async with runtime.transaction() as session:
            await jobs.defer(session, "dispatch", municipality="faxe")
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        await queue_and_break()
    assert await queue() == []


async def test_a_job_that_waits_once_is_not_queued_again(runtime, queue):
    for expected in (True, False, False):
        async with runtime.transaction() as session:
            queued = await jobs.defer(
                session, "dispatch", once="dispatch:faxe", municipality="faxe"
            )
            assert queued is expected
    async with runtime.transaction() as session:
        assert await jobs.defer(session, "dispatch", once="dispatch:albertslund")
    assert len(await queue()) == 2


async def test_the_same_job_twice_in_one_transaction_does_not_undo_the_rest(runtime, queue):
    async with runtime.transaction() as session:
        await jobs.defer(session, "dispatch", once="dispatch:faxe")
        assert not await jobs.defer(session, "dispatch", once="dispatch:faxe")
        await jobs.defer(session, "escalate")
    assert [job["task_name"] for job in await queue()] == ["dispatch", "escalate"]


async def test_a_refused_job_does_not_undo_the_callers_work(runtime, clock):
    async with runtime.transaction() as session:
        await jobs.defer(session, "dispatch", once="dispatch:faxe")
    person = await make.citizen(runtime)
    async with runtime.transaction() as session:
        (await session.get(Citizen, person.id)).name = "Mette Jensen"
        assert not await jobs.defer(session, "dispatch", once="dispatch:faxe")
    async with runtime.transaction() as session:
        assert (await session.get(Citizen, person.id)).name == "Mette Jensen"


async def test_two_that_queue_the_same_at_once_queue_it_once(runtime, queue):
    async def one():
        async with runtime.transaction() as session:
            return await jobs.defer(session, "dispatch", once="dispatch:faxe")

    assert sorted(await asyncio.gather(*(one() for _ in range(5)))) == [False] * 4 + [True]
    assert len(await queue()) == 1


async def test_a_job_that_was_taken_up_may_wait_again(runtime, queue):
    async with runtime.transaction() as session:
        await jobs.defer(session, "dispatch", once="dispatch:faxe")
        await session.execute(text("update procrastinate_jobs set status = 'doing'"))
    async with runtime.transaction() as session:
        assert await jobs.defer(session, "dispatch", once="dispatch:faxe")


# Running them.


@pytest.fixture
def trials():
    """Kinds of jobs of the story's own, taken away afterwards."""
    before = dict(jobs.REGISTRY)
    yield
    jobs.REGISTRY.clear()
    jobs.REGISTRY.update(before)


async def work(runtime, postgres, *, at_once=4):
    app = jobs.make_app(runtime, postgres)
    async with app.open_async():
        await app.run_worker_async(
            wait=False, install_signal_handlers=False, concurrency=at_once, delete_jobs="never"
        )


async def test_jobs_of_one_lock_run_one_at_a_time_in_order(runtime, postgres, trials, queue):
    running, most, order = 0, 0, []

    @jobs.job("trial")
    async def trial(_runtime, *, number):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        order.append(number)
        running -= 1

    async with runtime.transaction() as session:
        for number in range(6):
            await jobs.defer(session, "trial", lock="talk", number=str(number))
    while any(job["status"] == "todo" for job in await queue()):
        await work(runtime, postgres)  # ends early when all that waits is behind a lock
    assert order == ["0", "1", "2", "3", "4", "5"]
    assert most == 1


async def test_a_citizen_who_waits_comes_before_a_campaign(runtime, postgres, trials):
    order = []

    @jobs.job("campaign")
    async def campaign(_runtime, **_ids):
        order.append("campaign")

    @jobs.job("citizen", priority=20)
    async def citizen(_runtime, **_ids):
        order.append("citizen")

    async with runtime.transaction() as session:
        await jobs.defer(session, "campaign")
        await jobs.defer(session, "citizen")
    await work(runtime, postgres, at_once=1)
    assert order == ["citizen", "campaign"]


async def test_a_job_that_fails_is_kept_for_another_try(runtime, postgres, trials, queue):
    @jobs.job("fails")
    async def fails(_runtime, **_ids):
        raise ConnectionError("the network")

    async with runtime.transaction() as session:
        await jobs.defer(session, "fails", lock="talk")
    await work(runtime, postgres)
    [job] = await queue()
    assert job["status"] == "todo"


def test_two_kinds_of_jobs_may_not_share_a_name(trials):
    async def first(_runtime, **_ids): ...

    jobs.job("shared")(first)
    with pytest.raises(ValueError, match="two jobs are called 'shared'"):
        jobs.job("shared")(first)
