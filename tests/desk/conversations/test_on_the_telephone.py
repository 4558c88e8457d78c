"""A conversation on the telephone: it opens without a number, and is not answered in writing."""

import pytest
from sqlalchemy import func, select

from data.models.citizens import Channel
from data.models.conversations import Message
from tests import make, make_desk


@pytest.fixture
async def page(runtime, anna):
    """The page of somebody with a hidden number who asked for a person; Anna has taken it."""
    talk = await make.conversation(runtime, None, channel=Channel.VOICE, address="call:CA1")
    await make_desk.handoff(runtime, talk)
    place = f"/desk/conversations/{talk.id}"
    await anna.send(f"{place}/take", place)
    return place


async def test_who_calls_with_a_hidden_number_is_shown_without_one(anna, page):
    shown = await anna.get(page)
    assert shown.status_code == 200
    assert "skjult nummer" in shown.text


async def test_it_is_not_answered_in_writing_but_can_be_handed_back(anna, page, runtime):
    shown = (await anna.get(page)).text
    assert "kan ikke besvares på skrift" in shown
    assert 'id="answer-body"' not in shown
    assert f"{page}/hand-back" in shown
    refused = await anna.send(f"{page}/answer", page, body="Du hører fra mig.")
    assert refused.status_code == 409
    assert "Ring til borgeren" in refused.text
    assert "Du hører fra mig." in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count(Message.id))) == 0
