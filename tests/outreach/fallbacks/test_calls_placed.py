"""What became of a call, what comes next, and what the desk tells of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.models.claims import Claim
from data.models.conversations import Conversation
from data.municipalities.policy import Policies
from outreach import calls as ringing
from outreach import cases
from outreach.explain import explain
from outreach.reconcile import reconcile
from outreach.runtime import SendOutcome, SendResult
from outreach.telling import tell
from tests import make, make_calls
from tests.make_calls import send
from tests.outreach.fallbacks.steps import LIST, before_it_rings


@pytest.mark.parametrize("who", ["machine_end_beep", "human"])
async def test_who_was_reached_is_not_called_again(
    house, clock, look, undelivered, calls, taken_by, who
):
    await before_it_rings(house, clock, look, undelivered)
    await send(house)
    await taken_by(who)
    for _ in range(3):
        assert not (await look()).taken
        clock.travel(timedelta(days=1))
        await send(house)
    assert len(calls.placed) == 1


async def test_a_call_of_ours_does_not_join_one_that_goes_on(
    house, clock, look, undelivered, calls, taken_by
):
    await before_it_rings(house, clock, look, undelivered)
    await send(house)
    async with house.transaction() as session:
        policy = house.policies["albertslund"]
        theirs, _ = await ringing.begin(session, house, policy, "CA1", make.METTE_PHONE)
        talk = await session.get_one(Conversation, theirs.conversation_id)
        talk.identity_level, talk.identity_at = 2, clock.now()
    await taken_by("human")
    async with house.transaction() as session:
        ours = await ringing.held(session, calls.sids[-1])
        assert ours is not None
        await ringing.answered(session, house, ours, calls.sids[-1])
    async with house.transaction() as session:
        apart = await session.get_one(Conversation, ours.conversation_id)
        assert (apart.address, apart.identity_level) == (f"call:{calls.sids[-1]}", 0)
        going_on = await session.get_one(Conversation, theirs.conversation_id)
        assert (going_on.address, going_on.identity_level) == (make.METTE_PHONE, 2)


async def test_a_fax_is_a_try_and_the_next_is_on_another_day(
    house, clock, look, undelivered, calls, taken_by
):
    await before_it_rings(house, clock, look, undelivered)
    await send(house)
    await taken_by("fax")
    assert (await look()).taken == {"reach_voice:2": 1}
    await send(house)
    assert len(calls.placed) == 1
    clock.travel(timedelta(days=1))
    await send(house)
    assert len(calls.placed) == 2


async def test_a_second_call_waits_for_a_bank_day(house, clock, look, undelivered, calls, rings):
    clock.travel(timedelta(days=2))  # Thursday
    await make.coverage(house, "albertslund", date(2026, 11, 25))
    await before_it_rings(house, clock, look, undelivered)
    await send(house)  # Friday
    await rings("no-answer")
    await look()
    for _ in range(2):
        clock.travel(timedelta(days=1))
        await send(house)
    assert len(calls.placed) == 1
    clock.travel(timedelta(days=1))
    await send(house)  # Monday
    assert len(calls.placed) == 2


async def test_a_call_nobody_knows_of_is_never_placed_twice_on_a_day(
    house, clock, look, undelivered, calls
):
    await before_it_rings(house, clock, look, undelivered)
    calls.answers.append(SendOutcome(SendResult.UNKNOWN, error_code="no_answer"))
    await send(house)
    clock.travel(timedelta(minutes=5))
    await reconcile(house)
    assert (await look()).taken == {"reach_voice:2": 1}
    clock.travel(timedelta(hours=3))
    await send(house)
    assert calls.placed == []
    clock.travel(timedelta(days=1))
    await send(house)
    assert len(calls.placed) == 1


async def test_a_number_that_twilio_refuses_is_not_called_again(
    house, clock, look, undelivered, calls
):
    await before_it_rings(house, clock, look, undelivered)
    calls.answers.append(SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code="21214"))
    await send(house)
    assert (await look()).taken == {LIST: 1}


async def test_another_claim_does_not_make_it_ring_twice_a_day(
    house, clock, look, undelivered, calls, mette
):
    """Whatever the contact budget is: at most one attempt a day."""
    generous = {
        key: house.policies[key].model_copy(
            update={
                "contact": house.policies[key].contact.model_copy(
                    update={"at_most_in_24_hours": 10}
                )
            }
        )
        for key in house.policies.keys
    }
    house = replace(house, policies=Policies(list(generous.values())))
    await undelivered()
    await look()
    other = await make.claim(house, mette, claim_ref="A-2002")
    talk = await make_calls.talk_of_call(house)
    await make.first_contact(house, talk, other)
    await send(house)
    assert len(calls.placed) == 1
    clock.travel(timedelta(days=1))
    await send(house)
    assert len(calls.placed) == 2


async def test_the_desk_tells_each_try_and_why(house, clock, look, undelivered, owed, rings):
    await undelivered()
    await look()
    clock.travel(timedelta(days=1))
    await send(house)
    await rings("failed")
    await look()
    async with house.transaction() as session:
        claim = await session.get_one(Claim, owed.id)
        told = tell(await explain(session, house, claim), "en")
    [history] = [part for part in told.sections if part.key == "decisions"]
    lines = [line.text for line in history.lines]
    assert any(line.startswith("Call 1 taken") for line in lines), lines
    assert any("list of those who need a letter" in line.lower() for line in lines), lines
    assert any("the last try: the number cannot be called" in line for line in lines), lines


async def test_the_ladder_goes_on_as_if_nothing_more_had_been_tried(house, look, undelivered, owed):
    await undelivered()
    async with house.transaction() as session:
        before = (await cases.load(session, house, [owed.id]))[owed.id]
    await look()
    async with house.transaction() as session:
        assert (await cases.load(session, house, [owed.id]))[owed.id] == before
