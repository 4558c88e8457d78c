"""What is a person's to decide is asked of them, answered with a reason, and comes back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Effect, Override, Task, TaskState
from data.models.claims import Claim, ClaimState
from data.municipalities.ladders import Fact
from outreach import claims, disputes, overrides, tasks
from outreach.disputes import DisputeAnswer
from outreach.overrides import NotAllowedError, ReasonMissingError
from tests import make, make_desk

UNIT = "Børnehuset Troldhøj"


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
async def owed(runtime):
    return await make.claim(runtime, await make.citizen(runtime))


@pytest.fixture
def say(runtime, owed, anna):
    """Let Anna say something of the claim."""

    async def speak(effect, step="all", reason="Hun har fået besked fra lægen.", **given):
        async with runtime.transaction() as session:
            return await overrides.say(
                session,
                runtime,
                claim=owed,
                staff=anna,
                effect=effect,
                step=step,
                reason=reason,
                **given,
            )

    return speak


async def every(runtime, kind):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(kind)))


async def test_A18_A19_a_case_is_shelved_with_three_facts_and_rests(say, runtime, anna):
    with pytest.raises(NotAllowedError, match="facts_missing"):
        await say(Effect.SHELVE, facts=frozenset({Fact.WILLING, Fact.CURRENTLY_UNABLE}))
    [claim] = await every(runtime, Claim)
    assert claim.state is ClaimState.OPEN
    await say(Effect.SHELVE, facts=frozenset(Fact))
    [claim] = await every(runtime, Claim)
    [word] = await every(runtime, Override)
    assert claim.state is ClaimState.SHELVED
    assert set(word.facts["facts"]) == {fact.value for fact in Fact}
    assert (word.staff_id, word.until) == (anna.id, date(2027, 5, 24))


async def test_A18_a_shelved_case_is_looked_at_again_and_stays_at_rest(say, runtime, clock):
    await say(Effect.SHELVE, facts=frozenset(Fact))
    clock.travel(timedelta(days=200))
    async with runtime.transaction() as session:
        assert await overrides.end_shelvings(session, runtime, "albertslund") == 1
    assert [task.kind for task in await every(runtime, Task)] == ["look_again"]
    assert [claim.state for claim in await every(runtime, Claim)] == [ClaimState.SHELVED]


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
async def test_A39_a_caseworkers_word_needs_a_reason(say, runtime, reason):
    with pytest.raises(ReasonMissingError):
        await say(Effect.HOLD, "reminder:1", reason)
    assert await every(runtime, Override) == []


async def test_A39_who_when_until_when_and_why_are_on_record(say, runtime, anna, clock):
    await say(Effect.HOLD, "reminder:1", "Hun får løn den 30.", until=date(2026, 12, 15))
    [word] = await every(runtime, Override)
    assert (word.staff_id, word.at, word.until, word.reason) == (
        anna.id,
        clock.now(),
        date(2026, 12, 15),
        "Hun får løn den 30.",
    )
    entries = await every(runtime, AuditEntry)
    assert ("override_said", f"staff:{anna.id}") in {(one.act, one.actor) for one in entries}


@pytest.fixture
async def in_faxe(runtime):
    """A claim of a childcare centre in Faxe, disputed by the citizen."""
    person = await make.citizen(runtime, municipality="faxe")
    claim = await make.claim(runtime, person, claim_ref="F-1", owning_unit=UNIT)
    async with runtime.transaction() as session:
        await claims.dispute(session, runtime, [await session.get_one(Claim, claim.id)])
    return claim


async def test_F2_F18_an_objection_becomes_a_task_of_the_center_that_owns_the_claim(
    runtime, in_faxe
):
    [task] = await every(runtime, Task)
    assert (task.kind, task.unit, task.state) == ("dispute", UNIT, TaskState.OPEN)
    assert task.due_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (DisputeAnswer.WRITTEN_OFF, ClaimState.WRITTEN_OFF),
        (DisputeAnswer.REJECTED, ClaimState.OPEN),
    ],
)
async def test_F18_the_centers_answer_flows_back_to_the_claim(runtime, in_faxe, verdict, state):
    bo = await make_desk.staff(runtime, "bo", municipality="faxe")
    async with runtime.transaction() as session:
        await disputes.answer(session, runtime, in_faxe.id, bo, verdict, "Barnet stoppede i maj.")
    [task] = await every(runtime, Task)
    [claim] = await every(runtime, Claim)
    assert (task.state, task.note, claim.state) == (TaskState.DONE, "Barnet stoppede i maj.", state)


async def test_F4_what_waits_for_the_unit_is_a_queue_by_due_day(runtime, owed, anna, clock):
    other = await make.claim(
        runtime,
        await make.citizen(runtime, debtor_id="0202801234", phone=None),
        claim_ref="A-2",
        bill_sent_on=None,
    )
    async with runtime.transaction() as session:
        for claim, kind in ((owed, "assess_hand_over"), (other, "bill_missing")):
            await tasks.open_task(
                session, runtime, claim=await session.get_one(Claim, claim.id), kind=kind
            )
        again = await session.get_one(Claim, owed.id)
        assert (
            await tasks.open_task(session, runtime, claim=again, kind="assess_hand_over")
        ) is None
    async with runtime.transaction() as session:
        queue = list(await session.scalars(select(Task).order_by(Task.due_on, Task.kind)))
        assert [task.kind for task in queue] == ["assess_hand_over", "bill_missing"]
        await tasks.close_task(session, runtime, queue[1].id, anna, "Regningen er sendt i dag.")
    closed = {task.kind: (task.state, task.note) for task in await every(runtime, Task)}
    assert closed["bill_missing"] == (TaskState.DONE, "Regningen er sendt i dag.")
    assert closed["assess_hand_over"][0] is TaskState.OPEN
