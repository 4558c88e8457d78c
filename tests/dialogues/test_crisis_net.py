"""Two nets under a cry for help: the rules, and Rasa for what they let through."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from data.hard_cases.lexicon import load_lexicon
from outreach.rules.hard_cases import recognise
from outreach.rules.phrases import mask

from .conftest import Dialogue, run_python
from .test_understanding import as_rasa_sees_it, examples, heard_as

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("dialogues")]

LISTS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "in_crisis.yml").read_text(encoding="utf-8")
)
LEXICON = load_lexicon()


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


def cast(dialogue: Dialogue, texts: Iterable[str]) -> Net:
    """Let the rules and real Rasa read each message, as the app shows it to them."""
    told = list(texts)
    by_rules = {
        text
        for text in told
        if any(case.key == "hard_suicide" for case in recognise(text, LEXICON))
    }
    heard = heard_as(dialogue, (mask(text, []) for text in told))
    by_rasa = {text for text, intent in zip(told, heard, strict=True) if intent == "in_crisis"}
    return Net(told, by_rules, by_rasa)


@pytest.fixture(scope="module")
def nets(dialogue: Dialogue) -> dict[str, Net]:
    """What becomes of each list."""
    return {name: cast(dialogue, texts) for name, texts in LISTS.items()}


def test_no_list_is_among_the_examples_and_each_is_long_enough() -> None:
    known = {as_rasa_sees_it(text) for texts in examples().values() for text in texts}
    told = [text for texts in LISTS.values() for text in texts]
    assert [text for text in told if as_rasa_sees_it(text) in known] == []
    assert min(len(set(texts)) for texts in LISTS.values()) >= 60


@pytest.mark.parametrize("name", ["crisis", "fresh_crisis"])
def test_the_two_nets_together_hear_most_of_what_is_said_between_the_lines(
    nets: dict[str, Net], name: str
) -> None:
    net = nets[name]
    assert net.caught >= 0.80, str(net)
    assert net.caught > net.share(net.by_rules) + 0.2, str(net)


def test_who_is_only_tired_of_bills_is_answered_by_the_assistant(nets: dict[str, Net]) -> None:
    found = [nets["ordinary"], nets["fresh_ordinary"]]
    alarms = [text for net in found for text in sorted(net.by_rules | net.by_rasa)]
    assert len(alarms) / sum(len(net.texts) for net in found) <= 0.10, alarms


def test_an_intent_to_be_cautious_about_goes_first_and_passes_every_doubt() -> None:
    tried = run_python(
        "-c",
        "from dialogues.components.classifier import prefer\n"
        "likely = {'stop': 0.6, 'in_crisis': 0.25, 'thanks': 0.15}\n"
        "print(prefer(likely, {'in_crisis': 0.25}))\n"
        "print(prefer(likely, {'in_crisis': 0.26}) == likely == prefer(likely, {}))\n"
        "print(prefer(likely, {'in_crisis': 0.2, 'thanks': 0.1})['in_crisis'])\n",
    )
    assert tried.stdout.splitlines() == [
        "{'stop': 0.0, 'in_crisis': 1.0, 'thanks': 0.0}",
        "True",
        "1.0",
    ]


@pytest.mark.parametrize("cautious", [{"in_crises": 0.2}, {"in_crisis": 0}, {"in_crisis": 1.5}])
def test_a_slip_in_the_cautious_intents_stops_the_training(cautious: dict[str, float]) -> None:
    tried = run_python(
        "-c",
        "from dialogues.components.classifier import HybridIntentClassifier as Classifier\n"
        "from rasa.shared.nlu.training_data.message import Message\n"
        "from rasa.shared.nlu.training_data.training_data import TrainingData\n"
        "said = [('jeg vil ikke leve', 'in_crisis'), ('hej', 'greeting')]\n"
        "data = TrainingData([Message({'text': t, 'intent': i}) for t, i in said])\n"
        f"config = Classifier.get_default_config() | {{'e5': False, 'cautious': {cautious}}}\n"
        "Classifier(config, None, None).train(data)\n",
    )
    assert "UnknownIntentError: config.yml has `cautious: {in_cris" in tried.stderr
