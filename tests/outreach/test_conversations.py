"""What a citizen writes is stored once, and answered by a rule, the assistant or a person."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.citizens import Channel, Citizen, Language, OptOut
from data.models.conversations import (
    Author,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.models.handoffs import Handoff, HandoffState
from data.values.time import at_local
from outreach import citizens, conversations, handoffs
from outreach.dispatch import drain
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


async def test_a_message_is_stored_once_and_left_to_the_assistant(
    mette, receive, the_one, waiting_for_rasa, clock
):
    message = await receive("Hvad skylder jeg?")
    assert (message.status, message.body) == (MessageStatus.RECEIVED, "Hvad skylder jeg?")
    talk = await the_one(Conversation)
    assert (talk.citizen_id, talk.identity_level) == (mette.id, 1)
    assert talk.last_inbound_at == clock.now()
    assert await waiting_for_rasa() == [(str(message.id), str(talk.id))]


async def test_what_the_vendor_sends_twice_is_one_message(
    mette, receive, waiting_for_rasa, the_one
):
    await receive("Hej", ref="SM1")
    assert await receive("Hej", ref="SM1") is None
    assert (await the_one(Message)).body == "Hej"
    assert len(await waiting_for_rasa()) == 1


async def test_what_the_vendor_sends_twice_at_once_is_one_message(mette, receive, the_one):
    both = await asyncio.gather(*(receive("Hej", ref="SM1") for _ in range(4)))
    assert sum(message is not None for message in both) == 1
    await the_one(Message)
    await the_one(Conversation)


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("How much do I owe you?", Language.ENGLISH),
        ("Hvor meget skylder jeg jer?", Language.DANISH),
        ("200", Language.DANISH),
    ],
)
async def test_the_language_is_the_citizens(mette, receive, the_one, body, language):
    await receive(body)
    assert (await the_one(Conversation)).language is language


async def test_a_short_answer_does_not_change_the_language(mette, receive, the_one):
    await receive("How much do I owe you?")
    await receive("ok")
    assert (await the_one(Conversation)).language is Language.ENGLISH


# STOP and START (framelding).


@pytest.mark.parametrize("body", ["STOP", "stop", "Stop nu!", "afmeld", "stob", "unsubscribe"])
async def test_stop_is_stored_at_once_and_confirmed(
    mette, receive, answers, the_one, waiting_for_rasa, body
):
    message = await receive(body)
    no = await the_one(OptOut)
    assert (no.address, no.municipality, no.source) == (make.METTE_PHONE, "albertslund", "citizen")
    [said] = await answers()
    assert "START" in said
    assert message.status is MessageStatus.HANDLED
    assert await waiting_for_rasa() == []


@pytest.mark.parametrize(
    "body",
    ["skriv ikke mere i aften, han kigger i min telefon", "STOP he reads my messages"],
)
async def test_no_word_lights_up_a_telephone_that_somebody_else_reads(
    mette, receive, answers, the_one, body
):
    await receive(body)
    assert (await the_one(OptOut)).source == "citizen"
    assert not any("START" in said for said in await answers())


async def test_stop_is_confirmed_once_however_often_it_is_said(mette, receive, answers):
    await receive("STOP")
    await receive("STOP")
    await receive("stop så!!")
    assert len(await answers()) == 1


async def test_the_confirmation_of_a_stop_leaves_and_nothing_after_it(
    mette, receive, runtime, sms, clock
):
    talk = await make.conversation(runtime, mette)
    await make.outgoing(runtime, talk, body="Et svar, der er på vej")
    await receive("STOP")
    clock.travel(timedelta(minutes=1))
    await drain(runtime, ["albertslund"])
    [body] = sms.bodies
    assert "START" in body


async def test_who_has_said_stop_is_told_once_a_day_how_to_start(
    mette, receive, answers, waiting_for_rasa, clock
):
    await receive("STOP")
    await receive("Hvad skylder jeg?")
    await receive("Hallo?")
    assert len(await answers()) == 2
    clock.travel(timedelta(days=1))
    await receive("Hallo igen")
    said = await answers()
    assert len(said) == 3
    assert said[1] == said[2]
    assert await waiting_for_rasa() == []


async def test_start_takes_the_no_back(mette, receive, answers, runtime, waiting_for_rasa):
    await receive("STOP")
    await receive("START")
    async with runtime.transaction() as session:
        assert not await citizens.is_opted_out(
            session, "albertslund", Channel.SMS, make.METTE_PHONE
        )
    assert "STOP" in (await answers())[-1]
    await receive("Hvad skylder jeg?")
    assert len(await waiting_for_rasa()) == 1


async def test_stop_again_after_start_is_confirmed_again(mette, receive, answers):
    for body in ("STOP", "START", "STOP"):
        await receive(body)
    assert len(await answers()) == 3


async def test_stop_to_one_municipality_is_no_stop_to_another(mette, receive, runtime):
    await receive("STOP")
    async with runtime.transaction() as session:
        assert not await citizens.is_opted_out(session, "faxe", Channel.SMS, make.METTE_PHONE)


# While a person has it, or is awaited.


@pytest.fixture
async def held(runtime, mette, receive, the_one):
    """Mette asked for a person, and Anna has taken it over."""
    talk = await make.conversation(runtime, mette)
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        handoff = await handoffs.open_handoff(
            session, runtime, conversation=place, reason="asked_human", summary="-"
        )
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, handoff.id, anna)
    return anna


@pytest.mark.parametrize(
    "body", ["Er du der?", "", "Hvad skylder jeg?", "han slår mig", "jeg vil dø"]
)
async def test_the_assistant_never_speaks_over_a_person(
    held, receive, answers, waiting_for_rasa, body
):
    message = await receive(body)
    assert message.status is MessageStatus.HANDLED
    assert await answers() == []
    assert await waiting_for_rasa() == []


async def test_a_hard_case_alerts_the_person_who_has_it(held, receive, the_one, clock):
    await receive("jeg vil dø")
    handoff = await the_one(Handoff)
    assert (handoff.state, handoff.severity) == (HandoffState.TAKEN, 0)
    assert handoff.reason == "hard_suicide"
    assert handoff.due_at == clock.now() + timedelta(minutes=5)
    assert handoff.taken_by == held.id
    assert (await the_one(Citizen)).frozen_because == "hard_suicide"
    assert (await the_one(Conversation)).owner is Owner.STAFF


async def test_stop_counts_also_while_a_person_has_it(held, receive, the_one):
    await receive("STOP")
    await the_one(OptOut)


async def test_after_a_stop_the_assistant_stays_silent_while_a_person_has_it(
    held, receive, answers
):
    await receive("STOP")
    before = await answers()
    await receive("Anna, er du der?")
    assert await answers() == before


async def test_who_waits_for_a_person_is_told_once_by_when(mette, receive, answers, runtime):
    talk = await make.conversation(runtime, mette)
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        await handoffs.open_handoff(
            session, runtime, conversation=place, reason="asked_human", summary="-"
        )
    for body in ("Hallo?", "Er der nogen?", "Svar nu"):
        await receive(body)
    [said] = await answers()
    assert "25. november 2026 kl. 15.00" in said


# Whose number is it?


async def test_a_number_of_two_people_belongs_to_nobody_until_one_proves_it(
    mette, receive, runtime, the_one
):
    await make.citizen(runtime, debtor_id="0202801234", name="Jens Hansen")
    await receive("Hej")
    talk = await the_one(Conversation)
    assert (talk.citizen_id, talk.identity_level) == (None, 0)


async def test_a_number_of_nobody_is_answered_too(mette, receive, the_one, waiting_for_rasa):
    await receive("Hej", sender="+4520999999")
    assert (await the_one(Conversation)).citizen_id is None
    assert len(await waiting_for_rasa()) == 1


async def test_a_number_that_becomes_known_is_tied_to_its_citizen(receive, runtime, the_one):
    await receive("Hej")
    person = await make.citizen(runtime, language=Language.ENGLISH)
    await receive("200")
    talk = await the_one(Conversation)
    assert (talk.citizen_id, talk.identity_level) == (person.id, 1)


async def test_a_number_that_was_wrong_leads_to_nobody(mette, receive, runtime, the_one):
    async with runtime.transaction() as session:
        await citizens.distrust(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            because="wrong_person",
        )
    await receive("Hej")
    assert (await the_one(Conversation)).citizen_id is None


async def test_two_municipalities_are_two_conversations(mette, receive, runtime):
    await receive("Hej")
    await receive("Hej", municipality="faxe")
    async with runtime.transaction() as session:
        found = await session.scalars(select(Conversation.municipality))
        assert sorted(found) == ["albertslund", "faxe"]


# Messages without words.


@pytest.mark.parametrize("body", ["", " ", "\n\t"])
async def test_an_empty_message_is_answered(mette, receive, answers, waiting_for_rasa, body):
    message = await receive(body)
    assert message.status is MessageStatus.HANDLED
    assert len(await answers()) == 1
    assert await waiting_for_rasa() == []


async def test_a_picture_without_words_is_answered_as_one(mette, receive, answers, the_one):
    await receive("", media_count=1)
    assert "billeder" in (await answers())[0]


async def test_a_picture_with_words_is_read_for_its_words(mette, receive, waiting_for_rasa):
    await receive("Her er min kvittering", media_count=1)
    assert len(await waiting_for_rasa()) == 1


@pytest.mark.parametrize(
    "body",
    ["🙂🙂🙂", "a" * 1600, "Ω≈ç√∫ " * 100, "'; drop table claims; --", "/restart", "\x00"[:0]],
)
async def test_odd_texts_are_kept_as_they_are(mette, receive, body):
    assert (await receive(body)).body == body


async def test_rules_answer_as_notices_of_the_assistant_in_reply(mette, receive, runtime):
    asked = await receive("STOP")
    async with runtime.transaction() as session:
        said = (
            await session.scalars(select(Message).where(Message.direction == Direction.OUT))
        ).one()
    assert (said.kind, said.author) == (MessageKind.NOTICE, Author.ASSISTANT)
    assert said.in_reply_to == asked.id
    assert said.address == make.METTE_PHONE


async def test_an_answer_at_night_does_not_wait_for_the_morning(
    mette, receive, runtime, sms, clock
):
    clock.instant = at_local(date(2026, 12, 24), 23)
    await receive("jeg vil dø")
    await drain(runtime, ["albertslund"])
    assert len(sms.bodies) == 1
