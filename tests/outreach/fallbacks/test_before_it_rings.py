"""The last look before it rings: what has changed since it was decided to call."""

from datetime import date, timedelta

import pytest

from data.models.citizens import Channel, Citizen
from data.models.claims import Claim, Decision, Outcome
from data.models.conversations import MessageStatus
from outreach import calls as ringing
from outreach import citizens
from outreach.carriers import Telephone
from outreach.dispatch import run_batch
from tests import make
from tests.make_calls import out, send
from tests.outreach.fallbacks.steps import LIST, VOICE, before_it_rings, steps, the_call


async def test_who_paid_in_the_night_is_not_called(house, clock, look, undelivered, owed, calls):
    await before_it_rings(house, clock, look, undelivered)
    await make.payment(house, owed, owed.principal, date(2026, 11, 25))
    await send(house)
    assert await the_call(house) == (MessageStatus.STOOD_DOWN, "paid")
    assert not (await look()).taken
    assert calls.placed == []


async def test_who_was_frozen_in_the_night_is_not_called(
    house, clock, look, undelivered, mette, calls
):
    await before_it_rings(house, clock, look, undelivered)
    async with house.transaction() as session:
        await citizens.freeze(session, house, mette.id, because="illness")
    await send(house)
    assert await the_call(house) == (MessageStatus.STOOD_DOWN, "frozen")
    assert not (await look()).taken
    assert calls.placed == []


@pytest.mark.parametrize("channel", [Channel.VOICE, Channel.SMS])
async def test_who_said_no_in_the_night_is_not_called(
    house, clock, look, undelivered, owed, calls, channel
):
    await before_it_rings(house, clock, look, undelivered)
    async with house.transaction() as session:
        await citizens.opt_out(
            session,
            house,
            municipality="albertslund",
            channel=channel,
            address=make.METTE_PHONE,
            source="desk",
        )
    await send(house)
    assert await the_call(house) == (MessageStatus.STOOD_DOWN, "opted_out")
    assert (await look()).taken == {LIST: 1}
    assert await steps(house, owed) == {VOICE: "opted_out", LIST: "allowed"}
    assert calls.placed == []


async def test_whose_number_is_somebody_elses_since_the_night_is_not_called(
    house, clock, look, undelivered, owed, calls
):
    await before_it_rings(house, clock, look, undelivered)
    async with house.transaction() as session:
        await citizens.distrust(
            session,
            house,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            because="wrong_person",
        )
    await send(house)
    assert await the_call(house) == (MessageStatus.STOOD_DOWN, "number_distrusted")
    assert (await look()).taken == {LIST: 1}
    assert calls.placed == []


async def test_who_was_protected_in_the_night_is_not_called(
    house, clock, look, undelivered, mette, calls
):
    await before_it_rings(house, clock, look, undelivered)
    async with house.transaction() as session:
        (await session.get_one(Citizen, mette.id)).address_protected = True
    await send(house)
    assert await the_call(house) == (MessageStatus.STOOD_DOWN, "address_protected")
    assert calls.placed == []


async def test_nobody_is_called_in_the_evening(house, clock, look, undelivered, calls):
    await before_it_rings(house, clock, look, undelivered)
    clock.travel(timedelta(hours=10))  # 20.00
    await send(house)
    assert calls.placed == []
    clock.travel(timedelta(hours=13))  # 9.00
    await send(house)
    assert len(calls.placed) == 1


async def test_two_who_share_a_telephone_make_it_ring_once_a_day(
    house, runtime, clock, look, owed, calls, undelivered
):
    per = await make.citizen(runtime, debtor_id="0202801234", name="Per Hansen")
    await make.claim(runtime, per, claim_ref="A-2002")
    await undelivered()
    assert (await look()).taken == {VOICE: 2}
    clock.travel(timedelta(days=1))
    await send(house)
    assert len(calls.placed) == 1
    clock.travel(timedelta(hours=4))
    await send(house)
    assert len(calls.placed) == 1
    assert "Mette" not in (await out(house))[-1].body
    clock.travel(timedelta(hours=20))
    await send(house)
    assert len(calls.placed) == 2


async def test_a_call_that_was_stopped_leaves_the_claim_written_about(
    house, clock, look, undelivered, owed
):
    await before_it_rings(house, clock, look, undelivered)
    async with house.transaction() as session:
        await citizens.freeze(session, house, owed.citizen_id, because="illness")
    await send(house)
    async with house.transaction() as session:
        assert (await session.get_one(Claim, owed.id)).first_contact_at is not None
        first = await session.get_one(Decision, (owed.id, "first_contact"))
        assert first.outcome is Outcome.ALLOWED


async def test_who_calls_us_and_puts_down_again_is_called_all_the_same(
    house, clock, look, undelivered, calls
):
    await before_it_rings(house, clock, look, undelivered)
    async with house.transaction() as session:
        policy = house.policies["albertslund"]
        call, _ = await ringing.begin(session, house, policy, "CA" + "0f" * 16, make.METTE_PHONE)
        await ringing.end(session, house, call)
    assert (await out(house))[-1].status is MessageStatus.QUEUED
    await send(house)
    assert len(calls.placed) == 1


async def test_what_is_said_within_a_call_does_not_ring(house, owed, calls):
    talk = await make.conversation(house, None, channel=Channel.VOICE)
    await make.outgoing(house, talk)
    await send(house)
    assert calls.placed == []
    assert (await the_call(house))[0] is MessageStatus.ACCEPTED


async def test_without_an_account_a_call_waits(house, clock, look, undelivered):
    await before_it_rings(house, clock, look, undelivered)
    deaf = house.equip(carriers={Channel.VOICE: Telephone(None, house.policies)})
    await run_batch(deaf, "albertslund")
    call = (await out(house))[-1]
    assert (call.status, call.error_code) == (MessageStatus.QUEUED, "our_account")
    await deaf.carriers[Channel.VOICE].close()
