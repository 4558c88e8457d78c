"""A wish becomes a plan on bank days that adds up to the øre, or goes to a person."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.municipalities.policy import Policies
from data.values.money import Money
from data.values.time import is_bank_day, next_bank_day
from outreach.rules.instalments import Every, PlanRefusal, Proposal, Wish, due_days, propose

ALBERTSLUND = Policies.load()["albertslund"].plans  # no limits; mandate 24 months
FAXE = Policies.load()["faxe"].plans  # no limits; mandate 12 months
#: A mandate so long that only arithmetic is tried.
ANY_LENGTH = ALBERTSLUND.model_copy(update={"assistant_may_agree_months": 600})
TODAY = date(2026, 11, 24)  # a Tuesday
TODAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
WISHES = st.builds(
    Wish,
    amount=st.integers(1, 10**8).map(Money),
    every=st.sampled_from(Every),
    day_of_month=st.none() | st.integers(1, 31),
    last_bank_day=st.booleans(),
    first_on=st.none() | st.dates(date(2024, 1, 1), date(2031, 12, 31)),
)


def kr(kroner):
    return Money.kroner(kroner)


def plan(total, wish, policy=ALBERTSLUND, today=TODAY) -> Proposal:
    proposal = propose(total, wish, policy, today)
    assert isinstance(proposal, Proposal)
    return proposal


def days(proposal):
    return [rate.due_on for rate in proposal.rates]


@given(st.integers(1, 10**10).map(Money), WISHES, TODAYS)
def test_every_plan_adds_up_falls_on_bank_days_and_never_ends_with_the_largest(total, wish, today):
    proposal = propose(total, wish, ANY_LENGTH, today)
    if not isinstance(proposal, Proposal):
        assert proposal is PlanRefusal.BEYOND_MANDATE
        return
    amounts = [rate.amount for rate in proposal.rates]
    assert sum(amount.oere for amount in amounts) == total.oere
    assert proposal.last.amount == min(amounts)
    assert len(set(amounts[:-1])) <= 1
    assert proposal.last.amount.oere > 0
    assert [rate.number for rate in proposal.rates] == list(range(1, len(amounts) + 1))
    assert all(is_bank_day(day) for day in days(proposal))
    assert all(one < next_one for one, next_one in pairwise(days(proposal)))
    assert proposal.first.due_on > today


@given(st.integers(1, 10**10).map(Money), WISHES, TODAYS)
def test_the_assistant_never_goes_beyond_its_mandate(total, wish, today):
    proposal = propose(total, wish, FAXE, today)
    if isinstance(proposal, Proposal):
        assert proposal.last.due_on <= today + timedelta(days=(12 + 2) * 31)
        assert proposal.every is not Every.MONTH or len(proposal.rates) <= 12


def test_two_hundred_a_month_begins_on_the_first_bank_day_of_the_next_month():
    proposal = plan(kr(1200), Wish(kr(200)))
    assert [rate.amount for rate in proposal.rates] == [kr(200)] * 6
    assert days(proposal) == [
        date(2026, 12, 1),
        date(2027, 1, 4),  # New Year's Day, a Saturday and a Sunday before it
        date(2027, 2, 1),
        date(2027, 3, 1),
        date(2027, 4, 1),
        date(2027, 5, 3),
    ]


def test_the_last_instalment_is_what_is_left():
    proposal = plan(kr("1200.50"), Wish(kr(500)))
    assert [str(rate.amount) for rate in proposal.rates] == ["500.00", "500.00", "200.50"]


@pytest.mark.parametrize(
    ("every", "first", "second"),
    [
        (Every.WEEK, date(2026, 12, 1), date(2026, 12, 8)),
        (Every.FORTNIGHT, date(2026, 12, 8), date(2026, 12, 22)),
    ],
)
def test_weeks_and_fortnights_are_counted_from_today(every, first, second):
    assert days(plan(kr(400), Wish(kr(200), every))) == [first, second]


def test_a_weekly_day_that_falls_in_christmas_waits_for_the_banks():
    thursday = date(2026, 12, 17)
    proposal = plan(kr(400), Wish(kr(100), Every.WEEK, first_on=thursday))
    assert days(proposal) == [
        thursday,
        date(2026, 12, 28),
        date(2027, 1, 4),
        date(2027, 1, 7),
    ]


def test_the_last_bank_day_of_each_month():
    proposal = plan(kr(400), Wish(kr(100), last_bank_day=True))
    assert days(proposal) == [
        date(2026, 11, 30),
        date(2026, 12, 30),  # banks are closed on New Year's Eve
        date(2027, 1, 29),
        date(2027, 2, 26),
    ]


def test_the_last_bank_day_from_the_month_the_citizen_names():
    proposal = plan(kr(200), Wish(kr(100), last_bank_day=True, first_on=date(2027, 2, 1)))
    assert days(proposal) == [date(2027, 2, 26), date(2027, 3, 31)]


@pytest.mark.parametrize("every", Every)
def test_a_first_day_that_has_gone_is_passed_over(every):
    gone = Wish(kr(100), every, first_on=date(2025, 1, 1))
    assert days(plan(kr(200), gone)) == days(plan(kr(200), Wish(kr(100), every)))


def test_on_the_last_bank_day_itself_the_next_month_is_first():
    proposal = plan(kr(100), Wish(kr(100), last_bank_day=True), today=date(2026, 11, 30))
    assert days(proposal) == [date(2026, 12, 30)]


def test_day_31_is_the_last_day_of_a_shorter_month():
    proposal = plan(kr(400), Wish(kr(100), day_of_month=31), today=date(2026, 12, 2))
    assert days(proposal) == [
        date(2027, 1, 4),  # 31 December is no bank day
        date(2027, 2, 1),  # 31 January is a Sunday
        date(2027, 3, 1),  # 28 February is a Sunday
        date(2027, 3, 31),
    ]


def test_a_day_of_the_month_that_is_still_to_come_is_this_month():
    assert days(plan(kr(100), Wish(kr(100), day_of_month=27))) == [date(2026, 11, 27)]
    assert days(plan(kr(100), Wish(kr(100), day_of_month=24))) == [date(2026, 12, 28)]


def test_the_day_the_citizen_names_is_the_first():
    proposal = plan(kr(300), Wish(kr(100), first_on=date(2026, 12, 15)))
    assert days(proposal) == [date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15)]


def test_all_of_it_at_once_is_one_instalment():
    proposal = plan(kr(1200), Wish(kr(5000)))
    assert proposal.first == proposal.last
    assert proposal.first.amount == kr(1200)


@pytest.mark.parametrize(
    ("total", "amount", "refusal"),
    [
        (kr(0), kr(100), PlanRefusal.NOTHING_OWED),
        (kr(-5), kr(100), PlanRefusal.NOTHING_OWED),
        (kr(100), kr(0), PlanRefusal.NO_AMOUNT),
        (kr(100), kr(-10), PlanRefusal.NO_AMOUNT),
    ],
)
def test_there_is_nothing_to_plan(total, amount, refusal):
    assert propose(total, Wish(amount), ALBERTSLUND, TODAY) is refusal


@pytest.mark.parametrize(("policy", "months"), [(ALBERTSLUND, 24), (FAXE, 12)])
def test_a_longer_plan_than_the_mandate_goes_to_a_person(policy, months):
    assert len(plan(kr(100 * months), Wish(kr(100)), policy).rates) == months
    more = propose(kr(100 * months) + Money(1), Wish(kr(100)), policy, TODAY)
    assert more is PlanRefusal.BEYOND_MANDATE


@pytest.mark.parametrize("every", Every)
def test_A13_one_krone_at_a_time_is_not_refused_but_seen_by_a_person(every):
    assert propose(kr(1200), Wish(kr(1), every), ALBERTSLUND, TODAY) is PlanRefusal.BEYOND_MANDATE
    assert len(plan(kr(12), Wish(kr(1), every)).rates) == 12


@pytest.mark.parametrize(
    ("policy", "every", "most"),
    [
        (ALBERTSLUND, Every.WEEK, 104),
        (ALBERTSLUND, Every.FORTNIGHT, 52),
        (FAXE, Every.WEEK, 52),
        (FAXE, Every.FORTNIGHT, 26),
    ],
)
def test_the_mandate_in_months_counts_weeks_and_fortnights_as_the_year_has_them(
    policy, every, most
):
    assert len(plan(kr(100 * most), Wish(kr(100), every), policy).rates) == most
    longer = propose(kr(100 * most + 1), Wish(kr(100), every), policy, TODAY)
    assert longer is PlanRefusal.BEYOND_MANDATE


def test_an_oere_of_ten_billion_kroner_is_a_slip_of_the_finger_not_a_crash():
    assert propose(Money(10**12), Wish(Money(1)), ANY_LENGTH, TODAY) is PlanRefusal.BEYOND_MANDATE


def test_a_plan_that_begins_far_away_goes_to_a_person():
    late = Wish(kr(100), first_on=date(2031, 1, 1))
    assert propose(kr(100), late, ALBERTSLUND, TODAY) is PlanRefusal.BEYOND_MANDATE


def test_one_instalment_a_month_past_the_mandate_is_the_latest_the_assistant_agrees():
    friday, latest = date(2026, 11, 20), date(2028, 12, 20)
    on_it = Wish(kr(100), first_on=latest)
    assert days(plan(kr(100), on_it, today=friday)) == [latest]
    after = Wish(kr(100), first_on=latest + timedelta(days=1))
    assert propose(kr(100), after, ALBERTSLUND, friday) is PlanRefusal.BEYOND_MANDATE


def test_a_proposal_says_what_it_is_for_and_how_often():
    proposal = plan(kr(400), Wish(kr(200), Every.FORTNIGHT))
    assert (proposal.total, proposal.every) == (kr(400), Every.FORTNIGHT)


def test_an_oere_at_a_time_is_a_wish_like_any_other():
    proposal = plan(Money(3), Wish(Money(1)))
    assert [rate.amount for rate in proposal.rates] == [Money(1)] * 3
    assert not proposal.raised


@pytest.mark.parametrize(
    ("every", "parts"), [(Every.WEEK, 43), (Every.FORTNIGHT, 21), (Every.MONTH, 10)]
)
def test_ten_months_at_most_are_so_many_weeks_and_fortnights(every, parts):
    strict = ALBERTSLUND.model_copy(update={"most_months": 10})
    proposal = plan(kr(10 * parts), Wish(kr(1), every), strict)
    assert [rate.amount for rate in proposal.rates] == [kr(10)] * parts
    assert proposal.raised


def test_a_month_at_most_is_one_instalment_and_not_two():
    strict = ALBERTSLUND.model_copy(update={"most_months": 1})
    assert [rate.amount for rate in plan(kr(900), Wish(kr(100)), strict).rates] == [kr(900)]


def test_a_wish_below_the_least_is_raised_and_said_to_be():
    strict = ALBERTSLUND.model_copy(update={"least_monthly": kr(150)})
    proposal = plan(kr(600), Wish(kr(100)), strict)
    assert proposal.raised
    assert [rate.amount for rate in proposal.rates] == [kr(150)] * 4
    assert not plan(kr(600), Wish(kr(150)), strict).raised


def test_a_debt_below_the_least_monthly_is_not_raised_above_what_is_owed():
    strict = ALBERTSLUND.model_copy(update={"least_monthly": kr(150)})
    assert plan(kr(90), Wish(kr(90)), strict).first.amount == kr(90)
    assert not plan(kr(90), Wish(kr(90)), strict).raised


@given(st.integers(1, 10**8).map(Money), WISHES, TODAYS)
def test_a_longest_plan_is_kept_by_raising_the_instalments(total, wish, today):
    strict = ANY_LENGTH.model_copy(update={"most_months": 10})
    proposal = propose(total, wish, strict, today)
    if isinstance(proposal, Proposal) and wish.every is Every.MONTH:
        assert len(proposal.rates) <= 10


@given(WISHES, st.integers(1, 60), TODAYS)
def test_due_days_are_bank_days_after_today_each_later_than_the_last(wish, count, today):
    found = due_days(wish, count, today)
    assert len(found) == count
    assert all(is_bank_day(day) and day == next_bank_day(day) > today for day in found)
    assert all(one < next_one for one, next_one in pairwise(found))
