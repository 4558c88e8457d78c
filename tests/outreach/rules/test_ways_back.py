"""Ways back into a plan: what is late on the next instalment, or at the end; it always adds up."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from data.values.money import NOTHING, Money
from data.values.time import is_bank_day
from outreach.rules.keeping import Due
from outreach.rules.ways_back import late_of, to_the_end, to_the_next
from outreach.rules.wish import Every, Rhythm

ON_THE_FIRST = Rhythm(Every.MONTH, 1)
TODAY = date(2026, 12, 14)
DAYS = (date(2026, 12, 1), date(2027, 1, 4), date(2027, 2, 1))
PLAN = tuple(Due(day, Money(40000), number) for number, day in enumerate(DAYS, start=1))


def test_what_is_late_is_laid_on_the_next_instalment():
    rates = to_the_next(PLAN, Money(120000), TODAY)
    assert rates is not None
    assert [(rate.amount, rate.due_on) for rate in rates] == [
        (Money(80000), DAYS[1]),
        (Money(40000), DAYS[2]),
    ]


def test_what_is_late_moves_to_the_end_in_the_rhythm_of_the_plan():
    rates = to_the_end(PLAN, Money(120000), ON_THE_FIRST, TODAY)
    assert [rate.due_on for rate in rates] == [*DAYS[1:], date(2027, 3, 1)]


def test_days_named_one_by_one_go_on_a_month_after_the_last():
    rates = to_the_end(PLAN, Money(120000), None, TODAY)
    assert rates[-1].due_on == date(2027, 3, 1)


def test_after_the_last_instalment_there_is_no_next_one():
    today = date(2027, 2, 10)
    assert to_the_next(PLAN, Money(120000), today) is None
    [first, *_] = to_the_end(PLAN, Money(120000), ON_THE_FIRST, today)
    assert first.due_on > today


def test_what_was_paid_of_the_oldest_and_interest_since_are_counted():
    less = to_the_next(PLAN, Money(110000), TODAY)
    more = to_the_next(PLAN, Money(121000), TODAY)
    assert less is not None
    assert more is not None
    assert [rate.amount for rate in less] == [Money(70000), Money(40000)]
    assert [rate.amount for rate in more] == [Money(80000), Money(41000)]


@given(
    left=st.integers(min_value=1, max_value=200_000),
    today=st.dates(min_value=date(2026, 12, 1), max_value=date(2027, 3, 1)),
)
def test_the_new_instalments_add_up_and_fall_on_bank_days_to_come(left, today):
    assert late_of(PLAN, today)
    for rates in (
        to_the_next(PLAN, Money(left), today),
        to_the_end(PLAN, Money(left), ON_THE_FIRST, today),
    ):
        if rates is None:
            continue
        days = [rate.due_on for rate in rates]
        assert sum((rate.amount for rate in rates), NOTHING) == Money(left)
        assert all(is_bank_day(day) and day > today for day in days)
        assert days == sorted(set(days))
