"""Stories of receipts: out of order, doubled, early, late, and of messages that are not ours."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.citizens import ContactPoint, OptOut
from data.models.conversations import Message, MessageStatus
from data.values.ids import MessageId, new_id
from outreach import receipts
from outreach.dispatch import drain, run_batch
from outreach.runtime import SendOutcome, SendResult
from tests import make
from tests.gateway import KeepingSms

REF = "SM" + "e" * 32


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


@pytest.fixture
async def accepted(runtime, talk):
    return await make.outgoing(
        runtime, talk, status=MessageStatus.ACCEPTED, vendor_ref=REF, attempts=1
    )


async def receipt(runtime, status, *, ref=REF, message_id=None, error_code=None):
    async with runtime.transaction() as session:
        return await receipts.take(
            session,
            runtime,
            vendor_ref=ref,
            message_id=message_id,
            status=status,
            error_code=error_code,
        )


async def now_is(runtime, message):
    async with runtime.transaction() as session:
        return await session.get_one(Message, message.id)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["queued", "sent", "delivered"])), ids=",".join
)
async def test_in_any_order_it_ends_delivered(runtime, accepted, order):
    for status in order:
        await receipt(runtime, status)
        await receipt(runtime, status)
    assert (await now_is(runtime, accepted)).status is MessageStatus.DELIVERED


@pytest.mark.parametrize("last", ["undelivered", "failed", "canceled"])
async def test_a_failure_is_final_and_keeps_its_code(runtime, accepted, last):
    for status, code in [("sent", None), (last, "30003"), ("sent", None), ("delivered", None)]:
        await receipt(runtime, status, error_code=code)
    stored = await now_is(runtime, accepted)
    assert stored.status in {MessageStatus.UNDELIVERED, MessageStatus.FAILED}
    assert stored.error_code == "30003"


async def test_read_is_delivered_and_a_word_we_do_not_know_is_no_step(runtime, accepted):
    assert not await receipt(runtime, "teleported")
    assert (await now_is(runtime, accepted)).status is MessageStatus.ACCEPTED
    assert await receipt(runtime, "read")
    assert (await now_is(runtime, accepted)).status is MessageStatus.DELIVERED


async def test_a_receipt_of_somebody_elses_message_changes_nothing(runtime, accepted):
    assert not await receipt(runtime, "delivered", ref="SM" + "f" * 32)
    assert not await receipt(
        runtime, "delivered", ref="SM" + "f" * 32, message_id=MessageId(new_id())
    )
    assert (await now_is(runtime, accepted)).status is MessageStatus.ACCEPTED


async def test_a_receipt_that_overtakes_twilios_answer_is_not_lost(runtime, talk):
    class Overtaking(KeepingSms):
        async def send(self, sender, to, body, *, message_id=None):
            outcome = await super().send(sender, to, body)
            await receipt(
                runtime, "delivered", ref=outcome.vendor_ref, message_id=MessageId(message_id)
            )
            return outcome

    reply = await make.outgoing(runtime, talk)
    gateway = Overtaking()
    assert (await run_batch(runtime.equip(sms=gateway), "albertslund")).sent == 1
    stored = await now_is(runtime, reply)
    assert (stored.status, stored.vendor_ref) == (
        MessageStatus.DELIVERED,
        gateway.sent[0].vendor_ref,
    )


async def test_a_receipt_settles_what_was_unknown(runtime, clock, sms, talk):
    sms.answers = [SendOutcome(SendResult.UNKNOWN, error_code="no_answer")]
    reply = await make.outgoing(runtime, talk)
    await run_batch(runtime, "albertslund")
    assert await receipt(runtime, "sent", message_id=reply.id)
    stored = await now_is(runtime, reply)
    assert (stored.status, stored.vendor_ref, stored.error_code) == (MessageStatus.SENT, REF, None)


async def test_a_receipt_stops_a_message_that_was_about_to_be_sent_again(runtime, clock, sms, talk):
    reply = await make.outgoing(runtime, talk, attempts=1)
    assert await receipt(runtime, "delivered", message_id=reply.id)
    await drain(runtime, ["albertslund"])
    assert sms.sent == []


async def test_a_second_reference_for_one_message_is_not_believed(runtime, accepted):
    other = "SM" + "f" * 32
    assert not await receipt(runtime, "failed", ref=other, message_id=accepted.id)
    stored = await now_is(runtime, accepted)
    assert (stored.status, stored.vendor_ref) == (MessageStatus.ACCEPTED, REF)


async def test_a_stop_that_comes_by_receipt_becomes_an_opt_out(runtime, accepted):
    await receipt(runtime, "undelivered", error_code="21610")
    async with runtime.transaction() as session:
        [opt_out] = await session.scalars(select(OptOut))
    assert opt_out.address == accepted.address


@pytest.mark.parametrize(
    ("code", "because"),
    [
        ("30003", None),
        ("30008", None),
        ("30005", "unreachable"),
        ("30006", "landline_or_unreachable"),
        ("99999", None),
        (None, None),
    ],
)
async def test_only_some_failures_speak_against_the_number(runtime, accepted, code, because):
    await receipt(runtime, "undelivered", error_code=code)
    async with runtime.transaction() as session:
        [phone] = await session.scalars(select(ContactPoint))
    assert phone.distrusted_because == because


async def test_the_time_of_the_last_step_is_kept(runtime, clock, accepted):
    clock.travel(timedelta(seconds=9))
    await receipt(runtime, "delivered")
    assert (await now_is(runtime, accepted)).status_at == clock.now()
