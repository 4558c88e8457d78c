"""A municipality's limits: what is within them, what is nearest to it, and who may go beyond."""

from datetime import date

import pytest

from data.values.money import Money
from outreach.rules.negotiation import Party, Slip, Why
from outreach.rules.plan_limits import Bar
from tests.outreach.rules.make_talk import (
    AABENRAA,
    ALBERTSLUND,
    COPENHAGEN,
    MONTHLY,
    TODAY,
    WEEKLY,
    days,
    first,
    kr,
    owes,
    sums,
    talk,
    whys,
    with_plans,
)

FEBRUARY = date(2027, 2, 1)


def test_copenhagen_takes_nothing_below_250_a_month_and_says_why():
    found = talk(COPENHAGEN, amount=kr(100))
    assert found.refused.code is Bar.BELOW_LEAST
    assert found.refused.basis == COPENHAGEN.plans.source
    assert whys(found) == [Why.NEAREST_LEAST, Why.LATER_START]
    assert sums(found.proposals[0]) == [*["250.00"] * 4, "200.00"]


@pytest.mark.parametrize(
    ("said", "is_own"),
    [
        ({"amount": kr(250)}, True),
        ({"amount": kr("249.99")}, False),
        ({"amount": kr("57.70"), "rhythm": WEEKLY}, True),
        ({"amount": kr("57.69"), "rhythm": WEEKLY}, False),
        ({"count": 4}, True),
        ({"count": 5}, False),  # 240 kr.
        ({"days": (date(2026, 12, 1), date(2027, 4, 20))}, True),  # ends sooner than five months
        ({"days": (date(2026, 12, 1), date(2027, 5, 20))}, False),
        ({"amount": kr(200), "first_amount": kr(500), "first_on": TODAY}, True),  # 25 March
        ({"amount": kr(100), "first_amount": kr(500), "first_on": TODAY}, False),
        ({"amount": kr(260), "first_amount": kr(10), "first_on": TODAY}, True),
        ({"whole": True, "first_on": date(2026, 12, 18)}, True),
    ],
)
def test_what_pays_the_least_or_ends_sooner_is_allowed(said, is_own):
    found = talk(COPENHAGEN, **said)
    assert (found.refused is None) is is_own
    assert (found.proposals[0].why is Why.OWN) is is_own


def test_a_first_payment_is_kept_when_those_after_it_are_raised():
    nearest = first(COPENHAGEN, amount=kr(100), first_amount=kr(500), first_on=TODAY)
    assert (nearest.why, sums(nearest)) == (
        Why.NEAREST_LEAST,
        ["500.00", "250.00", "250.00", "200.00"],
    )


def test_instalments_before_a_larger_one_are_raised_as_those_after_it_are():
    but = ((date(2027, 2, 1), kr(300)),)
    nearest = first(COPENHAGEN, [owes(1500)], amount=kr(100), rhythm=MONTHLY, parts=but)
    assert nearest.why is Why.NEAREST_LEAST
    assert sums(nearest) == ["100.00", "250.00", "300.00", *["250.00"] * 3, "100.00"]


def test_a_debt_below_the_least_is_paid_at_once():
    assert sums(first(COPENHAGEN, [owes(90)], amount=kr(90))) == ["90.00"]
    nearest = first(COPENHAGEN, [owes(90)], amount=kr(30))
    assert (nearest.why, sums(nearest)) == (Why.NEAREST_LEAST, ["90.00"])


def test_the_longest_time_raises_the_instalments_no_more_than_it_takes():
    found = talk(COPENHAGEN, [owes(12_000)], amount=kr(300))
    assert found.refused.code is Bar.TOO_LONG
    assert found.proposals[0].why is Why.NEAREST_LONGEST
    assert sums(found.proposals[0]) == ["500.00"] * 24


