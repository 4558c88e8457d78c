"""A conversation belongs to one at a time: the assistant, nobody yet, or one named person."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Citizen
from data.models.conversations import Author, Conversation, Message, MessageKind, Owner
from data.models.handoffs import Handoff, HandoffState
from data.values.ids import new_id
from data.values.time import at_local
from outreach import conversations, handoffs
from outreach.errors import ConflictError, NotFoundError
from tests import make, make_desk


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
async def bent(runtime):
    return await make_desk.staff(runtime, "bent", name="Bent Dahl")


@pytest.fixture
def hand_over(runtime, talk):
    """Let the assistant give the conversation to a person."""

    async def give(reason="asked_human"):
        async with runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            return await handoffs.open_handoff(
                session, runtime, conversation=place, reason=reason, summary=reason
            )

    return give


@pytest.fixture
def act(runtime):
    """Do one thing with a handoff, in a transaction of its own."""

    async def do(what, *args):
        async with runtime.transaction() as session:
            return await what(session, runtime, *args)

    return do


@pytest.fixture
def now_of(runtime, talk):
    async def look():
        async with runtime.transaction() as session:
            return await session.get(Conversation, talk.id)

    return look


async def test_whoever_asks_for_a_person_waits_for_one(hand_over, now_of, clock, talk):
    handoff = await hand_over()
    assert (handoff.state, handoff.severity) == (HandoffState.WAITING, 3)
    assert handoff.due_at == at_local(date(2026, 11, 25), 15)
    place = await now_of()
    assert place.owner is Owner.NOBODY
    assert place.owner_number == talk.owner_number + 1
    assert place.owner_since == clock.now()


@pytest.mark.parametrize(
    ("reason", "severity", "due"),
    [
        ("hard_suicide", 0, timedelta(minutes=5)),
        ("hard_violence", 0, timedelta(hours=1)),
        ("hard_eviction", 1, timedelta(hours=5)),  # until the office closes at 15
    ],
)
async def test_F15_the_reason_decides_how_urgent_it_is(hand_over, clock, reason, severity, due):
    handoff = await hand_over(reason)
    assert (handoff.severity, handoff.due_at) == (severity, clock.now() + due)


async def test_a_second_reason_makes_the_one_handoff_more_urgent_never_less(hand_over, now_of):
    first = await hand_over("asked_human")
    second = await hand_over("hard_suicide")
    third = await hand_over("dispute")
    assert first.id == second.id == third.id
    assert (third.reason, third.severity) == ("hard_suicide", 0)
    assert third.due_at < first.opened_at + timedelta(minutes=6)
    assert (await now_of()).owner_number == 2  # given away once


async def test_of_two_who_take_it_at_once_one_gets_it_and_the_other_is_told_who(
    hand_over, act, anna, bent, now_of
):
    handoff = await hand_over()
    done = await asyncio.gather(
        *(act(handoffs.take, handoff.id, person) for person in (anna, bent)),
        return_exceptions=True,
    )
    [taken] = [one for one in done if isinstance(one, Handoff)]
    [refused] = [one for one in done if isinstance(one, ConflictError)]
    names = {anna.id: anna.name, bent.id: bent.name}
    assert str(refused) == names[taken.taken_by]
    place = await now_of()
    assert (place.owner, place.owner_staff_id) == (Owner.STAFF, taken.taken_by)
    assert place.owner_number == 3


async def test_taking_what_one_has_already_changes_nothing(hand_over, act, anna, now_of):
    handoff = await hand_over()
    await act(handoffs.take, handoff.id, anna)
    await act(handoffs.take, handoff.id, anna)
    assert (await now_of()).owner_number == 3


async def test_only_who_holds_it_answers_on_the_citizens_channel(
    hand_over, act, anna, bent, clock, runtime, talk
):
    handoff = await hand_over()
    with pytest.raises(ConflictError):
        await act(handoffs.answer, handoff.id, anna, "Hej")
    await act(handoffs.take, handoff.id, anna)
    message = await act(handoffs.answer, handoff.id, anna, "Hej Mette, jeg hedder Anna.")
    assert (message.kind, message.author) == (MessageKind.STAFF_ANSWER, Author.STAFF)
    assert (message.address, message.staff_id) == (talk.address, anna.id)
    assert message.body == (
        "Nu skriver du med et menneske: Anna fra Albertslund Kommune."
        "\n\nHej Mette, jeg hedder Anna."
    )
    again = await act(handoffs.answer, handoff.id, anna, "Er det i orden?")
    assert again.body == "Er det i orden?\n\nHilsen Anna"
    assert message.owner_number == 3
    with pytest.raises(ConflictError, match="Anna Berg"):
        await act(handoffs.answer, handoff.id, bent, "Hej fra Bent")
    async with runtime.transaction() as session:
        assert len(list(await session.scalars(select(Message)))) == 2


async def test_an_answer_sent_twice_with_one_key_is_one_answer(hand_over, runtime, act, anna):
    handoff = await hand_over()
    await act(handoffs.take, handoff.id, anna)
    for expected in (True, False):
        async with runtime.transaction() as session:
            message = await handoffs.answer(session, runtime, handoff.id, anna, "Hej", key="k")
            assert (message is not None) is expected


async def test_handing_back_gives_the_assistant_the_word_and_the_citizen_new_tries(
    hand_over, act, anna, bent, now_of, runtime, talk
):
    handoff = await hand_over("identity_failed")
    async with runtime.transaction() as session:
        place = await session.get(Conversation, talk.id)
        place.identity_tries, place.misunderstood = 3, 2
    await act(handoffs.take, handoff.id, anna)
    with pytest.raises(ConflictError):
        await act(handoffs.hand_back, handoff.id, bent, "ikke min")
    done = await act(handoffs.hand_back, handoff.id, anna, "Talt med Mette.")
    assert (done.state, done.close_note) == (HandoffState.CLOSED, "Talt med Mette.")
    place = await now_of()
    assert (place.owner, place.owner_staff_id, place.owner_number) == (Owner.ASSISTANT, None, 4)
    assert (place.identity_tries, place.misunderstood) == (0, 0)


async def test_what_is_closed_can_neither_be_taken_nor_answered(hand_over, act, anna):
    handoff = await hand_over()
    await act(handoffs.take, handoff.id, anna)
    await act(handoffs.hand_back, handoff.id, anna, "færdig")
    for what, args in (
        (handoffs.take, ()),
        (handoffs.answer, ("Hej",)),
        (handoffs.hand_back, ("igen",)),
    ):
        with pytest.raises(ConflictError):
            await act(what, handoff.id, anna, *args)


async def test_after_a_hand_back_a_new_handoff_is_opened(hand_over, act, anna):
    first = await hand_over()
    await act(handoffs.take, first.id, anna)
    await act(handoffs.hand_back, first.id, anna, "færdig")
    assert (await hand_over()).id != first.id


async def test_another_municipalitys_handoff_is_not_there(hand_over, act, runtime):
    handoff = await hand_over()
    stranger = await make_desk.staff(runtime, "carl", municipality="faxe")
    for what, args in (
        (handoffs.take, ()),
        (handoffs.answer, ("Hej",)),
        (handoffs.hand_back, ("-",)),
    ):
        with pytest.raises(NotFoundError):
            await act(what, handoff.id, stranger, *args)
    with pytest.raises(NotFoundError):
        await act(handoffs.take, new_id(), stranger)


async def test_F15_what_nobody_took_in_time_is_marked_late_once(hand_over, runtime, clock):
    handoff = await hand_over()
    assert await handoffs.escalate(runtime) == 0
    clock.instant = handoff.due_at + timedelta(seconds=1)
    assert await handoffs.escalate(runtime) == 1
    assert await handoffs.escalate(runtime) == 0
    async with runtime.transaction() as session:
        assert (await session.get(Handoff, handoff.id)).escalated_at == clock.now()


async def test_what_was_taken_is_not_late(hand_over, act, anna, runtime, clock):
    handoff = await hand_over()
    await act(handoffs.take, handoff.id, anna)
    clock.travel(timedelta(days=7))
    assert await handoffs.escalate(runtime) == 0


async def test_two_that_mark_the_late_at_once_mark_each_once(hand_over, runtime, clock):
    await hand_over()
    clock.travel(timedelta(days=7))
    assert sum(await asyncio.gather(*(handoffs.escalate(runtime) for _ in range(3)))) == 1


async def test_every_change_is_on_record_with_who_did_it(hand_over, act, anna, runtime, clock):
    handoff = await hand_over()
    await act(handoffs.take, handoff.id, anna)
    await act(handoffs.answer, handoff.id, anna, "Kære Mette")
    await act(handoffs.hand_back, handoff.id, anna, "Mette er syg")
    async with runtime.transaction() as session:
        entries = list(
            await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.subject_kind == "handoff")
                .order_by(AuditEntry.id)
            )
        )
    person = f"staff:{anna.id}"
    assert [(entry.actor, entry.act) for entry in entries] == [
        ("assistant", "handoff_opened"),
        (person, "handoff_taken"),
        (person, "answered"),
        (person, "handed_back"),
    ]
    assert not any("Mette" in str(entry.facts) for entry in entries)


async def test_F2_a_handoff_names_the_unit_that_owns_all_the_citizen_owes(runtime, hand_over, talk):
    async with runtime.transaction() as session:
        mette = await session.get_one(Citizen, talk.citizen_id)
    await make.claim(runtime, mette, owning_unit="Center for Børn")
    assert (await hand_over()).unit == "Center for Børn"


async def test_F2_where_several_units_own_a_part_the_office_has_the_whole(runtime, hand_over, talk):
    async with runtime.transaction() as session:
        mette = await session.get_one(Citizen, talk.citizen_id)
    await make.claim(runtime, mette, owning_unit="Center for Børn")
    await make.claim(runtime, mette, claim_ref="A-1002", owning_unit="Biblioteket")
    assert (await hand_over()).unit is None
