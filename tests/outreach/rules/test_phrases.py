"""Sums, rhythms, days, birth dates and case numbers are read as people write them."""

import re
import time
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from data.values.money import Money
from outreach.rules.phrases import (
    Rhythm,
    claim_ref_candidates,
    detect_language,
    mask,
    matches_ref,
    parse_amount,
    parse_birth_date,
    parse_date,
    parse_rhythm,
)
from outreach.rules.wish import Every

PHRASINGS = Path(__file__).parent / "phrasings"
TODAY = date(2026, 11, 24)  # a Tuesday


def table(name):
    return yaml.safe_load((PHRASINGS / f"{name}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "oere"), table("amounts").items())
def test_a_sum_is_read(text, oere):
    assert parse_amount(text) == (None if oere is None else Money(oere))


@pytest.mark.parametrize(("text", "given"), table("rhythms").items())
def test_a_rhythm_is_read(text, given):
    if given is None:
        assert parse_rhythm(text) is None
        return
    every, *day = given
    is_last = day == ["last_bank_day"]
    number = None if is_last or not day else day[0]
    assert parse_rhythm(text) == Rhythm(Every(every), number, is_last)


@pytest.mark.parametrize(("text", "day"), table("dates").items())
def test_a_day_is_read(text, day):
    assert parse_date(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "said_on", "day"),
    [
        ("sidste bankdag", date(2026, 5, 4), date(2026, 5, 29)),  # the 31st is a Sunday
        ("sidste bankdag", date(2026, 1, 29), date(2026, 1, 30)),  # and here a Saturday
        ("sidste bankdag", date(2026, 1, 30), date(2026, 2, 27)),  # today is it: the next one
        ("sidste bankdag", date(2026, 3, 2), date(2026, 3, 31)),
        ("efter jul", date(2026, 12, 28), date(2027, 12, 27)),
        ("til jul", date(2026, 12, 24), date(2026, 12, 24)),
        ("til januar", date(2026, 1, 1), date(2026, 1, 1)),
        ("til marts", date(2026, 1, 31), date(2026, 3, 1)),
    ],
)
def test_what_a_day_is_depends_on_the_day_it_is_said(text, said_on, day):
    assert parse_date(text, said_on) == day


@pytest.mark.parametrize(("text", "days"), table("birth_dates").items())
def test_a_birth_date_is_read(text, days):
    assert sorted(parse_birth_date(text, TODAY)) == sorted(days)


@pytest.mark.parametrize(("text", "claim_ref", "is_there"), table("claim_refs"))
def test_the_number_on_the_bill_is_found(text, claim_ref, is_there):
    found = any(matches_ref(each, claim_ref) for each in claim_ref_candidates(text))
    assert found is is_there


def test_a_word_and_a_year_are_no_case_number():
    assert claim_ref_candidates("jeg er født i 1980 og skylder 1.500 kr.") == []
    assert claim_ref_candidates("010180-1234") == []
    assert not matches_ref("", "A-1001")


def test_a_case_number_of_six_figures_is_no_birth_date():
    assert parse_birth_date("fakturanummer 100234", TODAY) == []
    assert claim_ref_candidates("fakturanummer 100234") == ["100234"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("sagsnr. A-1001 eller B-2002", ["A1001", "B2002"]),
        ("abcd-123", ["ABCD123"]),
        ("abcde-123", []),  # too long for the letters before a number
        ("a-bc-123", ["ABC123", "BC123"]),
        ("a-bcd-123", ["BCD123"]),  # and for those inside one
        ("123", []),  # a number alone has four figures at least
        ("1234", ["1234"]),
        ("123a", ["123A"]),
        ("a-1001-22", ["A100122", "A1001"]),
        ("1234-12", ["123412", "1234"]),
    ],
)
def test_what_may_be_a_case_number_is_found_the_longest_first(text, numbers):
    assert claim_ref_candidates(text) == numbers


def test_there_are_phrases_enough_to_mean_something():
    assert sum(len(table(name)) for name in ("amounts", "rhythms", "dates")) >= 150
    assert len(table("birth_dates")) + len(table("claim_refs")) >= 40


