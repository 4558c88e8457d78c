"""A yes: weighed again when it comes, concluded once, with the text shown, or refused whole."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.agreements import AgreementKind, AgreementState
from data.models.audit import AuditEntry
from data.models.claims import ClaimState
from data.models.conversations import Conversation
from data.values.ids import MessageId, new_id
from data.values.money import Money
from data.values.time import at_local, is_bank_day
from outreach import agreements, circumstances, citizens, conversations
from outreach.agreements import Refusal, Terms
from outreach.rules.wish import Every
from tests import make, make_agreements
from tests.make_agreements import SHOWN


async def test_A15_an_offer_binds_nobody(offer, kept, clock):
    offered = await offer()
    assert offered.total == Money(120000)
    assert offered.expires_at == clock.now() + timedelta(days=7)
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.OFFERED
    assert [rate.amount.oere for rate in agreement.instalments] == [20000] * 6
    assert {part.amount.oere for part in agreement.claims} == {80000, 40000}
    assert {claim.state for claim in owed} == {ClaimState.OPEN}


async def test_a_yes_makes_a_plan_and_the_claims_are_in_it(offer, say_yes, kept, clock):
    await offer()
    done = await say_yes()
    assert done.state is AgreementState.ACCEPTED
    [agreement], owed = await kept()
    assert agreement.accepted_at == clock.now()
    assert agreement.shown_text == SHOWN
    assert agreement.identity_level == 2
    assert agreement.accepted_by is not None
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}


@pytest.mark.parametrize("every", Every)
async def test_what_is_kept_adds_up_and_falls_on_bank_days(offer, say_yes, kept, claims, every):
    laid = make_agreements.rates(Money(120000), Money(17777), every=every)
    await offer(Terms(claims, rates=laid))
    await say_yes()
    [agreement], _ = await kept()
    assert sum(rate.amount.oere for rate in agreement.instalments) == agreement.total.oere == 120000
    assert sum(part.amount.oere for part in agreement.claims) == 120000
    assert all(is_bank_day(rate.due_on) for rate in agreement.instalments)


async def test_a_yes_makes_a_respite_and_the_claims_wait(offer, say_yes, kept):
    await offer(until=date(2026, 12, 15))
    done = await say_yes()
    assert done.kind is AgreementKind.RESPITE
    _, owed = await kept()
    assert {claim.state for claim in owed} == {ClaimState.IN_RESPITE}
    assert {claim.respite_until for claim in owed} == {date(2026, 12, 15)}


async def test_under_which_version_of_the_policy_it_was_agreed_is_on_record(
    offer, say_yes, runtime
):
    await offer()
    await say_yes()
    async with runtime.transaction() as session:
        entry = await session.scalar(
            select(AuditEntry).where(AuditEntry.act == "agreement_accepted")
        )
    assert entry.facts["policy"] == runtime.policies["albertslund"].version


async def test_a_yes_to_nothing_is_no_agreement(say_yes):
    assert await say_yes() is Refusal.NO_OFFER


async def test_a_second_yes_finds_nothing_more_to_agree(offer, say_yes, kept):
    await offer()
    await say_yes()
    assert await say_yes() is Refusal.NO_OFFER
    assert len((await kept())[0]) == 1


async def test_two_that_say_yes_at_once_make_one_agreement(offer, runtime, talk, kept):
    await offer()

    async def yes():
        async with runtime.transaction() as session:
            place = await session.get(Conversation, talk.id)  # as if nobody locked it first
            return await agreements.accept(session, runtime, place, MessageId(new_id()))

    done = await asyncio.gather(*(yes() for _ in range(4)))
    assert sorted(str(one) for one in done if isinstance(one, Refusal)) == ["no_offer"] * 3
    [agreement], _ = await kept()
    assert agreement.state is AgreementState.ACCEPTED
    async with runtime.transaction() as session:
        acts = list(await session.scalars(select(AuditEntry.act)))
    assert acts == ["agreement_accepted"]


@pytest.mark.parametrize("level", [0, 1])
async def test_nobody_agrees_for_somebody_else(offer, say_yes, kept, runtime, talk, level):
    await offer()
    async with runtime.transaction() as session:
        (await session.get(Conversation, talk.id)).identity_level = level
    assert await say_yes() is Refusal.NOT_PROVEN
    assert {claim.state for claim in (await kept())[1]} == {ClaimState.OPEN}


async def test_a_proof_that_has_run_out_is_asked_for_again(offer, say_yes, clock):
    await offer()
    clock.travel(timedelta(hours=25))
    assert await say_yes() is Refusal.NOT_PROVEN


async def test_an_offer_stands_seven_days(offer, say_yes, kept, clock, prove_again):
    await offer()
    clock.travel(timedelta(days=7, seconds=1))
    await prove_again()
    assert await say_yes() is Refusal.EXPIRED
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.EXPIRED
    assert {claim.state for claim in owed} == {ClaimState.OPEN}


async def test_a_plan_whose_first_day_has_gone_cannot_be_kept(
    offer, say_yes, claims, clock, prove_again
):
    laid = make_agreements.rates(Money(120000), Money(20000), first=date(2026, 11, 26))
    await offer(Terms(claims, rates=laid))
    clock.instant = at_local(date(2026, 11, 26), 23, 30)  # the day itself is in time
    await prove_again()
    clock.instant = at_local(date(2026, 11, 27), 0, 30)
    assert await say_yes() is Refusal.EXPIRED


async def test_the_first_day_itself_is_in_time(offer, say_yes, claims, clock, prove_again):
    laid = make_agreements.rates(Money(120000), Money(20000), first=date(2026, 11, 26))
    await offer(Terms(claims, rates=laid))
    clock.instant = at_local(date(2026, 11, 26), 23, 30)
    await prove_again()
    assert (await say_yes()).state is AgreementState.ACCEPTED


async def test_a_respite_is_over_at_midnight_in_copenhagen(offer, say_yes, clock, prove_again):
    await offer(until=date(2026, 11, 26))
    clock.instant = at_local(date(2026, 11, 27), 0, 30)  # in London it is still the 26th
    await prove_again()
    assert await say_yes() is Refusal.EXPIRED


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        ({"paid": Money(100)}, Refusal.CHANGED),
        ({"paid": Money(80000), "state": ClaimState.PAID}, Refusal.CHANGED),
        ({"principal": Money(90000)}, Refusal.CHANGED),
        ({"state": ClaimState.IN_PLAN}, Refusal.CHANGED),
        ({"state": ClaimState.DISPUTED}, Refusal.DISPUTED),
        ({"in_dispute": Money(100)}, Refusal.CHANGED),
        ({"state": ClaimState.HANDED_OVER}, Refusal.HANDED_OVER),
    ],
)
async def test_what_changes_between_offer_and_yes_undoes_the_offer(
    offer, say_yes, kept, change, claims, meanwhile, why
):
    await offer()
    await change(claims[0], **meanwhile)
    before = (await kept())[1]
    assert await say_yes() is why
    [agreement], owed = await kept()
    assert (agreement.state, agreement.ended_because) == (AgreementState.SUPERSEDED, why.value)
    assert agreement.accepted_at is agreement.accepted_by is None
    assert [claim.state for claim in owed] == [claim.state for claim in before]


async def test_a_bill_that_is_paid_needs_no_agreement(offer, say_yes, change, claims):
    await offer()
    for claim in claims:
        await change(claim, paid=Money(80000), state=ClaimState.PAID)
    assert await say_yes() is Refusal.PAID


async def test_nothing_is_agreed_with_who_is_in_a_hard_case(
    offer, say_yes, kept, runtime, mette, prove_again
):
    await offer()
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, mette.id, because="hard_violence")
    assert await say_yes() is Refusal.FROZEN
    assert {claim.state for claim in (await kept())[1]} == {ClaimState.OPEN}


async def test_nothing_is_agreed_with_the_dead(offer, say_yes, kept, runtime, mette, anna):
    await offer()
    async with runtime.transaction() as session:
        await circumstances.record_circumstances(
            session, runtime, mette, anna, deceased_on=date(2026, 11, 20)
        )
    assert await say_yes() is Refusal.NO_OFFER  # it was taken off the table with the death
    assert {claim.state for claim in (await kept())[1]} == {ClaimState.OPEN}


async def test_nobody_agrees_to_a_text_they_were_not_shown(offer, say_yes, runtime, kept):
    offered = await offer(shown=None)
    assert await say_yes() is Refusal.NOT_READ_BACK
    [agreement], _ = await kept()
    assert agreement.state is AgreementState.OFFERED  # once it has been read, a yes counts
    async with runtime.transaction() as session:
        agreements.read_back(await session.merge(offered), SHOWN)
    assert (await say_yes()).shown_text == SHOWN


async def test_a_new_offer_takes_the_place_of_the_old(offer, say_yes, kept, clock):
    await offer()
    clock.travel(timedelta(minutes=1))
    second = await offer(each=Money(40000))
    found, _ = await kept()
    assert [one.state for one in found] == [AgreementState.SUPERSEDED, AgreementState.OFFERED]
    assert (await say_yes()).id == second.id


async def test_a_no_takes_the_offer_off_the_table(offer, say_yes, runtime, talk, kept):
    await offer()
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        assert await agreements.withdraw(session, place, AgreementState.DECLINED)
        assert not await agreements.withdraw(session, place, AgreementState.DECLINED)
    assert await say_yes() is Refusal.NO_OFFER
    assert (await kept())[0][0].state is AgreementState.DECLINED


async def test_an_offer_is_made_to_somebody(runtime, claims):
    stranger = await make.conversation(runtime, None, address="+4520888888")
    async with runtime.transaction() as session:
        place = await conversations.lock(session, stranger.id)
        with pytest.raises(ValueError, match="whom"):
            await agreements.offer(session, runtime, place, make_agreements.plan(claims))