@pytest.mark.parametrize(
    ("claim_type", "months", "line"),
    [("ejendomsskat", 3, "S36"), ("beboerindskud", 18, "part state refund")],
)
def test_an_exception_has_its_own_longest_time_and_its_own_line(claim_type, months, line):
    found = talk(COPENHAGEN, [owes(18_000, claim_type)], amount=kr(250))
    assert found.refused.code is Bar.TOO_LONG
    assert line in found.refused.basis
    assert found.refused.basis != COPENHAGEN.plans.source
    assert len(found.proposals[0].rates) == months


def test_what_would_begin_when_it_should_have_ended_begins_now():
    tax = [owes(1200, "ejendomsskat")]
    series = first(COPENHAGEN, tax, amount=kr(400), first_on=date(2027, 6, 1))
    assert (series.why, days(series)[0], sums(series)) == (
        Why.SOONER, date(2026, 12, 1), ["400.00"] * 3,
    )  # fmt: skip
    lump = first(COPENHAGEN, tax, whole=True, first_on=date(2027, 6, 1))
    assert (lump.why, days(lump)) == (Why.SOONER, [date(2027, 2, 24)])
    late = (date(2027, 6, 1), date(2027, 7, 1))
    named = first(COPENHAGEN, tax, days=late)
    assert (named.why, days(named)) == (Why.SOONER, [date(2027, 2, 24)])


def test_of_named_days_those_within_the_limits_are_kept_with_like_sums():
    named = (date(2026, 12, 1), date(2027, 1, 15), date(2027, 9, 1))
    found = talk(COPENHAGEN, days=named)
    assert found.refused.code is Bar.BELOW_LEAST
    assert sums(found.proposals[0]) == ["600.00"] * 2
    assert days(found.proposals[0]) == list(named[:2])


def test_a_least_that_would_take_longer_than_any_plan_forbids_no_named_days():
    tiny = with_plans(COPENHAGEN, least_monthly=Money(1), most_months=None)
    assert first(tiny, days=(FEBRUARY, date(2030, 2, 1))).why is Why.OWN


def test_an_oere_a_month_is_raised_where_there_is_a_least_and_too_many_where_there_is_none():
    assert first(COPENHAGEN, amount=Money(1)).why is Why.NEAREST_LEAST
    found = talk(amount=Money(1))
    assert (found.proposals, found.refused.code) == ((), Slip.TOO_MANY)
    longest = with_plans(ALBERTSLUND, most_months=12)
    assert talk(longest, amount=Money(1)).refused.code is Bar.TOO_LONG
    assert sums(first(longest, amount=Money(1))) == ["100.00"] * 12


def test_a_caseworker_may_go_beyond_the_policy_and_is_told_that_it_is():
    found = talk(COPENHAGEN, amount=kr(100), by=Party.CASEWORKER)
    own = found.proposals[0]
    assert (own.why, own.beyond_policy.code) == (Why.OWN, Bar.BELOW_LEAST)
    assert own.beyond_policy.basis == COPENHAGEN.plans.source
    assert not found.refused
    assert not first(COPENHAGEN, amount=kr(300), by=Party.CASEWORKER).beyond_policy
    slip = talk(COPENHAGEN, amount=Money(1), by=Party.CASEWORKER)
    assert slip.refused.code is Slip.TOO_MANY


# -------------------------------------------------------------- types that have no plans
def test_where_no_plans_are_made_for_a_type_a_person_answers_and_the_rest_is_negotiated():
    both = [owes(700, "dagtilbud", "D"), owes(500, "bibliotek", "B")]
    found = talk(AABENRAA, both, amount=kr(100))
    assert (found.proposals[0].claims, found.proposals[0].total) == (("B",), kr(500))
    [left] = found.left
    assert (left.ref, left.because.code) == ("D", Bar.NO_PLAN_FOR_TYPE)
    assert "no plan on running daycare" in left.because.basis
    alone = talk(AABENRAA, both[:1], amount=kr(100))
    assert (alone.proposals, alone.refused) == ((), left.because)


def test_a_caseworker_may_make_a_plan_all_the_same_with_a_reason():
    own = first(AABENRAA, [owes()], amount=kr(200), by=Party.CASEWORKER)
    assert (own.why, own.beyond_policy.code) == (Why.OWN, Bar.NO_PLAN_FOR_TYPE)