def test_rasa_sees_no_figures_names_or_addresses():
    text = "Hej, METTE Sørensens tlf er 20 30 40 50, mail mette@eksempel.dk, A-1001 d. 1/12-2026"
    assert mask(text, ["Mette Sørensen"]) == ("Hej, navn navn tlf er 0 0 0 0 mail mail A-0 d. 0")
    assert mask("metteriet og soerensen", ["Mette Sørensen"]) == "metteriet og navn"
    assert len(mask("a" * 1_600, [])) == 500
    assert mask("Bo og o", ["Bo O"]) == "navn og o"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hvor meget skylder jeg", "da"),
        ("ka a betal lidt af gangen", "da"),
        ("ja tak", "da"),
        ("hvorfor faar jeg den her regning", "da"),
        ("how much do i owe", "en"),
        ("can i pay monthly", "en"),
        ("yes please", "en"),
        ("ja nie mowie po dunsku", "other"),
        ("Я не розумію", "other"),
        ("لا أفهم", "other"),
        ("ich spreche leider kein dänisch", "other"),
        ("tak", "da"),
        ("please", "en"),
        ("a o i u", None),  # single letters are no words
        ("hej please", None),
        ("hej please å", "da"),
        ("Å", "da"),
        ("ich", None),  # one foreign word may be a name
        ("ich bin please", "other"),
        ("ich bin how much", "en"),
        ("Я", None),
        ("Як", "other"),
        ("Яabc", None),
        ("Ян ab", None),
        ("Ян a", "other"),
        ("ok", None),
        ("200", None),
        ("bet", None),  # English that the young say in Danish too
        ("bet bro, 200", None),
        ("deal, i will pay", "en"),
        ("", None),
        ("\U0001f44d", None),
    ],
)
def test_the_language_of_a_short_message(text, language):
    assert detect_language(text) == language


def test_a_language_may_be_asked_to_be_ahead_by_more():
    assert detect_language("hej how much") == "en"
    assert detect_language("hej how much", lead=2) is None
    assert detect_language("how much", lead=2) == "en"


@given(st.text(max_size=1_700))
@example("30/2")
@example("99.99.99")
@example("0" * 1_600)
@example("²³½①")
@example("\u0664\u0665")
@example("31/12-99999")
def test_any_text_at_all_is_read_without_a_fault(text):
    amount = parse_amount(text)
    assert amount is None or amount.oere >= 0
    parse_rhythm(text)
    parse_date(text, TODAY)
    assert all(born <= TODAY for born in parse_birth_date(text, TODAY))
    assert all(len(each) > 2 for each in claim_ref_candidates(text))
    assert detect_language(text) in {"da", "en", "other", None}


@given(st.text(alphabet="0123456789.,/-: krdmaugefdtne.", max_size=40))
def test_figures_in_any_order_are_read_without_a_fault(text):
    parse_amount(text)
    parse_date(text, TODAY)
    parse_rhythm(text)
    parse_birth_date(text, TODAY)
    claim_ref_candidates(text)


@given(st.text(max_size=600), st.lists(st.text(max_size=12), max_size=3))
@example("½ ² ٣", [])
def test_no_figure_but_nought_is_left_after_masking(text, names):
    masked = mask(text, names)
    assert set(re.findall(r"\d", masked)) <= {"0"}
    assert len(masked) <= 500


@given(st.integers(1, 999_999))
def test_a_sum_written_as_the_danes_do_comes_back(kroner):
    written = f"{kroner:,}".replace(",", ".")
    assert parse_amount(f"{written} kr.") == Money(kroner * 100)
    assert parse_amount(f"jeg kan betale {written},- om måneden") == Money(kroner * 100)


@given(st.dates(date(1907, 1, 1), TODAY))
def test_a_birth_date_in_any_form_comes_back(born):
    for shape in ("%d%m%y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m-%y", "%Y-%m-%d", "%d%m%Y", "%d %m %Y"):
        assert born in parse_birth_date(born.strftime(shape), TODAY)


@pytest.mark.parametrize(
    "text", ["1" * 1_600, "1 " * 800, "1.000 " * 260, "den 1. " * 220, "a@" * 800, "a1-" * 530]
)
def test_a_hostile_message_is_read_quickly(text):
    started = time.perf_counter()
    parse_amount(text)
    parse_date(text, TODAY)
    parse_rhythm(text)
    parse_birth_date(text, TODAY)
    claim_ref_candidates(text)
    mask(text, ["Mette Sørensen"])
    detect_language(text)
    assert time.perf_counter() - started < 1
