"""Every step, reason and happening has words for staff, in each language the same ones."""

import re

import pytest

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import Ground, StepKind
from data.queries import cases
from data.values.recipients import Recipient
from outreach import words
from outreach.rules import first_contact, postings
from outreach.rules.case import ALL_STEPS
from outreach.rules.decision import Reason
from outreach.rules.happenings import Happening
from outreach.simulation.tally import FIGURES
from outreach.texts import LANGUAGES
from tests.house.sources import ROOT

PLACE = re.compile(r"\{([a-z_]+)\}")
STEPS = {*StepKind, first_contact.STEP, postings.STEP, ALL_STEPS, cases.REFUSAL}
GROUPS = {
    "step": STEPS,
    "reason": set(Reason),
    "state": set(ClaimState),
    "effect": set(Effect),
    "recipient": set(Recipient),
    "ground": set(Ground),
    "happening": {kind.name for kind in Happening.__subclasses__()},
    "simulate": set(FIGURES),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_word_of_the_rules_has_words_for_people(group, language):
    known = words.catalogue(language).texts
    assert {f"{group}.{word}" for word in GROUPS[group]} - known.keys() == set()


def test_the_languages_have_the_same_texts_that_ask_for_the_same_values():
    asked = {
        language: {
            key: sorted(PLACE.findall(text))
            for key, text in words.catalogue(language).texts.items()
        }
        for language in LANGUAGES
    }
    assert asked["da"] == asked["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_is_a_whole_sentence(language):
    texts = words.catalogue(language).texts
    sentences = [text for key, text in texts.items() if key.startswith(("reason.", "happening."))]
    assert [text for text in sentences if not (text[0].isupper() and text.endswith("."))] == []


#: Where texts are asked for by name, and below which group.
NAMED = {
    "explain": (r"_text\(\s*\"([a-z_.]+)\"", ["outreach/telling.py"]),
    "simulate": (
        r"say\(\s*\"([a-z_.]+)\"",
        [
            "mindelig/simulate.py",
            "mindelig/simulation/tables.py",
            "mindelig/simulation/page.py",
            "mindelig/simulation/page.html",
            "mindelig/simulation/chart.py",
        ],
    ),
}


@pytest.mark.parametrize("group", NAMED)
def test_every_text_that_is_asked_for_by_name_exists(group):
    asks, files = NAMED[group]
    named = {
        f"{group}.{key}"
        for file in files
        for key in re.findall(asks, (ROOT / file).read_text(encoding="utf-8"))
    }
    assert named - words.catalogue("da").texts.keys() == set()
    assert len(named) > 10
