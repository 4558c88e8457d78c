"""What a citizen asks for is read out of a whole message, and which proposal they take."""

import time
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.values.money import LARGEST_OERE, Money
from outreach.rules.phrases import parse_choice, parse_wish
from outreach.rules.phrases.corrections import corrects
from outreach.rules.phrases.skips import asks_to_skip
from outreach.rules.wish import Every, Rhythm, Wish

PHRASINGS = Path(__file__).parent / "phrasings"
TODAY = date(2026, 11, 24)  # a Tuesday


def table(name):
    return yaml.safe_load((PHRASINGS / f"{name}.yml").read_text(encoding="utf-8"))


def kroner(figure):
    return Money.kroner(Decimal(str(figure)))


READERS = {
    "amount": kroner,
    "first_amount": kroner,
    "first_share": Fraction,
    "rhythm": Rhythm.of,
    "days": tuple,
    "parts": lambda parts: tuple((day, kroner(figure)) for day, figure in parts.items()),
}


def wish(**said):
    return Wish(**{key: READERS.get(key, lambda each: each)(given) for key, given in said.items()})


@pytest.mark.parametrize(("text", "said"), table("wishes").items())
def test_a_wish_is_read(text, said):
    assert parse_wish(text, TODAY) == wish(**said)


@pytest.mark.parametrize(("text", "said"), table("held_out_wishes").items())
def test_a_wish_in_words_the_reader_was_not_made_for_is_read(text, said):
    assert parse_wish(text, TODAY) == wish(**said)


@pytest.mark.parametrize(("text", "said"), table("held_out_voices")["wishes"].items())
def test_a_wish_in_another_voice_is_read(text, said):
    assert parse_wish(text, TODAY) == wish(**said)


@pytest.mark.parametrize(("text", "said"), table("held_out_voices")["corrections"].items())
def test_what_was_just_written_is_put_right(text, said):
    assert corrects(text, TODAY)
    assert parse_wish(text, TODAY) == wish(**said)


@pytest.mark.parametrize("text", table("held_out_voices")["skips"])
def test_a_citizen_asks_to_leave_an_instalment_out(text):
    assert asks_to_skip(text)


@pytest.mark.parametrize("text", table("held_out_voices")["no_skips"])
def test_other_words_of_leaving_out_ask_for_nothing(text):
    assert not asks_to_skip(text)


@pytest.mark.parametrize(("text", "count", "number"), table("choices"))
def test_the_proposal_that_is_taken_is_known(text, count, number):
    assert parse_choice(text, count) == number


def test_there_are_phrases_enough_to_mean_something():
    assert len(table("wishes")) >= 250
    assert len(table("held_out_wishes")) >= 120
    assert sum(len(given) for given in table("held_out_voices").values()) >= 120
    assert len(table("choices")) >= 80


@pytest.mark.parametrize(
    ("text", "said_on", "said"),
    [
        ("betaler det hele sidste bankdag", date(2026, 5, 4), {"first_on": date(2026, 5, 29)}),
        ("det hele i dag", date(2026, 12, 25), {"first_on": date(2026, 12, 25)}),
        ("det hele d. 1.", date(2026, 12, 1), {"first_on": date(2026, 12, 1)}),
        ("det hele d. 31.", date(2027, 2, 1), {"first_on": date(2027, 3, 31)}),
        ("det hele d. 29. februar", date(2028, 1, 3), {"first_on": date(2028, 2, 29)}),
        ("det hele d. 29. februar", date(2027, 1, 3), {}),
        ("det hele i december", date(2026, 12, 31), {"first_on": date(2026, 12, 31)}),
        ("det hele 1. januar 2020", date(2026, 11, 24), {}),  # no day that has been
    ],
)
def test_the_day_of_a_wish_depends_on_the_day_it_is_said(text, said_on, said):
    assert parse_wish(text, said_on) == wish(whole=True, **said)


def test_an_empty_wish_says_so():
    assert parse_wish("så lidt som muligt", TODAY).is_empty
    assert not parse_wish("når jeg får løn", TODAY).is_empty


def test_ten_thousand_instalments_are_read_so_that_they_can_be_refused():
    assert parse_wish("i 10000 rater tak", TODAY) == Wish(count=10_000)


# --- whatever is written -----------------------------------------------------------------------

WORDS = """
200 1.500,- 50 kr 1000 500,50 halvdelen resten det hele nu i dag d. 1. d 15 den 30. 1/12 31/12 1.
januar februar om måneden hver uge 14. dag hver d 1 sidste bankdag i 3 rater over et halvt år og så
men , . ? ikke kan jeg betaler skylder har betalt når jeg får løn fra til 25 % en tredjedel half now
later x - = 0 øre kr 2 to tre hundrede tusind næste fredag 99 31. 30/2 mellem eller nytår forslag
nummer sidste anden i per a month everything the rest
"""
PEOPLE_TEXT = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)


@settings(deadline=None)  # what a message may cost is measured below
@given(PEOPLE_TEXT | st.text(max_size=1_700))
@example("½ ½ nu")
@example("0 kr nu og 0 kr d. 1.")
@example("999999999999 kr om måneden")
@example("100 % nu")
@example("500 d. 1. og 0 d. 15.")
@example("31/12-9999")
@example("over 999 år")
@example("²³½①\u0664")
def test_any_text_at_all_gives_a_wish_that_could_be_meant(text):
    found = parse_wish(text, TODAY)
    sums = [found.amount, found.first_amount, *(amount for _, amount in found.parts)]
    days = [found.first_on, *found.days, *(day for day, _ in found.parts)]
    assert all(0 < amount.oere <= LARGEST_OERE for amount in sums if amount is not None)
    assert all(day >= TODAY for day in days if day is not None)
    assert list(found.days) == sorted(set(found.days))
    assert found.first_share is None or 0 < found.first_share < 1
    assert found.count is None or found.count >= 1
    assert not (found.whole and found.amount)
    assert len({day for day, _ in found.parts}) == len(found.parts)


