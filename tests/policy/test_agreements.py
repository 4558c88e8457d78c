"""What the policies promise of plans: any rhythm, any length, any sum, and nothing by force."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.law.law import Law
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
from outreach.rules.negotiation import Owed, Why, negotiate
from outreach.rules.plan_limits import Bar
from outreach.rules.wish import Every, Rhythm, Wish
from tests import make

LAW = Law.load()
POLICIES = Policies.load()
ALBERTSLUND = POLICIES["albertslund"].plans
TODAY = date(2026, 11, 24)
#: Plans of hundreds of instalments take their time on a busy machine.
patient = settings(deadline=None)
RHYTHMS = st.builds(Rhythm, st.sampled_from(Every), st.none() | st.integers(1, 31), st.booleans())


def agreed(total, wish, municipality="albertslund"):
    """What the municipality proposes to somebody who owes for daycare."""
    owed = [Owed("A-1", "dagtilbud", total, date(2026, 11, 2))]
    return negotiate(owed, wish, POLICIES[municipality], LAW, TODAY)


@patient
@given(
    total=st.integers(1, 10**9).map(Money),
    parts=st.integers(1, 600),
    rhythm=RHYTHMS,
    first_on=st.none() | st.dates(TODAY, date(2029, 12, 31)),
)
def test_A12_any_schedule_is_accepted(total, parts, rhythm, first_on):
    amount = Money(-(-total.oere // parts))
    found = agreed(total, Wish(amount=amount, rhythm=rhythm, first_on=first_on))
    own = found.proposals[0]
    assert not found.refused
    assert own.why is Why.OWN
    assert own.rhythm.every is rhythm.every
    assert own.rates[0].amount == amount
    # What is longer than the mandate is agreed by a person; it is not refused.
    mandate = {Bar.PLAN_BEYOND_MANDATE, Bar.RESPITE_BEYOND_MANDATE}
    assert own.needs_person is None or own.needs_person.code in mandate


@patient
@given(st.lists(st.dates(TODAY, date(2040, 12, 31)), min_size=2, max_size=30, unique=True))
def test_A12_irregular_dates_are_accepted(days):
    own = agreed(Money.kroner(12_000), Wish(days=tuple(days))).proposals[0]
    assert own.why is Why.OWN
    assert len(own.rates) == len(days)


@pytest.mark.parametrize("municipality", ["albertslund", "faxe"])
@patient
@given(parts=st.integers(2, 12))
def test_F13_two_ways_at_least_are_shown_with_what_each_of_them_means(municipality, parts):
    found = agreed(Money.kroner(100 * parts), Wish(count=parts), municipality)
    ways = found.proposals
    assert len(ways) >= 2 or parts == 12  # as long as Faxe's mandate: no other way is within it
    assert all(one.last_on and one.on_breach for one in ways)
    assert len({(one.last_on, one.largest) for one in ways}) == len(ways)


@patient
@given(parts=st.integers(2, 24), first_on=st.none() | st.dates(TODAY, date(2027, 1, 31)))
def test_A34_no_way_is_dearer_or_faster_than_the_citizens_own(parts, first_on):
    found = agreed(Money.kroner(100 * parts), Wish(count=parts, first_on=first_on))
    own = found.proposals[0]
    for other in found.proposals[1:]:
        assert other.largest <= own.largest
        assert other.last_on >= own.last_on
        assert other.rates[0].due_on >= own.rates[0].due_on


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


@patient
@given(st.integers(1, 500))
def test_A13_one_krone_a_month_is_accepted_by_the_rules(kroner):
    own = agreed(Money.kroner(kroner), Wish(amount=Money.kroner(1))).proposals[0]
    assert own.why is Why.OWN
    assert len(own.rates) == kroner
    assert {rate.amount for rate in own.rates} == {Money.kroner(1)}


def test_F5_F17_faxe_agrees_plans_and_respites_in_the_dialogue():
    plan = agreed(Money.kroner(1200), Wish(count=12), "faxe").proposals[0]
    respite = agreed(Money.kroner(1200), Wish(whole=True, payday=True), "faxe").proposals[0]
    assert (plan.kind, respite.kind) == (AgreementKind.PLAN, AgreementKind.RESPITE)
    assert not plan.needs_person
    assert not respite.needs_person


def test_A17_payment_may_wait_for_a_reasonable_time():
    last = agreed(Money.kroner(1200), Wish(whole=True, payday=True)).proposals[-1]
    assert (last.why, last.kind) == (Why.RESPITE_THEN_ALL, AgreementKind.RESPITE)
    assert last.last_on == date(2027, 1, 25)
