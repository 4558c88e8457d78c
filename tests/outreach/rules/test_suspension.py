"""What a rest makes of a plan's days: nothing of it is asked for twice, or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.municipalities.policy import Policies
from data.values.money import Money
from data.values.time import is_bank_day
from outreach.rules.keeping import Due
from outreach.rules.suspension import Because, Rest, resumed

PLANS = Policies.load()["albertslund"].plans


def plan(*days):
    return tuple(Due(day, Money(10000), number) for number, day in enumerate(days, start=1))


MONTHLY = plan(date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15))


@pytest.mark.parametrize(
    ("rhythm", "dues", "comes"),
    [
        ("month:15", MONTHLY, date(2027, 3, 15)),
        ("month", MONTHLY, date(2027, 3, 15)),
        (None, MONTHLY, date(2027, 3, 15)),
        # Whitsun 2027: Sunday 16 May; the 31st is a Monday
        ("month:last", plan(date(2026, 12, 30), date(2027, 4, 30)), date(2027, 5, 31)),
        ("week", plan(date(2026, 12, 18), date(2026, 12, 28)), date(2027, 1, 4)),
        ("fortnight", plan(date(2026, 12, 18), date(2027, 1, 4)), date(2027, 1, 15)),
        # days named one by one: one a month
        (None, plan(date(2026, 12, 18), date(2027, 1, 20)), date(2027, 2, 22)),
    ],
)
def test_what_fell_due_comes_once_more_in_the_rhythm_of_the_plan(rhythm, dues, comes):
    rest = Rest(date(2026, 12, 10), date(2026, 12, 31), Because.RESPITE)
    fell, *others = resumed(dues, dues[:1], rest, rhythm, PLANS)
    assert fell.on == comes
    if dues[1].on > rest.until:
        assert others == list(dues[1:])


def test_a_freeze_spares_what_had_days_of_grace_left_and_a_respite_does_not():
    dues = plan(date(2026, 12, 1), date(2027, 1, 4))  # grace to 8 December
    for because, day in ((Because.FROZEN, date(2027, 2, 1)), (Because.RESPITE, date(2026, 12, 1))):
        rest = Rest(date(2026, 12, 8), date(2026, 12, 14), because)
        assert resumed(dues, dues, rest, "month", PLANS)[0].on == day
    late = Rest(date(2026, 12, 9), date(2026, 12, 14), Because.FROZEN)
    assert resumed(dues, dues, late, "month", PLANS)[0].on == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("told_on", "since", "told_after"),
    [
        (date(2026, 12, 9), date(2026, 12, 11), date(2027, 1, 20)),  # cut short: it begins anew
        (date(2026, 12, 9), date(2026, 12, 16), date(2027, 1, 20)),  # on its last day
        (date(2026, 12, 9), date(2026, 12, 17), date(2026, 12, 9)),  # the day after: it was over
        (None, date(2026, 12, 11), None),  # nobody was told, so nothing had begun
    ],
)
def test_a_way_back_that_a_rest_cut_short_begins_anew_and_one_that_was_over_does_not(
    told_on, since, told_after
):
    first, *others = plan(date(2026, 12, 1), date(2027, 3, 1))
    late = replace(first, told_on=told_on)
    rest = Rest(since, date(2027, 1, 20), Because.FROZEN)
    after = resumed([late, *others], [late, *others], rest, "month", PLANS)
    assert after == [replace(late, told_on=told_after), *others]


def test_what_moves_is_told_of_anew():
    told = replace(plan(date(2026, 12, 15))[0], told_on=date(2026, 12, 20))
    rest = Rest(date(2026, 12, 10), date(2026, 12, 31), Because.RESPITE)
    [moved] = resumed([told], [told], rest, "month", PLANS)
    assert (moved.on > rest.until, moved.told_on) == (True, None)


@pytest.mark.parametrize(
    ("falls", "is_moved"),
    [
        (date(2026, 12, 9), False),
        (date(2026, 12, 10), True),
        (date(2026, 12, 30), True),
        (date(2027, 1, 4), False),
    ],
)
def test_both_ends_of_a_respite_are_counted(falls, is_moved):
    dues = plan(falls, date(2027, 6, 1))
    rest = Rest(date(2026, 12, 10), date(2026, 12, 30), Because.RESPITE)
    assert (resumed(dues, dues, rest, "month", PLANS)[0].on != falls) is is_moved


def test_several_move_in_their_order_over_a_leap_day_and_the_years_end():
    dues = plan(date(2027, 11, 30), date(2027, 12, 30), date(2028, 1, 31))
    rest = Rest(date(2027, 11, 1), date(2028, 1, 31), Because.FROZEN)
    after = resumed(dues, dues, rest, "month:last", PLANS)
    assert [due.on for due in after] == [date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 28)]


@st.composite
def rests(draw):
    gaps = draw(st.lists(st.integers(1, 40), min_size=1, max_size=12))
    day, days = date(2026, 1, 5), []
    for gap in gaps:
        day += timedelta(days=gap)
        while not is_bank_day(day):
            day += timedelta(days=1)
        days.append(day)
    since = date(2026, 1, 5) + timedelta(days=draw(st.integers(0, 300)))
    until = since + timedelta(days=draw(st.integers(0, 300)))
    rhythm = draw(st.sampled_from(["week", "fortnight", "month", "month:31", "month:last", None]))
    return plan(*days), Rest(since, until, draw(st.sampled_from(Because))), rhythm


@given(rests(), st.integers(0, 12))
def test_after_a_rest_the_plan_asks_for_the_same_money_on_days_of_its_own(given, covered):
    dues, rest, rhythm = given
    uncovered = dues[covered:]
    after = resumed(dues, uncovered, rest, rhythm, PLANS)
    assert [(due.number, due.amount) for due in after] == [(due.number, due.amount) for due in dues]
    assert len({due.on for due in after}) == len(dues)
    moved = [due for due, before in zip(after, dues, strict=True) if due.on != before.on]
    assert all(is_bank_day(due.on) and due.on > rest.until for due in moved)
    assert after[: len(dues) - len(uncovered)] == list(dues[: len(dues) - len(uncovered)])
    assert not any(rest.since <= due.on <= rest.until for due in after[covered:])
