"""`mindelig chat --explain`: how a message came to its answer, told from what really happened."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.models.conversations import Direction, Message
from mindelig.explained_turn import Place, explain
from tests import make

pytestmark = [pytest.mark.slow, pytest.mark.rasa, pytest.mark.xdist_group("rasa")]


async def test_rasas_intent_its_action_and_what_changed_are_told(town):
    citizen = await make.citizen(town.runtime)
    await make.claim(town.runtime, citizen)
    talk = await make.conversation(town.runtime, citizen)
    async with town.runtime.transaction() as session:
        before = await Place.of(session, town.runtime, talk.id)
    await town.text(make.METTE_PHONE, "jeg vil tale med et menneske")
    async with town.runtime.transaction() as session:
        asked = select(Message).where(Message.direction == Direction.IN)
        message = (await session.scalars(asked)).one()
    told = await explain(town.runtime, message.id, message.body, before)
    assert told[0] == "rules: nothing"
    assert told[1].startswith("Rasa: human ")
    assert "next " in told[1]
    assert told[2:5] == [
        "answered by: action_answer",
        "awaiting: nothing",
        "identity: level 0 → level 1",
    ]
    assert told[5:] == [
        "owner: assistant → nobody",
        "handoff: asked_human, severity 3",
        "read: nothing",
    ]
