"""The same citizen writes by SMS and on the web in the same second."""

import asyncio

import pytest
from sqlalchemy import select

import bot.worker
from data.models.citizens import Channel
from data.models.conversations import Author, Conversation, Direction, Message
from outreach import conversations
from tests import make
from tests.bot.conftest import PROOF

WORDS = ("Hej", PROOF, "Hvad skylder jeg?", "Hvad skylder jeg nu?")


@pytest.fixture
def by_sms(chatting):
    """Let Mette's telephone hand in an SMS, as often as the network likes."""

    async def take_in(number, body):
        async with chatting.transaction() as session:
            await conversations.receive(
                session,
                chatting,
                municipality="albertslund",
                channel=Channel.SMS,
                address=make.METTE_PHONE,
                body=body,
                vendor_ref=f"SM{number}",
            )

    return take_in


async def thread(runtime, channel):
    """Return what stands in the one conversation of a channel, as it was written."""
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Message)
            .join(Conversation)
            .where(Conversation.channel == channel)
            .order_by(Message.number)
        )
        return list(found)


async def test_both_are_answered_once_each_in_its_place_and_in_order(
    browser, by_sms, chatting, postgres, rasa, claim
):
    form = await browser.form()
    for number, words in enumerate(WORDS):
        turn = {"Hej": "greeting", PROOF: "identify"}.get(words, "how_much")
        rasa.turns += [[f"action_{turn}"]] * 2
        if number:
            form = await browser.form()
        once = {**form, "body": words}
        await asyncio.gather(
            by_sms(number, words),
            browser.client.post("/chat/albertslund/messages", data=once),
            by_sms(number, words),
            browser.client.post("/chat/albertslund/messages", data=once),
        )
        await asyncio.gather(*(bot.worker.run_until_empty(chatting, postgres) for _ in range(2)))
    for channel in (Channel.SMS, Channel.WEB):
        said = await thread(chatting, channel)
        asked = [each for each in said if each.direction is Direction.IN]
        told = [each for each in said if each.author is Author.ASSISTANT]
        assert [each.body for each in asked] == list(WORDS)
        assert [each.in_reply_to for each in told] == [each.id for each in asked]
        assert all("1.200" in each.body for each in told[1:])
        assert "1.200" not in told[0].body
    assert len(rasa.asked) == 2 * len(WORDS)
    assert rasa.turns == []
