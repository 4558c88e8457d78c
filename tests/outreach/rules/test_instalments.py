"""Instalments: days of a rhythm, rolled to when banks are open, and sums to the øre."""

from datetime import date
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.money import NOTHING, Money
from data.values.time import is_bank_day, next_bank_day
from outreach.rules.instalments import (
    Series,
    Terms,
    due_days,
    evenly,
    in_parts_of,
    lay_out,
    least_each,
    on_bank_days,
)
from outreach.rules.wish import Every, Rhythm
from tests.outreach.rules.make_talk import (
    FORTNIGHTLY,
    LAST_BANK_DAY,
    MONTHLY,
    TODAY,
    WEEKLY,
    kr,
)

SUMS = st.integers(1, 10**9).map(Money)
RHYTHMS = st.one_of(
    st.sampled_from([WEEKLY, FORTNIGHTLY, MONTHLY, LAST_BANK_DAY]),
    st.integers(1, 31).map(lambda day: Rhythm(Every.MONTH, day)),
)
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))


def some(rhythm, start, count=4):
    return list(islice(due_days(rhythm, start), count))


# ------------------------------------------------------------------------------------ the days
@pytest.mark.parametrize(
    ("rhythm", "second"), [(WEEKLY, date(2026, 12, 1)), (FORTNIGHTLY, date(2026, 12, 8))]
)
def test_weeks_and_fortnights_begin_on_the_day_itself(rhythm, second):
    assert some(rhythm, TODAY, 2) == [TODAY, second]


def test_a_month_without_a_day_of_its_own_keeps_the_day_it_begins_on():
    assert some(MONTHLY, date(2026, 12, 15), 2) == [date(2026, 12, 15), date(2027, 1, 15)]


def test_a_day_of_the_month_that_has_gone_is_next_month():
    assert some(Rhythm(Every.MONTH, 24), date(2026, 11, 24), 1) == [date(2026, 11, 24)]
    assert some(Rhythm(Every.MONTH, 23), date(2026, 11, 24), 1) == [date(2026, 12, 23)]


def test_day_31_is_the_last_day_of_a_shorter_month():
    assert some(Rhythm(Every.MONTH, 31), date(2027, 1, 1)) == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


def test_there_is_a_29_february_every_fourth_year():
    assert date(2028, 2, 29) in some(Rhythm(Every.MONTH, 30), date(2028, 1, 1), 2)


def test_the_last_bank_day_is_never_a_day_banks_are_closed():
    assert some(LAST_BANK_DAY, date(2026, 11, 30)) == [
        date(2026, 11, 30),
        date(2026, 12, 30),  # banks are closed on New Year's Eve
        date(2027, 1, 29),
        date(2027, 2, 26),
    ]


def test_once_the_last_bank_day_has_gone_the_next_month_is_first():
    assert some(LAST_BANK_DAY, date(2026, 12, 31), 1) == [date(2027, 1, 29)]


@given(RHYTHMS, DAYS)
def test_the_days_of_a_rhythm_rise_and_none_is_before_its_start(rhythm, start):
    found = some(rhythm, start, 30)
    assert found[0] >= start
    assert all(one < after for one, after in pairwise(found))


def test_days_in_christmas_wait_for_the_banks_and_never_meet():
    eves = [date(2026, 12, day) for day in (23, 24, 25, 26, 27)]
    assert list(on_bank_days(eves, TODAY)) == [
        date(2026, 12, 23),
        date(2026, 12, 28),
        date(2026, 12, 29),
        date(2026, 12, 30),
        date(2027, 1, 4),
    ]


def test_today_and_the_past_are_the_next_bank_day():
    friday = date(2026, 11, 27)
    assert list(on_bank_days([friday], friday)) == [date(2026, 11, 30)]
    assert list(on_bank_days([date(2020, 1, 1)], friday)) == [date(2026, 11, 30)]


@given(st.lists(DAYS, min_size=1, max_size=60).map(sorted), DAYS)
def test_any_days_become_bank_days_ahead_each_later_than_the_last(wanted, today):
    found = list(on_bank_days(wanted, today))
    assert len(found) == len(wanted)
    assert all(is_bank_day(day) for day in found)
    assert all(one < after for one, after in pairwise([today, *found]))
    assert all(day >= next_bank_day(asked) for day, asked in zip(found, wanted, strict=True))


# ------------------------------------------------------------------------------------ the sums
@given(SUMS, st.integers(1, 10**9).map(Money))
def test_what_is_left_comes_last(total, amount):
    amount = max(amount, Money(total.oere // 500 + 1))
    parts = in_parts_of(total, amount)
    assert sum(parts, NOTHING) == total
    assert set(parts[:-1]) <= {amount}
    assert NOTHING < parts[-1] <= amount


@pytest.mark.parametrize("amount", [NOTHING, Money(-1)])
def test_nothing_is_no_instalment(amount):
    with pytest.raises(ValueError, match="no instalment"):
        in_parts_of(kr(100), amount)


@given(st.integers(1, 10**7).map(Money), st.integers(1, 600))
def test_like_instalments_add_up_and_the_last_is_never_the_largest(total, parts):
    found = evenly(total, parts)
    assert sum(found, NOTHING) == total
    assert len(found) == min(parts, total.oere)
    assert found[-1] == min(found) > NOTHING
    assert found == sorted(found, reverse=True)


def test_all_but_the_last_are_alike_where_there_are_oere_enough():
    assert [str(part) for part in evenly(kr(1000), 6)] == [*["166.67"] * 5, "166.65"]


def test_few_oere_differ_by_one():
    assert evenly(Money(7), 6) == [Money(2), *[Money(1)] * 5]
    assert evenly(Money(3), 6) == [Money(1)] * 3


@pytest.mark.parametrize(
    ("every", "least"), [(Every.MONTH, "250"), (Every.FORTNIGHT, "115.39"), (Every.WEEK, "57.70")]
)
def test_the_least_a_month_is_so_much_a_fortnight_and_a_week(every, least):
    assert least_each(kr(250), every) == kr(least)


# --------------------------------------------------------------------------------- laid out
@given(
    SUMS,
    st.lists(st.tuples(DAYS, SUMS), max_size=4).map(sorted),
    RHYTHMS,
    DAYS,
)
def test_what_is_laid_out_adds_up_on_bank_days_and_is_counted_before(total, head, rhythm, today):
    series = Series(rhythm, today, Money(-(-total.oere // 30)))
    last = max([today, *(day for day, _ in head)])
    terms = Terms(tuple(head), Series(rhythm, last, series.amount))
    rates = lay_out(terms, total, today)
    assert sum((rate.amount for rate in rates), NOTHING) == total
    assert len(rates) == terms.count(total)
    assert [rate.number for rate in rates] == list(range(1, len(rates) + 1))
    assert all(rate.amount > NOTHING and is_bank_day(rate.due_on) for rate in rates)
    assert all(one.due_on < after.due_on for one, after in pairwise(rates))
    assert rates[0].due_on > today


def test_sums_on_days_of_their_own_end_when_all_is_covered():
    head = ((date(2026, 12, 1), kr(500)), (date(2027, 1, 4), kr(900)), (date(2027, 2, 1), kr(1)))
    rates = lay_out(Terms(head), kr(1200), TODAY)
    assert [str(rate.amount) for rate in rates] == ["500.00", "700.00"]
    assert Terms(head).count(kr(1200)) == 2


def test_what_has_no_day_is_a_fault():
    with pytest.raises(ValueError, match="has no day"):
        lay_out(Terms(((date(2026, 12, 1), kr(500)),)), kr(1200), TODAY)
