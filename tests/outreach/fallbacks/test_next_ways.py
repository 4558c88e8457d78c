"""An SMS that does not come through: a call, the next day another, an e-mail, the letter list."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Channel, Citizen, ContactPoint
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation, MessageStatus
from data.municipalities.first_contact import Way
from data.queries import unreached
from data.values.time import at_local
from outreach import citizens
from outreach.fallbacks import try_next_ways
from outreach.rounds import outreach_round
from tests import make, make_calls
from tests.make_calls import KeepingCalls, out, send
from tests.outreach.fallbacks.steps import LIST, VOICE, steps


async def test_an_sms_that_came_through_is_followed_by_nothing(house, owed, look):
    await outreach_round(house, municipality="albertslund")
    await send(house)
    assert not (await look()).taken
    assert len(await out(house)) == 1


async def test_an_undelivered_sms_is_followed_by_a_call_when_the_day_is_over(
    house, undelivered, look, calls, clock
):
    sms = await undelivered()
    assert (await look()).taken == {VOICE: 1}
    await send(house)
    assert calls.placed == []  # one contact in 24 hours, and the SMS may have been seen
    clock.travel(timedelta(days=1))
    await send(house)
    assert calls.placed == [(make_calls.CALLS_FROM.e164, make.METTE_PHONE)]
    call = (await out(house))[-1]
    assert (call.channel, call.status, call.body) == (
        Channel.VOICE,
        MessageStatus.ACCEPTED,
        sms.body,
    )


async def test_looking_again_decides_nothing_twice(house, undelivered, look):
    await undelivered()
    await look()
    assert not (await look()).taken
    assert len(await out(house)) == 2


async def test_the_story_to_the_letter_list(house, undelivered, owed, look, calls, clock, rings):
    await undelivered()
    await look()
    clock.travel(timedelta(days=1))
    await send(house)
    await rings("no-answer")
    assert (await look()).taken == {"reach_voice:2": 1}
    clock.travel(timedelta(hours=3))
    await send(house)
    assert len(calls.placed) == 1  # never twice on a day
    clock.travel(timedelta(hours=21))
    await send(house)
    assert len(calls.placed) == 2
    await rings("busy")
    assert (await look()).taken == {LIST: 1}
    assert not (await look()).taken
    async with house.transaction() as session:
        [line] = await unreached.listed(session, "albertslund", at_local(date(2026, 11, 1), 0))
        acts = list(await session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))
    assert (line.claim_ref, line.reason) == ("A-1001", "busy")
    assert line.tried == [
        {"way": "sms", "because": "30003", "on": "2026-11-24"},
        {"way": "voice", "because": "no_answer", "on": "2026-11-25"},
        {"way": "voice", "because": "busy", "on": "2026-11-26"},
    ]
    assert acts.count("next_way") == 2
    assert acts.count("letter_list") == 1


async def test_who_is_on_the_list_and_pays_is_on_it_no_more(
    house, undelivered, owed, look, runtime
):
    await make.citizen(runtime, debtor_id="0202801234", phone=None)
    house = make_calls.with_telephone(runtime, KeepingCalls(), channels=(Way.SMS, Way.LETTER_LIST))
    await undelivered()
    await try_next_ways(house, municipality="albertslund")
    since = at_local(date(2026, 11, 1), 0)
    async with house.transaction() as session:
        assert len(await unreached.listed(session, "albertslund", since)) == 1
    await make.payment(runtime, owed, owed.principal, date(2026, 11, 24))
    async with house.transaction() as session:
        assert await unreached.listed(session, "albertslund", since) == []


async def test_a_wrong_number_is_never_called(house, undelivered, owed, look):
    await undelivered(error_code="30005")  # unknown at the operator
    assert (await look()).taken == {LIST: 1}
    assert await steps(house, owed) == {VOICE: "number_distrusted", LIST: "allowed"}


async def test_a_landline_can_be_called(house, undelivered, look, calls, clock):
    await undelivered(error_code="30006")
    assert (await look()).taken == {VOICE: 1}
    clock.travel(timedelta(days=1))
    await send(house)
    assert len(calls.placed) == 1


async def test_who_said_stop_is_not_called_instead(house, undelivered, owed, look):
    await undelivered(error_code="21610")
    assert (await look()).taken == {LIST: 1}
    assert await steps(house, owed) == {VOICE: "opted_out", LIST: "allowed"}


async def test_who_lives_at_a_protected_address_is_not_called(house, undelivered, owed, look):
    await undelivered()
    async with house.transaction() as session:
        (await session.scalar(select(Citizen))).address_protected = True
    assert (await look()).taken == {LIST: 1}
    assert await steps(house, owed) == {VOICE: "address_protected", LIST: "allowed"}


async def test_who_has_no_number_at_all_goes_on_the_list(house, runtime, owed, look):
    per = await make.citizen(runtime, debtor_id="0202801234", phone=None)
    his = await make.claim(runtime, per, claim_ref="A-2002")
    await outreach_round(house, municipality="albertslund")
    assert (await look()).taken == {LIST: 1}
    assert await steps(house, his) == {VOICE: "no_address", LIST: "allowed"}
    assert not (await look()).taken


async def test_a_house_without_a_number_for_calls_passes_over_them(runtime, undelivered, owed):
    await undelivered()
    assert (await try_next_ways(runtime, municipality="albertslund")).taken == {LIST: 1}


@pytest.mark.parametrize("state", [ClaimState.PAID, ClaimState.IN_PLAN, ClaimState.DISPUTED])
async def test_what_is_settled_meanwhile_is_not_gone_on_with(house, undelivered, owed, look, state):
    await undelivered()
    async with house.transaction() as session:
        (await session.get_one(Claim, owed.id)).state = state
    assert not (await look()).taken


async def test_who_is_frozen_waits_and_is_called_when_a_person_lifts_it(
    house, undelivered, mette, look
):
    await undelivered()
    async with house.transaction() as session:
        await citizens.freeze(session, house, mette.id, because="illness")
    assert not (await look()).taken
    async with house.transaction() as session:
        person = await session.get_one(Citizen, mette.id)
        person.frozen_at = person.frozen_because = None
    assert (await look()).taken == {VOICE: 1}


async def test_who_wrote_to_us_meanwhile_is_in_contact(house, undelivered, look, receive, clock):
    await undelivered()
    clock.travel(timedelta(minutes=1))
    await receive("Hej, hvem er I?")
    assert not (await look()).taken


async def test_the_order_is_the_policys_and_an_email_says_no_more_than_an_sms(
    runtime, clock, owed, mette, undelivered, house
):
    house = make_calls.with_mail(house, channels=(Way.EMAIL, Way.SMS, Way.VOICE))
    async with runtime.transaction() as session:
        session.add(
            ContactPoint(
                municipality="albertslund",
                citizen_id=mette.id,
                channel=Channel.EMAIL,
                address="mette@example.dk",
                created_at=clock.now(),
            )
        )
    await undelivered()
    assert (await try_next_ways(house, municipality="albertslund")).taken == {"reach_email": 1}
    mail = (await out(house))[-1]
    assert (mail.channel, mail.address) == (Channel.EMAIL, "mette@example.dk")
    assert mail.body.startswith("Hej Mette. Albertslund Kommune vil gerne i kontakt med dig.")
    async with house.transaction() as session:
        talk = await session.get_one(Conversation, mail.conversation_id)
        assert talk.citizen_id == mette.id
