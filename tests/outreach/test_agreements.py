"""Plans and respites: offered, weighed again at the yes, concluded once, with the text shown."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation
from data.models.staff import AuditEntry
from data.values.ids import MessageId, new_id
from data.values.money import Money
from data.values.time import at_local, day_of, is_bank_day
from outreach import agreements, conversations
from outreach.agreements import Refusal, Terms
from outreach.rules.instalments import Every, Proposal, Wish, propose
from tests import make

SHOWN = "Du betaler i alt 1.200 kr. i 6 rater. Skriv JA eller NEJ."


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claims(runtime, mette):
    return [
        await make.claim(runtime, mette, claim_ref="A-1", principal=Money(80000)),
        await make.claim(
            runtime, mette, claim_ref="A-2", principal=Money(50000), paid=Money(10000)
        ),
    ]


@pytest.fixture
async def talk(runtime, mette, clock):
    """A conversation in which Mette has just proven who she is."""
    return await make.conversation(runtime, mette, identity_level=2, identity_at=clock.now())


@pytest.fixture
def offer(runtime, talk, claims):
    """Put an offer on the table: a plan of 200 kr., or a respite."""

    async def put(wish=None, *, until=None, shown=SHOWN):
        async with runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            if until:
                terms = Terms(claims, respite_until=until)
            else:
                policy = runtime.policies["albertslund"].plans
                today = day_of(runtime.clock.now())
                total = agreements.total_of(claims)
                plan = propose(total, wish or Wish(Money(20000)), policy, today)
                assert isinstance(plan, Proposal)
                terms = Terms(claims, plan=plan)
            offered = await agreements.offer(session, runtime, place, terms)
            offered.shown_text = shown
            return offered

    return put


@pytest.fixture
def say_yes(runtime, talk):
    async def accept():
        async with runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            return await agreements.accept(session, runtime, place, MessageId(new_id()))

    return accept


@pytest.fixture
def kept(runtime):
    """Look at what is on record: the agreements and the claims."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Agreement)
                .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
                .order_by(Agreement.offered_at, Agreement.state)
            )
            owed = await session.scalars(select(Claim).order_by(Claim.claim_ref))
            return list(found), list(owed)

    return look


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
async def test_what_is_kept_adds_up_and_falls_on_bank_days(offer, say_yes, kept, every):
    await offer(Wish(Money(17777), every))
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


@pytest.fixture
def prove_again(runtime, talk, clock):
    async def prove():
        async with runtime.transaction() as session:
            (await session.get(Conversation, talk.id)).identity_at = clock.now()

    return prove


async def test_an_offer_stands_seven_days(offer, say_yes, kept, clock, prove_again):
    await offer()
    clock.travel(timedelta(days=7, seconds=1))
    await prove_again()
    assert await say_yes() is Refusal.EXPIRED
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.EXPIRED
    assert {claim.state for claim in owed} == {ClaimState.OPEN}


async def test_a_plan_whose_first_day_has_gone_cannot_be_kept(offer, say_yes, clock, prove_again):
    await offer(Wish(Money(20000), first_on=date(2026, 11, 26)))
    clock.instant = at_local(date(2026, 11, 26), 23, 30)  # the day itself is in time
    await prove_again()
    clock.instant = at_local(date(2026, 11, 27), 0, 30)
    assert await say_yes() is Refusal.EXPIRED


async def test_the_first_day_itself_is_in_time(offer, say_yes, clock, prove_again):
    await offer(Wish(Money(20000), first_on=date(2026, 11, 26)))
    clock.instant = at_local(date(2026, 11, 26), 23, 30)
    await prove_again()
    assert (await say_yes()).state is AgreementState.ACCEPTED


async def test_a_respite_is_over_at_midnight_in_copenhagen(offer, say_yes, clock, prove_again):
    await offer(until=date(2026, 11, 26))
    clock.instant = at_local(date(2026, 11, 27), 0, 30)  # in London it is still the 26th
    await prove_again()
    assert await say_yes() is Refusal.EXPIRED


@pytest.mark.parametrize(
    "change",
    [
        {"paid": Money(100)},
        {"paid": Money(80000), "state": ClaimState.PAID},
        {"state": ClaimState.DISPUTED},
        {"state": ClaimState.HANDED_OVER},
        {"principal": Money(90000)},
    ],
)
async def test_what_changes_between_offer_and_yes_undoes_the_offer(
    offer, say_yes, kept, runtime, claims, change
):
    await offer()
    async with runtime.transaction() as session:
        claim = await session.get(Claim, claims[0].id)
        for name, value in change.items():
            setattr(claim, name, value)
    assert await say_yes() is Refusal.CHANGED
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.SUPERSEDED
    assert ClaimState.IN_PLAN not in {claim.state for claim in owed}


async def test_nobody_agrees_to_a_text_they_were_not_shown(offer, say_yes):
    await offer(shown=None)
    assert await say_yes() is Refusal.CHANGED


async def test_a_new_offer_takes_the_place_of_the_old(offer, say_yes, kept, clock):
    await offer()
    clock.travel(timedelta(minutes=1))
    second = await offer(Wish(Money(40000)))
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
            await agreements.offer(session, runtime, place, Terms(claims))
