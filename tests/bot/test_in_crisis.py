"""Who may not want to live, in words only Rasa hears: all stops, a person is called, 112 first."""

import re

import pytest
from sqlalchemy import select

from data.models.citizens import Citizen
from data.models.conversations import Conversation, Message, MessageKind, Owner
from data.models.handoffs import Handoff
from outreach.dispatch import drain
from outreach.texts import catalogue
from tests import make

HINT = "I skal ikke regne med mig efter på fredag"
OF_MONEY = re.compile(r"gæld|skyld|betal|regning|beløb|\bkr\b|debt|owe|pay\b|bill\b", re.IGNORECASE)


async def test_all_stops_and_a_person_is_called_at_once(write, claim, the_one):
    said = await write(HINT, "hard_suicide")
    assert "112" in said
    assert "70 201 201" in said
    assert not OF_MONEY.search(said)
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("hard_suicide", 0)
    assert HINT not in handoff.summary
    assert (await the_one(Citizen)).frozen_because == "hard_suicide"
    assert (await the_one(Conversation)).owner is Owner.NOBODY


async def test_nothing_is_said_before_the_numbers(write, claim, the_one):
    heard_by_rasa = await write(HINT, "hard_suicide")
    opening = catalogue((await the_one(Citizen)).language).texts["hard_suicide"].split("{")[0]
    assert heard_by_rasa.startswith(opening)


async def test_rule_and_rasa_answer_with_the_same_words(write, claim, runtime):
    heard_by_rasa = await write(HINT, "hard_suicide")
    await make.citizen(runtime, debtor_id="0202901234", phone="+4520304051", name="Jens Dahl")
    assert await write("jeg vil dø", sender="+4520304051") == heard_by_rasa


async def test_the_words_leave_although_the_citizen_says_stop_meanwhile(write, claim, runtime, sms):
    await write(HINT, "hard_suicide")
    async with runtime.transaction() as session:
        said = select(Message).where(Message.in_reply_to.is_not(None))
        assert (await session.scalars(said)).one().kind is MessageKind.NOTICE
    await write("STOP")
    await drain(runtime, ["albertslund"])
    assert any("112" in body for body in sms.bodies)


async def test_on_a_shared_number_everybody_is_protected(write, claim, runtime):
    await make.citizen(runtime, debtor_id="0202801234", name="Jens Hansen")
    await write(HINT, "hard_suicide")
    async with runtime.transaction() as session:
        frozen = await session.scalars(select(Citizen.frozen_because))
        assert list(frozen) == ["hard_suicide", "hard_suicide"]


@pytest.mark.parametrize("before", ["how_much", "ask_plan", "ask_respite"])
async def test_it_is_heard_while_we_wait_for_something_else(write, claim, before):
    await write("Hej", before)
    said = await write(HINT, "hard_suicide")
    assert "112" in said
    assert "fødselsdato" not in said
