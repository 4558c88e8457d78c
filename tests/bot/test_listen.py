"""The second net: what Rasa is not asked to answer is still heard for hard cases."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.converse import converse
from bot.listen import listen
from data.models.citizens import Citizen
from data.models.conversations import Conversation, Direction, Hearer, Message, Owner
from data.models.handoffs import Handoff
from outreach import handoffs
from outreach.errors import RasaSilentError, RasaUnavailableError
from tests import make, make_desk

HINT = "I skal ikke regne med mig efter på fredag"
#: "I can pay nothing any more and do not know how to go on after all I have been through".
IN_ROMANIAN = "Nu mai pot plăti nimic și nu știu cum să merg mai departe după tot ce am trăit"


@pytest.fixture(autouse=True)
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
def to_hear(runtime):
    """The messages that wait to be listened to."""

    async def look():
        async with runtime.transaction() as session:
            rows = await session.execute(
                text(
                    "select args->>'message_id' from procrastinate_jobs"
                    " where task_name = 'listen' order by id"
                )
            )
            return [row[0] for row in rows]

    return look


@pytest.fixture
def said(runtime):
    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Message.body)
                .where(Message.direction == Direction.OUT)
                .order_by(Message.number)
            )
            return list(found)

    return look


@pytest.fixture
def hear(talking, rasa, to_hear):
    """Let Rasa hear the last message as this."""

    async def do(meaning):
        rasa.meanings.append(meaning)
        await listen(talking, message_id=(await to_hear())[-1])

    return do


@pytest.fixture
def inbound(runtime):
    """What the citizen has written, in order."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Message).where(Message.direction == Direction.IN).order_by(Message.number)
            )
            return list(found)

    return look


async def hold(runtime):
    """Let Anna take the conversation over."""
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        place = (await session.scalars(select(Conversation).with_for_update())).one()
        handoff = await handoffs.open_handoff(
            session, runtime, conversation=place, reason="caseworker", summary="-"
        )
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, handoff.id, anna)


async def test_after_a_stop_a_hard_case_is_heard_answered_and_given_to_a_person(
    receive, hear, said, the_one
):
    await receive("STOP")
    await receive(HINT)
    await hear("hard_suicide")
    assert (await the_one(Handoff)).reason == "hard_suicide"
    assert (await the_one(Citizen)).frozen_because == "hard_suicide"
    assert "112" in (await said())[-1]
    assert (await the_one(Conversation)).owner is Owner.NOBODY


async def test_a_hard_case_beside_the_word_stop_is_heard(receive, hear, the_one):
    await receive(f"STOP. {HINT}")
    await hear("hard_suicide")
    assert (await the_one(Handoff)).severity == 0


async def test_while_a_person_is_awaited_the_handoff_becomes_urgent_and_the_words_are_said(
    receive, hear, said, the_one, talking
):
    await receive("jeg har fået kræft")
    due = (await the_one(Handoff)).due_at
    await receive(HINT)
    await hear("hard_violence")
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("hard_violence", 0)
    assert handoff.due_at < due
    assert "1888" in (await said())[-1]


async def test_a_lesser_case_while_a_person_is_awaited_is_only_passed_on(
    receive, hear, said, the_one
):
    await receive("jeg har fået kræft")
    await receive("og nu er alting anderledes")
    before = await said()
    await hear("hard_life_event")
    assert await said() == before
    assert (await the_one(Handoff)).reason == "hard_illness"


async def test_over_a_person_who_holds_it_nothing_is_said_but_they_are_alerted(
    receive, hear, said, the_one, runtime
):
    await receive("hej")
    await hold(runtime)
    await receive(HINT)
    before = await said()
    await hear("hard_suicide")
    assert await said() == before
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("hard_suicide", 0)
    assert (await the_one(Conversation)).owner is Owner.STAFF


async def test_a_hard_case_in_one_part_of_the_message_counts_and_the_worst_wins(
    receive, hear, the_one
):
    await receive("STOP")
    await receive("noget om flere ting")
    await hear("thanks+hard_illness+hard_child")
    assert (await the_one(Handoff)).reason == "hard_child"


