"""The job that answers: a message in, a reply out, whatever Rasa does, however often it runs."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot import converse as job
from bot.converse import converse
from data.models.agreements import Agreement, AgreementState
from data.models.conversations import (
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.models.handoffs import Handoff
from outreach import handoffs, jobs
from outreach.dispatch import drain
from outreach.errors import RasaSilentError
from tests import make, make_desk
from tests.bot.rasa_stand_in import never, page, says


@pytest.fixture(autouse=True)
async def mette(runtime):
    """Mette Hansen, who owes 1,200 kr., case A-1001."""
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.fixture
def thread(runtime):
    """All that stands in the conversation, in order: kind, status, body."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(select(Message).order_by(Message.number))
            return [(message.kind, message.status, message.body) for message in found]

    return look


@pytest.fixture
def place_of(runtime):
    async def look():
        async with runtime.transaction() as session:
            return (await session.scalars(select(Conversation))).one()

    return look


async def test_an_answer_is_one_message_in_the_outbox(receive, talking, rasa, thread):
    asked = await receive("Er det svindel?")
    rasa.turns.append(["action_is_this_scam"])
    await converse(talking, message_id=str(asked.id))
    [inbound, reply] = await thread()
    assert inbound[:2] == (MessageKind.INBOUND, MessageStatus.HANDLED)
    assert reply[:2] == (MessageKind.REPLY, MessageStatus.QUEUED)
    assert "digitale assistent" in reply[2]  # who it is, at the first interaction
    assert "links" in reply[2]


async def test_what_several_actions_say_is_joined_in_order(receive, talking, rasa, thread):
    asked = await receive("Er du en robot, og er det svindel?")
    rasa.turns.append(["action_are_you_robot", "action_is_this_scam"])
    await converse(talking, message_id=str(asked.id))
    [_, reply] = await thread()
    assert reply[2].index("ikke et menneske") < reply[2].index("links")


async def test_the_assistant_introduces_itself_once(write):
    assert "(AI). Skriv MENNESKE" in await write("Er det svindel?", "is_this_scam")
    assert "(AI). Skriv MENNESKE" not in await write("Nå", "thanks")


async def test_rasa_sees_neither_names_nor_figures(receive, talking, rasa):
    asked = await receive(
        "Hej, Mette Hansen her, 010180-1234, mette@example.dk, skylder jeg 1.200,50?"
    )
    rasa.turns.append(["action_how_much"])
    await converse(talking, message_id=str(asked.id))
    [seen] = rasa.asked
    assert not any(digit in seen["message"] for digit in "123456789")
    assert not any(name in seen["message"].casefold() for name in ("mette", "hansen", "example"))
    answered = str(rasa.from_actions)
    assert not any(secret in answered for secret in ("Mette", "1.200", "A-1001", "digitale"))


async def test_a_message_is_answered_once_however_often_the_job_runs(
    receive, talking, rasa, thread
):
    asked = await receive("Er det svindel?")
    rasa.turns += [["action_is_this_scam"]] * 3
    for _ in range(3):
        await converse(talking, message_id=str(asked.id))
    assert len(await thread()) == 2
    assert len(rasa.asked) == 1


# Rasa's failures: the citizen is told that a person answers, and the desk has it.


FAILURES = {
    "nothing": says(),
    "words": says({"text": "utter_default"}),
    "no draft of ours": says({"custom": {"reply": "11111111-1111-1111-1111-111111111111"}}),
    "no id at all": says({"custom": {"reply": "not-an-id"}}),
    "a web page": page,
}


@pytest.mark.parametrize("behaviour", FAILURES.values(), ids=FAILURES)
async def test_when_rasa_fails_a_person_takes_over_and_the_citizen_is_told(
    receive, talking, rasa, thread, place_of, runtime, behaviour
):
    asked = await receive("Hvad skylder jeg?")
    rasa.behaviours.append(behaviour)
    await converse(talking, message_id=str(asked.id))
    [inbound, notice] = await thread()
    assert inbound[1] is MessageStatus.HANDLED
    assert notice[:2] == (MessageKind.NOTICE, MessageStatus.QUEUED)
    assert "25. november 2026 kl. 15.00" in notice[2]
    assert (await place_of()).owner is Owner.NOBODY
    async with runtime.transaction() as session:
        handoff = (await session.scalars(select(Handoff))).one()
    assert (handoff.reason, handoff.severity) == ("assistant_down", 2)


