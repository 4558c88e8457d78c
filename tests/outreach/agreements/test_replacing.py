"""A change agreed in time is no breach: the new agreement takes the old one's place."""

from datetime import date, timedelta

import pytest

from data.models.agreements import AgreementKind, AgreementState
from data.models.claims import ClaimState
from data.values.money import Money
from outreach.agreements import Refusal, Terms
from tests import make_agreements


@pytest.fixture
async def running(offer, say_yes, clock):
    """The plan Mette agreed to a minute ago: 200 kr. a month on both bills."""
    await offer()
    agreed = await say_yes()
    clock.travel(timedelta(minutes=1))
    return agreed


async def test_a_change_is_no_breach_and_what_was_paid_stays_paid(
    running, offer, say_yes, kept, change, claims, clock
):
    await change(claims[0], paid=Money(20000))
    _, owed = await kept()
    await offer(make_agreements.plan(owed, Money(10000)), replaces=running.id)
    done = await say_yes()
    [old, new], owed = await kept()
    assert (old.id, old.state, old.broken_at) == (running.id, AgreementState.CHANGED, None)
    assert (old.ended_at, old.ended_because) == (clock.now(), f"agreement:{done.id}")
    assert (new.replaces, new.state, new.total) == (old.id, AgreementState.ACCEPTED, Money(100000))
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}
    assert owed[0].paid == Money(20000)


async def test_a_bill_the_new_agreement_leaves_out_is_open_again_and_quiet(
    running, offer, say_yes, kept
):
    _, owed = await kept()
    await offer(make_agreements.plan(owed[:1]), replaces=running.id)
    await say_yes()
    _, [kept_in, let_go] = await kept()
    assert kept_in.state is ClaimState.IN_PLAN
    assert let_go.state is ClaimState.OPEN
    assert let_go.paused_because == "agreement_changed"


async def test_a_plan_becomes_a_respite(running, offer, say_yes, kept):
    _, owed = await kept()
    await offer(Terms(owed, respite_until=date(2027, 1, 15)), replaces=running.id)
    await say_yes()
    [old, new], owed = await kept()
    assert (old.state, new.state) == (AgreementState.CHANGED, AgreementState.ACCEPTED)
    assert {claim.state for claim in owed} == {ClaimState.IN_RESPITE}
    assert {claim.respite_until for claim in owed} == {date(2027, 1, 15)}


async def test_until_the_yes_the_old_agreement_stands(running, offer, kept):
    _, owed = await kept()
    await offer(make_agreements.plan(owed, Money(10000)), replaces=running.id)
    [old, new], _ = await kept()
    assert (old.state, new.state) == (AgreementState.ACCEPTED, AgreementState.OFFERED)


async def test_an_agreement_that_has_ended_meanwhile_is_not_changed(
    running, offer, say_yes, kept, change
):
    _, owed = await kept()
    await offer(make_agreements.plan(owed, Money(10000)), replaces=running.id)
    await change(running, state=AgreementState.ENDED)
    assert await say_yes() is Refusal.CHANGED
    [old, new], _ = await kept()
    assert (old.state, new.state) == (AgreementState.ENDED, AgreementState.SUPERSEDED)


async def test_a_month_is_skipped_by_a_respite_on_top_and_the_plan_stays_agreed(
    running, offer, say_yes, kept, acts
):
    _, owed = await kept()
    await offer(Terms(owed, respite_until=date(2026, 12, 15)))
    done = await say_yes()
    assert done.kind is AgreementKind.RESPITE
    [plan, respite], owed = await kept()
    assert (plan.state, respite.state) == (AgreementState.ACCEPTED, AgreementState.ACCEPTED)
    assert (plan.suspended_on, plan.suspended_because) == (date(2026, 11, 24), "respite")
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}
    assert "agreement_suspended" in await acts()
