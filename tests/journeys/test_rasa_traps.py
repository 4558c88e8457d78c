"""Where Rasa 3.6 is known to fail without a word, and what a citizen would have met."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select, text

from data.models.conversations import Conversation, Owner
from data.models.handoffs import Handoff
from data.models.staff import Staff
from outreach import handoffs
from tests import make
from tests.journeys.test_conversation import METTE, _mette, _one

pytestmark = [pytest.mark.slow, pytest.mark.rasa, pytest.mark.xdist_group("rasa")]


def test_the_slow_classifier_that_answers_wrongly_is_not_used():
    pipeline = yaml.safe_load(Path("config.yml").read_text())["pipeline"]
    names = [part["name"] for part in pipeline]
    assert "DIETClassifier" not in names
    assert "dialogues.components.classifier.HybridIntentClassifier" in names


async def _events(town, conversation_id) -> list[str]:
    async with town.runtime.transaction() as session:
        rows = await session.execute(
            text("select data from rasa.events where sender_id = :id order by id"),
            {"id": str(conversation_id)},
        )
        return [row.data for row in rows]


async def test_the_first_message_already_has_the_slots_of_its_conversation(town):
    citizen = await make.citizen(town.runtime, language="en")
    await make.claim(town.runtime, citizen)
    await town.text(METTE, "ok")
    talk = await _one(town, Conversation)
    slots = [event for event in await _events(town, talk.id) if '"event": "slot"' in event]
    assert any('"case_id"' in event and str(talk.id) in event for event in slots)
    assert any('"language"' in event and '"en"' in event for event in slots)


async def test_rasa_keeps_nothing_personal(town):
    await _mette(town)
    await town.text(METTE, "hej det er Mette Hansen, hvad skylder jeg")
    await town.text(METTE, "010180 og sag A-1001, mail mette@example.dk tlf 20304050")
    await town.text(METTE, "jeg kan betale 412 kr. om måneden")
    kept = "\n".join(await _events(town, (await _one(town, Conversation)).id))
    for secret in ("Mette", "Hansen", "010180", "1001", "example", "20304050", "412", r"1\.200"):
        # Not inside the ids and timestamps that Rasa writes itself.
        found = re.search(rf"(?<![0-9a-f.-]){secret}(?![0-9a-f-])", kept, re.IGNORECASE)
        assert found is None, secret


async def test_after_a_person_hands_back_the_assistant_answers_what_is_asked(town):
    await _mette(town)
    await town.text(METTE, "jeg vil tale med et menneske")
    now = town.runtime.clock.now()
    async with town.runtime.transaction() as session:
        anna = Staff(
            municipality="albertslund",
            username="anna",
            name="Anna Holm",
            password_hash="-",
            created_at=now,
        )
        session.add(anna)
        await session.flush()
        handoff = (await session.scalars(select(Handoff))).one()
        await handoffs.take(session, town.runtime, handoff.id, anna)
        await handoffs.hand_back(session, town.runtime, handoff.id, anna, "talt sammen")
    answer = await town.text(METTE, "hvor meget skylder jeg?")
    assert "fødselsdato" in answer
    assert "medarbejder" not in answer


async def test_when_our_own_door_is_closed_a_person_answers_and_nothing_is_made_up(town):
    await _mette(town)
    await town.close_web()
    answer = await town.text_with_the_web_closed(METTE, "hvor meget skylder jeg?")
    assert "Jeg kan ikke svare lige nu" in answer
    assert "medarbejder" in answer
    handoff = await _one(town, Handoff)
    assert handoff.reason == "assistant_down"
    assert (await _one(town, Conversation)).owner is Owner.NOBODY


async def test_a_cry_for_help_is_heard_while_rasa_cannot_answer(town):
    await _mette(town)
    await town.close_web()
    answer = await town.text_with_the_web_closed(METTE, "jeg orker ikke mere, jeg vil dø")
    assert "112" in answer
    assert (await _one(town, Handoff)).severity == 0


async def test_the_conversation_goes_on_though_rasa_has_forgotten_it(town):
    await _mette(town)
    await town.text(METTE, "hvor meget skylder jeg?")
    async with town.runtime.transaction() as session:
        await session.execute(text("delete from rasa.events"))
    assert "1.200 kr." in await town.text(METTE, "1. januar 1980, A-1001")


async def test_a_question_in_the_middle_is_not_taken_for_the_answer(town):
    await _mette(town)
    await town.text(METTE, "hvor meget skylder jeg?")
    answer = await town.text(METTE, "er du en robot?")
    assert "AI" in answer
    assert "fødselsdato" in answer
    assert "1.200 kr." in await town.text(METTE, "1. januar 1980, A-1001")