async def test_what_is_no_hard_case_changes_nothing(receive, hear, said, runtime):
    await receive("STOP")
    message = await receive("tak for det")
    before = await said()
    await hear("thanks")
    assert await said() == before
    async with runtime.transaction() as session:
        assert list(await session.scalars(select(Handoff))) == []
        heard = await session.get(Message, message.id)
    assert (heard.understood_as, heard.understood_by) == ("thanks", Hearer.RASA)


async def test_it_is_heard_once_however_often_the_job_runs(receive, hear, talking, to_hear, said):
    await receive("STOP")
    await receive(HINT)
    await hear("hard_suicide")
    before = await said()
    await listen(talking, message_id=(await to_hear())[-1])
    assert await said() == before


async def test_rasa_hears_neither_names_nor_numbers(receive, hear, rasa):
    await receive("STOP")
    await receive("Mette Hansen 010180-1234 med brystkræftoperation, 200 kr")
    await hear("thanks")
    [heard] = rasa.heard
    assert not any(secret in heard for secret in ("Mette", "0101", "1234", "xxxx", "200"))


async def test_while_rasa_is_away_the_message_waits_and_is_then_read_by_a_person(
    receive, hear, the_one, clock, runtime
):
    await receive("STOP")
    await receive(HINT)
    with pytest.raises(RasaSilentError):  # tried again
        await hear(None)
    clock.travel(timedelta(minutes=31))
    await hear(None)
    assert (await the_one(Handoff)).reason == "assistant_down"


async def test_without_a_dialogue_at_all_it_waits_too(receive, runtime, to_hear):
    await receive("STOP")
    await receive(HINT)
    with pytest.raises(RasaUnavailableError):
        await listen(runtime, message_id=(await to_hear())[-1])


async def test_what_rasa_could_not_answer_is_heard_later(receive, talking, rasa, hear, the_one):
    asked = await receive(HINT)
    rasa.turns.append([])  # it answers nothing: a person takes over
    await converse(talking, message_id=str(asked.id))
    assert (await the_one(Handoff)).reason == "assistant_down"
    await hear("hard_suicide")
    assert (await the_one(Handoff)).reason == "hard_suicide"


async def test_what_came_just_before_a_person_took_over_is_heard_too(
    receive, talking, rasa, hear, the_one
):
    first, second = await receive("jeg vil tale med et menneske"), await receive(HINT)
    rasa.turns.append(["action_human"])
    await converse(talking, message_id=str(first.id))
    await converse(talking, message_id=str(second.id))  # a person has it: Rasa is not asked
    assert (await the_one(Handoff)).reason == "asked_human"
    await hear("hard_suicide")
    assert (await the_one(Handoff)).reason == "hard_suicide"


@pytest.mark.parametrize("body", ["🙂", "12345", "jeg vil dø"])
async def test_what_holds_no_words_or_is_heard_already_is_not_heard_again(receive, to_hear, body):
    await receive("STOP")
    heard = await to_hear()
    await receive(body)
    assert await to_hear() == heard


async def test_a_cry_for_help_in_another_language_does_not_wait_for_the_interpreter(
    receive, hear, the_one
):
    await receive(IN_ROMANIAN)
    assert (await the_one(Handoff)).reason == "language"
    await hear("hard_suicide")
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("hard_suicide", 0)


async def test_what_is_grave_in_another_language_is_read_today_by_whatever_name_it_goes(
    receive, hear, the_one
):
    await receive(IN_ROMANIAN)
    await hear("hard_bereavement")
    handoff = await the_one(Handoff)
    assert (handoff.reason, handoff.severity) == ("language_worry", 2)


async def test_what_is_grave_in_danish_keeps_its_own_severity(receive, hear, the_one):
    await receive("STOP")
    await receive(HINT)
    await hear("hard_bereavement")
    assert (await the_one(Handoff)).reason == "hard_bereavement"


async def test_a_plain_message_in_another_language_stays_what_it_is(
    receive, hear, the_one, inbound
):
    await receive("Nie rozumiem po duńsku, proszę o kontakt w języku polskim")
    await hear("out_of_scope")
    assert (await the_one(Handoff)).reason == "language"
    assert (await inbound())[-1].understood_as == "language"
