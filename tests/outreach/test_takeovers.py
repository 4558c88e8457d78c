"""Forgotten takeovers come back to the queue; a duty manager may give a conversation to another."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.conversations import Conversation, Message, MessageKind, Owner
from data.models.handoffs import Handoff, HandoffState
from data.queries import handoffs as queries
from data.queries.queue import Wanted, listed
from outreach import citizens, conversations, handoffs, takeovers
from outreach.errors import ConflictError, NotFoundError
from outreach.takeovers import return_forgotten
from tests import make, make_desk


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
async def bent(runtime):
    return await make_desk.staff(runtime, "bent", name="Bent Dam")


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


@pytest.fixture
async def taken(runtime, talk, anna):
    waits = await make_desk.handoff(runtime, talk)
    async with runtime.transaction() as session:
        return await handoffs.take(session, runtime, waits.id, anna)


@pytest.fixture
def after(runtime, clock):
    """How long a takeover may rest in Albertslund."""
    return runtime.policies["albertslund"].desk.forgotten_after


async def now_of(runtime, kind, its_id):
    async with runtime.transaction() as session:
        return await session.get(kind, its_id)


async def notices(runtime):
    async with runtime.transaction() as session:
        found = await session.scalars(select(Message).where(Message.kind == MessageKind.NOTICE))
        return list(found)


async def test_a_forgotten_takeover_is_in_the_queue_again(runtime, clock, talk, taken, after):
    clock.travel(after)
    assert await return_forgotten(runtime) == 0
    clock.travel(timedelta(seconds=1))
    assert await return_forgotten(runtime) == 1
    handoff = await now_of(runtime, Handoff, taken.id)
    assert (handoff.state, handoff.taken_by, handoff.times_returned) == (
        HandoffState.WAITING,
        None,
        1,
    )
    assert handoff.due_at == taken.due_at
    place = await now_of(runtime, Conversation, talk.id)
    assert (place.owner, place.owner_staff_id, place.owner_number) == (Owner.NOBODY, None, 4)
    assert await return_forgotten(runtime) == 0


async def test_who_looks_or_types_has_not_forgotten(runtime, clock, talk, taken, anna, after):
    for _ in range(3):
        clock.travel(after - timedelta(minutes=1))
        async with runtime.transaction() as session:
            await handoffs.answer(session, runtime, taken.id, anna, "Jeg undersøger det.")
        assert await return_forgotten(runtime) == 0
    clock.travel(after + timedelta(minutes=1))
    assert await return_forgotten(runtime) == 1


async def test_it_stands_at_the_top_of_its_severity(runtime, clock, taken, anna, after):
    other = await make.conversation(runtime, None, address="+4520304099")
    late = await make_desk.handoff(runtime, other, due_at=clock.now() - timedelta(hours=9))
    clock.travel(after + timedelta(minutes=1))
    await return_forgotten(runtime)
    async with runtime.transaction() as session:
        queue = await listed(session, "albertslund", anna.id, Wanted(), clock.now())
    assert [each.id for each in queue.handoffs] == [taken.id, late.id]


async def test_a_citizen_who_wrote_meanwhile_and_got_no_answer_is_told(
    runtime, clock, talk, taken, after
):
    clock.travel(timedelta(minutes=1))
    await make_desk.said(runtime, talk, "Er der nogen?")
    clock.travel(after)
    await return_forgotten(runtime)
    [told] = await notices(runtime)
    assert "medarbejder" in told.body
    assert told.owner_number == 4


async def test_one_who_has_said_stop_is_not_told_that_they_wait(runtime, clock, talk, taken, after):
    clock.travel(timedelta(minutes=1))
    await make_desk.said(runtime, talk, "STOP")
    async with runtime.transaction() as session:
        await citizens.opt_out(
            session, runtime, municipality=talk.municipality, channel=talk.channel,
            address=talk.address, source="citizen",
        )  # fmt: skip
    clock.travel(after)
    assert await return_forgotten(runtime) == 1
    assert await notices(runtime) == []


async def test_one_who_was_answered_or_wrote_nothing_is_not_disturbed(
    runtime, clock, talk, taken, anna, after
):
    clock.travel(timedelta(minutes=1))
    await make_desk.said(runtime, talk, "Er der nogen?")
    clock.travel(timedelta(minutes=1))
    async with runtime.transaction() as session:
        await handoffs.answer(session, runtime, taken.id, anna, "Ja, jeg vender tilbage i dag.")
    clock.travel(after + timedelta(minutes=1))
    assert await return_forgotten(runtime) == 1
    assert await notices(runtime) == []


async def test_two_rounds_at_once_return_it_once(runtime, clock, taken, after):
    clock.travel(after + timedelta(minutes=1))
    rounds = await asyncio.gather(*(return_forgotten(runtime) for _ in range(3)))
    assert sum(rounds) == 1
    assert (await now_of(runtime, Handoff, taken.id)).times_returned == 1


async def test_the_former_holder_cannot_answer_and_may_take_it_again(
    runtime, clock, taken, anna, after
):
    clock.travel(after + timedelta(minutes=1))
    await return_forgotten(runtime)
    with pytest.raises(ConflictError):
        async with runtime.transaction() as session:
            await handoffs.answer(session, runtime, taken.id, anna, "Hej")
    async with runtime.transaction() as session:
        again = await handoffs.take(session, runtime, taken.id, anna)
    assert again.taken_by == anna.id


async def test_who_forgot_it_is_on_record(runtime, clock, taken, anna, after):
    clock.travel(after + timedelta(minutes=1))
    await return_forgotten(runtime)
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "handoff_returned"))
    assert (entry.actor, entry.facts["before"]) == ("assistant", f"staff:{anna.id}")


async def test_a_forgotten_life_in_danger_counts_as_escalated(runtime, clock, talk, anna, after):
    waits = await make_desk.handoff(runtime, talk, severity=0, reason="hard_suicide")
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, waits.id, anna)
    clock.travel(after + timedelta(minutes=1))
    await return_forgotten(runtime)
    assert (await now_of(runtime, Handoff, waits.id)).escalated_at == clock.now()


async def test_a_life_in_danger_is_not_left_with_who_has_gone_home(
    runtime, clock, talk, taken, after
):
    clock.travel(timedelta(minutes=11))
    assert await return_forgotten(runtime) == 0
    async with runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        await handoffs.open_handoff(
            session, runtime, conversation=place, reason="hard_suicide", summary="-"
        )
    assert await return_forgotten(runtime) == 1
    handoff = await now_of(runtime, Handoff, taken.id)
    assert (handoff.state, handoff.severity) == (HandoffState.WAITING, 0)


async def test_a_duty_manager_takes_it_from_one_and_gives_it_to_another(
    runtime, talk, taken, anna, bent
):
    lead = await make_desk.staff(runtime, "dorte", name="Dorte Holm", roles=["duty_manager"])
    async with runtime.transaction() as session:
        await takeovers.assign(session, runtime, taken.id, by=lead, to=bent, why="Anna er syg")
    assert (await now_of(runtime, Handoff, taken.id)).taken_by == bent.id
    place = await now_of(runtime, Conversation, talk.id)
    assert (place.owner, place.owner_staff_id, place.owner_number) == (Owner.STAFF, bent.id, 4)
    with pytest.raises(ConflictError, match="Bent Dam"):
        async with runtime.transaction() as session:
            await handoffs.answer(session, runtime, taken.id, anna, "Hej")
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "handoff_assigned"))
    assert entry.actor == f"staff:{lead.id}"
    assert entry.facts["before"] == f"staff:{anna.id}"
    assert entry.facts["after"] == f"staff:{bent.id}"
    assert entry.facts["why"] == "Anna er syg"


async def test_nobody_is_given_what_is_closed_or_another_municipalitys(runtime, taken, anna, bent):
    stranger = await make_desk.staff(runtime, "carl", municipality="faxe")
    for by, to in ((anna, stranger), (stranger, bent)):
        with pytest.raises(NotFoundError):
            async with runtime.transaction() as session:
                await takeovers.assign(session, runtime, taken.id, by=by, to=to, why="-")
    async with runtime.transaction() as session:
        await handoffs.hand_back(session, runtime, taken.id, anna, "færdig")
    with pytest.raises(ConflictError):
        async with runtime.transaction() as session:
            await takeovers.assign(session, runtime, taken.id, by=anna, to=bent, why="-")


async def test_the_urgent_count_hears_of_one_that_comes_back(runtime, clock, talk, anna, after):
    waits = await make_desk.handoff(runtime, talk, severity=1)
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, waits.id, anna)
        counts = await queries.counts(session, "albertslund", anna.id)
    assert (counts.urgent, counts.last_urgent_at) == (0, None)
    clock.travel(after + timedelta(minutes=1))
    await return_forgotten(runtime)
    async with runtime.transaction() as session:
        counts = await queries.counts(session, "albertslund", anna.id)
    assert (counts.urgent, counts.last_urgent_at) == (1, clock.now())
