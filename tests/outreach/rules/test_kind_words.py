"""Kind words around a yes, a wish to think it over, and where a missed instalment is laid."""

import pytest

from outreach.rules.phrases.choices import where_to_lay
from outreach.rules.yes_words import begins_with_yes, thinks_it_over


@pytest.mark.parametrize(
    "text",
    ["ja tak, det var venligt", "så siger jeg ja. god weekend", "yess thanks", "Jo tak. Hilsen Bo"],
)
def test_a_yes_with_a_kind_word_is_a_yes(text):
    assert begins_with_yes(text)


@pytest.mark.parametrize(
    "text",
    ["ja, men først fredag", "ja tak, hvis jeg får løn", "ja, 300", "ja?", "nej tak", "jaså, nå"],
)
def test_a_yes_that_depends_on_something_is_none(text):
    assert not begins_with_yes(text)


@pytest.mark.parametrize(
    "text", ["jeg må lige vende det med konen", "vil tænke lidt over det", "I'll sleep on it"]
)
def test_who_wants_to_think_is_given_time(text):
    assert thinks_it_over(text)


@pytest.mark.parametrize("text", ["kan jeg tale med en medarbejder", "jeg tænker på at betale"])
def test_a_wish_for_a_person_is_no_wish_to_think(text):
    assert not thinks_it_over(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("læg den til sidst", "to_the_end"),
        ("put it at the end", "to_the_end"),
        ("oveni den næste tak", "to_the_next"),
        ("with the next one", "to_the_next"),
        ("den næste til sidst", None),
        ("300 kr", None),
    ],
)
def test_where_a_missed_instalment_is_laid(text, where):
    assert where_to_lay(text) == where
