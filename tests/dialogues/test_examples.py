"""The training examples: enough, each in one place, and none that the classifier is judged by."""

from collections import Counter

import yaml
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from data.phrases.folding import words
from tests.house.sources import ROOT

from . import unseen
from .test_odd_messages import NEVER_YES

NEARLY = 93
"""How alike, of 100, two texts of three words or more are when one is copied from the other."""


def examples() -> list[tuple[str, str, str]]:
    """The training examples: language, intent and text."""
    return [
        (file.parent.name, part["intent"], line.removeprefix("- "))
        for file in sorted((ROOT / "dialogues" / "nlu").rglob("*.yml"))
        for part in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        for line in part["examples"].splitlines()
    ]


def folded(text: str) -> str:
    """A text without its signs, capitals, Danish letters and the values of its numbers."""
    return " ".join("0" if word.isdigit() else word for word in words(text) if word.isalnum())


def sorted_words(text: str) -> str:
    """The words of a text, folded, from a to z: the order is no difference."""
    return " ".join(sorted(folded(text).split()))


def test_no_unseen_text_is_among_the_examples() -> None:
    known = {folded(text) for _, _, text in examples()}
    told = [*unseen.everything(), *NEVER_YES]
    assert [text for text in told if folded(text) in known] == []


def test_no_unseen_text_is_nearly_an_example() -> None:
    known = [sorted_words(text) for _, _, text in examples() if text.count(" ") > 1]
    near = []
    for text in map(sorted_words, unseen.everything()):
        if text.count(" ") > 1:
            found = extractOne(text, known, scorer=ratio, score_cutoff=NEARLY)
            near += [(text, found[0])] if found else []
    assert len(near) <= 20, near


def test_every_intent_has_enough_examples() -> None:
    both = Counter(intent for _, intent, _ in examples())
    danish = Counter(intent for language, intent, _ in examples() if language == "da")
    english = Counter(intent for language, intent, _ in examples() if language == "en")
    assert {intent: count for intent, count in danish.items() if count < 40} == {}
    assert {intent: english[intent] for intent in danish if english[intent] < 25} == {}
    hard = {intent: count for intent, count in both.items() if intent.startswith("hard_")}
    assert {intent: count for intent, count in hard.items() if count < 80} == {}


def test_every_intent_is_judged_by_unseen_texts() -> None:
    judged = Counter(one.intent for one in (*unseen.PLAIN, *unseen.PLAIN_HARD, *unseen.INTENTS))
    assert {intent: judged[intent] for _, intent, _ in examples() if judged[intent] < 6} == {}


def test_no_example_stands_in_two_places() -> None:
    found = Counter(text.lower() for _, _, text in examples())
    assert [text for text, count in found.items() if count > 1] == []
