"""A plain yes to a caseworker's proposal, and nothing that only begins like one."""

from pathlib import Path

import pytest
import yaml

from outreach.rules.yes_words import says_yes

NEVER = yaml.safe_load(
    (Path(__file__).parents[2] / "dialogues" / "never_yes.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    "said", ["JA", "ja", "Ja tak", "ja.", "jo tak", "ok ja", "ja det er fint", "Yes", "yes please"]
)
def test_a_yes_is_a_yes_in_either_language(said):
    assert says_yes(said)


@pytest.mark.parametrize(
    "said", [*NEVER, "ja?", "Ja, er det med renter?", "nej", "", "ja nej", "100 kr", "STOP"]
)
def test_whatever_says_more_or_less_is_for_a_person_to_read(said):
    assert not says_yes(said)
