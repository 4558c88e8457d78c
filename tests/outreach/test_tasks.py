"""Tasks: one open of a kind a claim, with whom it belongs, closed by a person with a note."""

import asyncio

import pytest
from sqlalchemy import select

from data.law.tasks import TaskKinds
from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.values.ids import new_id
from data.values.time import add_bank_days, day_of
from data.yaml_files import DataFileError
from outreach import tasks
from outreach.errors import NotFoundError
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette, owning_unit="Børnehuset Søen")


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


async def opened(runtime, claim, kind="letter_failed", **given):
    async with runtime.transaction() as session:
        return await tasks.open_task(session, runtime, claim=claim, kind=kind, **given)


async def closed(runtime, task, staff, note="Set på."):
    async with runtime.transaction() as session:
        return await tasks.close_task(session, runtime, task.id, staff, note)


async def all_of(runtime):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(Task)))


async def test_a_task_says_what_on_whom_and_by_when(runtime, clock, claim, mette):
    task = await opened(runtime, claim, facts={"step": "reminder:1"})
    assert (task.kind, task.claim_id, task.citizen_id) == ("letter_failed", claim.id, mette.id)
    assert task.due_on == add_bank_days(day_of(clock.now()), 1)
    assert task.facts == {"step": "reminder:1"}
    assert (task.state, task.unit) == (TaskState.OPEN, None)
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "task_opened"))
    assert (entry.subject_id, entry.actor) == (str(task.id), "assistant")


async def test_a_second_of_the_kind_is_not_opened_while_one_is(runtime, claim, anna):
    first = await opened(runtime, claim)
    assert await opened(runtime, claim) is None
    assert await opened(runtime, claim, "limitation_near") is not None
    await closed(runtime, first, anna)
    assert await opened(runtime, claim) is not None


async def test_many_at_once_open_one(runtime, claim):
    found = await asyncio.gather(*(opened(runtime, claim) for _ in range(8)))
    assert sum(task is not None for task in found) == 1
    assert len(await all_of(runtime)) == 1


async def test_F2_a_question_of_correctness_goes_to_the_owning_unit_where_policy_says_so(runtime):
    frode = await make.citizen(runtime, municipality="faxe", phone=None)
    claim = await make.claim(runtime, frode, owning_unit="Center for Børn")
    assert (await opened(runtime, claim, "dispute")).unit == "Center for Børn"
    assert (await opened(runtime, claim, "bill_missing")).unit == "Center for Børn"
    assert (await opened(runtime, claim, "letter_failed")).unit is None


async def test_where_policy_is_silent_it_is_our_own_unless_told(runtime, claim):
    assert (await opened(runtime, claim, "dispute")).unit is None
    assert (await opened(runtime, claim, "bill_missing", unit="Skolen")).unit == "Skolen"


async def test_closing_keeps_who_when_and_the_note(runtime, clock, claim, anna):
    task = await closed(runtime, await opened(runtime, claim), anna, "  Brevet er sendt igen. ")
    assert (task.state, task.closed_at, task.closed_by) == (TaskState.DONE, clock.now(), anna.id)
    assert task.note == "Brevet er sendt igen."
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "task_closed"))
    assert entry.actor == f"staff:{anna.id}"
    assert "Brevet" not in str(entry.facts)


async def test_what_cannot_be_closed_says_why(runtime, claim, anna):
    task = await opened(runtime, claim)
    with pytest.raises(tasks.NoteMissingError):
        await closed(runtime, task, anna, "  ")
    await closed(runtime, task, anna)
    with pytest.raises(tasks.TaskClosedError):
        await closed(runtime, task, anna)
    elsewhere = await make_desk.staff(runtime, "frida", municipality="faxe")
    with pytest.raises(NotFoundError):
        await closed(runtime, task, elsewhere)
    task.id = new_id()
    with pytest.raises(NotFoundError):
        await closed(runtime, task, anna)


@pytest.mark.parametrize("kind", ["dispute", "look_again"])
async def test_what_asks_for_an_act_is_not_closed_by_a_note(runtime, claim, anna, kind):
    with pytest.raises(tasks.OwnAnswerError):
        await closed(runtime, await opened(runtime, claim, kind), anna)


async def test_an_unknown_kind_is_a_fault(runtime, claim):
    with pytest.raises(KeyError):
        await opened(runtime, claim, "vask_op")


def test_every_kind_has_words_in_both_languages_and_a_due_time():
    kinds = TaskKinds.load().kinds
    assert {"dispute", "bill_missing", "assess_hand_over", "look_again"} <= set(kinds)
    assert all(kind.da and kind.en for kind in kinds.values())


def test_a_wrong_file_is_refused_with_its_line(tmp_path):
    path = tmp_path / "tasks.yml"
    path.write_text(
        "valid_from: 2026-01-01\nsource: vi\nverified_on: 2026-11-01\nkinds:\n"
        "  x: { due_bank_days: -1, unit: mars, da: x, en: x }\n"
    )
    with pytest.raises(DataFileError, match=r"tasks\.yml:5: kinds\.x\.due_bank_days"):
        TaskKinds.load(path)
