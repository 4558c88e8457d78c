"""STOP is understood in any spelling, and stopping a fee is not stopping the messages."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from outreach.rules.stop_words import asks_to_start, asks_to_stop, asks_to_stop_all

TABLE = yaml.safe_load(
    (Path(__file__).parent / "phrasings" / "stop_words.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("text", TABLE["stop"])
def test_the_citizen_asks_us_to_stop(text):
    assert asks_to_stop(text)
    assert asks_to_stop(text.upper())


@pytest.mark.parametrize("text", TABLE["go_on"])
def test_the_citizen_asks_for_something_else(text):
    assert not asks_to_stop(text)


@pytest.mark.parametrize("text", TABLE["start"])
def test_the_citizen_wants_to_hear_from_us_again(text):
    assert asks_to_start(text)
    assert not asks_to_stop(text)


@pytest.mark.parametrize("text", TABLE["not_start"])
def test_the_citizen_speaks_of_another_beginning(text):
    assert not asks_to_start(text)


def test_both_lists_are_long_enough_to_mean_something():
    assert len(TABLE["stop"]) >= 60
    assert len(TABLE["go_on"]) >= 60


@given(st.text(max_size=1_700))
def test_any_text_at_all_gets_an_answer(text):
    assert asks_to_stop(text) in {True, False}
    assert asks_to_start(text) in {True, False}


@pytest.mark.parametrize("text", ["STOP jeg kender ikke Mette", "STOP, hvorfor skriver I til mig"])
def test_stop_in_capitals_before_a_sentence_is_the_command(text):
    assert asks_to_stop(text)
    assert not asks_to_stop("stop gebyret, det er forkert")


@pytest.mark.parametrize("text", TABLE["stop_all"])
def test_the_citizen_wants_nothing_more_on_any_channel(text):
    assert asks_to_stop_all(text)
    assert asks_to_stop(text)


@pytest.mark.parametrize("text", TABLE["not_all"])
def test_the_citizen_says_no_here_or_to_something_else(text):
    assert not asks_to_stop_all(text)
