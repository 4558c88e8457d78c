"""What stands on record of reaching a citizen, and how a night passes before it rings."""

from datetime import timedelta

from sqlalchemy import select

from data.models.citizens import Channel
from data.models.claims import Decision
from tests.make_calls import out

VOICE, LIST = "reach_voice:1", "reach_letter_list"


async def steps(house, owed):
    async with house.transaction() as session:
        found = await session.scalars(
            select(Decision)
            .where(Decision.claim_id == owed.id, Decision.step.like("reach%"))
            .order_by(Decision.decided_at, Decision.step)
        )
        return {one.step: one.reason or one.outcome.value for one in found}


async def before_it_rings(house, clock, look, undelivered):
    await undelivered()
    await look()
    clock.travel(timedelta(days=1))


async def the_call(house):
    call = (await out(house))[-1]
    assert call.channel is Channel.VOICE
    return call.status, call.stood_down_because
