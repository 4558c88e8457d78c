"""Limitation (forældelse): three years, five for some, and what makes them begin anew."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.law.claim_types import TypeLaw
from data.law.law import Law
from data.law.limitation import Limitation
from outreach.rules.limitation import expires_on, is_time_barred

LAW = Law.load()
TODAY = date(2026, 11, 24)
ORDINARY = LAW.claim_types["dagtilbud"].on(TODAY)
LAPSING = LAW.claim_types["dagtilbud_tilbage"].on(TODAY)

days = st.dates(date(2010, 1, 1), date(2040, 12, 31))


def ordinary(due, acknowledged=None, earlier=(), law=LAW):
    return expires_on(due, None, acknowledged, ORDINARY, law, earlier=earlier)


@pytest.mark.parametrize(
    ("due", "expires"),
    [
        (date(2023, 11, 24), date(2026, 11, 24)),  # a Tuesday
        (date(2023, 11, 25), date(2026, 11, 25)),
        (date(2023, 11, 28), date(2026, 11, 30)),  # a Saturday rolls to Monday
        (date(2023, 11, 29), date(2026, 11, 30)),  # and a Sunday
        (date(2020, 6, 5), date(2023, 6, 6)),  # Grundlovsdag, a Monday
        (date(2022, 12, 24), date(2025, 12, 29)),  # Christmas Eve: past the holidays, the weekend
        (date(2020, 12, 31), date(2024, 1, 2)),  # a Sunday, New Year's Day on a Monday
        (date(2019, 12, 31), date(2023, 1, 2)),  # 31 Dec 2022, a Saturday
        (date(2021, 12, 31), date(2025, 1, 2)),  # New Year's Eve on a Tuesday
        (date(2023, 4, 6), date(2026, 4, 7)),  # Easter Monday
        (date(2023, 5, 15), date(2026, 5, 15)),  # banks close after Ascension Day, the law does not
        (date(2020, 2, 29), date(2023, 2, 28)),  # a leap day
    ],
)
def test_a_claim_ends_after_three_years_on_a_weekday(due, expires):
    assert ordinary(due) == expires
    assert not is_time_barred(due, None, None, ORDINARY, LAW, expires)
    assert is_time_barred(due, None, None, ORDINARY, LAW, expires + timedelta(days=1))


def test_an_acknowledgement_makes_the_years_begin_anew():
    assert ordinary(date(2023, 11, 24), date(2025, 3, 3)) == date(2028, 3, 3)


def test_one_on_the_last_day_does_and_one_after_it_revives_nothing():
    due, last = date(2023, 11, 24), date(2026, 11, 24)
    assert ordinary(due, last) == date(2029, 11, 26)  # the 24th is a Saturday
    assert ordinary(due, last + timedelta(days=1)) == last


def test_one_before_the_debt_was_due_changes_nothing():
    due = date(2023, 11, 24)
    assert ordinary(due, date(2023, 1, 2)) == ordinary(due, due) == date(2026, 11, 24)


def test_a_chain_of_acknowledgements_carries_further_than_the_last_alone():
    due, first, last = date(2020, 3, 2), date(2022, 3, 1), date(2024, 3, 1)
    assert ordinary(due, last) == date(2023, 3, 2)
    assert ordinary(due, last, earlier=[first]) == date(2027, 3, 1)
    assert ordinary(due, None, earlier=[last, first]) == date(2027, 3, 1)


def test_a_special_lapse_counts_five_years_from_the_end_of_the_benefit():
    due, ended = date(2022, 3, 1), date(2021, 6, 30)
    assert expires_on(due, ended, None, LAPSING, LAW) == date(2026, 6, 30)
    assert expires_on(due, None, None, LAPSING, LAW) == date(2027, 3, 1)


def test_nothing_was_found_that_interrupts_the_special_lapse():
    due, ended = date(2022, 3, 1), date(2021, 6, 30)
    assert expires_on(due, ended, date(2024, 1, 1), LAPSING, LAW) == date(2026, 6, 30)


def test_the_end_of_a_period_means_nothing_for_ordinary_claims():
    due = date(2023, 11, 24)
    assert expires_on(due, date(2020, 1, 1), None, ORDINARY, LAW) == ordinary(due)


def two_years_from(day):
    """The law, with a made-up change: two years from that day on."""
    given = LAW.limitation.model_dump(mode="json")
    given["ordinary"].append(
        given["ordinary"][0] | {"valid_from": day.isoformat(), "years": 2, "source": "made up"}
    )
    return replace(LAW, limitation=Limitation.model_validate(given))


def test_a_change_of_law_in_a_claims_life_counts_for_years_that_begin_under_it():
    law = two_years_from(date(2027, 1, 1))
    assert ordinary(date(2026, 3, 2), law=law) == date(2029, 3, 2)
    assert ordinary(date(2027, 3, 1), law=law) == date(2029, 3, 1)
    # An acknowledgement under the new law begins the new law's years.
    assert ordinary(date(2026, 3, 2), date(2028, 3, 1), law=law) == date(2030, 3, 1)


@given(days, st.one_of(st.none(), days), st.lists(days, max_size=3))
def test_a_claim_lives_three_years_at_least_and_ends_on_an_open_weekday(due, last, earlier):
    expires = ordinary(due, last, earlier)
    assert expires >= date(due.year + 3, due.month, min(due.day, 28))
    assert expires.weekday() < 5
    assert (expires.month, expires.day) not in {(6, 5), (12, 24), (12, 25), (12, 26), (12, 31)}


@given(days, st.lists(days, max_size=4), days)
def test_one_more_acknowledgement_never_shortens_a_claims_life(due, earlier, more):
    assert ordinary(due, more, earlier) >= ordinary(due, None, earlier)


@given(days, days)
def test_a_type_without_a_rule_for_interruption_ignores_every_one(due, acknowledged):
    kind = TypeLaw.model_validate(LAPSING.model_dump())
    assert expires_on(due, None, acknowledged, kind, LAW) == expires_on(due, None, None, kind, LAW)
