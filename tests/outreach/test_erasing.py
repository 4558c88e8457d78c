"""Stories of what Twilio may forget: once it has come through and is answered, with proof."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.conversations import Author, Direction, Message, MessageKind, MessageStatus
from data.municipalities.policy import Policies
from outreach.catch_up import catch_up
from outreach.erasing import ErasureReport, erase_at_vendor
from outreach.reconcile import reconcile
from outreach.runtime import Erased, ReceivedRecord, SentRecord
from tests import make

HOUR = timedelta(hours=1)


def choosing(runtime, *towns):
    """Let some municipalities have what SMS say erased."""
    policies = [runtime.policies[key] for key in runtime.policies.keys]
    chosen = [
        one.model_copy(
            update={"senders": one.senders.model_copy(update={"erase_at_twilio": one.key in towns})}
        )
        for one in policies
    ]
    return replace(runtime, policies=Policies(chosen))


@pytest.fixture
def town(runtime):
    return choosing(runtime, "albertslund")


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


@pytest.fixture
def written(runtime, talk):
    """Make a message that Twilio has, as old and as far as the story says."""

    async def make_one(ref, *, status=MessageStatus.DELIVERED, age=2 * HOUR, **given):
        at = runtime.clock.now() - age
        values = {"vendor_ref": ref, "status": status, "status_at": at, "created_at": at}
        return await make.outgoing(runtime, talk, **(values | given))

    return make_one


INBOUND = {
    "direction": Direction.IN,
    "author": Author.CITIZEN,
    "kind": MessageKind.INBOUND,
    "body": "hvor meget skylder jeg",
}


async def still_there(runtime):
    async with runtime.transaction() as session:
        found = await session.scalars(select(Message).order_by(Message.number))
        return {message.vendor_ref: message.erased_at is None for message in found}


async def proofs(runtime):
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(AuditEntry).where(AuditEntry.act == "erased_at_vendor").order_by(AuditEntry.id)
        )
        return [(entry.subject_id, entry.facts["proof"]) for entry in found]


async def test_what_came_through_and_what_is_answered_is_erased_each_with_its_proof(
    town, sms, written
):
    out = await written("SM1")
    came_in = await written("SM2", status=MessageStatus.HANDLED, **INBOUND)
    sms.erasures["SM2"] = Erased.GONE
    assert await erase_at_vendor(town) == ErasureReport(erased=2, later=0)
    assert sorted(sms.erased) == ["SM1", "SM2"]
    assert sorted(await proofs(town)) == sorted([(str(out.id), "empty"), (str(came_in.id), "gone")])
    async with town.transaction() as session:
        kept = await session.get_one(Message, out.id)
        assert (kept.body, kept.erased_at) == (out.body, town.clock.now())


async def test_again_does_nothing_more(town, sms, written):
    await written("SM1")
    await erase_at_vendor(town)
    assert await erase_at_vendor(town) == ErasureReport()
    assert (sms.erased, len(await proofs(town))) == (["SM1"], 1)


@pytest.mark.parametrize(
    "given",
    [
        {"status": MessageStatus.SENDING, "vendor_ref": None},
        {"status": MessageStatus.QUEUED, "vendor_ref": None},
        {"status": MessageStatus.ACCEPTED},
        {"status": MessageStatus.SENT},
        {"age": HOUR / 2},
        {"status": MessageStatus.RECEIVED, **INBOUND},
        {"status": MessageStatus.HANDLED, "age": HOUR / 2, **INBOUND},
    ],
    ids=str,
)
async def test_what_is_not_settled_stays(town, sms, written, given):
    await written(given.pop("vendor_ref", "SM1"), **given)
    assert await erase_at_vendor(town) == ErasureReport()
    assert sms.erased == []


@pytest.mark.parametrize(
    "given",
    [
        {"status": MessageStatus.UNDELIVERED},
        {"status": MessageStatus.FAILED},
        {"status": MessageStatus.SENT, "age": timedelta(days=5)},
    ],
    ids=str,
)
async def test_what_will_not_come_through_any_more_is_erased_too(town, sms, written, given):
    await written("SM1", **given)
    assert (await erase_at_vendor(town)).erased == 1


async def test_a_municipality_that_has_not_chosen_so_is_left_alone(runtime, sms, written):
    await written("SM1")
    assert await erase_at_vendor(runtime) == ErasureReport()
    assert await erase_at_vendor(choosing(runtime, "faxe")) == ErasureReport()
    assert sms.erased == []


@pytest.mark.parametrize("answer", [None, ConnectionError("down")], ids=["not yet", "down"])
async def test_what_twilio_does_not_do_now_is_asked_again_and_keeps_nobody_waiting(
    town, sms, written, answer
):
    await written("SM1", age=3 * HOUR)
    await written("SM2")
    sms.erasures["SM1"] = answer
    assert await erase_at_vendor(town, at_a_time=1) == ErasureReport(erased=1, later=1)
    assert await still_there(town) == {"SM1": True, "SM2": False}
    del sms.erasures["SM1"]
    assert await erase_at_vendor(town) == ErasureReport(erased=1, later=0)
    assert await still_there(town) == {"SM1": False, "SM2": False}


async def test_two_at_once_keep_one_proof(town, sms, written):
    for number in range(12):
        await written(f"SM{number}")
    first, second = await asyncio.gather(erase_at_vendor(town), erase_at_vendor(town))
    assert first.erased + second.erased == 12
    assert len(await proofs(town)) == 12


async def test_an_empty_text_at_twilio_neither_answers_nor_sends_anything_again(
    town, sms, written, talk
):
    """What was erased is known by its reference, so its empty text is nobody's."""
    out = await written("SM1")
    await written("SM2", status=MessageStatus.HANDLED, **INBOUND)
    await erase_at_vendor(town)
    lost = await written(
        None, status=MessageStatus.SENDING, body=out.body, sending_since=out.status_at
    )
    sms.records.append(SentRecord("SM1", make.METTE_PHONE, "", "delivered", out.created_at))
    sms.inbound[town.policies["albertslund"].senders.sms.e164] = [
        ReceivedRecord("SM2", make.METTE_PHONE, "", 0, out.created_at)
    ]
    assert await catch_up(town) == 0
    assert (await reconcile(town)).sent_again == 1  # the lost one, which Twilio never had
    async with town.transaction() as session:
        assert (await session.get_one(Message, lost.id)).status is MessageStatus.QUEUED