async def test_while_rasa_starts_again_the_message_waits_and_is_then_answered(
    receive, talking, rasa, thread, place_of
):
    asked = await receive("Er det svindel?")
    rasa.behaviours.append(says(status=503))
    with pytest.raises(RasaSilentError):  # the job is tried again in two seconds
        await converse(talking, message_id=str(asked.id))
    assert [status for _, status, _ in await thread()] == [MessageStatus.RECEIVED]
    rasa.turns.append(["action_is_this_scam"])
    await converse(talking, message_id=str(asked.id))
    assert "links" in (await thread())[-1][2]
    assert (await place_of()).owner is Owner.ASSISTANT


async def test_what_the_citizen_writes_meanwhile_waits_behind_it(
    receive, talking, rasa, postgres, sms
):
    await receive("Er det svindel?")
    await receive("Er du en robot?")
    rasa.behaviours.append(says(status=503))
    rasa.turns += [["action_is_this_scam"], ["action_are_you_robot"]]
    app = jobs.make_app(talking, postgres)
    async with app.open_async():
        await app.run_worker_async(wait=False, install_signal_handlers=False, concurrency=1)
        assert len(rasa.asked) == 1  # the second is not asked before the first
        async with talking.transaction() as session:
            await session.execute(text("update procrastinate_jobs set scheduled_at = null"))
        await app.run_worker_async(wait=False, install_signal_handlers=False, concurrency=1)
    assert ["links" in body for body in sms.bodies] == [True, False]


async def test_a_rasa_that_stays_away_is_given_up_after_twenty_seconds(
    receive, talking, rasa, thread, place_of, clock
):
    asked = await receive("Hvad skylder jeg?")
    rasa.behaviours += [says(status=500)] * 2
    with pytest.raises(RasaSilentError):
        await converse(talking, message_id=str(asked.id))
    clock.travel(job.PATIENCE)
    await converse(talking, message_id=str(asked.id))
    assert (await place_of()).owner is Owner.NOBODY
    assert "25. november 2026 kl. 15.00" in (await thread())[-1][2]


async def test_without_a_dialogue_at_all_a_person_takes_over(runtime, receive, thread, place_of):
    asked = await receive("Hej")
    await converse(runtime, message_id=str(asked.id))
    assert (await place_of()).owner is Owner.NOBODY
    assert len(await thread()) == 2


async def test_a_draft_of_another_conversation_is_not_let_through(
    receive, talking, rasa, runtime, thread
):
    other = await make.citizen(runtime, debtor_id="0202901234", phone="+4520304051")
    secret = await make.conversation(runtime, other, address="+4520304051")
    draft = await make.outgoing(
        runtime, secret, status=MessageStatus.DRAFT, body="Du skylder 9.999 kr."
    )
    asked = await receive("Hej")
    rasa.behaviours.append(says({"custom": {"reply": str(draft.id)}}))
    await converse(talking, message_id=str(asked.id))
    said = [body for _, status, body in await thread() if status is MessageStatus.QUEUED]
    assert said
    assert not any("9.999" in body for body in said)


async def test_what_an_action_did_is_said_although_rasa_failed_afterwards(
    receive, talking, rasa, thread, runtime
):
    """The handoff stands, and the citizen must hear of it."""
    asked = await receive("Jeg vil tale med et menneske")
    rasa.turns.append(["action_human"])

    async def run_and_break(payload):
        return await rasa.after_actions(says(status=500), payload)

    rasa.behaviours.append(run_and_break)
    await converse(talking, message_id=str(asked.id))
    [_, reply] = await thread()
    assert reply[1] is MessageStatus.QUEUED
    assert "En medarbejder skriver til dig senest" in reply[2]
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Handoff))).one().reason == "asked_human"


async def test_an_agreement_made_before_a_crash_is_confirmed_not_denied(
    write, receive, talking, rasa, runtime, thread
):
    await write("Jeg vil gerne betale 200 om måneden", "propose_amount")
    offered = await write("01-01-1980 A-1001", "identify")
    assert "JA" in offered
    yes = await receive("ja tak")
    rasa.turns.append(["action_accept"])

    async def run_and_die(payload):
        await rasa.run_actions(payload)
        return await never(payload)

    rasa.behaviours.append(run_and_die)
    dying = asyncio.create_task(converse(talking, message_id=str(yes.id)))
    async with asyncio.timeout(10):
        while not await accepted(runtime):  # noqa: ASYNC110 - another process would do it
            await asyncio.sleep(0.02)
    dying.cancel()  # the worker is killed while it waits for Rasa
    await asyncio.gather(dying, return_exceptions=True)

    rasa.turns.append(["action_accept"])
    await converse(talking, message_id=str(yes.id))  # the job is rescued, and runs again
    [*_, last] = await thread()
    assert last[1] is MessageStatus.QUEUED
    assert last[2].startswith("Aftalen er lavet")


