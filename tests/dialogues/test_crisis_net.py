"""Two nets under a hard case (hård sag): the rules, and Rasa for what they let through."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from data.hard_cases.lexicon import load_lexicon
from outreach.rules.hard_cases import recognise

from . import unseen
from .conftest import Parser, run_python
from .unseen import Said

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("dialogues")]

LEXICON = load_lexicon()
LIFE = ["hard_suicide", "hard_violence", "hard_child"]


@dataclass(frozen=True)
class Net:
    """Which of some messages each net catches; shares are of one."""

    texts: list[str]
    by_rules: set[str]
    by_rasa: set[str]

    @property
    def missed(self) -> list[str]:
        """What neither catches."""
        return [text for text in self.texts if text not in self.by_rules | self.by_rasa]

    @property
    def caught(self) -> float:
        """The share that one of them catches."""
        return self.share(self.by_rules | self.by_rasa)

    def share(self, found: set[str]) -> float:
        """Give the share of the messages that were found."""
        return len(found) / len(self.texts)

    def __str__(self) -> str:
        rules, rasa = self.share(self.by_rules), self.share(self.by_rasa)
        return f"rules {rules:.3f}, Rasa {rasa:.3f}, either {self.caught:.3f}; not: {self.missed}"


def cast(parse: Parser, texts: Iterable[str]) -> Net:
    """Let the rules and Rasa read each message."""
    told = list(texts)
    by_rules = {text for text in told if recognise(text, LEXICON)}
    parsed = zip(told, parse(told), strict=True)
    return Net(told, by_rules, {text for text, got in parsed if got.intent.startswith("hard_")})


def texts(said: Iterable[Said]) -> list[str]:
    return [one.text for one in said]


def test_a_hard_case_is_caught(parse: Parser) -> None:
    net = cast(parse, texts(unseen.PLAIN_HARD))
    assert net.caught >= 0.98, str(net)


@pytest.mark.parametrize("intent", LIFE)
def test_no_danger_to_life_slips(parse: Parser, intent: str) -> None:
    net = cast(parse, texts(one for one in unseen.PLAIN_HARD if one.intent == intent))
    assert net.caught >= 0.99, str(net)


def test_most_is_heard_between_the_lines_too(parse: Parser) -> None:
    """As hard to hear as they come: this shows a loss, the figure to reach is the plain one."""
    net = cast(parse, texts(unseen.OBLIQUE_HARD))
    assert net.caught >= 0.93, str(net)


def test_who_does_not_want_to_live_is_heard_between_the_lines(parse: Parser) -> None:
    net = cast(parse, texts(unseen.CRISIS))
    assert net.caught >= 0.90, str(net)
    assert net.caught > net.share(net.by_rules) + 0.2, str(net)


def test_what_only_sounds_like_a_hard_case_is_answered(parse: Parser) -> None:
    net = cast(parse, texts(one for one in unseen.PLAIN_LOOK_ALIKES if not one.is_hard))
    assert net.caught <= 0.20, str(net)


def test_texts_written_last_are_told_apart(parse: Parser) -> None:
    """The goals are 0.98 caught and 0.10 false alarms; of 150 texts one is 0.007."""
    hard = cast(parse, texts(unseen.FRESH_HARD))
    assert hard.caught >= 0.98, str(hard)
    alike = cast(parse, texts(unseen.FRESH_LOOK_ALIKES))
    assert alike.caught <= 0.15, sorted(alike.by_rules | alike.by_rasa)
    turns = cast(parse, texts(one for one in unseen.FRESH_TURNS if not one.is_hard))
    assert turns.caught <= 0.03, sorted(turns.by_rules | turns.by_rasa)


@pytest.mark.parametrize("intent", LIFE)
def test_no_danger_to_life_slips_of_those_written_last(parse: Parser, intent: str) -> None:
    net = cast(parse, texts(one for one in unseen.FRESH_HARD if one.intent == intent))
    assert net.caught >= 0.99, str(net)


def test_texts_that_nothing_was_chosen_by_are_told_apart_too(parse: Parser) -> None:
    """The goals are the same; of 67 texts one is 0.015."""
    hard = cast(parse, texts(unseen.SEALED_HARD))
    assert hard.caught >= 0.98, str(hard)
    alike = cast(parse, texts(unseen.SEALED_LOOK_ALIKES))
    assert alike.caught <= 0.20, sorted(alike.by_rules | alike.by_rasa)


def test_ordinary_texts_raise_no_alarm(parse: Parser) -> None:
    net = cast(parse, texts([*unseen.PLAIN, *unseen.INTENTS]))
    assert net.caught <= 0.03, sorted(net.by_rules | net.by_rasa)


def test_who_is_only_tired_of_bills_is_answered_by_the_assistant(parse: Parser) -> None:
    net = cast(parse, unseen.ORDINARY)
    assert net.caught <= 0.20, sorted(net.by_rules | net.by_rasa)


def test_a_hard_case_goes_first_when_enough_speaks_for_it() -> None:
    tried = run_python(
        "-c",
        "from dialogues.components.hearing import best, prefer\n"
        "likely = {'stop': 0.6, 'hard_suicide': 0.2, 'hard_child': 0.15, 'thanks': 0.05}\n"
        "print(best(prefer(likely, {'hard_suicide': 0.2})))\n"
        "print(best(prefer(likely, {'hard_suicide': 0.21, 'hard_child': 0.15})))\n"
        "print(best(prefer(likely, {'hard_': 0.35})), best(prefer(likely, {'hard_': 0.36})))\n"
        "print(round(prefer(likely, {'hard_': 0.3})['hard_suicide'], 3))\n",
    )
    assert tried.stdout.splitlines() == [
        "hard_suicide",
        "hard_child",
        "hard_suicide stop",
        "0.733",
    ], tried.stderr


def test_a_hard_case_that_too_little_speaks_for_is_asked_about_not_assumed() -> None:
    tried = run_python(
        "-c",
        "from dialogues.components.hearing import rank, prefer\n"
        "likely = {'stop': 0.2, 'hard_illness': 0.3, 'thanks': 0.5 / 3}\n"
        "print([one['name'] for one in rank(prefer(likely, {'hard_': 0.31}))])\n"
        "print([one['name'] for one in rank(prefer(likely, {'hard_': 0.3}))])\n",
    )
    assert tried.stdout.splitlines() == [
        "['stop', 'hard_illness', 'thanks']",
        "['hard_illness', 'stop', 'thanks']",
    ], tried.stderr


@pytest.mark.parametrize("cautious", [{"hard_suicides": 0.2}, {"hard_": 0}, {"hard_": 1.5}])
def test_a_slip_in_the_cautious_intents_stops_the_training(cautious: dict[str, float]) -> None:
    tried = run_python(
        "-c",
        "from dialogues.components.hearing import check_caution\n"
        f"check_caution({cautious}, {{'hard_suicide', 'greeting'}})\n",
    )
    assert "CautionError: config.yml has `cautious: {hard_" in tried.stderr


def test_it_learns_without_the_sentence_vector_too() -> None:
    tried = run_python(
        "-c",
        "from dialogues.components.classifier import HybridIntentClassifier as Classifier\n"
        "from dialogues.components.hearing import best\n"
        "classifier = Classifier({'e5': False}, None, None)\n"
        "classifier.learn(['hej med jer', 'hvad skylder jeg', 'stop sms'], ['a', 'b', 'c'])\n"
        "print(best(classifier.hear('hvor meget skylder jeg')[0]))\n",
    )
    assert tried.stdout.splitlines() == ["b"], tried.stderr
