"""Stories of the outbox: each message leaves once, or says why it did not."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from data.models.citizens import ContactPoint, OptOut
from data.models.conversations import (
    Message,
    MessageKind,
    MessageStatus,
)
from outreach import dispatch, outbox
from outreach.dispatch import drain, municipalities_with_work, run_batch
from outreach.errors import UnknownMunicipalityError
from outreach.runtime import SendOutcome, SendResult
from tests import make
from tests.gateway import KeepingSms

LIMIT = SendOutcome(SendResult.REFUSED_FOR_NOW, error_code="20429")
LOST = SendOutcome(SendResult.UNKNOWN, error_code="no_answer")


def refused(code):
    return SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code=code)


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


async def now_is(runtime, message):
    async with runtime.transaction() as session:
        return await session.get_one(Message, message.id)


async def jobs_waiting(runtime, name="dispatch"):
    async with runtime.transaction() as session:
        return await session.scalar(
            text("select count(*) from procrastinate_jobs where task_name = :name"), {"name": name}
        )


async def test_a_reply_leaves_from_the_municipalitys_number_and_is_accepted(runtime, sms, talk):
    reply = await make.outgoing(runtime, talk)
    report = await run_batch(runtime, "albertslund")
    assert report.sent == 1
    [sent] = sms.sent
    assert (sent.sender, sent.to.e164) == (
        runtime.policies["albertslund"].senders.sms,
        make.METTE_PHONE,
    )
    stored = await now_is(runtime, reply)
    assert (stored.status, stored.vendor_ref, stored.attempts) == (
        MessageStatus.ACCEPTED,
        sent.vendor_ref,
        1,
    )


async def test_the_other_municipalitys_messages_stay(runtime, sms, talk):
    await make.outgoing(runtime, talk)
    assert (await run_batch(runtime, "faxe")).sent == 0
    assert sms.sent == []


async def test_the_same_outbox_twice_sends_nothing_more(runtime, sms, talk):
    await make.outgoing(runtime, talk)
    await run_batch(runtime, "albertslund")
    await run_batch(runtime, "albertslund")
    assert len(sms.sent) == 1


async def test_who_empties_the_outbox_is_told_what_twilio_would_not_take_now(runtime, sms, talk):
    await make.outgoing(runtime, talk)
    sms.answers = [LIMIT]
    report = await drain(runtime, ["albertslund"])
    assert (report.sent, report.put_back) == (0, 1)


async def test_two_dispatchers_at_once_send_each_message_once(runtime, sms, mette):
    for number in range(60):
        phone = f"+45203040{number:02d}"
        await make.outgoing(runtime, await make.conversation(runtime, mette, address=phone))
    reports = await asyncio.gather(*(run_batch(runtime, "albertslund") for _ in range(4)))
    rest = await drain(runtime, ["albertslund"])
    assert sum(report.sent for report in reports) + rest.sent == 60
    assert len({message.to for message in sms.sent}) == len(sms.sent) == 60


async def test_what_is_said_in_one_conversation_keeps_its_order(runtime, sms, talk):
    for line in ("ét", "to", "tre"):
        await make.outgoing(runtime, talk, body=line)
    await asyncio.gather(*(run_batch(runtime, "albertslund") for _ in range(3)))
    await drain(runtime, ["albertslund"])
    assert sms.bodies == ["ét", "to", "tre"]


async def test_what_follows_a_message_that_did_not_go_through_waits_behind_it(
    runtime, clock, sms, talk
):
    sms.answers = [LIMIT]
    for line in ("ét", "to"):
        await make.outgoing(runtime, talk, body=line)
    await drain(runtime, ["albertslund"])
    assert sms.sent == []
    clock.travel(timedelta(seconds=31))
    await drain(runtime, ["albertslund"])
    assert sms.bodies == ["ét", "to"]


async def test_words_of_safety_wait_for_nothing(runtime, sms, talk):
    sms.answers = [LOST]
    await make.outgoing(runtime, talk, body="ukendt udfald")
    await make.outgoing(runtime, talk, body="venter på det")
    await make.outgoing(runtime, talk, kind=MessageKind.NOTICE, body="Ring 112")
    await drain(runtime, ["albertslund"])
    await make.outgoing(runtime, talk, kind=MessageKind.NOTICE, body="En person svarer")
    await drain(runtime, ["albertslund"])
    assert sms.bodies == ["Ring 112", "En person svarer"]


async def test_answers_go_before_first_messages(runtime, sms, mette, talk):
    claim = await make.claim(runtime, mette)
    await make.first_contact(runtime, talk, claim, body="først skrevet")
    other = await make.conversation(runtime, mette, address="+4520304051")
    await make.outgoing(runtime, other, body="svar")
    await run_batch(runtime, "albertslund")
    assert sms.bodies == ["svar", "først skrevet"]


async def test_refused_for_now_is_tried_again_later_and_later(runtime, clock, sms, talk):
    sms.answers = [LIMIT, LIMIT]
    reply = await make.outgoing(runtime, talk)
    for wait in (30, 60):
        await drain(runtime, ["albertslund"])
        waiting = await now_is(runtime, reply)
        assert waiting.not_before - clock.now() == timedelta(seconds=wait)
        clock.travel(timedelta(seconds=wait))
    await drain(runtime, ["albertslund"])
    stored = await now_is(runtime, reply)
    assert (stored.status, stored.attempts, stored.error_code) == (MessageStatus.ACCEPTED, 3, None)


async def test_the_vendors_own_wish_to_wait_is_honoured_as_given(runtime, clock, sms, talk):
    sms.answers = [
        SendOutcome(
            SendResult.REFUSED_FOR_NOW, error_code="20429", retry_after=timedelta(seconds=7)
        )
    ]
    reply = await make.outgoing(runtime, talk)
    await drain(runtime, ["albertslund"])
    assert (await now_is(runtime, reply)).not_before == clock.now() + timedelta(seconds=7)


async def test_after_ten_attempts_a_person_has_to_look(runtime, clock, sms, talk):
    sms.answers = [LIMIT] * 12
    reply = await make.outgoing(runtime, talk)
    for _ in range(12):
        await drain(runtime, ["albertslund"])
        clock.travel(timedelta(hours=1))
    stored = await now_is(runtime, reply)
    assert (stored.status, stored.error_code) == (MessageStatus.FAILED, "gave_up")
    assert len(sms.answers) == 2


async def test_a_number_that_is_no_mobile_is_not_written_to_again(runtime, sms, mette, talk):
    sms.answers = [refused("21614")]
    reply = await make.outgoing(runtime, talk)
    assert (await run_batch(runtime, "albertslund")).failed == 1
    stored = await now_is(runtime, reply)
    assert (stored.status, stored.error_code) == (MessageStatus.FAILED, "21614")
    async with runtime.transaction() as session:
        [phone] = await session.scalars(select(ContactPoint))
    assert phone.distrusted_because == "not_a_mobile"
    first = await make.first_contact(runtime, talk, await make.claim(runtime, mette))
    await run_batch(runtime, "albertslund")
    assert (await now_is(runtime, first)).stood_down_because == "number_distrusted"


async def test_a_stop_that_only_twilio_has_heard_becomes_ours(runtime, sms, talk):
    sms.answers = [refused("21610")]
    await make.outgoing(runtime, talk)
    later = await make.outgoing(runtime, talk, body="mere")
    await drain(runtime, ["albertslund"])
    async with runtime.transaction() as session:
        [opt_out] = await session.scalars(select(OptOut))
    assert (opt_out.address, opt_out.source) == (talk.address, "twilio")
    assert sms.sent == [] or (await now_is(runtime, later)).status is MessageStatus.ACCEPTED


async def test_one_bad_number_does_not_hold_up_the_others(runtime, sms, mette):
    sms.answers = [refused("21211")]
    for number in range(5):
        talk = await make.conversation(runtime, mette, address=f"+452030406{number}")
        await make.outgoing(runtime, talk)
    report = await run_batch(runtime, "albertslund")
    assert (report.failed, report.sent) == (1, 4)


async def test_an_unknown_outcome_is_never_sent_again_blindly(runtime, clock, sms, talk):
    sms.answers = [LOST]
    reply = await make.outgoing(runtime, talk)
    assert (await drain(runtime, ["albertslund"])).unknown == 1
    clock.travel(timedelta(days=1))
    await drain(runtime, ["albertslund"])
    stored = await now_is(runtime, reply)
    assert (stored.status, stored.error_code) == (MessageStatus.SENDING, "no_answer")
    assert sms.sent == []


class BrokenSms(KeepingSms):
    """Breaks its promise never to raise."""

    async def send(self, sender, to, body, *, message_id=None):
        raise RuntimeError("a bug")


async def test_a_gateway_that_breaks_its_promise_leaves_the_outcome_unknown(runtime, talk):
    reply = await make.outgoing(runtime, talk)
    with capture_logs() as events:
        await run_batch(runtime.equip(sms=BrokenSms()), "albertslund")
    assert (await now_is(runtime, reply)).error_code == "gateway_broke"
    assert [event["event"] for event in events] == ["gateway_broke", "outcome_unknown"]


class StutteringSms(KeepingSms):
    """Gives every message the same reference, as a broken stand-in might."""

    async def send(self, sender, to, body, *, message_id=None):
        await super().send(sender, to, body)
        return SendOutcome(SendResult.ACCEPTED, vendor_ref="SM" + "a" * 32)


async def test_one_outcome_that_cannot_be_stored_does_not_take_the_others_with_it(runtime, mette):
    for number in range(3):
        talk = await make.conversation(runtime, mette, address=f"+452030407{number}")
        await make.outgoing(runtime, talk)
    report = await run_batch(runtime.equip(sms=StutteringSms()), "albertslund")
    assert (report.sent, report.unknown) == (1, 2)


async def test_without_twilio_everything_waits(runtime, talk):
    reply = await make.outgoing(runtime, talk)
    bare = type(runtime)(**{**vars(runtime), "sms": None})
    assert await run_batch(bare, "albertslund") == dispatch.BatchReport()
    assert (await now_is(runtime, reply)).status is MessageStatus.QUEUED


async def test_nobody_can_be_written_to_in_the_name_of_an_unknown_municipality(runtime):
    with pytest.raises(UnknownMunicipalityError, match="atlantis"):
        await run_batch(runtime, "atlantis")


async def test_a_full_outbox_is_sent_batch_by_batch_and_each_queues_the_next(runtime, sms, mette):
    for number in range(dispatch.BATCH + 5):
        talk = await make.conversation(runtime, mette, address=f"+4520304{number:03d}")
        await make.outgoing(runtime, talk)
    async with runtime.transaction() as session:
        assert await municipalities_with_work(session, runtime) == ["albertslund"]
    await dispatch.dispatch(runtime, municipality="albertslund")
    assert len(sms.sent) == dispatch.BATCH
    assert await jobs_waiting(runtime) == 1
    await dispatch.dispatch(runtime, municipality="albertslund")
    assert len(sms.sent) == dispatch.BATCH + 5
    async with runtime.transaction() as session:
        assert await municipalities_with_work(session, runtime) == []


def test_the_waits_double_up_to_an_hour():
    waits = [outbox.wait_after(attempt).total_seconds() for attempt in range(1, 11)]
    assert waits[:3] == [30, 60, 120]
    assert waits[-1] == 3600
    assert waits == sorted(waits)
