"""Rasa itself finds nothing to warn of in the dialogues; what it only warns of is a fault here."""

import shutil

import pytest

from mindelig import rasa

pytestmark = [pytest.mark.slow, pytest.mark.rasa, pytest.mark.xdist_group("rasa")]


def test_rasa_finds_nothing_to_warn_of():
    assert rasa.validate() == []


@pytest.fixture
def copy(tmp_path):
    shutil.copy(rasa.ROOT / "config.yml", tmp_path)
    shutil.copytree(rasa.ROOT / "dialogues", tmp_path / "dialogues")
    return tmp_path


def test_an_intent_that_nobody_answers_and_an_example_of_two_intents_are_told(copy):
    intents = copy / "dialogues" / "domain" / "intents.yml"
    intents.write_text(intents.read_text(encoding="utf-8") + "  - unheard_of\n", encoding="utf-8")
    two = "version: '3.1'\nnlu:\n  - intent: how_much\n    examples: |\n      - afmeld mig\n"
    (copy / "dialogues" / "nlu" / "da" / "how_much.two.yml").write_text(
        two + "  - intent: stop\n    examples: |\n      - afmeld mig\n", encoding="utf-8"
    )
    told = "\n".join(rasa.validate(copy))
    assert "unheard_of" in told
    assert "afmeld mig" in told
