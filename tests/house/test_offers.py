"""Whoever agrees acknowledges the debt, and is told so before they say yes (limitation, § 2)."""

import re

import pytest

from outreach.agreements.wording import acknowledges
from outreach.texts import LANGUAGES, catalogue

#: The texts of which one is part of every proposal: what a citizen has read when they say yes.
OFFERS = ("plan_terms", "agreement_terms", "agreement_respite", "agreement_assignment")
#: The last line of a proposal, after one of those; or a word about one that lies on the table.
ANSWERS = {
    "answer_alone", "answer_ways_one", "answer_ways_other", "agreement_reply",
    "still_awaiting_offer",
}  # fmt: skip
#: Asks for a yes to an agreement; the first message asks for one to a conversation.
ASKS = re.compile(r"\b(Skriv|Svar|Write|Answer|Reply) (JA|YES)\b(?! (for at skrive|to chat))")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", OFFERS)
def test_every_offer_says_that_a_yes_acknowledges_the_debt(key, language):
    assert acknowledges(catalogue(language).texts[key])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_asks_for_a_yes_by_itself_says_so_too(language):
    asking = {key: text for key, text in catalogue(language).texts.items() if ASKS.search(text)}
    assert [
        key for key, text in asking.items() if not acknowledges(text) and key not in ANSWERS
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_last_lines_holds_nothing_that_is_gone(language):
    assert ANSWERS - catalogue(language).texts.keys() == set()
