"""A citizen writes, and the story looks at what became of it."""

import pytest
from sqlalchemy import select, text

from data.models.citizens import Channel
from data.models.conversations import Direction, Message
from outreach import conversations
from tests import make


@pytest.fixture
def receive(runtime):
    """Take in a text message, as the webhook does."""
    count = 0

    async def take_in(body, *, sender=make.METTE_PHONE, ref=None, **given):
        nonlocal count
        count += 1
        async with runtime.transaction() as session:
            return await conversations.receive(
                session,
                runtime,
                municipality=given.pop("municipality", "albertslund"),
                channel=Channel.SMS,
                address=sender,
                body=body,
                vendor_ref=ref or f"SM{count}",
                **given,
            )

    return take_in


@pytest.fixture
def answers(runtime):
    """The texts written to the citizen so far, in order."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Message.body)
                .where(Message.direction == Direction.OUT)
                .order_by(Message.number)
            )
            return list(found)

    return look


@pytest.fixture
def the_one(runtime):
    """The only row of a kind."""

    async def look(kind):
        async with runtime.transaction() as session:
            return (await session.scalars(select(kind))).one()

    return look


@pytest.fixture
def waiting_for_rasa(runtime):
    async def look():
        async with runtime.transaction() as session:
            rows = await session.execute(
                text(
                    "select args->>'message_id', lock from procrastinate_jobs"
                    " where task_name = 'converse' order by id"
                )
            )
        return [tuple(row) for row in rows]

    return look