@settings(deadline=None)
@given(PEOPLE_TEXT | st.text(max_size=400), st.integers(0, 9))
def test_any_text_at_all_takes_a_proposal_of_the_list_or_none(text, count):
    assert parse_choice(text, count) in {None, *range(1, count + 1)}


HOSTILE = (
    "1|1 |1.000 |den 1. |1-|a |x 1 |10 x |1/1,|200 nu og |halvdelen |half |200 eller |hundrede "
    "|tyve|mellem 100 og |jeg kan |jeg betaler |del det |naar jeg |hver |ikke |i su |januar "
    "|1 januar |en og en |0 ½|. | |\n|ø|nr |ja |over et halvt |(|til det hele er |penge"
)


@pytest.mark.parametrize("kind", ["wish", "choice"])
@pytest.mark.parametrize(
    "piece",
    HOSTILE.split("|"),
)
def test_a_hostile_message_costs_little(piece, kind):
    text = (piece * 1_600)[:1_600]
    read = {"wish": lambda: parse_wish(text, TODAY), "choice": lambda: parse_choice(text, 3)}[kind]
    assert min(seconds(read) for _ in range(3)) < 0.05  # of the processor, whoever else is at work


def seconds(read):
    started = time.process_time()
    read()
    return time.process_time() - started


# --- what is written in plain Danish comes back -------------------------------------------------

NAMES = "januar februar marts april maj juni juli august september oktober november december"
SUMS = st.integers(20, 99_999).map(Money.kroner)
DAYS = st.integers(1, 360).map(lambda days: TODAY + timedelta(days=days))
RHYTHMS = st.one_of(
    st.sampled_from([Rhythm(every) for every in Every]),
    st.integers(1, 31).map(lambda day: Rhythm(Every.MONTH, day)),
    st.just(Rhythm(Every.MONTH, last_bank_day=True)),
)
HOW_OFTEN = {
    Every.WEEK: "om ugen",
    Every.FORTNIGHT: "hver 14. dag",
    Every.MONTH: "om måneden",
    Every.TWO_MONTHS: "hver anden måned",
    Every.QUARTER: "i kvartalet",
}
SHARES = {
    Fraction(1, 2): "halvdelen",
    Fraction(1, 3): "en tredjedel",
    Fraction(1, 4): "en fjerdedel",
    Fraction(2, 5): "40 %",
}


def in_words(day):
    return f"d. {day.day}. {NAMES.split()[day.month - 1]} {day.year}"


def how_often(rhythm):
    if rhythm.last_bank_day:
        return "sidste bankdag i hver måned"
    if rhythm.day_of_month:
        return f"den {rhythm.day_of_month}. i hver måned"
    return HOW_OFTEN[rhythm.every]


def in_kroner(amount):
    return f"{amount.oere // 100:,} kr.".replace(",", ".")


@given(SUMS, RHYTHMS, st.none() | st.integers(2, 120))
def test_a_series_comes_back(amount, rhythm, count):
    rates = f" i {count} rater" if count else ""
    text = f"Jeg vil gerne betale {in_kroner(amount)} {how_often(rhythm)}{rates}."
    assert parse_wish(text, TODAY) == Wish(amount=amount, rhythm=rhythm, count=count)


@given(SUMS, st.sampled_from(list(Every)), DAYS)
def test_a_series_from_a_day_comes_back(amount, every, day):
    rhythm = Rhythm(every)
    text = f"Jeg kan betale {in_kroner(amount)} {how_often(rhythm)} fra {in_words(day)}."
    assert parse_wish(text, TODAY) == Wish(amount=amount, rhythm=rhythm, first_on=day)


@given(DAYS)
def test_all_of_it_on_a_day_comes_back(day):
    text = f"Jeg betaler det hele {in_words(day)}"
    assert parse_wish(text, TODAY) == Wish(whole=True, first_on=day)


@given(st.sampled_from(list(SHARES)), DAYS, DAYS)
def test_two_lumps_come_back(share, one, other):
    first, second = sorted([one, other])
    text = f"{SHARES[share]} {in_words(first)} og resten {in_words(second)}"
    days = (second,) if second > first else ()
    count = None if days else 1
    assert parse_wish(text, TODAY) == Wish(
        first_share=share, first_on=first, days=days, count=count
    )


@given(SUMS, SUMS, RHYTHMS)
def test_a_first_sum_and_those_after_it_come_back(first, amount, rhythm):
    text = f"{in_kroner(first)} i dag og derefter {in_kroner(amount)} {how_often(rhythm)}"
    assert parse_wish(text, TODAY) == Wish(
        first_amount=first, first_on=TODAY, amount=amount, rhythm=rhythm
    )


@given(st.dictionaries(DAYS, SUMS, min_size=2, max_size=6))
def test_sums_on_their_days_come_back(parts):
    text = ", ".join(f"{in_kroner(amount)} {in_words(day)}" for day, amount in parts.items())
    assert parse_wish(text, TODAY) == Wish(parts=tuple(sorted(parts.items())))


@given(st.sets(DAYS, min_size=2, max_size=8))
def test_days_come_back(days):
    text = "Jeg kan betale " + " og ".join(in_words(day) for day in days)
    assert parse_wish(text, TODAY) == Wish(days=tuple(sorted(days)))
