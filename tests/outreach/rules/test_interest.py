"""Interest (renter): to the øre, never before the deadline, and by the rate of each day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.law.claim_types import Regime
from data.law.interest import InterestKind, PerStartedMonth, ReferencePlus
from data.law.law import Law
from data.values.money import NOTHING, Money
from data.values.time import months_after
from outreach.rules.interest import month_starts, of_period

LAW = Law.load()
MONTHLY = LAW.interest.of(Regime.UDPANTNING)
DAILY = LAW.interest.of(Regime.CIVIL)
NONE = LAW.interest.of(Regime.NONE)
OWED = Money.kroner(1200)
DUE = date(2026, 9, 1)

days = st.dates(date(2022, 1, 1), date(2027, 12, 31))
sums = st.integers(0, 10**10).map(Money)
laws = st.sampled_from([MONTHLY, DAILY])


def version(day, **figures):
    return {"valid_from": day, "source": "made up", "confidence": "known", **figures}


@pytest.mark.parametrize(
    ("last", "months"),
    [
        (date(2026, 9, 1), 0),  # paid on the last day: nothing
        (date(2026, 9, 2), 1),  # a month begun counts whole
        (date(2026, 10, 1), 1),
        (date(2026, 10, 2), 2),
        (date(2026, 11, 1), 2),
        (date(2027, 9, 1), 12),
        (date(2027, 9, 2), 13),
    ],
)
def test_each_month_begun_costs_one_percent(last, months):
    assert of_period(OWED, DUE, DUE, last, MONTHLY) == Money.kroner(12) * months


@pytest.mark.parametrize(
    ("due", "starts"),
    [
        (date(2026, 1, 31), [(2, 1), (3, 1), (4, 1), (5, 1)]),  # short months end on their last day
        (date(2026, 1, 30), [(1, 31), (3, 1), (3, 31), (5, 1)]),
        (date(2026, 1, 15), [(1, 16), (2, 16), (3, 16), (4, 16)]),
    ],
)
def test_a_month_begins_the_day_after_the_same_day_of_the_month(due, starts):
    found = list(month_starts(due, due, date(2026, 5, 15)))
    assert found == [date(2026, *start) for start in starts]


def test_reference_rate_and_supplement_run_by_the_day_of_365():
    first, last = date(2024, 1, 1), date(2024, 1, 31)  # 11.75 % in that half-year
    owed = Money.kroner(10_000)
    assert of_period(owed, date(2023, 12, 31), first, last, DAILY) == Money(9979)  # 99.7945 kr.


def test_the_period_is_split_where_the_rate_changes():
    owed = Money.kroner(36_500)  # a percent a year is a krone a day
    first, last = date(2023, 6, 30), date(2023, 7, 1)  # 9.90 %, then 11.25 %
    assert of_period(owed, date(2023, 1, 1), first, last, DAILY) == Money.kroner("21.15")


def test_a_rate_that_changes_on_the_first_day_counts_from_it():
    owed = Money.kroner(36_500)
    first = date(2023, 7, 1)
    assert of_period(owed, date(2023, 1, 1), first, first, DAILY) == Money.kroner("11.25")


@pytest.mark.parametrize("law", [MONTHLY, DAILY])
def test_nothing_runs_before_the_day_after_the_deadline(law):
    assert of_period(OWED, DUE, date(2026, 1, 1), DUE, law) == NOTHING
    a_day_late = DUE + timedelta(days=1)
    late = of_period(OWED, DUE, a_day_late, a_day_late, law)
    assert of_period(OWED, DUE, date(2026, 1, 1), a_day_late, law) == late > NOTHING


@pytest.mark.parametrize("law", [MONTHLY, DAILY, NONE])
@pytest.mark.parametrize("owed", [NOTHING, Money(-100)])
def test_nothing_owed_costs_nothing(law, owed):
    assert of_period(owed, DUE, DUE, date(2027, 9, 1), law) == NOTHING


def test_where_no_law_gives_interest_there_is_none():
    assert of_period(OWED, DUE, DUE, date(2029, 9, 1), NONE) == NOTHING


def test_nothing_is_added_to_what_the_days_cost():
    day = date(2024, 1, 1)  # 11.75 % of 31.06 kr. is 364.955 øre a year: not yet an øre a day
    assert of_period(Money(3106), date(2023, 12, 31), day, day, DAILY) == NOTHING
    assert of_period(Money(3107), date(2023, 12, 31), day, day, DAILY) == Money(1)


def test_parts_of_an_oere_are_dropped():
    assert of_period(Money(199), DUE, DUE, date(2026, 9, 2), MONTHLY) == Money(1)  # of 1.99 øre
    assert of_period(Money(99), DUE, DUE, date(2026, 9, 2), MONTHLY) == NOTHING


def test_a_new_law_counts_for_the_months_that_begin_under_it():
    law = PerStartedMonth.model_validate(
        {
            "kind": InterestKind.PER_STARTED_MONTH,
            "rates": [
                version(date(2018, 1, 1), percent=1),
                version(date(2026, 10, 2), percent=2),
            ],
        }
    )
    owed = Money.kroner(100)
    assert of_period(owed, DUE, DUE, date(2026, 10, 1), law) == Money.kroner(1)
    assert of_period(owed, DUE, DUE, date(2026, 10, 2), law) == Money.kroner(3)


def test_a_supplement_that_changes_splits_the_period_too():
    law = ReferencePlus.model_validate(
        {
            "kind": InterestKind.REFERENCE_PLUS,
            "supplements": [
                version(date(2013, 3, 1), points=8),
                version(date(2026, 9, 3), points=10),
            ],
            "references": {
                "renewed_every_months": 6,
                "versions": [version(date(2022, 1, 1), percent=0)],
            },
        }
    )
    owed = Money.kroner(36_500)
    assert of_period(owed, DUE, DUE, date(2026, 9, 3), law) == Money.kroner(18)


def test_a_rate_below_zero_is_no_gift():
    law = ReferencePlus.model_validate(
        {
            "kind": InterestKind.REFERENCE_PLUS,
            "supplements": [version(date(2013, 3, 1), points=1)],
            "references": {
                "renewed_every_months": 6,
                "versions": [version(date(2022, 1, 1), percent=Decimal("-2.5"))],
            },
        }
    )
    assert of_period(OWED, DUE, DUE, date(2027, 9, 1), law) == NOTHING


@given(sums, days, st.integers(0, 900), st.integers(0, 900), laws)
def test_a_period_in_two_parts_costs_as_much_and_never_more(owed, due, one, more, law):
    first, split = due + timedelta(days=1), due + timedelta(days=one)
    last = split + timedelta(days=more)
    whole = of_period(owed, due, first, last, law)
    parts = of_period(owed, due, first, split, law) + of_period(
        owed, due, split + timedelta(days=1), last, law
    )
    assert NOTHING <= whole - parts <= Money(1)


@given(sums, sums, days, st.integers(0, 900), laws)
def test_a_payment_never_makes_a_citizen_worse_off(owed, paid, due, days_late, law):
    last = due + timedelta(days=days_late)
    rest = max(owed - paid, NOTHING)
    assert of_period(rest, due, due, last, law) <= of_period(owed, due, due, last, law)


@given(days, st.integers(0, 40))
def test_months_of_lateness_follow_each_other(due, months):
    last = months_after(due, months)
    assert len(list(month_starts(due, due, last))) == months
