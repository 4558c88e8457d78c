"""What citizens wrote while we were away is taken in, once, and answered."""

from datetime import timedelta

from sqlalchemy import select

from data.models.citizens import Channel
from data.models.conversations import Direction, Message
from outreach.catch_up import catch_up
from outreach.conversations import receive
from outreach.runtime import ReceivedRecord
from tests import make

ALBERTSLUND = "+4570990101"


def _wrote(ref, body, at, sender=make.METTE_PHONE):
    return ReceivedRecord(ref, sender, body, 0, at)


async def _inbound(runtime):
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Message).where(Message.direction == Direction.IN).order_by(Message.number)
        )
        return [(message.municipality, message.body) for message in found]


async def test_what_came_while_the_database_was_down_is_fetched_once(runtime, clock, sms):
    await make.citizen(runtime)
    sms.inbound = {
        ALBERTSLUND: [_wrote("SM1", "hvor meget skylder jeg", clock.now() - timedelta(hours=2))]
    }
    assert await catch_up(runtime) == 1
    assert await catch_up(runtime) == 0
    assert await _inbound(runtime) == [("albertslund", "hvor meget skylder jeg")]


async def test_what_a_webhook_has_brought_is_left_alone(runtime, clock, sms):
    await make.citizen(runtime)
    async with runtime.transaction() as session:
        await receive(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            body="hej",
            vendor_ref="SM1",
        )
    sms.inbound = {ALBERTSLUND: [_wrote("SM1", "hej", clock.now())]}
    assert await catch_up(runtime) == 0
    assert await _inbound(runtime) == [("albertslund", "hej")]


async def test_a_cry_for_help_in_the_silence_is_heard(runtime, clock, sms):
    await make.citizen(runtime)
    sms.inbound = {
        ALBERTSLUND: [_wrote("SM1", "jeg vil ikke leve mere", clock.now() - timedelta(minutes=9))]
    }
    await catch_up(runtime)
    async with runtime.transaction() as session:
        said = (
            await session.scalars(select(Message.body).where(Message.direction == Direction.OUT))
        ).first()
    assert "112" in said


async def test_short_codes_and_what_is_too_old_are_not_citizens(runtime, clock, sms):
    sms.inbound = {
        ALBERTSLUND: [
            _wrote("SM1", "vind en telefon", clock.now(), sender="1230"),
            _wrote("SM2", "hej", clock.now() - timedelta(days=3)),
        ]
    }
    assert await catch_up(runtime) == 0
