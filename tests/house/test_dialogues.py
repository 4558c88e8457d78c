"""Rasa's files and our actions speak of the same things."""

import pytest
import yaml

from bot.actions.answers import WANTED
from bot.actions.responding import HANDLERS
from bot.actions.server import SessionStart
from outreach.texts import catalogue
from tests.house.sources import ROOT, place

DIALOGUES = ROOT / "dialogues"
#: Rasa decides these by itself when nothing was understood; nobody writes examples of them.
WITHOUT_EXAMPLES = {"nlu_fallback"}
#: Nobody is asked whether this is what they meant.
NEVER_ASKED_ABOUT = {"accept", "thanks", "abuse", "feedback"}
#: Letters; two names and the question around them fit one text message, or nearly.
LONGEST_NAME = 40
OURS = {*HANDLERS, SessionStart.name(SessionStart.__new__(SessionStart))}


def contents(folder):
    """Return every YAML file of a folder of the dialogue."""
    files = sorted((DIALOGUES / folder).rglob("*.yml"))
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]


def listed(key):
    """Return what the domain lists under a key."""
    return {name for part in contents("domain") for name in part.get(key, [])}


def steps(kind):
    """Return every intent or action that a rule or a story names."""
    walks = [
        walk
        for folder in ("rules", "stories")
        for part in contents(folder)
        for walk in [*part.get("rules", []), *part.get("stories", [])]
    ]
    named = [part for walk in walks for step in walk["steps"] for part in step.get("or", [step])]
    return {part[kind] for part in named if kind in part}


def test_every_action_of_the_domain_is_ours():
    assert listed("actions") - OURS == set()


def test_every_action_of_ours_is_in_the_domain():
    assert OURS - listed("actions") == set()


def test_every_action_is_reached_by_a_rule():
    assert HANDLERS.keys() - steps("action") == set()


def test_rules_name_only_what_the_domain_knows():
    assert steps("intent") - listed("intents") == set()
    assert steps("action") - listed("actions") - listed("responses") == set()


def test_every_intent_has_a_rule():
    assert listed("intents") - steps("intent") == set()


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_intent_has_examples_in_each_language(language):
    known = {entry["intent"] for part in contents(f"nlu/{language}") for entry in part["nlu"]}
    assert listed("intents") - WITHOUT_EXAMPLES - known == set()


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_meaning_that_may_be_asked_about_has_a_short_name_of_its_own(language):
    texts = catalogue(language).texts
    names = [texts[f"choice_{intent}"] for intent in sorted(WANTED.keys() - NEVER_ASKED_ABOUT)]
    assert len(names) == len(set(names))
    assert all(len(name) <= LONGEST_NAME for name in names)


@pytest.mark.parametrize("file", sorted((DIALOGUES / "nlu").rglob("*.yml")), ids=place)
def test_an_intent_stands_in_the_file_of_its_name(file):
    part = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [entry["intent"] for entry in part["nlu"]] == [file.name.split(".")[0]]
