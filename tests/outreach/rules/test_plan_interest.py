"""What a plan will cost is what the round would post if it were kept, to the øre."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.models.claims import ClaimState
from data.values.money import NOTHING, Money
from data.values.time import add_bank_days
from outreach.rules.case import Case
from outreach.rules.instalments import Series, Terms, lay_out
from outreach.rules.plan_interest import expected_interest
from outreach.rules.postings import PaidIn, interest_due
from outreach.rules.wish import Every, Rhythm
from tests.outreach.rules.make_talk import (
    ALBERTSLUND,
    COPENHAGEN,
    LAW,
    TODAY,
    kr,
    owes,
    with_interest,
)

CHARGED = with_interest(ALBERTSLUND)
BY_MONTH, BY_DAY = "dagtilbud", "bibliotek"


def plan(total, monthly, today=TODAY, day=1):
    terms = Terms((), Series(Rhythm(Every.MONTH, day), today, monthly))
    return lay_out(terms, total, today)


def posted_by_the_round(owed, rates, policy, today):
    """Post what is due until today, then pay as agreed; what is posted after is what it cost."""
    case = Case(
        claim_type=owed.claim_type,
        principal=owed.amount,
        due_date=owed.due_date,
        bill_sent_on=owed.due_date,
        has_pay_instruction=True,
        charged=Money(1),  # what keeps it open to the last
        state=ClaimState.IN_PLAN,
    )
    paid = [PaidIn(rate.due_on, rate.amount) for rate in rates]
    last = rates[-1].due_on
    begun = interest_due(replace(case, covers_until=today), [], [], LAW, policy, today)
    assert isinstance(begun, list)
    keys = [one.period.key for one in begun]
    # The month in which all is paid is over by then.
    end = add_bank_days(last, 30)
    found = interest_due(replace(case, covers_until=end), paid, keys, LAW, policy, end)
    assert isinstance(found, list)
    return sum((one.amount for one in found), NOTHING)


@settings(max_examples=150)
@given(
    claim_type=st.sampled_from([BY_MONTH, BY_DAY]),
    kroner=st.integers(10, 100_000),
    parts=st.integers(1, 18),
    due=st.dates(date(2026, 6, 1), date(2026, 11, 20)),
    day=st.integers(1, 31),
)
def test_it_is_what_the_round_would_post(claim_type, kroner, parts, due, day):
    owed = owes(kroner, claim_type, due_date=due)
    rates = plan(owed.amount, Money(-(-owed.amount.oere // parts)), day=day)
    expected = expected_interest([owed], rates, LAW, CHARGED, TODAY)
    assert expected == posted_by_the_round(owed, rates, CHARGED, TODAY)


def test_a_percent_of_what_is_unpaid_for_each_month_that_begins():
    # Due on 2 November: months begin on the 3rd. 1 December pays 600, 4 January the rest.
    owed = owes(1200)
    assert expected_interest([owed], plan(kr(1200), kr(600)), LAW, CHARGED, TODAY) == kr(12)
    # Of 1200 kr. nothing is paid by 3 December when it is paid on the 15th, nor by 3 January.
    late = plan(kr(1200), kr(600), day=15)
    assert expected_interest([owed], late, LAW, CHARGED, TODAY) == kr(12) + kr(6)


def test_money_goes_to_one_claim_after_the_other():
    first, second = owes(600, ref="A"), owes(600, BY_DAY, "B")
    rates = plan(kr(1200), kr(600))
    together = expected_interest([first, second], rates, LAW, CHARGED, TODAY)
    alone = expected_interest([first], rates[:1], LAW, CHARGED, TODAY)
    waits = expected_interest([second], rates[1:], LAW, CHARGED, TODAY)
    assert together == alone + waits


def test_fees_and_earlier_interest_bear_none():
    owed = owes(1450, principal=kr(1200))
    rates = plan(kr(1450), kr(600), day=15)
    # 1200 in December, 600 in January, and in February only the 250 of fees are left.
    assert expected_interest([owed], rates, LAW, CHARGED, TODAY) == kr(12) + kr(6)


def test_a_principal_is_never_more_than_what_may_be_agreed_on():
    assert owes(100, principal=kr(900)).bears_interest == kr(100)


def test_a_claim_that_is_not_due_yet_costs_nothing_when_paid_by_its_day():
    owed = owes(1200, due_date=date(2027, 3, 31))
    assert expected_interest([owed], plan(kr(1200), kr(600)), LAW, CHARGED, TODAY) == NOTHING


def test_none_runs_before_the_day_the_council_decided():
    later = with_interest(ALBERTSLUND, runs_from=date(2027, 1, 1))
    rates = plan(kr(1200), kr(600), day=15)
    assert expected_interest([owes()], rates, LAW, later, TODAY) == kr(6)


@pytest.mark.parametrize(
    ("policy", "claim_type"),
    [
        (ALBERTSLUND, BY_MONTH),
        (with_interest(ALBERTSLUND, in_agreements=False), BY_MONTH),
        (CHARGED, "dagtilbud_tilbage"),  # no law found that allows any
    ],
)
def test_where_none_is_taken_it_costs_nothing(policy, claim_type):
    owed = owes(1200, claim_type)
    assert expected_interest([owed], plan(kr(1200), kr(100)), LAW, policy, TODAY) == NOTHING


def test_copenhagen_takes_interest_only_where_its_file_says_so():
    charged = COPENHAGEN.interest.charged and COPENHAGEN.interest.in_agreements
    cost = expected_interest([owes()], plan(kr(1200), kr(300)), LAW, COPENHAGEN, TODAY)
    assert bool(cost) is charged