async def accepted(runtime):
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Agreement.id).where(Agreement.state == AgreementState.ACCEPTED)
        )
        return list(found)


async def test_a_fault_in_our_action_leaves_nothing_half_done(
    receive, talking, rasa, thread, place_of, runtime, clock
):
    async with runtime.transaction() as session:
        await session.execute(text("update claims set claim_type = 'no_such_type'"))
        place = (await session.scalars(select(Conversation))).one_or_none()
        assert place is None
    asked = await receive("Jeg har betalt")
    rasa.turns.append(["action_no_such_action"])
    clock.travel(job.PATIENCE)
    await converse(talking, message_id=str(asked.id))
    assert (await place_of()).owner is Owner.NOBODY
    assert [status for _, status, _ in await thread()] == [
        MessageStatus.HANDLED,
        MessageStatus.QUEUED,
    ]


# A person takes over in the middle.


async def test_rasa_is_not_asked_while_a_person_has_it(receive, talking, rasa, runtime, thread):
    asked = await receive("Hvad skylder jeg?")
    await take_over(runtime)
    await converse(talking, message_id=str(asked.id))
    assert rasa.asked == []
    assert [status for _, status, _ in await thread()] == [MessageStatus.HANDLED]


async def take_over(runtime):
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        place = (await session.scalars(select(Conversation).with_for_update())).one()
        handoff = await handoffs.open_handoff(
            session, runtime, conversation=place, reason="caseworker", summary="-"
        )
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, handoff.id, anna)


async def test_a_person_who_takes_over_while_rasa_thinks_is_not_spoken_over(
    receive, talking, rasa, runtime, thread, sms
):
    asked = await receive("Er det svindel?")
    rasa.turns.append(["action_is_this_scam"])

    async def think_while_anna_takes_over(payload):
        said = await rasa.run_actions(payload)
        await take_over(runtime)
        return await says(*said)(payload)

    rasa.behaviours.append(think_while_anna_takes_over)
    await converse(talking, message_id=str(asked.id))
    await drain(talking, ["albertslund"])
    assert sms.sent == []


async def test_an_action_that_comes_after_the_take_over_does_nothing(
    receive, talking, rasa, runtime, thread
):
    asked = await receive("Er det svindel?")
    rasa.turns.append(["action_is_this_scam"])

    async def be_too_late(payload):
        await take_over(runtime)
        return await says(*await rasa.run_actions(payload))(payload)

    rasa.behaviours.append(be_too_late)
    await converse(talking, message_id=str(asked.id))
    assert [body for kind, _, body in await thread() if kind is not MessageKind.INBOUND] == []


# Order, and the way out.


async def test_answers_keep_the_order_of_the_questions(
    receive, talking, rasa, postgres, thread, sms
):
    for body in ("Er det svindel?", "Er du en robot?", "Hvad sker der?"):
        await receive(body)
    rasa.turns += [["action_is_this_scam"], ["action_are_you_robot"], ["action_consequences"]]
    app = jobs.make_app(talking, postgres)
    async with app.open_async():
        await app.run_worker_async(wait=False, install_signal_handlers=False, concurrency=1)
    bodies = sms.bodies
    assert len(bodies) == 3
    assert "links" in bodies[0]
    assert "ikke et menneske" in bodies[1]
    assert "generel" in bodies[2]


async def test_a_citizen_who_waits_comes_before_a_campaign():
    kind = jobs.REGISTRY["converse"]
    assert kind.work is job.converse
    assert kind.priority > jobs.REGISTRY["dispatch"].priority


async def test_a_message_that_is_gone_is_a_fault_that_is_tried_again(talking):
    with pytest.raises(Exception, match="No row was found"):
        await converse(talking, message_id="11111111-1111-1111-1111-111111111111")


async def test_inbound_messages_are_never_sent_out(receive, talking, rasa, runtime, sms):
    asked = await receive("Er det svindel?")
    rasa.turns.append(["action_is_this_scam"])
    await converse(talking, message_id=str(asked.id))
    await drain(talking, ["albertslund"])
    async with runtime.transaction() as session:
        out = await session.scalars(select(Message.body).where(Message.direction == Direction.OUT))
        assert sms.bodies == list(out)


async def test_what_nobody_has_answered_for_minutes_goes_to_a_person(
    receive, talking, thread, place_of, clock
):
    await receive("hvor meget skylder jeg")
    assert await job.rescue_unanswered(talking) == 0
    clock.travel(timedelta(minutes=6))  # the job was lost, or failed at every try
    assert await job.rescue_unanswered(talking) == 1
    assert await job.rescue_unanswered(talking) == 0
    assert (await place_of()).owner is Owner.NOBODY
    assert "medarbejder" in (await thread())[-1][2]
