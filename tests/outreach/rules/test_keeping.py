"""Is a plan kept, missed for now, broken or fulfilled: worked examples, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.municipalities.policy import Policies
from data.values.money import NOTHING, Money
from outreach.rules.keeping import (
    Due,
    Keeping,
    is_reminder_due,
    last_day,
    reminded_on,
    weigh,
)

POLICIES = Policies.load()
#: Five bank days of grace, five of the way back; two missing are a breach, or one.
ALBERTSLUND, FAXE = POLICIES["albertslund"].plans, POLICIES["faxe"].plans

#: 100 kr. on the first bank day of April, May and June 2026.
PLAN = tuple(
    Due(day, Money(10000), number)
    for number, day in enumerate((date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)), start=1)
)


def told(day, *numbers):
    """The plan, where the citizen was told on a day that these have not come."""
    return tuple(replace(due, told_on=day) if due.number in numbers else due for due in PLAN)


def kind(dues, paid, known_until, plans=ALBERTSLUND, **given):
    return weigh(dues, Money(paid), known_until, plans, **given).kind


@pytest.mark.parametrize(
    ("paid", "known_until", "found"),
    [
        (0, None, Keeping.KEPT),  # nobody knows what has come in
        (0, date(2026, 3, 31), Keeping.KEPT),
        # 1 April, then Easter: five bank days later is 13 April
        (0, date(2026, 4, 12), Keeping.KEPT),
        (0, date(2026, 4, 13), Keeping.MISSED),
        (9999, date(2026, 4, 13), Keeping.MISSED),
        (10000, date(2026, 4, 13), Keeping.KEPT),
        # paid ahead counts for what comes later
        (20000, date(2026, 5, 20), Keeping.KEPT),
        (19999, date(2026, 5, 20), Keeping.MISSED),
        (30000, date(2026, 4, 2), Keeping.FULFILLED),
        (29999, date(2026, 7, 1), Keeping.MISSED),
        (30000, None, Keeping.FULFILLED),
    ],
)
def test_an_instalment_is_missed_when_all_payments_of_its_days_are_known(paid, known_until, found):
    assert kind(PLAN, paid, known_until) is found


def test_F20_one_missing_after_its_way_back_breaks_a_plan_in_faxe():
    late = told(date(2026, 4, 14), 1)
    assert kind(late, 0, date(2026, 4, 20), FAXE) is Keeping.MISSED
    assert kind(late, 0, date(2026, 4, 21), FAXE) is Keeping.BROKEN  # five bank days after the word
    assert kind(late, 10000, date(2026, 4, 21), FAXE) is Keeping.KEPT


def test_A25_two_missing_after_their_way_back_break_a_plan_in_albertslund():
    one = told(date(2026, 4, 14), 1)
    assert kind(one, 0, date(2026, 5, 1)) is Keeping.MISSED
    both = tuple(replace(due, told_on=date(2026, 5, 12)) if due.number == 2 else due for due in one)
    # Ascension Day is Thursday the 14th, and banks are closed the Friday after it
    assert kind(both, 0, date(2026, 5, 20)) is Keeping.MISSED
    assert kind(both, 0, date(2026, 5, 21)) is Keeping.BROKEN
    assert kind(both, 10000, date(2026, 5, 21)) is Keeping.MISSED  # one made good is none


def test_the_last_instalment_missing_is_a_breach_though_it_is_only_one():
    last = told(date(2026, 6, 10), 3)
    assert kind(last, 20000, date(2026, 6, 16)) is Keeping.MISSED
    assert kind(last, 20000, date(2026, 6, 17)) is Keeping.BROKEN


def test_nobody_breaks_a_plan_without_having_been_told():
    assert kind(PLAN, 0, date(2040, 1, 1), FAXE) is Keeping.MISSED


def test_the_rule_tells_what_is_missing_since_when_and_until_when_it_can_be_made_good():
    standing = weigh(told(date(2026, 4, 14), 1), Money(2500), date(2026, 5, 11), ALBERTSLUND)
    first, second = standing.missed
    assert (first.due.number, first.missing, first.since) == (1, Money(7500), date(2026, 4, 14))
    assert first.way_back_ends == date(2026, 4, 21)
    assert (second.due.number, second.missing, second.since) == (2, Money(10000), date(2026, 5, 9))
    assert second.way_back_ends is None
    assert standing.arrears == Money(17500)
    assert standing.next == PLAN[2]


def test_an_instalment_on_a_day_banks_are_closed_waits_for_the_next():
    saturday = (Due(date(2026, 5, 2), Money(10000)),)
    plans = ALBERTSLUND.model_copy(update={"grace_bank_days": 0})
    assert kind(saturday, 0, date(2026, 5, 3), plans) is Keeping.KEPT
    assert kind(saturday, 0, date(2026, 5, 4), plans) is Keeping.MISSED


def test_while_it_stands_still_nothing_is_missed_and_paying_all_still_ends_it():
    late = told(date(2026, 4, 14), 1, 2)
    assert kind(late, 0, date(2026, 7, 1), is_suspended=True) is Keeping.KEPT
    assert kind(late, 30000, None, is_suspended=True) is Keeping.FULFILLED


def test_what_falls_away_comes_off_the_end_and_not_off_what_is_to_be_paid_next():
    after_a_waiver = weigh(PLAN, NOTHING, date(2026, 4, 13), ALBERTSLUND, owed=Money(15000))
    assert [one.number for one in after_a_waiver.uncovered] == [1, 2]
    assert kind(PLAN, 15000, None, owed=NOTHING) is Keeping.FULFILLED
    assert kind(PLAN, 15000, None, owed=Money(1)) is Keeping.KEPT


def test_a_bill_that_was_raised_asks_no_more_of_the_plan():
    assert kind(PLAN, 30000, None, owed=Money(50000)) is Keeping.FULFILLED


# ---------------------------------------------------------------------------------- reminders
def test_the_reminder_comes_two_bank_days_before():
    """1 April 2026 is a Wednesday; 7 April is the Tuesday after Easter."""
    assert reminded_on(PLAN[0], 2) == date(2026, 3, 30)
    assert reminded_on(Due(date(2026, 4, 7), Money(1)), 2) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("agreed", "today", "is_due"),
    [
        (date(2026, 3, 1), date(2026, 3, 29), False),
        (date(2026, 3, 1), date(2026, 3, 30), True),
        (date(2026, 3, 1), date(2026, 3, 31), True),
        (date(2026, 3, 1), date(2026, 4, 1), False),
        (date(2026, 3, 30), date(2026, 3, 31), False),  # agreed that very day
    ],
)
def test_a_reminder_helps_on_its_day_and_until_the_instalment_s(agreed, today, is_due):
    assert is_reminder_due(PLAN[0], ALBERTSLUND, agreed, today) is is_due


def test_a_municipality_may_remind_of_nothing():
    none = ALBERTSLUND.model_copy(update={"remind_bank_days_before": None})
    assert not is_reminder_due(PLAN[0], none, date(2026, 1, 1), date(2026, 3, 31))


# --------------------------------------------------------------------- what holds of every plan
ORDER = [Keeping.BROKEN, Keeping.MISSED, Keeping.KEPT, Keeping.FULFILLED]
START = date(2026, 1, 5)
PLANS = st.builds(
    lambda grace, back, count: ALBERTSLUND.model_copy(
        update={
            "grace_bank_days": grace,
            "way_back_bank_days": back,
            "missed_before_breach": count,
        }
    ),
    st.integers(0, 10),
    st.integers(1, 10),
    st.integers(1, 3),
)


@st.composite
def dues(draw):
    """A plan of up to twelve instalments, of some of which the citizen was told in time."""
    sums = draw(st.lists(st.integers(1, 100_000), min_size=1, max_size=12))
    gaps = draw(st.lists(st.integers(1, 40), min_size=len(sums), max_size=len(sums)))
    on, plan = START, []
    for number, (each, gap) in enumerate(zip(sums, gaps, strict=True), start=1):
        on += timedelta(days=gap)
        told_after = draw(st.none() | st.integers(5, 60))
        told_on = None if told_after is None else on + timedelta(days=told_after)
        plan.append(Due(on, Money(each), number, told_on))
    return tuple(plan)


DAYS = st.integers(0, 900).map(lambda after: START + timedelta(days=after))


def worth(standing):
    return ORDER.index(standing.kind), -len(standing.missed)


@given(dues(), st.integers(0, 1_500_000), st.integers(0, 50_000), DAYS, PLANS)
def test_a_payment_never_makes_a_standing_worse(plan, paid, more, known, plans):
    before, after = (weigh(plan, Money(oere), known, plans) for oere in (paid, paid + more))
    assert worth(after) >= worth(before)
    assert after.arrears <= before.arrears


@given(dues(), st.integers(0, 1_500_000), DAYS, st.integers(0, 200), PLANS)
def test_time_alone_never_makes_a_standing_better(plan, paid, known, days, plans):
    before = weigh(plan, Money(paid), known, plans)
    assert worth(weigh(plan, Money(paid), known + timedelta(days=days), plans)) <= worth(before)


@given(dues(), DAYS, PLANS)
def test_who_pays_everything_on_time_misses_nothing(plan, known, plans):
    on_time = [due.amount for due in plan if last_day(due, plans.grace_bank_days) <= known]
    standing = weigh(plan, sum(on_time, NOTHING), known, plans)
    assert standing.kind in {Keeping.KEPT, Keeping.FULFILLED}
    assert standing.missed == ()


@given(dues(), st.integers(0, 1_500_000), DAYS, PLANS, st.randoms())
def test_the_order_of_instalments_given_and_payments_made_does_not_matter(
    plan, paid, known, plans, random
):
    mixed = list(plan)
    random.shuffle(mixed)
    assert weigh(mixed, Money(paid), known, plans) == weigh(plan, Money(paid), known, plans)


@given(dues(), st.integers(0, 1_500_000), DAYS, PLANS)
def test_what_is_missing_and_what_is_paid_are_the_plan_to_the_oere(plan, paid, known, plans):
    standing = weigh(plan, Money(paid), known, plans)
    in_all = sum((due.amount for due in plan), NOTHING)
    after = weigh(plan, Money(paid) + standing.arrears, known, plans)
    assert after.missed == ()
    assert (after.kind is Keeping.FULFILLED) == (Money(paid) + standing.arrears >= in_all)
