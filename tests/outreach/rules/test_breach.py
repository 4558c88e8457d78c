"""Is a plan kept, fulfilled or broken: worked examples, and what holds for every plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.money import Money
from outreach.rules.breach import Due, Keeping, keeping

#: 100 kr. on the first bank day of April, May and June 2026.
PLAN = tuple(
    Due(day, Money(10000)) for day in (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
)


@pytest.mark.parametrize(
    ("paid", "known_until", "grace", "found"),
    [
        (0, None, 5, Keeping.KEPT),  # nobody knows what has come in
        (0, date(2026, 3, 31), 5, Keeping.KEPT),
        # 1 April, then Easter: five bank days later is 13 April
        (0, date(2026, 4, 12), 5, Keeping.KEPT),
        (0, date(2026, 4, 13), 5, Keeping.BROKEN),
        (9999, date(2026, 4, 13), 5, Keeping.BROKEN),
        (10000, date(2026, 4, 13), 5, Keeping.KEPT),
        (0, date(2026, 4, 1), 0, Keeping.BROKEN),
        # paid ahead counts for what comes later
        (20000, date(2026, 5, 20), 5, Keeping.KEPT),
        (19999, date(2026, 5, 20), 5, Keeping.BROKEN),
        (30000, date(2026, 4, 2), 5, Keeping.FULFILLED),
        (29999, date(2026, 7, 1), 5, Keeping.BROKEN),
        (30000, None, 5, Keeping.FULFILLED),
    ],
)
def test_A25_a_breach_is_an_instalment_missed_when_all_payments_are_known(
    paid, known_until, grace, found
):
    assert keeping(PLAN, Money(paid), known_until, grace) is found


def test_an_instalment_on_a_day_banks_are_closed_waits_for_the_next():
    saturday = (Due(date(2026, 5, 2), Money(10000)),)
    assert keeping(saturday, Money(0), date(2026, 5, 3), 0) is Keeping.KEPT
    assert keeping(saturday, Money(0), date(2026, 5, 4), 0) is Keeping.BROKEN


@given(
    st.lists(st.integers(1, 100_000), min_size=1, max_size=20),
    st.integers(0, 2_000_000),
    st.integers(0, 50_000),
    st.integers(0, 900),
    st.integers(0, 10),
)
def test_a_payment_never_breaks_a_plan(sums, paid, more, after, grace):
    start = date(2026, 1, 5)
    plan = [Due(start + timedelta(days=30 * n), Money(each)) for n, each in enumerate(sums)]
    known = start + timedelta(days=after)
    order = [Keeping.BROKEN, Keeping.KEPT, Keeping.FULFILLED]
    before = keeping(plan, Money(paid), known, grace)
    assert order.index(keeping(plan, Money(paid + more), known, grace)) >= order.index(before)
