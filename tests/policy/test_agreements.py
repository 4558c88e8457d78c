"""What the policies promise of plans: any rhythm, any length, any sum, and nothing by force."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.citizens import Channel
from data.municipalities.policy import Policies
from data.values.money import Money
from outreach.rules.instalments import Every, PlanRefusal, Proposal, Wish, propose
from tests import make

ALBERTSLUND = Policies.load()["albertslund"].plans
#: Where a person agrees the plan, no mandate ends it.
WITH_A_PERSON = ALBERTSLUND.model_copy(update={"assistant_may_agree_months": 600})
TODAY = date(2026, 11, 24)
WISHES = st.builds(
    Wish,
    amount=st.integers(1, 10**8).map(Money),
    every=st.sampled_from(Every),
    day_of_month=st.none() | st.integers(1, 31),
    last_bank_day=st.booleans(),
    first_on=st.none() | st.dates(date(2026, 1, 1), date(2029, 12, 31)),
)


@given(total=st.integers(1, 10**9).map(Money), wish=WISHES)
def test_A12_any_schedule_is_accepted(total, wish):
    answer = propose(total, wish, ALBERTSLUND, TODAY)
    if isinstance(answer, Proposal):
        assert not answer.raised
        assert answer.every is wish.every
        assert answer.first.amount == min(wish.amount, total)
    else:
        assert answer is PlanRefusal.BEYOND_MANDATE  # a person agrees it; it is not refused


@pytest.mark.parametrize(
    "days",
    [
        [date(2026, 12, 1), date(2026, 12, 9), date(2027, 3, 31), date(2028, 6, 30)],  # irregular
        [date(2027, 8, 2)],  # one later lump
        [date(2026, 12, 1 + 7 * week) for week in range(4)],
        [date(2027 + number // 12, number % 12 + 1, 1) for number in range(240)],  # twenty years
    ],
    ids=["irregular dates", "one later lump", "every week", "twenty years"],
)
async def test_A12_any_schedule_can_be_kept_on_record(runtime, days):
    person = await make.citizen(runtime)
    owed = await make.claim(runtime, person)
    talk = await make.conversation(runtime, person)
    now = runtime.clock.now()
    async with runtime.transaction() as session:
        session.add(
            Agreement(
                municipality="albertslund",
                citizen_id=person.id,
                conversation_id=talk.id,
                kind=AgreementKind.PLAN,
                state=AgreementState.ACCEPTED,
                total=Money(100 * len(days)),
                shown_text="Du betaler, som vi har talt om.",
                offered_at=now,
                expires_at=now,
                accepted_at=now,
                channel=Channel.SMS,
                identity_level=2,
                claims=[
                    AgreementClaim(
                        municipality="albertslund", claim_id=owed.id, amount=Money(100 * len(days))
                    )
                ],
                instalments=[
                    Instalment(
                        municipality="albertslund", number=number, amount=Money(100), due_on=day
                    )
                    for number, day in enumerate(days, start=1)
                ],
            )
        )
    async with runtime.transaction() as session:
        kept = await session.scalar(select(Agreement).options(selectinload(Agreement.instalments)))
    assert [rate.due_on for rate in kept.instalments] == days


def test_A12_A13_the_policy_sets_no_least_sum_and_no_longest_time():
    assert ALBERTSLUND.least_monthly is None
    assert ALBERTSLUND.most_months is None


@given(st.integers(1, 500))
def test_A13_one_krone_a_month_is_accepted_by_the_rules(kroner):
    plan = propose(Money.kroner(kroner), Wish(Money.kroner(1)), WITH_A_PERSON, TODAY)
    assert isinstance(plan, Proposal)
    assert len(plan.rates) == kroner
    assert {rate.amount for rate in plan.rates} == {Money.kroner(1)}
