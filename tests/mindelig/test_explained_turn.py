"""`mindelig chat --explain`: how a message was heard, and what came of it, a line each."""

from datetime import date

import pytest

from data.models.conversations import Hearer
from mindelig.explained_turn import Place, by_rules, explain, read
from tests import make, make_desk

TUESDAY = date(2026, 11, 24)


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


async def test_what_a_rule_answered_was_never_asked_of_rasa(runtime, talk):
    message = await make_desk.said(
        runtime, talk, "STOP", understood_as="stop", understood_by=Hearer.RULE
    )
    told = await explain(runtime, message.id, "STOP", await _place(runtime, talk))
    assert told[:3] == ["rules: stop", "Rasa: not asked", "answered by: a rule"]


async def _place(runtime, talk):
    async with runtime.transaction() as session:
        return await Place.of(session, runtime, talk.id)


def test_the_rules_name_the_words_they_heard(runtime):
    [told] = by_rules(runtime, "jeg vil ikke leve mere. STOP")
    assert told.startswith("rules: hard_suicide (severity 0): «")
    assert "leve" in told
    assert list(by_rules(runtime, "START")) == ["rules: start again"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("hej", []),
        ("det hele d. 1.", ["first_on Tuesday 1 December 2026", "whole yes"]),
        ("500 nu og 200 om måneden", ["amount 200 kr.", "rhythm month", "first_amount 500 kr."]),
    ],
)
def test_what_the_parsers_read_is_told_part_by_part(written, told):
    assert set(told) <= set(read(written, TUESDAY))
    assert bool(told) == bool(list(read(written, TUESDAY)))
