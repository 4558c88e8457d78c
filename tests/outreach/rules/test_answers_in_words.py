"""Answers in words: which of two questions, which way not, what is put right, birth dates."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rules.phrases import parse_birth_date, parse_wish
from outreach.rules.phrases.amounts import names_no_krone
from outreach.rules.phrases.choices import choices_in, parse_refused
from outreach.rules.phrases.corrections import corrects

TODAY = date(2026, 11, 24)
TWO = ["om gebyret", "hvornår fristen er"]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("1", (1,)),
        ("2", (2,)),
        ("den sidste", (2,)),
        ("nr. 1 tak", (1,)),
        ("begge", (1, 2)),
        ("begge dele, tak", (1, 2)),
        ("1 og 2", (1, 2)),
        ("det med gebyret", (1,)),
        ("Fristen", (2,)),
        ("hvornår fristen er", (2,)),
        ("ja", ()),
        ("nej", ()),
        ("3", ()),
        ("gebyret er alt for højt", ()),
        ("hvem er du", ()),
        ("", ()),
    ],
)
def test_which_of_two_questions_is_meant(text, chosen):
    assert choices_in(text, TWO) == chosen


def test_words_that_fit_both_choose_neither():
    assert choices_in("hvad", ["hvad det er", "hvad det koster"]) == ()


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("nej, ikke 2", 2),
        ("ikke den sidste", 3),
        ("not number two", 2),
        ("ik nr 3", 3),
        ("ikke 200", None),
        ("ikke 9", None),
        ("nej 2", None),
        ("ikke før den 2. december", None),
    ],
)
def test_which_of_three_ways_is_not_wanted(text, refused):
    assert parse_refused(text, 3) == refused


@pytest.mark.parametrize(
    "text",
    [
        "nej 300 mente jeg",
        "undskyld 1500 ikke 150",
        "jeg mente den 15.",
        "hov, 300 om måneden",
        "ups 1500, ikke 150",
        "jeg skrev forkert, det skulle være 300",
        "rettelse: 400",
        "sorry I meant 300",
        "det skulle have været d. 20",
        "ikke 150 men 1500",
    ],
)
def test_what_is_put_right_is_heard(text):
    assert corrects(text, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "hov undskyld",
        "undskyld forkert nummer",
        "mente I 300 om måneden?",
        "det skulle være betalt den 1.",
        "300 om måneden",
        "undskyld, kan kun 300",
        "hvad mente du",
        "",
    ],
)
def test_what_puts_nothing_right_is_let_be(text):
    assert not corrects(text, TODAY)


@pytest.mark.parametrize("text", ["1 øre om måneden", "0 kr", "0", "0,00 kr om ugen", "50 øre"])
def test_less_than_a_krone_is_noticed(text):
    assert names_no_krone(text)


@pytest.mark.parametrize("text", ["10 kr", "200,50 kr", "100 om ugen", "1000", "den 10."])
def test_a_krone_and_more_is_a_sum(text):
    assert not names_no_krone(text)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("den tredje maj nitten firs", date(1980, 5, 3)),
        ("3. maj 1980", date(1980, 5, 3)),
        ("3/5-80", date(1980, 5, 3)),
        ("d. 3 i 5te 1980", date(1980, 5, 3)),
        ("tredje i femte firs", date(1980, 5, 3)),
        ("den femogtyvende december nitten femoghalvfjerds", date(1975, 12, 25)),
        ("toogtyvende maj nittenhundrede og fireogtres", date(1964, 5, 22)),
        ("første januar to tusind og fem", date(2005, 1, 1)),
        ("third of may nineteen eighty-one", date(1981, 5, 3)),
        ("twenty first of june two thousand and four", date(2004, 6, 21)),
        ("May 3rd nineteen oh five", date(1905, 5, 3)),
    ],
)
def test_a_birth_date_may_be_said_in_words(text, born):
    expected = [] if born.year < TODAY.year - 120 else [born]
    assert parse_birth_date(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "oere"), [("hvert kvartal 500", 50000), ("hellere 150", 15000), ("mente 250", 25000)]
)
def test_a_bare_sum_after_a_word_of_choice_is_one(text, oere):
    amount = parse_wish(text, TODAY).amount
    assert amount is not None
    assert amount.oere == oere


@given(st.text(max_size=400))
def test_any_text_at_all_is_read_without_a_fault(text):
    assert set(choices_in(text, TWO)) <= {1, 2}
    assert parse_refused(text, 3) in {None, 1, 2, 3}
    assert corrects(text, TODAY) in {True, False}
    assert names_no_krone(text) in {True, False}


@pytest.mark.parametrize("text", ["ikke " * 300, "og " * 500, "nitten " * 220, "1 og " * 300])
def test_a_hostile_message_is_read_quickly(text):
    started = time.perf_counter()
    choices_in(text, TWO)
    parse_refused(text, 3)
    corrects(text, TODAY)
    parse_birth_date(text, TODAY)
    assert time.perf_counter() - started < 1
