"""Interest falls due period by period, to the øre, and never because somebody paid."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.law.interest import PerStartedMonth, ReferencePlus
from data.law.law import Law
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import LadderStep
from data.municipalities.policy import Policies
from data.values.money import NOTHING, Money
from data.values.time import at_local
from outreach.rules.case import Case, Debtor, Word
from outreach.rules.decision import Reason, Refused
from outreach.rules.postings import PaidIn, interest_due
from outreach.rules.reminders import fee_of

LAW = Law.load()
SILENT = Policies.load()["albertslund"]
DUE = date(2026, 9, 15)
TODAY = date(2026, 11, 24)


def council(**decided):
    """A council that has decided interest."""
    interest = SILENT.interest.model_copy(update={"charged": True, "source": "pkt. 7", **decided})
    return SILENT.model_copy(update={"interest": interest})


CHARGED = council()


def late(**given):
    """A claim of 10,000 kr. with udpantningsret, late since mid-September."""
    facts: dict[str, Any] = {
        "claim_type": "dagtilbud",
        "principal": Money(1_000_000),
        "due_date": DUE,
        "bill_sent_on": date(2026, 8, 20),
        "has_pay_instruction": True,
        "covers_until": date(2026, 11, 23),
    }
    return Case(**facts | given)


def civil(**given):
    return late(**{"claim_type": "fjernvarme"} | given)


def due(case, payments=(), posted=(), policy=CHARGED, today=TODAY, law=LAW):
    found = interest_due(case, payments, posted, law, policy, today)
    assert not isinstance(found, Refused), found
    return found


def sums(found):
    return {one.period.key: one.amount.oere for one in found}


def why(case, policy=CHARGED):
    found = interest_due(case, (), (), LAW, policy, TODAY)
    assert isinstance(found, Refused)
    return found.reason


# With udpantningsret: a percent for each month begun (gebyrloven § 3).


def test_each_month_begun_costs_a_percent_of_what_is_unpaid():
    found = due(late())
    assert sums(found) == {
        "interest:month:1": 10_000,
        "interest:month:2": 10_000,
        "interest:month:3": 10_000,
    }
    assert [one.period.first for one in found] == [
        date(2026, 9, 16),
        date(2026, 10, 16),
        date(2026, 11, 16),
    ]


def test_what_it_rests_on_is_named():
    [first, *_] = due(late())
    assert first.basis == "1 %, gebyrloven § 3 (S1); pkt. 7"
    [by_the_day, *_] = due(civil())
    rates = LAW.interest.of(LAW.claim_types["fjernvarme"].on(DUE).regime)
    assert isinstance(rates, ReferencePlus)
    percent, paragraph = rates.on(DUE), rates.supplements.on(DUE).source
    assert by_the_day.basis == f"{percent} % p.a., {paragraph}; pkt. 7"


def test_what_is_posted_is_not_posted_again():
    assert sums(due(late(), posted={"interest:month:1", "interest:month:2"})) == {
        "interest:month:3": 10_000
    }


def test_a_payment_lowers_the_months_after_it_from_its_own_day_on():
    paid = [PaidIn(date(2026, 10, 16), Money(400_000))]
    assert sums(due(late(paid=Money(400_000)), paid)) == {
        "interest:month:1": 10_000,
        "interest:month:2": 6_000,
        "interest:month:3": 6_000,
    }


def test_a_payment_on_the_last_day_of_a_month_lowers_the_interest_of_that_day():
    last = date(2026, 10, 31)
    paid = [PaidIn(last, Money(1_000_000))]
    october = {one.period.first: one.amount.oere for one in due(civil(paid=Money(999_999)), paid)}
    whole = {one.period.first: one.amount.oere for one in due(civil())}
    [begins] = [day for day in whole if day.month == last.month]
    assert (whole[begins], october[begins]) == (8_280, 8_013)  # thirty days of thirty-one


def test_parts_of_an_oere_are_dropped():
    assert sums(due(late(principal=Money(12_399)), posted={"interest:month:3"})) == {
        "interest:month:1": 123,
        "interest:month:2": 123,
    }


def test_fees_and_interest_bear_no_interest():
    assert due(late(charged=Money(25_000))) == due(late())


def test_what_was_decided_later_costs_nothing_before():
    found = due(late(), policy=council(runs_from=date(2026, 11, 1)))
    assert sums(found) == {"interest:month:3": 10_000}


def test_the_percentage_is_that_of_the_day_each_month_begins():
    udpantning = LAW.interest.udpantning
    assert isinstance(udpantning, PerStartedMonth)
    [rate] = udpantning.rates.root
    half = rate.model_copy(update={"valid_from": date(2026, 11, 1), "percent": rate.percent / 2})
    rates = type(udpantning.rates)([rate, half])
    changed = udpantning.model_copy(update={"rates": rates})
    law = replace(LAW, interest=LAW.interest.model_copy(update={"udpantning": changed}))
    assert list(sums(due(late(), law=law)).values()) == [10_000, 10_000, 5_000]


# Without: reference rate and eight points a year, by the day (renteloven § 5).


def test_each_month_that_is_over_is_counted_by_the_day():
    # 9.75 % of 10,000 kr. over 365 days: 15 days of September, 31 of October
    assert sums(due(civil())) == {"interest:2026-09": 4_006, "interest:2026-10": 8_280}


def test_the_rate_of_each_half_year_is_used_on_its_days():
    case = civil(due_date=date(2025, 6, 15), bill_sent_on=date(2025, 5, 20))
    found = sums(due(case))
    # 15 days of June at 10.75 %, the 31 of July at 9.75 %
    assert (found["interest:2025-06"], found["interest:2025-07"]) == (4_417, 8_280)


def test_a_payment_in_the_middle_of_a_month_lowers_the_days_from_it():
    paid = [PaidIn(date(2026, 10, 11), Money(500_000))]
    found = sums(due(civil(paid=Money(500_000)), paid))
    # ten days on 10,000 kr. and twenty-one on 5,000
    assert found["interest:2026-10"] == 2_671 + 2_804


def test_a_month_that_is_not_over_waits():
    assert "interest:2026-11" not in sums(due(civil(covers_until=date(2026, 11, 30))))


# Nothing for claims at rest, nor before the payments are known.


def test_a_month_whose_payments_are_not_all_known_waits():
    assert list(sums(due(late(covers_until=date(2026, 11, 15))))) == [
        "interest:month:1",
        "interest:month:2",
    ]
    assert list(sums(due(civil(covers_until=date(2026, 10, 30))))) == ["interest:2026-09"]
    assert why(late(covers_until=None)) is Reason.PAYMENTS_NOT_COVERED


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"bill_sent_on": None}, Reason.NO_BILL),
        ({"has_pay_instruction": False}, Reason.NO_PAY_INSTRUCTION),
        ({"state": ClaimState.DISPUTED}, Reason.DISPUTED),
        ({"state": ClaimState.SHELVED}, Reason.SHELVED),
        ({"state": ClaimState.HANDED_OVER}, Reason.HANDED_OVER),
        ({"state": ClaimState.WRITTEN_OFF}, Reason.WRITTEN_OFF),
        ({"state": ClaimState.IN_PLAN}, Reason.IN_PLAN),
        (
            {"state": ClaimState.IN_RESPITE, "respite_until": date(2026, 12, 1)},
            Reason.IN_RESPITE,
        ),
        ({"paused_until": date(2026, 11, 25)}, Reason.PAUSED),
        ({"debtor": Debtor(is_frozen=True)}, Reason.FROZEN),
        ({"debtor": Debtor(is_deceased=True)}, Reason.DECEASED),
        ({"claim_type": "husleje"}, Reason.EXCLUDED_TYPE),
        ({"paid": Money(1_000_000), "state": ClaimState.PAID}, Reason.PAID),
        ({"words": (Word("interest", Effect.HOLD),)}, Reason.HELD_BY_CASEWORKER),
        ({"words": (Word("all", Effect.HOLD),)}, Reason.HELD_BY_CASEWORKER),
    ],
)
def test_nothing_is_posted_on_a_claim_at_rest_or_without_proof(given, reason):
    assert why(late(**given)) is reason


@pytest.mark.parametrize(
    ("given", "policy", "refused"),
    [
        ({}, SILENT, Refused(Reason.NOT_IN_POLICY, None, SILENT.interest.source, "interest")),
        ({"state": ClaimState.DISPUTED}, CHARGED, Refused(Reason.DISPUTED, step="interest")),
        (
            {"words": (Word("interest", Effect.HOLD, TODAY),)},
            CHARGED,
            Refused(Reason.HELD_BY_CASEWORKER, at_local(TODAY, 23, 59), step="interest"),
        ),
        (
            {"words": (Word("interest", Effect.HOLD),)},
            CHARGED,
            Refused(Reason.HELD_BY_CASEWORKER, step="interest"),
        ),
        (
            {"covers_until": None},
            CHARGED,
            Refused(Reason.PAYMENTS_NOT_COVERED, step="interest"),
        ),
    ],
)
def test_why_no_interest_is_posted_names_the_step_and_what_it_rests_on(given, policy, refused):
    assert interest_due(late(**given), (), (), LAW, policy, TODAY) == refused


def test_a_hold_that_has_ended_lets_interest_be_posted():
    over = Word("interest", Effect.HOLD, TODAY - timedelta(days=1))
    assert due(late(words=(over,))) == due(late())


def test_a_month_is_posted_once_its_last_day_and_the_payments_of_it_are_known():
    first = date(2026, 11, 1)
    known = civil(covers_until=date(2026, 10, 31))
    assert "interest:2026-10" in sums(due(known, today=first))
    assert "interest:2026-10" not in sums(due(known, today=date(2026, 10, 31)))
    late_file = civil(covers_until=date(2026, 10, 30))
    assert "interest:2026-10" not in sums(due(late_file, today=first))


def test_a_council_that_decided_none_charges_none():
    assert why(late(), policy=SILENT) is Reason.NOT_IN_POLICY


def test_a_kept_plan_bears_interest_only_where_the_council_says_so():
    in_plan = late(state=ClaimState.IN_PLAN)
    assert why(in_plan) is Reason.IN_PLAN
    assert len(due(in_plan, policy=council(in_agreements=True))) == 3


def test_days_at_rest_cost_nothing_afterwards_either():
    assert list(sums(due(late(rested_until=date(2026, 10, 20))))) == ["interest:month:3"]
    rested = due(civil(rested_until=date(2026, 10, 20)))
    assert [one.period.first for one in rested] == [date(2026, 10, 21)]


def test_types_that_no_law_lets_bear_interest_bear_none():
    regimes = {
        key: kind.on(DUE).regime.value
        for key, kind in LAW.claim_types.types.items()
        if kind.automated
    }
    assert "none" in regimes.values()
    for key in [key for key, regime in regimes.items() if regime == "none"]:
        found = interest_due(late(claim_type=key), (), (), LAW, CHARGED, TODAY)
        assert isinstance(found, Refused) or found == []


# What holds for every claim and every payment.

money = st.integers(1, 10**9).map(Money)
claims = st.builds(
    lambda kind, principal, days, covered: (late if kind else civil)(
        principal=principal,
        due_date=TODAY - timedelta(days=days),
        bill_sent_on=TODAY - timedelta(days=days + 20),
        covers_until=TODAY - timedelta(days=covered),
    ),
    st.booleans(),
    money,
    st.integers(1, 700),
    st.integers(0, 10),
)
payments = st.lists(
    st.builds(
        PaidIn,
        st.integers(0, 800).map(lambda days: TODAY - timedelta(days=days)),
        st.integers(1, 10**8).map(Money),
    ),
    max_size=4,
)


def posted_sum(case, paid):
    """Add up the interest of a claim, as it would be with these payments."""
    found = interest_due(case, paid, (), LAW, CHARGED, TODAY)
    return {} if isinstance(found, Refused) else sums(found)


@given(claims, payments, st.data())
def test_a_payment_never_raises_interest_in_any_period(case, paid, data):
    before = posted_sum(case, paid)
    more = data.draw(payments)
    after = posted_sum(case, [*paid, *more])
    assert all(after.get(key, 0) <= before.get(key, 0) for key in {*before, *after})


@given(claims, payments)
def test_every_period_is_whole_oere_above_nothing_and_posted_once(case, paid):
    found = interest_due(case, paid, (), LAW, CHARGED, TODAY)
    if isinstance(found, Refused):
        return
    keys = [one.period.key for one in found]
    assert len(set(keys)) == len(keys)
    assert all(type(one.amount.oere) is int and one.amount > NOTHING for one in found)
    assert interest_due(case, paid, keys, LAW, CHARGED, TODAY) == []


@given(claims, payments, st.integers(0, 400))
def test_posting_day_by_day_gives_the_same_sum_as_posting_at_the_end(case, paid, back):
    earlier = TODAY - timedelta(days=back)
    then = replace(case, covers_until=min(case.covers_until, earlier))
    first = interest_due(then, paid, (), LAW, CHARGED, earlier)
    if isinstance(first, Refused):
        return
    rest = interest_due(case, paid, {one.period.key for one in first}, LAW, CHARGED, TODAY)
    if isinstance(rest, Refused):
        return
    assert sums(first) | sums(rest) == posted_sum(case, paid)


@given(claims)
def test_periods_follow_each_other_without_a_day_twice(case):
    found = interest_due(case, (), (), LAW, CHARGED, TODAY)
    if isinstance(found, Refused):
        return
    for one, following in pairwise(found):
        assert one.period.last < following.period.first
    assert all(one.period.first > case.due_date for one in found)


REMINDER = LadderStep.model_validate(
    {
        "step": "reminder",
        "after_days": 10,
        "pay_within_days": 10,
        "fee": [{"debt_up_to": 100, "fee": 100}, {"fee": "law_max"}],
        "source": "tiers as Aabenraa's",
    }
)


@given(claims, st.integers(1, 10**8).map(Money))
def test_a_payment_never_raises_the_fee(case, payment):
    reminded = replace(case, contacted_on=case.due_date)
    before = fee_of(REMINDER, "reminder:1", reminded, LAW, TODAY)
    paid = replace(reminded, paid=payment)
    assert fee_of(REMINDER, "reminder:1", paid, LAW, TODAY) <= before
