"""A hard case (hård sag) stops all that is automatic, is answered well, and reaches a person."""

import re

import pytest
from sqlalchemy import select

from data.models.citizens import Channel, Citizen, OptOut
from data.models.conversations import Conversation, Message, Owner
from data.models.handoffs import Handoff
from outreach import conversations
from outreach.dispatch import drain
from tests import make

#: One message of each hard case that must not be missed, with severity.
HARD = [
    ("jeg orker ikke mere, jeg vil dø", "hard_suicide", 0),
    ("kan jeg afdrage, ellers ved jeg ikke om jeg gider leve mere", "hard_suicide", 0),
    ("I want to end it all", "hard_suicide", 0),
    ("han slår mig", "hard_violence", 0),
    ("vi bliver sat ud på fredag", "hard_eviction", 1),
    ("jeg har ikke råd til mad", "hard_poverty", 1),
    ("jeg har fået kræft", "hard_illness", 2),
    ("min mand døde i går", "hard_bereavement", 2),
]
OF_MONEY = re.compile(r"gæld|skyld|betal|regning|beløb|\bkr\b|debt|owe|pay\b|bill\b", re.IGNORECASE)


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.mark.parametrize("hard", HARD, ids=lambda hard: hard[0])
async def test_a_hard_case_freezes_goes_to_a_person_and_is_answered_well(
    mette, receive, answers, the_one, waiting_for_rasa, hard
):
    body, case, severity = hard
    message = await receive(body)
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == (case, severity)
    assert handoff.opened_by == message.id
    assert handoff.citizen_id == mette.id
    frozen = await the_one(Citizen)
    assert frozen.frozen_because == case
    assert (await the_one(Conversation)).owner is Owner.NOBODY
    [said] = await answers()
    if severity <= 1:
        assert not OF_MONEY.search(said)
    assert await waiting_for_rasa() == []
    assert body not in handoff.summary


async def test_a_fault_after_the_message_undoes_freeze_handoff_and_answer_together(
    mette, receive, runtime
):
    async def take_in_and_break():
        async with runtime.transaction() as session:
            await conversations.receive(
                session,
                runtime,
                municipality="albertslund",
                channel=Channel.SMS,
                address=make.METTE_PHONE,
                body="jeg vil dø",
                vendor_ref="SM1",
            )
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        await take_in_and_break()
    async with runtime.transaction() as session:
        assert list(await session.scalars(select(Message))) == []
        assert list(await session.scalars(select(Handoff))) == []
        assert (await session.get(Citizen, mette.id)).frozen_at is None


async def test_who_is_in_danger_is_given_the_numbers_in_their_language(mette, receive, answers):
    await receive("I want to kill myself, I cannot go on living")
    [said] = await answers()
    assert "112" in said
    assert "70 201 201" in said
    assert "You" in said


async def test_a_hard_case_on_a_shared_number_protects_everybody_who_holds_it(
    mette, receive, runtime, the_one
):
    jens = await make.citizen(runtime, debtor_id="0202801234", name="Jens Hansen")
    await receive("jeg har fået kræft")
    async with runtime.transaction() as session:
        frozen = await session.scalars(select(Citizen.id).where(Citizen.frozen_at.is_not(None)))
        assert set(frozen) == {mette.id, jens.id}
    assert (await the_one(Conversation)).citizen_id is None


async def test_a_hard_case_with_stop_in_it_is_a_hard_case_and_a_stop(
    mette, receive, answers, the_one
):
    await receive("afmeld mig, jeg vil dø")
    await the_one(OptOut)
    assert (await the_one(Handoff)).reason == "hard_suicide"
    [said] = await answers()
    assert "112" in said


async def test_the_safety_words_leave_although_there_is_a_stop(mette, receive, runtime, sms, clock):
    await receive("afmeld mig, jeg vil dø")
    await drain(runtime, ["albertslund"])
    assert len(sms.bodies) == 1
    assert "112" in sms.bodies[0]


async def test_safety_words_are_said_again_while_a_person_is_awaited(mette, receive, answers):
    await receive("jeg har fået kræft")
    await receive("jeg vil dø")
    said = await answers()
    assert len(said) == 2
    assert "112" in said[1]


async def test_a_lesser_hard_case_while_a_person_is_awaited_is_only_passed_on(
    mette, receive, answers
):
    await receive("jeg vil tale med et menneske, han slår mig")
    before = len(await answers())
    await receive("jeg har også fået kræft")
    assert len(await answers()) == before


async def test_a_frozen_citizens_next_message_goes_to_a_person(
    runtime, receive, answers, the_one, waiting_for_rasa, clock
):
    await make.citizen(runtime, frozen_at=clock.now(), frozen_because="hard_illness")
    await receive("Hvad skylder jeg?")
    assert (await the_one(Handoff)).reason == "frozen"
    assert len(await answers()) == 1
    assert await waiting_for_rasa() == []


@pytest.mark.parametrize("given", [{"body": "", "media_count": 1}, {"body": ""}])
async def test_also_a_picture_from_a_frozen_citizen(runtime, receive, the_one, clock, given):
    await make.citizen(runtime, frozen_at=clock.now(), frozen_because="hard_illness")
    await receive(**given)
    assert (await the_one(Handoff)).reason == "frozen"


async def test_a_frozen_citizen_who_said_stop_still_reaches_a_person(
    runtime, receive, the_one, clock
):
    await make.citizen(runtime, frozen_at=clock.now(), frozen_because="hard_illness")
    await receive("STOP")
    await receive("Er der nogen?")
    assert (await the_one(Handoff)).reason == "frozen"
