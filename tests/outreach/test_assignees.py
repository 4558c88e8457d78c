"""Tasks of the office: given to somebody, written by hand, opened again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.claims import Claim
from data.values.ids import TaskId, new_id
from data.values.time import day_of
from outreach import assignees, tasks
from outreach import claims as claim_acts
from outreach.errors import NotFoundError
from outreach.overrides import ReasonMissingError
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette)


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
async def bo(runtime):
    return await make_desk.staff(runtime, "bo", name="Bo Dam")


@pytest.fixture
async def dora(runtime):
    return await make_desk.staff(runtime, "dora", name="Dora Vagt", roles=["duty_manager"])


@pytest.fixture
async def task(runtime, claim):
    async with runtime.transaction() as session:
        return await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")


async def assigned(runtime, task, staff, to):
    async with runtime.transaction() as session:
        return await assignees.assign(session, runtime, task.id, staff, to and to.id)


async def written(runtime, staff, what="Ring til borgeren.", days=3, **about):
    due = day_of(runtime.clock.now()) + timedelta(days=days)
    async with runtime.transaction() as session:
        return await assignees.write(session, runtime, staff, what=what, due_on=due, **about)


async def closed(runtime, task, staff):
    async with runtime.transaction() as session:
        return await tasks.close_task(session, runtime, task.id, staff, "Sendt igen.")


async def reopened(runtime, task, staff, reason="Det var en fejl."):
    async with runtime.transaction() as session:
        return await assignees.reopen(session, runtime, task.id, staff, reason)


async def test_a_task_is_taken_left_and_given_on_record(runtime, task, anna, bo, dora):
    assert (await assigned(runtime, task, anna, anna)).assigned_to == anna.id
    with pytest.raises(assignees.HeldError, match="Anna Berg"):
        await assigned(runtime, task, bo, bo)
    assert (await assigned(runtime, task, dora, bo)).assigned_to == bo.id
    assert (await assigned(runtime, task, bo, None)).assigned_to is None
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(AuditEntry).where(AuditEntry.act == "task_assigned").order_by(AuditEntry.id)
        )
        moves = [(each.facts["before"], each.facts["after"]) for each in found]
    assert moves[1] == ({"assigned_to": str(anna.id)}, {"assigned_to": str(bo.id)})
    assert len(moves) == 3


async def test_only_who_leads_gives_a_task_to_another_who_answers_tasks(
    runtime, task, anna, bo, dora
):
    with pytest.raises(assignees.HeldError):
        await assigned(runtime, task, anna, bo)
    auditor = await make_desk.staff(runtime, "rie", roles=["auditor"])
    elsewhere = await make_desk.staff(runtime, "frida", municipality="faxe")
    for nobody in (auditor, elsewhere):
        with pytest.raises(assignees.NotAColleagueError):
            await assigned(runtime, task, dora, nobody)


async def test_a_task_is_written_by_hand(runtime, mette, claim, anna):
    task = await written(runtime, anna, "Ring om 010180-1234", claim=claim, to=anna.id)
    assert (task.kind, task.claim_id, task.citizen_id) == ("manual", claim.id, mette.id)
    assert task.facts == {"what": "Ring om [cpr]"}
    assert (task.opened_by, task.assigned_to) == (anna.id, anna.id)
    for _ in range(2):
        assert (await written(runtime, anna, citizen=mette)).claim_id is None
    assert (await written(runtime, anna)).citizen_id is None


async def test_a_second_task_may_be_written_on_a_claim_and_a_closed_one_opened_again(
    runtime, claim, anna
):
    first = await written(runtime, anna, "Ring til borgeren", claim=claim)
    await closed(runtime, first, anna)
    second = await written(runtime, anna, "Skriv til forvaltningen", claim=claim)
    third = await written(runtime, anna, "Skriv til forvaltningen", claim=claim)
    assert second.id != third.id
    await reopened(runtime, first, anna)
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Task.id).where(Task.claim_id == claim.id, Task.state == TaskState.OPEN)
        )
        assert set(found) == {first.id, second.id, third.id}


async def test_a_task_that_says_nothing_or_is_too_late_is_not_written(runtime, anna, claim):
    for what in (" ", "x" * 401):
        with pytest.raises(assignees.WhatMissingError):
            await written(runtime, anna, what)
    with pytest.raises(assignees.DayPassedError):
        await written(runtime, anna, days=-1)
    elsewhere = await make_desk.staff(runtime, "frida", municipality="faxe")
    with pytest.raises(NotFoundError):
        await written(runtime, elsewhere, claim=claim)


async def test_a_closing_is_undone_with_a_reason_and_the_note_stays(runtime, task, anna):
    await closed(runtime, task, anna)
    with pytest.raises(ReasonMissingError):
        await reopened(runtime, task, anna, " ")
    again = await reopened(runtime, task, anna)
    assert (again.state, again.closed_at, again.note) == (TaskState.OPEN, None, None)
    assert again.facts["notes"] == ["Sendt igen."]
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "task_reopened"))
    assert entry.facts["why"] == "Det var en fejl."
    with pytest.raises(assignees.NoUndoError, match="open"):
        await reopened(runtime, task, anna)


async def test_after_a_day_it_is_too_late(runtime, clock, task, anna):
    await closed(runtime, task, anna)
    clock.travel(timedelta(hours=24, seconds=1))
    with pytest.raises(assignees.NoUndoError, match="late"):
        await reopened(runtime, task, anna)


async def test_what_was_followed_by_an_act_on_the_claim_stays_closed(
    runtime, clock, claim, task, anna
):
    await closed(runtime, task, anna)
    clock.travel(timedelta(minutes=5))
    async with runtime.transaction() as session:
        owed = await session.get_one(Claim, claim.id)
        await claim_acts.pause(
            session, runtime, [owed], until=day_of(clock.now()), because="already_paid"
        )
    with pytest.raises(assignees.NoUndoError, match="followed"):
        await reopened(runtime, task, anna)


async def test_what_an_act_closed_or_what_is_open_anew_stays_closed(runtime, claim, task, anna):
    await closed(runtime, task, anna)
    async with runtime.transaction() as session:
        await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")
    with pytest.raises(assignees.NoUndoError, match="another"):
        await reopened(runtime, task, anna)
    async with runtime.transaction() as session:
        assess = await tasks.open_task(session, runtime, claim=claim, kind="assess_reminder")
        assert assess is not None
        await tasks.settle(session, runtime, claim.id, "assess_reminder", anna, "Godkendt.")
    with pytest.raises(assignees.NoUndoError, match="act"):
        await reopened(runtime, assess, anna)
    assess.id = TaskId(new_id())
    with pytest.raises(NotFoundError):
        await reopened(runtime, assess, anna)
