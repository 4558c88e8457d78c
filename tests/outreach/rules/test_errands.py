"""What somebody wants besides paying is read from words they may use, and from no others."""

import pytest

from outreach.rules.phrases.errands import (
    Tongue,
    asks_about_power,
    asks_for_a_call,
    asks_how,
    is_for_people,
    is_for_the_leader,
    tongue_wanted,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Engelsk, tak", Tongue.ENGLISH),
        ("kan I ikke bare skrive dansk", Tongue.DANISH),
        ("could you reply in English?", Tongue.ENGLISH),
        ("jeg forstår ikke engelsk, skriv dansk", Tongue.DANISH),
        ("skriv på dansk igen", Tongue.DANISH),
        ("please go back to Danish", Tongue.DANISH),
        ("my Danish is poor", Tongue.NOT_DANISH),
        ("kan du sige det mere enkelt", Tongue.SIMPLER),
        ("hvilke sprog kender du", Tongue.WHICH),
        ("jeg har brug for en tolk", Tongue.ANOTHER),
        ("polski?", Tongue.ANOTHER),
        ("my English is bad, do you have Polish", Tongue.ANOTHER),
    ],
)
def test_the_language_that_is_asked_for(text, wanted):
    assert tongue_wanted(text) is wanted


@pytest.mark.parametrize(
    "text", ["jeg har talt med en journalist", "min jurist ringer", "I will see you in court"]
)
def test_lawyers_the_press_and_politicians_are_the_leaders(text):
    assert is_for_the_leader(text)


@pytest.mark.parametrize("text", ["jeg er utilfreds", "kan man klage til borgmesteren"])
def test_a_plain_complaint_is_not(text):
    assert not is_for_the_leader(text)


@pytest.mark.parametrize("text", ["hvem klager jeg til", "er der et klageskema", "how do I appeal"])
def test_a_question_of_how_to_complain_is_one(text):
    assert asks_how(text)


@pytest.mark.parametrize("text", ["jeg klager!", "det var en rigtig dårlig behandling"])
def test_a_complaint_is_no_question(text):
    assert not asks_how(text)


@pytest.mark.parametrize("text", ["ring gerne til mig", "må jeg blive ringet op", "give me a call"])
def test_who_wants_a_call_is_heard(text):
    assert asks_for_a_call(text)


@pytest.mark.parametrize(
    "text", ["hvem kan jeg ringe til", "ring ikke til mig", "what is your phone number"]
)
def test_who_wants_to_call_or_no_call_is_not(text):
    assert not asks_for_a_call(text)


@pytest.mark.parametrize(
    "text", ["butikken lukkede i fjor", "my bookkeeper has it", "firmaet solgt"]
)
def test_a_company_that_is_over_or_spoken_for(text):
    assert is_for_people(text)


@pytest.mark.parametrize("text", ["vi er et lille firma", "cvr 12345678", "it is our company's"])
def test_a_company_that_asks_for_itself(text):
    assert not is_for_people(text)


@pytest.mark.parametrize("text", ["kan min søster svare for mig", "hvordan giver man fuldmagt"])
def test_who_asks_how_another_may_speak_for_them(text):
    assert asks_about_power(text)


@pytest.mark.parametrize(
    "text", ["jeg har fuldmagt fra min far", "jeg skriver på min kones vegne", "for a client"]
)
def test_who_speaks_for_another_does_not_ask(text):
    assert not asks_about_power(text)
