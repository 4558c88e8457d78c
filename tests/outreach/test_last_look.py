"""Stories of the last look: what changes between writing a message and sending it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from data.models.citizens import Channel, Citizen
from data.models.claims import Claim
from data.models.conversations import (
    Author,
    Conversation,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.values.money import Money
from outreach import citizens
from outreach.dispatch import drain, run_batch
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


async def now_is(runtime, message):
    async with runtime.transaction() as session:
        return await session.get_one(Message, message.id)


async def change(runtime, kind, row, **values):
    async with runtime.transaction() as session:
        await session.execute(update(kind).where(kind.id == row.id).values(**values))


async def test_payment_beats_message(runtime, sms, mette, talk):
    claim = await make.claim(runtime, mette)
    first = await make.first_contact(runtime, talk, claim)
    await change(runtime, Claim, claim, paid=Money(120000))
    report = await run_batch(runtime, "albertslund")
    stored = await now_is(runtime, first)
    assert (report.stood_down, sms.sent) == (1, [])
    assert (stored.status, stored.stood_down_because) == (MessageStatus.STOOD_DOWN, "paid")


async def test_a_payment_that_is_just_being_written_is_waited_for(runtime, sms, mette, talk):
    claim = await make.claim(runtime, mette)
    first = await make.first_contact(runtime, talk, claim)
    async with runtime.transaction() as paying:
        await paying.execute(update(Claim).where(Claim.id == claim.id).values(paid=Money(120000)))
        assert (await run_batch(runtime, "albertslund")).busy == 1
    await run_batch(runtime, "albertslund")
    assert sms.sent == []
    assert (await now_is(runtime, first)).stood_down_because == "paid"


async def test_one_of_two_claims_paid_still_leaves_something_to_write_about(
    runtime, sms, mette, talk
):
    one = await make.claim(runtime, mette)
    two = await make.claim(runtime, mette, claim_ref="A-1002")
    await make.first_contact(runtime, talk, one, two)
    await change(runtime, Claim, one, paid=Money(120000))
    assert (await run_batch(runtime, "albertslund")).sent == 1


@pytest.mark.parametrize(
    ("kind", "author", "leaves"),
    [
        (MessageKind.FIRST_CONTACT, Author.ASSISTANT, False),
        (MessageKind.REPLY, Author.ASSISTANT, False),
        (MessageKind.NOTICE, Author.ASSISTANT, True),
    ],
)
async def test_a_stop_between_queue_and_sending(runtime, sms, mette, talk, kind, author, leaves):
    claim = await make.claim(runtime, mette)
    queued = await make.first_contact(runtime, talk, claim, kind=kind, author=author)
    async with runtime.transaction() as session:
        await citizens.opt_out(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.SMS,
            address=talk.address,
            source="citizen",
        )
    await run_batch(runtime, "albertslund")
    assert (len(sms.sent) == 1) is leaves
    if not leaves:
        assert (await now_is(runtime, queued)).stood_down_because == "opted_out"


async def test_a_reply_written_before_a_person_took_over_is_dropped(runtime, sms, talk):
    reply = await make.outgoing(runtime, talk)
    anna = await make_desk.staff(runtime)
    await change(
        runtime, Conversation, talk, owner=Owner.STAFF, owner_staff_id=anna.id, owner_number=2
    )
    answer = await make.outgoing(
        runtime,
        talk,
        kind=MessageKind.STAFF_ANSWER,
        author=Author.STAFF,
        staff_id=anna.id,
        owner_number=2,
    )
    await run_batch(runtime, "albertslund")
    assert (await now_is(runtime, reply)).stood_down_because == "held_by_human"
    assert (await now_is(runtime, answer)).status is MessageStatus.ACCEPTED


async def test_the_words_with_which_the_assistant_hands_over_are_its_last(runtime, sms, talk):
    before = await make.outgoing(runtime, talk, body="Du skylder …")
    await change(runtime, Conversation, talk, owner=Owner.NOBODY, owner_number=2)
    await make.outgoing(runtime, talk, body="En sagsbehandler svarer dig.", owner_number=2)
    await run_batch(runtime, "albertslund")
    assert sms.bodies == ["En sagsbehandler svarer dig."]
    assert (await now_is(runtime, before)).stood_down_because == "owner_changed"


async def test_a_reply_from_before_the_conversation_was_handed_back_is_dropped_too(
    runtime, sms, talk
):
    reply = await make.outgoing(runtime, talk)
    await change(runtime, Conversation, talk, owner_number=3)
    await run_batch(runtime, "albertslund")
    assert (await now_is(runtime, reply)).stood_down_because == "owner_changed"


async def test_a_frozen_citizen_gets_no_first_message_but_a_safety_notice(
    runtime, clock, sms, mette, talk
):
    claim = await make.claim(runtime, mette)
    first = await make.first_contact(runtime, talk, claim)
    await make.outgoing(runtime, talk, kind=MessageKind.NOTICE, body="Ring 112")
    await change(runtime, Citizen, mette, frozen_at=clock.now(), frozen_because="danger_to_life")
    await run_batch(runtime, "albertslund")
    assert sms.bodies == ["Ring 112"]
    assert (await now_is(runtime, first)).stood_down_because == "frozen"


async def test_a_first_message_in_the_evening_leaves_the_next_morning(
    runtime, clock, sms, mette, talk
):
    clock.travel(timedelta(hours=11))  # Tuesday 21.00
    first = await make.first_contact(runtime, talk, await make.claim(runtime, mette))
    assert (await run_batch(runtime, "albertslund")).postponed == 1
    waiting = await now_is(runtime, first)
    assert (waiting.status, waiting.error_code) == (MessageStatus.QUEUED, "outside_hours")
    clock.travel(timedelta(hours=11, minutes=59))
    await drain(runtime, ["albertslund"])
    assert sms.sent == []
    clock.travel(timedelta(minutes=1))  # Wednesday 9.00
    await drain(runtime, ["albertslund"])
    assert len(sms.sent) == 1


async def test_two_first_messages_to_one_citizen_share_one_budget(runtime, clock, sms, mette, talk):
    claim = await make.claim(runtime, mette)
    other = await make.claim(runtime, mette, claim_ref="A-1002")
    other_phone = await make.conversation(runtime, mette, address="+4520304051")
    await make.first_contact(runtime, talk, claim)
    await make.first_contact(runtime, other_phone, other)
    await asyncio.gather(run_batch(runtime, "albertslund"), run_batch(runtime, "albertslund"))
    await drain(runtime, ["albertslund"])
    assert len(sms.sent) == 1
    clock.travel(timedelta(hours=24))
    await drain(runtime, ["albertslund"])
    assert len(sms.sent) == 2


async def test_yesterdays_text_is_not_released_by_an_outage_that_ends(runtime, clock, sms, talk):
    late = await make.outgoing(
        runtime, talk, useless_after=clock.now() + timedelta(hours=1), body="i dag kl. 11"
    )
    clock.travel(timedelta(hours=2))
    await run_batch(runtime, "albertslund")
    assert (await now_is(runtime, late)).stood_down_because == "useless_now"


async def test_a_first_message_without_a_claim_on_record_cannot_be_explained_and_stays(
    runtime, sms, talk
):
    first = await make.first_contact(runtime, talk)
    await run_batch(runtime, "albertslund")
    assert (await now_is(runtime, first)).stood_down_because == "no_claim"
