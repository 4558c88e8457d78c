"""A no to every channel: stored at once, confirmed once, shown, and nothing leaves after it."""

import pytest
from sqlalchemy import select

from data.models.citizens import Channel, ContactPoint, OptOut
from data.models.conversations import MessageKind, MessageStatus
from outreach import preferences
from outreach.dispatch import dispatch
from outreach.overrides import ReasonMissingError
from tests import make, make_desk

OTHER_PHONE = "+4520304099"


@pytest.fixture
async def mette(runtime):
    """Mette, with two telephones, an e-mail address and a Telegram chat."""
    person = await make.citizen(runtime)
    async with runtime.transaction() as session:
        for channel, address in (
            (Channel.SMS, OTHER_PHONE),
            (Channel.EMAIL, "mette@example.dk"),
            (Channel.TELEGRAM, "700100"),
        ):
            session.add(
                ContactPoint(
                    municipality="albertslund",
                    citizen_id=person.id,
                    channel=channel,
                    address=address,
                    created_at=runtime.clock.now(),
                )
            )
    return person


@pytest.fixture
def said_no(runtime):
    async def look():
        async with runtime.transaction() as session:
            found = await session.execute(select(OptOut.channel, OptOut.address))
            return {tuple(row) for row in found}

    return look


EVERYWHERE = {
    (Channel.SMS, make.METTE_PHONE),
    (Channel.VOICE, make.METTE_PHONE),
    (Channel.SMS, OTHER_PHONE),
    (Channel.VOICE, OTHER_PHONE),
    (Channel.EMAIL, "mette@example.dk"),
    (Channel.TELEGRAM, "700100"),
}


async def test_it_is_stored_for_every_address_and_confirmed_once(receive, answers, said_no, mette):
    await receive("I skal stoppe alt kontakt til mig!")
    assert await said_no() == EVERYWHERE
    await receive("STOP ALT")
    [confirmed] = await answers()
    assert "Det gælder alle numre og adresser" in confirmed
    assert "sms'er" not in confirmed


async def test_a_plain_stop_is_for_this_address_alone(receive, said_no, mette):
    await receive("STOP")
    assert await said_no() == {(Channel.SMS, make.METTE_PHONE)}


async def test_after_a_plain_stop_all_is_confirmed_too(receive, answers, said_no, mette):
    await receive("STOP")
    await receive("stop alt")
    assert len(await answers()) == 2
    assert await said_no() == EVERYWHERE


async def test_who_shares_a_number_stops_it_and_not_the_others_addresses(
    receive, runtime, said_no, mette
):
    await make.citizen(runtime, debtor_id="0503054234", name="Emil Hansen")
    await receive("stop alt")
    assert await said_no() == {(Channel.SMS, make.METTE_PHONE)}


async def test_what_waits_for_another_of_their_numbers_does_not_leave(receive, runtime, sms, mette):
    owed = await make.claim(runtime, mette)
    talk = await make.conversation(runtime, mette, address=OTHER_PHONE)
    waits = await make.first_contact(runtime, talk, owed)
    await receive("stop alt")
    await dispatch(runtime, municipality="albertslund")
    async with runtime.transaction() as session:
        await session.refresh(session.add(waits) or waits)
    assert (waits.status, waits.stood_down_because) == (MessageStatus.STOOD_DOWN, "opted_out")
    assert [text.to.e164 for text in sms.sent] == [make.METTE_PHONE]
    assert waits.kind is MessageKind.FIRST_CONTACT


async def test_a_caseworker_stops_all_at_the_citizens_wish(runtime, said_no, mette):
    anna = await make_desk.staff(runtime)

    async def act(reason):
        async with runtime.transaction() as session:
            await preferences.stop_everywhere_by_staff(session, runtime, mette, anna, reason)

    with pytest.raises(ReasonMissingError):
        await act(" ")
    await act("Mette ringede i dag og bad om det.")
    assert await said_no() == EVERYWHERE
    with pytest.raises(preferences.SaidNoError):
        await act("Igen.")
