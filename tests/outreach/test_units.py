"""Units that own claims: asked, answering, reminded; the office decides."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.claims import Claim, ClaimState
from data.values.ids import TaskId, new_id
from data.values.money import Money
from data.values.time import add_bank_days, day_of
from outreach import claims as claim_acts
from outreach import disputes, tasks, units
from outreach.errors import NotFoundError
from outreach.overrides import ReasonMissingError
from outreach.rules.unit_answers import Given, UnitAnswer
from tests import make, make_desk

CHILDREN, SCHOOLS = "Center for Børn", "Center for Skoler"


@pytest.fixture
async def frida(runtime):
    """A caseworker of Faxe."""
    return await make_desk.staff(runtime, "frida", municipality="faxe", name="Frida Bo")


@pytest.fixture
async def ulla(runtime):
    """Ulla of the centre for children in Faxe."""
    return await make_desk.staff(
        runtime, "ulla", municipality="faxe", name="Ulla Ek", roles=["unit"], unit=CHILDREN
    )


@pytest.fixture
async def sven(runtime):
    """Sven of the centre for schools in Faxe."""
    return await make_desk.staff(
        runtime, "sven", municipality="faxe", name="Sven Ek", roles=["unit"], unit=SCHOOLS
    )


@pytest.fixture
async def frode(runtime):
    return await make.citizen(runtime, municipality="faxe", name="Frode Lund", phone=None)


@pytest.fixture
async def claim(runtime, frode):
    return await make.claim(runtime, frode, owning_unit=CHILDREN)


@pytest.fixture
async def task(runtime, claim):
    async with runtime.transaction() as session:
        await claim_acts.dispute(session, runtime, [await session.get_one(Claim, claim.id)])
        return await session.scalar(select(Task).where(Task.claim_id == claim.id))


async def answered(runtime, task, staff, answer=UnitAnswer.REJECTED, reasons="Set efter.", **more):
    async with runtime.transaction() as session:
        given = Given(answer, reasons, **more)
        return await units.answer(session, runtime, task.id, staff, given)


async def routed(runtime, task, staff, unit, reason="Det er jeres.", days=3):
    due = day_of(runtime.clock.now()) + timedelta(days=days)
    async with runtime.transaction() as session:
        return await units.route(
            session, runtime, task.id, staff, unit=unit, reason=reason, due_on=due
        )


async def acts(runtime, act):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(AuditEntry).where(AuditEntry.act == act)))


async def chased(runtime):
    async with runtime.transaction() as session:
        return await units.chase(session, runtime, "faxe")


async def test_F2_F18_a_daycare_bill_goes_to_its_centre_comes_back_and_is_decided(
    runtime, clock, task, claim, ulla, frida
):
    assert (task.unit, task.due_on) == (CHILDREN, add_bank_days(day_of(clock.now()), 5))
    clock.travel(timedelta(days=2))
    back = await answered(runtime, task, ulla, UnitAnswer.UPHELD, "Barnet stoppede i maj.")
    assert (back.answered_as, back.answered_by) == ("upheld", ulla.id)
    assert (back.state, back.answer) == (TaskState.OPEN, "Barnet stoppede i maj.")
    assert back.due_on == add_bank_days(day_of(clock.now()), 2)
    async with runtime.transaction() as session:
        verdict = disputes.AFTER_UNIT[UnitAnswer(back.answered_as)]
        await disputes.answer(session, runtime, claim.id, frida, verdict, "Som enheden siger.")
        assert (await session.get_one(Claim, claim.id)).state is ClaimState.WRITTEN_OFF
    [entry] = await acts(runtime, "dispute_answered")
    assert (entry.facts["unit"], entry.facts["unit_answer"]) == (CHILDREN, "upheld")


async def test_F2_albertslund_keeps_it_itself(runtime):
    mette = await make.citizen(runtime)
    claim = await make.claim(runtime, mette, owning_unit="Børnehuset Søen")
    async with runtime.transaction() as session:
        await claim_acts.dispute(session, runtime, [await session.get_one(Claim, claim.id)])
        own = await session.scalar(select(Task).where(Task.claim_id == claim.id))
    assert own.unit is None
    una = await make_desk.staff(runtime, "una", roles=["unit"], unit="Børnehuset Søen")
    with pytest.raises(NotFoundError):
        await answered(runtime, own, una)


async def test_an_answer_in_part_says_what_the_claim_should_have_been(runtime, task, ulla):
    right = {"right_sum": Money(80000), "to_correct": "Maj skal ud"}
    back = await answered(runtime, task, ulla, UnitAnswer.UPHELD_IN_PART, "Maj er med.", **right)
    [line] = back.facts["said"]
    assert (line["as"], line["right_sum"], line["to_correct"]) == (
        "upheld_in_part",
        80000,
        "Maj skal ud",
    )
    with pytest.raises(units.AnsweredError):
        await answered(runtime, task, ulla)


async def test_an_incomplete_answer_changes_nothing(runtime, task, ulla):
    with pytest.raises(units.IncompleteAnswerError) as fault:
        await answered(runtime, task, ulla, UnitAnswer.UPHELD_IN_PART, " ")
    assert set(fault.value.faults) == {"reasons", "right_sum", "to_correct"}
    assert await acts(runtime, "task_answered_by_unit") == []


async def test_F32_reading_and_answering_stand_on_record_with_the_lawful_basis(runtime, task, ulla):
    async with runtime.transaction() as session:
        seen = await units.opened(session, runtime, task.id, ulla)
    assert seen.citizen_name == "Frode Lund"
    [read] = await acts(runtime, "task_opened_by_unit")
    assert (read.actor, read.subject_id) == (f"staff:{ulla.id}", str(task.id))
    assert "F32" in read.facts["basis"]
    await answered(runtime, task, ulla)
    [entry] = await acts(runtime, "task_answered_by_unit")
    assert entry.facts["before"]["answered_as"] is None
    assert entry.facts["after"]["answered_as"] == "rejected"
    assert "Set efter" not in str(entry.facts)
    assert "databeskyttelsesforordningen" in entry.facts["basis"]


async def test_a_protected_citizen_has_no_name_at_the_unit(runtime, task, frode, ulla):
    async with runtime.transaction() as session:
        citizen = await session.merge(frode)
        citizen.address_protected = True
    async with runtime.transaction() as session:
        assert (await units.opened(session, runtime, task.id, ulla)).citizen_name is None


async def test_another_units_task_does_not_exist(runtime, task, ulla, sven):
    for number in (task.id, TaskId(new_id())):
        async with runtime.transaction() as session:
            with pytest.raises(NotFoundError):
                await units.opened(session, runtime, number, sven)
    with pytest.raises(NotFoundError):
        await answered(runtime, task, sven)
    away = await make_desk.staff(runtime, "away", roles=["unit"], unit=CHILDREN)
    with pytest.raises(NotFoundError):
        await answered(runtime, task, away)
    await answered(runtime, task, ulla)


async def test_not_ours_and_the_office_sends_it_on(runtime, clock, task, ulla, sven, frida):
    await answered(runtime, task, ulla, UnitAnswer.NOT_OURS, "Det er skolens.")
    sent = await routed(runtime, task, frida, SCHOOLS, "Det er SFO.", days=6)
    assert (sent.unit, sent.answered_as, sent.answered_at) == (SCHOOLS, None, None)
    assert sent.due_on == day_of(clock.now()) + timedelta(days=6)
    assert [line["as"] for line in sent.facts["said"]] == ["not_ours", "routed"]
    [entry] = await acts(runtime, "task_routed")
    assert (entry.facts["before"]["unit"], entry.facts["after"]["unit"]) == (CHILDREN, SCHOOLS)
    assert entry.facts["why"] == "Det er SFO."
    with pytest.raises(NotFoundError):
        await answered(runtime, task, ulla)
    assert (await answered(runtime, task, sven)).answered_by == sven.id


async def test_a_question_is_answered_and_goes_back_to_the_same_unit(runtime, task, ulla, frida):
    await answered(runtime, task, ulla, UnitAnswer.QUESTION, "Hvilken måned?")
    back = await routed(runtime, task, frida, CHILDREN, "Maj. Borger 010180-1234.")
    assert [line["as"] for line in back.facts["said"]] == ["question", "replied"]
    assert back.facts["said"][1]["text"] == "Maj. Borger [cpr]."
    assert (await answered(runtime, task, ulla)).answered_as == "rejected"


async def test_the_office_takes_it_back(runtime, task, ulla, frida):
    assert (await routed(runtime, task, frida, None, "Vi afgør den selv.")).unit is None
    with pytest.raises(NotFoundError):
        await answered(runtime, task, ulla)


async def test_what_cannot_be_sent_on_says_why(runtime, claim, task, ulla, frida):
    with pytest.raises(ReasonMissingError):
        await routed(runtime, task, frida, SCHOOLS, " ")
    with pytest.raises(units.DueDayError):
        await routed(runtime, task, frida, None, days=-1)
    for unit in ("Månen", CHILDREN):
        with pytest.raises(units.UnknownUnitError):
            await routed(runtime, task, frida, unit)
    anna = await make_desk.staff(runtime)
    with pytest.raises(NotFoundError):
        await routed(runtime, task, anna, None)
    async with runtime.transaction() as session:
        owed = await session.get_one(Claim, claim.id)
        shelved = await tasks.open_task(session, runtime, claim=owed, kind="look_again")
    with pytest.raises(units.NotForUnitsError):
        await routed(runtime, shelved, frida, CHILDREN)


async def test_F15_a_late_unit_is_reminded_once_and_then_passed_on(runtime, clock, task, ulla):
    clock.travel(timedelta(days=7))
    assert await chased(runtime) == 0  # its last day is today
    clock.travel(timedelta(days=1))
    assert await chased(runtime) == 1
    assert await chased(runtime) == 0
    [entry] = await acts(runtime, "unit_reminded")
    assert (entry.actor, entry.facts["unit"]) == ("rule", CHILDREN)
    clock.travel(timedelta(days=5))
    assert await chased(runtime) == 1
    assert await chased(runtime) == 0
    assert len(await acts(runtime, "unit_escalated")) == 1
    await answered(runtime, task, ulla)
    assert await chased(runtime) == 0


async def test_a_new_unit_starts_without_the_old_ones_reminders(runtime, clock, task, sven, frida):
    clock.travel(timedelta(days=20))
    await chased(runtime)
    sent = await routed(runtime, task, frida, sven.unit)
    assert not {"reminded_on", "escalated_on"} & set(sent.facts)


async def test_a_colleague_reminds_a_unit_that_has_not_answered(runtime, task, ulla, frida):
    async with runtime.transaction() as session:
        reminded = await units.remind(session, runtime, task.id, frida)
    assert reminded.facts["said"][-1]["by"] == str(frida.id)
    await answered(runtime, task, ulla)
    async with runtime.transaction() as session:
        with pytest.raises(units.AnsweredError):
            await units.remind(session, runtime, task.id, frida)


async def test_of_two_answers_at_once_one_is_taken(runtime, task, ulla):
    second = await make_desk.staff(
        runtime, "unni", municipality="faxe", roles=["unit"], unit=CHILDREN
    )
    found = await asyncio.gather(
        answered(runtime, task, ulla), answered(runtime, task, second), return_exceptions=True
    )
    assert sum(isinstance(each, units.AnsweredError) for each in found) == 1


async def test_an_answer_and_a_closing_at_once_leave_one_truth(runtime, claim, task, ulla, frida):
    async def decide():
        async with runtime.transaction() as session:
            verdict = disputes.DisputeAnswer.REJECTED
            await disputes.answer(session, runtime, claim.id, frida, verdict, "Afgjort.")

    both = await asyncio.gather(decide(), answered(runtime, task, ulla), return_exceptions=True)
    async with runtime.transaction() as session:
        held = await session.get_one(Task, task.id)
    assert held.state is TaskState.DONE
    assert isinstance(both[1], tasks.TaskClosedError) or held.answered_as == "rejected"
