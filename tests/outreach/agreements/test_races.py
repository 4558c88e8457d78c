"""Acts on one agreement at the same moment: each waits its turn, and none dies of the other."""

import asyncio
from datetime import date

import pytest

from data.models.agreements import AgreementChannel, AgreementState
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.values.ids import MessageId, new_id
from outreach import agreements, assignments, citizens, conversations
from outreach.agreements import Refusal, Terms
from tests import locks, make_agreements

JUNE = date(2027, 6, 15)


@pytest.fixture
def end(runtime, anna):
    async def once(made):
        async with runtime.transaction() as session:
            return await agreements.end_by_staff(session, runtime, anna, made.id, reason="Fejl.")

    return once


@pytest.fixture
def freeze(runtime, mette):
    async def once():
        async with runtime.transaction() as session:
            await citizens.freeze(session, runtime, mette.id, because="hard_illness")

    return once


async def all_of(*acts):
    """Let acts run at once, and return what came of each; a deadlock would be a fault."""
    return await asyncio.gather(*acts, return_exceptions=True)


async def test_a_yes_and_a_proposal_taken_back_at_once(offer, end, runtime, talk, kept):
    """Both have begun: the caseworker's act waits for the yes, and finds an agreement."""
    made = await offer()
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        await agreements.on_the_table(session, place)
        taken_back = asyncio.create_task(end(made))
        await locks.somebody_waits(runtime)
        done = await agreements.accept(session, runtime, place, MessageId(new_id()))
    assert not isinstance(done, Refusal)
    assert done.state is AgreementState.ACCEPTED
    with pytest.raises(agreements.NotRunningError):
        await taken_back
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.ACCEPTED
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}


async def test_a_freeze_comes_before_the_yes_that_waits_for_it(
    offer, say_yes, runtime, mette, kept
):
    await offer()
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, mette.id, because="hard_illness")
        answer = asyncio.create_task(say_yes())
        await locks.somebody_waits(runtime)
    assert await answer is Refusal.FROZEN
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.SUPERSEDED
    assert {claim.state for claim in owed} == {ClaimState.OPEN}


async def test_a_plan_agreed_as_its_citizen_is_frozen_stands_still(
    offer, freeze, runtime, talk, kept
):
    await offer()
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        await agreements.accept(session, runtime, place, MessageId(new_id()))
        frozen = asyncio.create_task(freeze())
        await locks.somebody_waits(runtime)
    await frozen
    [plan], _ = await kept()
    assert (plan.state, plan.suspended_because) == (AgreementState.ACCEPTED, "frozen")


async def test_lifting_a_freeze_and_writing_down_a_yes_do_not_wait_for_each_other(
    runtime, anna, mette, claims, change, clock, kept
):
    await change(mette, frozen_at=clock.now(), frozen_because="hard_illness")

    async def lift():
        async with runtime.transaction() as session:
            known = await session.get_one(Citizen, mette.id)
            await citizens.unfreeze(session, runtime, known, anna, "Vi har talt sammen.")

    async def write_down():
        async with runtime.transaction() as session:
            await agreements.conclude_by_staff(
                session,
                runtime,
                anna,
                mette.id,
                make_agreements.plan(claims),
                channel=AgreementChannel.VOICE,
                identity_level=2,
                shown_text=make_agreements.SHOWN,
                reason="Mette ringede.",
            )

    for _ in range(5):
        _, written = await all_of(lift(), write_down())
        if not isinstance(written, agreements.StandsAgainstError):
            break
        await change(mette, frozen_at=clock.now(), frozen_because="hard_illness")
    assert written is None or isinstance(written, agreements.StandsAgainstError)
    found, _ = await kept()
    assert all(plan.suspended_because is None for plan in found)


async def test_a_round_and_a_new_day_for_an_assignment_at_once(
    runtime, anna, mette, claims, kept, clock
):
    async with runtime.transaction() as session:
        made = await assignments.propose(
            session,
            runtime,
            anna,
            mette.id,
            claims,
            benefit="overskydende_skat",
            expected_by=clock.now().date(),
            reason="Skat.",
        )
    async with runtime.transaction() as session:
        await assignments.sign(
            session,
            runtime,
            anna,
            made.id,
            channel=AgreementChannel.COUNTER,
            identity_level=3,
        )
    clock.travel(date(2026, 11, 27) - date(2026, 11, 24))

    async def look():
        async with runtime.transaction() as session:
            return await assignments.review(session, runtime, "albertslund")

    async with runtime.transaction() as session:
        await session.get(Claim, claims[0].id, with_for_update=True)
        looking = asyncio.create_task(look())
        await locks.somebody_waits(runtime)
        ended = await agreements.terms.locked_agreement(session, made.id)
        assert ended is not None
        ended.state, ended.ended_at = AgreementState.ENDED, clock.now()
    assert await looking == 0
    [agreement], _ = await kept()
    assert agreement.ended_because is None


async def test_an_offer_made_anew_while_the_old_one_is_taken_back(offer, end, kept, claims):
    made = await offer()
    others = [Terms(claims, respite_until=JUNE), make_agreements.plan(claims)]
    done = await all_of(end(made), *(offer(terms) for terms in others))
    faults = [one for one in done if isinstance(one, BaseException)]
    assert all(isinstance(one, agreements.NotRunningError) for one in faults)
    found, _ = await kept()
    assert sum(one.state is AgreementState.OFFERED for one in found) <= 1
