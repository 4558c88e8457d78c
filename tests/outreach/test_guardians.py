"""A guardian decides: the assistant concludes nothing, and a person answers (H10)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.conversations import Message, MessageKind
from data.models.handoffs import Handoff
from data.models.relations import RelationKind
from data.values.phone import PhoneNumber
from outreach import relations
from outreach.errors import NotFoundError
from outreach.overrides import ReasonMissingError
from outreach.relations import Person, RelationError
from tests import make, make_desk

GUARDIAN = Person(RelationKind.GUARDIAN, "Vera Holm", phone=PhoneNumber("+4520304099"))
DECREE = "Beskikkelse fra Familieretshuset af 1. marts 2026 set."


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def add(runtime, mette, anna):
    async def added(person=GUARDIAN, evidence=DECREE, staff=anna, **given):
        async with runtime.transaction() as session:
            return await relations.add(
                session, runtime, mette, staff, person, evidence=evidence, **given
            )

    return added


@pytest.fixture
def end(runtime, mette, anna):
    async def ended(one):
        async with runtime.transaction() as session:
            await relations.end(session, runtime, mette, anna, one.id, "Værgemålet er ophævet.")

    return ended


async def test_a_person_answers_who_has_a_guardian(
    runtime, receive, the_one, waiting_for_rasa, add
):
    await add()
    await receive("200 om måneden")
    handoff = await the_one(Handoff)
    assert handoff.reason == "hard_guardianship"
    assert await waiting_for_rasa() == []
    async with runtime.transaction() as session:
        said = await session.scalars(select(Message).where(Message.kind == MessageKind.NOTICE))
        assert "svarer en medarbejder" in said.one().body


async def test_nobody_is_frozen_for_it_so_the_guardian_can_agree(runtime, mette, receive, add):
    await add()
    await receive("Hej")
    async with runtime.transaction() as session:
        assert (await session.get_one(type(mette), mette.id)).frozen_at is None


@pytest.mark.parametrize("over", ["ended", "until"])
async def test_when_it_is_over_the_assistant_answers_again(
    end, clock, receive, waiting_for_rasa, add, over
):
    one = await add(until=date(2026, 11, 25) if over == "until" else None)
    clock.travel(timedelta(days=2))
    if over == "ended":
        await end(one)
    await receive("Hvad skylder jeg?")
    assert len(await waiting_for_rasa()) == 1


async def test_a_representative_changes_nothing_for_the_assistant(receive, waiting_for_rasa, add):
    await add(Person(RelationKind.REPRESENTATIVE, "Advokat Ib Lund"), "Fuldmagt af 3. november.")
    await receive("Hvad skylder jeg?")
    assert len(await waiting_for_rasa()) == 1


@pytest.mark.parametrize(
    ("person", "given", "fault"),
    [
        (Person(RelationKind.GUARDIAN, " "), {}, RelationError),
        (Person(RelationKind.HOUSEHOLD, "Bo"), {}, RelationError),
        (GUARDIAN, {"until": date(2026, 11, 23)}, RelationError),
        (GUARDIAN, {"evidence": " "}, ReasonMissingError),
    ],
)
async def test_what_is_missing_or_over_is_refused(add, person, given, fault):
    with pytest.raises(fault):
        await add(person, **given)


async def test_only_once_is_a_relation_ended_and_by_their_own(runtime, mette, anna, add):
    one = await add()
    frida = await make_desk.staff(runtime, "frida", municipality="faxe")
    async with runtime.transaction() as session:
        with pytest.raises(NotFoundError):
            await relations.end(session, runtime, mette, frida, one.id, "Hej")
        with pytest.raises(ReasonMissingError):
            await relations.end(session, runtime, mette, anna, one.id, " ")
        await relations.end(session, runtime, mette, anna, one.id, "Ophævet.")
        with pytest.raises(relations.KnownError):
            await relations.end(session, runtime, mette, anna, one.id, "Igen.")
