"""A dispute goes to the unit that owns the claim, and its answer comes back to the claim."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.claims import Claim, ClaimState
from data.values.money import Money
from data.values.time import add_bank_days, day_of
from outreach import claims as claim_acts
from outreach import disputes, tasks
from outreach.disputes import DisputeAnswer
from outreach.errors import NotFoundError
from tests import make, make_desk


@pytest.fixture
async def frida(runtime):
    return await make_desk.staff(runtime, "frida", municipality="faxe")


@pytest.fixture
async def frode(runtime):
    return await make.citizen(runtime, municipality="faxe", name="Frode Lund", phone=None)


@pytest.fixture
async def claim(runtime, frode):
    return await make.claim(runtime, frode, owning_unit="Center for Børn")


async def dispute(runtime, *given):
    async with runtime.transaction() as session:
        found = [await session.get_one(Claim, each.id) for each in given]
        await claim_acts.dispute(session, runtime, found)


async def answer(runtime, claim, staff, verdict, note="Regningen er set efter."):
    async with runtime.transaction() as session:
        return await disputes.answer(session, runtime, claim.id, staff, verdict, note)


async def now_of(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get_one(Claim, claim.id)


async def only_task(runtime):
    async with runtime.transaction() as session:
        return (await session.scalars(select(Task))).one()


async def test_F2_F18_a_dispute_becomes_a_task_of_the_owning_unit(runtime, clock, claim):
    await dispute(runtime, claim)
    await dispute(runtime, claim)
    task = await only_task(runtime)
    assert (task.kind, task.unit, task.state) == ("dispute", "Center for Børn", TaskState.OPEN)
    assert task.due_on == add_bank_days(day_of(clock.now()), 5)
    assert (await now_of(runtime, claim)).state is ClaimState.DISPUTED


async def test_F18_a_rejected_dispute_opens_the_claim_with_some_quiet_days(
    runtime, clock, claim, frida
):
    await dispute(runtime, claim)
    await answer(runtime, claim, frida, DisputeAnswer.REJECTED)
    found = await now_of(runtime, claim)
    assert (found.state, found.paused_because) == (ClaimState.OPEN, "dispute_rejected")
    assert found.paused_until > add_bank_days(day_of(clock.now()), 1)
    task = await only_task(runtime)
    assert (task.state, task.closed_by, task.note) == (
        TaskState.DONE,
        frida.id,
        "Regningen er set efter.",
    )
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "dispute_answered"))
    assert (entry.facts["answer"], entry.facts["unit"]) == ("rejected", "Center for Børn")
    assert entry.facts["before"] == {"state": "disputed", "in_dispute": 0}
    assert entry.facts["after"] == {"state": "open", "in_dispute": 0}


async def test_an_upheld_dispute_writes_the_claim_off(runtime, claim, frida):
    await dispute(runtime, claim)
    await answer(runtime, claim, frida, DisputeAnswer.WRITTEN_OFF)
    assert (await now_of(runtime, claim)).state is ClaimState.WRITTEN_OFF


async def test_a_claim_that_the_ledger_corrects_is_open_and_quiet(runtime, claim, frida):
    await dispute(runtime, claim)
    await answer(runtime, claim, frida, DisputeAnswer.CORRECTED)
    found = await now_of(runtime, claim)
    assert (found.state, found.paused_because) == (ClaimState.OPEN, "dispute_corrected")


async def test_a_longer_pause_is_not_cut_short_by_the_answer(runtime, clock, claim, frida):
    await dispute(runtime, claim)
    until = day_of(clock.now()) + timedelta(days=60)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).paused_until = until
    await answer(runtime, claim, frida, DisputeAnswer.REJECTED)
    assert (await now_of(runtime, claim)).paused_until == until


async def test_what_was_paid_meanwhile_is_paid(runtime, claim, frida):
    await dispute(runtime, claim)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).paid = Money(120000)
    await answer(runtime, claim, frida, DisputeAnswer.REJECTED)
    assert (await now_of(runtime, claim)).state is ClaimState.PAID


async def test_a_claim_in_a_plan_stays_in_it_and_is_disputed_all_the_same(runtime, frode, frida):
    planned = await make.claim(runtime, frode, state=ClaimState.IN_PLAN)
    await dispute(runtime, planned)
    assert (await only_task(runtime)).kind == "dispute"
    await answer(runtime, planned, frida, DisputeAnswer.REJECTED)
    found = await now_of(runtime, planned)
    assert (found.state, found.paused_until) == (ClaimState.IN_PLAN, None)


async def test_a_claim_with_its_recipient_cannot_fall_before_it_is_recalled(runtime, frode, frida):
    gone = await make.claim(runtime, frode, state=ClaimState.HANDED_OVER)
    await dispute(runtime, gone)
    with pytest.raises(disputes.HandedOverError):
        await answer(runtime, gone, frida, DisputeAnswer.WRITTEN_OFF)
    assert (await only_task(runtime)).state is TaskState.OPEN
    await answer(runtime, gone, frida, DisputeAnswer.REJECTED)
    assert (await now_of(runtime, gone)).state is ClaimState.HANDED_OVER


async def test_what_is_paid_is_not_disputed(runtime, frode):
    paid = await make.claim(runtime, frode, state=ClaimState.PAID)
    await dispute(runtime, paid)
    async with runtime.transaction() as session:
        assert await session.scalar(select(Task)) is None


async def test_an_answer_needs_a_dispute_a_note_and_the_right_municipality(runtime, claim, frida):
    with pytest.raises(disputes.NotDisputedError):
        await answer(runtime, claim, frida, DisputeAnswer.REJECTED)
    await dispute(runtime, claim)
    with pytest.raises(tasks.NoteMissingError):
        await answer(runtime, claim, frida, DisputeAnswer.REJECTED, " ")
    anna = await make_desk.staff(runtime)
    with pytest.raises(NotFoundError):
        await answer(runtime, claim, anna, DisputeAnswer.REJECTED)
    await answer(runtime, claim, frida, DisputeAnswer.REJECTED)
    with pytest.raises(disputes.NotDisputedError):
        await answer(runtime, claim, frida, DisputeAnswer.WRITTEN_OFF)


async def test_a_claim_disputed_before_there_were_tasks_needs_a_note_too(runtime, frode, frida):
    old = await make.claim(runtime, frode, state=ClaimState.DISPUTED)
    with pytest.raises(tasks.NoteMissingError):
        await answer(runtime, old, frida, DisputeAnswer.REJECTED, "")
    await answer(runtime, old, frida, DisputeAnswer.REJECTED)
    assert (await now_of(runtime, old)).state is ClaimState.OPEN
