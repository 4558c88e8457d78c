"""A house that calls, and an SMS that does not come through."""

from datetime import date

import pytest

from outreach import calls_out, receipts
from outreach.fallbacks import try_next_ways
from outreach.rounds import outreach_round
from tests import make, make_calls
from tests.make_calls import KeepingCalls, out, send

VOICE, LIST = "reach_voice:1", "reach_letter_list"


@pytest.fixture
def calls():
    return KeepingCalls()


@pytest.fixture
def house(runtime, calls):
    return make_calls.with_telephone(runtime, calls)


@pytest.fixture
async def mette(runtime):
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    return await make.citizen(runtime)


@pytest.fixture
async def owed(runtime, mette):
    return await make.claim(runtime, mette)


@pytest.fixture
def undelivered(house, owed):
    """The round writes, the SMS leaves, and Twilio tells that it did not come through."""

    async def happen(error_code="30003", of=None):
        await outreach_round(house, municipality="albertslund")
        await send(house)
        sent = of or (await out(house))[-1]
        async with house.transaction() as session:
            await receipts.take(
                session,
                house,
                vendor_ref=str(sent.vendor_ref),
                message_id=None,
                status="undelivered",
                error_code=error_code,
            )
        return sent

    return happen


@pytest.fixture
def look(house):
    """What the timetable does every few minutes."""

    async def happen():
        return await try_next_ways(house, municipality="albertslund")

    return happen


@pytest.fixture
def rings(house):
    """The latest call ends as told."""

    async def happen(status):
        call = (await out(house))[-1]
        async with house.transaction() as session:
            await calls_out.ended(
                session,
                house,
                message_id=call.id,
                call_sid=str(call.vendor_ref),
                status=status,
                duration=0,
            )

    return happen


@pytest.fixture
def taken_by(house):
    """Somebody, or something, takes the latest call."""

    async def happen(who):
        call = (await out(house))[-1]
        async with house.transaction() as session:
            await calls_out.taken(
                session,
                house,
                message_id=call.id,
                call_sid=str(call.vendor_ref),
                answered_by=who,
            )

    return happen
