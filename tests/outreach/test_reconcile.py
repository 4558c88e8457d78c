"""Stories of what nobody knows: the vendor is asked, and only what it lacks is sent again."""

import asyncio
from datetime import timedelta

import pytest

from data.models.citizens import Citizen
from data.models.conversations import Message, MessageStatus
from outreach.dispatch import drain, run_batch
from outreach.reconcile import reconcile
from outreach.runtime import SendOutcome, SendResult, SentRecord
from tests import make
from tests.gateway import KeepingSms

LOST = SendOutcome(SendResult.UNKNOWN, error_code="no_answer")


class Vendor(KeepingSms):
    """Keeps a list as Twilio does, and may die on us after it has taken a message."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.dies_after = None
        self.is_dead = asyncio.Event()
        self.cannot_be_asked = False

    async def send(self, sender, to, body, *, message_id=None):
        outcome = await super().send(sender, to, body)
        if outcome.result is SendResult.ACCEPTED:
            self.keep(to.e164, body, outcome.vendor_ref)
        if self.dies_after is not None and len(self.sent) >= self.dies_after:
            self.is_dead.set()
            await asyncio.Event().wait()
        return outcome

    def keep(self, to, body, vendor_ref, status="sent"):
        now = self.clock.now().replace(microsecond=0)
        self.records.append(SentRecord(vendor_ref, to, body, status, now))

    async def sent_to(self, sender, to, since):
        if self.cannot_be_asked:
            raise ConnectionError("Twilio cannot be asked")
        return await super().sent_to(sender, to, since)


@pytest.fixture
def vendor(clock):
    return Vendor(clock)


@pytest.fixture
async def house(runtime, vendor):
    return runtime.equip(sms=vendor)


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


async def now_is(runtime, message):
    async with runtime.transaction() as session:
        return await session.get_one(Message, message.id)


async def test_a_crash_after_twilio_has_taken_some_loses_nothing_and_sends_nothing_twice(
    house, clock, vendor
):
    mette = await make.citizen(house, phone=None)
    for number in range(20):
        other = await make.conversation(house, mette, address=f"+45203040{number:02d}")
        await make.outgoing(house, other, body=f"svar {number}")
    vendor.dies_after = 7
    sending = asyncio.create_task(run_batch(house, "albertslund"))
    await vendor.is_dead.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    vendor.dies_after = None
    taken = len(vendor.sent)
    assert 7 <= taken < 20

    clock.travel(timedelta(minutes=2, seconds=1))
    report = await reconcile(house)
    assert (report.found, report.sent_again) == (taken, 20 - taken)
    await drain(house, ["albertslund"])
    assert sorted(vendor.bodies) == sorted(f"svar {number}" for number in range(20))


async def test_what_twilio_has_is_ours_under_its_reference(house, clock, vendor, talk):
    vendor.answers = [LOST]
    reply = await make.outgoing(house, talk)
    await run_batch(house, "albertslund")
    vendor.keep(talk.address, reply.body, "SM" + "b" * 32, status="delivered")
    clock.travel(timedelta(minutes=3))
    await reconcile(house)
    stored = await now_is(house, reply)
    assert (stored.status, stored.vendor_ref, stored.error_code) == (
        MessageStatus.DELIVERED,
        "SM" + "b" * 32,
        None,
    )


async def test_nobody_asks_before_two_minutes_have_passed(house, clock, vendor, talk):
    vendor.answers = [LOST]
    reply = await make.outgoing(house, talk)
    await run_batch(house, "albertslund")
    clock.travel(timedelta(seconds=119))
    await reconcile(house)
    assert (await now_is(house, reply)).status is MessageStatus.SENDING


async def test_if_twilio_cannot_be_asked_everything_stays_as_it_is(house, clock, vendor, talk):
    vendor.answers = [LOST]
    reply = await make.outgoing(house, talk)
    await run_batch(house, "albertslund")
    vendor.cannot_be_asked = True
    clock.travel(timedelta(hours=5))
    assert (await reconcile(house)).not_asked == 1
    assert (await now_is(house, reply)).status is MessageStatus.SENDING


async def test_an_older_message_with_the_same_words_is_not_taken_for_this_one(
    house, clock, vendor, talk
):
    await make.outgoing(house, talk, body="Tak.")
    await run_batch(house, "albertslund")
    clock.travel(timedelta(minutes=1))
    vendor.answers = [LOST]
    again = await make.outgoing(house, talk, body="Tak.")
    await run_batch(house, "albertslund")
    clock.travel(timedelta(minutes=3))
    report = await reconcile(house)
    assert (report.found, report.sent_again) == (0, 1)
    await drain(house, ["albertslund"])
    assert vendor.bodies == ["Tak.", "Tak."]
    assert (await now_is(house, again)).attempts == 2


async def test_two_with_the_same_words_are_matched_one_to_one_oldest_first(
    house, clock, vendor, talk
):
    vendor.answers = [LOST, LOST]
    first = await make.outgoing(house, talk, body="Tak.")
    await run_batch(house, "albertslund")
    clock.travel(timedelta(minutes=3))
    second = await make.outgoing(house, talk, body="Tak.")
    await run_batch(house, "albertslund")
    vendor.keep(talk.address, "Tak.", "SM" + "c" * 32)
    clock.travel(timedelta(minutes=3))
    report = await reconcile(house)
    assert (report.found, report.sent_again) == (1, 1)
    states = {(await now_is(house, message)).status for message in (first, second)}
    assert states == {MessageStatus.SENT, MessageStatus.QUEUED}


async def test_line_ends_rewritten_on_the_way_do_not_make_it_another_message(
    house, clock, vendor, talk
):
    vendor.answers = [LOST]
    await make.outgoing(house, talk, body="Hej Mette.\nHilsen kommunen ")
    await run_batch(house, "albertslund")
    vendor.keep(talk.address, "Hej Mette.\r\nHilsen kommunen", "SM" + "d" * 32)
    clock.travel(timedelta(minutes=3))
    assert (await reconcile(house)).found == 1


async def test_what_is_sent_again_passes_the_last_look_again(house, clock, vendor, talk):
    vendor.answers = [LOST]
    citizen = await make.citizen(house, debtor_id="0202801234", phone=None)
    first = await make.first_contact(house, talk, await make.claim(house, citizen))
    await run_batch(house, "albertslund")
    clock.travel(timedelta(minutes=3))
    async with house.transaction() as session:
        mette = await session.get_one(Citizen, talk.citizen_id)
        mette.frozen_at, mette.frozen_because = clock.now(), "illness"
    await reconcile(house)
    await drain(house, ["albertslund"])
    assert vendor.sent == []
    assert (await now_is(house, first)).stood_down_because == "frozen"


async def test_two_machines_that_ask_at_once_send_again_once(house, clock, vendor, talk):
    vendor.answers = [LOST]
    await make.outgoing(house, talk)
    await run_batch(house, "albertslund")
    clock.travel(timedelta(minutes=3))
    reports = await asyncio.gather(*(reconcile(house) for _ in range(4)))
    assert sum(report.sent_again for report in reports) == 1
    await asyncio.gather(*(run_batch(house, "albertslund") for _ in range(4)))
    assert len(vendor.sent) == 1


async def test_a_slow_answer_that_arrives_after_all_does_not_undo_the_settlement(
    house, clock, vendor, talk
):
    held = asyncio.Event()
    asked = asyncio.Event()

    class Slow(Vendor):
        async def send(self, sender, to, body, *, message_id=None):
            outcome = await super().send(sender, to, body)
            asked.set()
            await held.wait()
            return outcome

    slow = Slow(clock)
    reply = await make.outgoing(house, talk)
    sending = asyncio.create_task(run_batch(house.equip(sms=slow), "albertslund"))
    await asked.wait()
    clock.travel(timedelta(minutes=3))
    assert (await reconcile(house.equip(sms=slow))).found == 1
    held.set()
    assert (await sending).sent == 1
    stored = await now_is(house, reply)
    assert (stored.status, stored.vendor_ref) == (
        MessageStatus.SENT,
        slow.sent[0].vendor_ref,
    )


async def test_a_message_that_never_gets_through_is_given_up_in_the_end(house, clock, vendor, talk):
    reply = await make.outgoing(house, talk)
    for _ in range(11):
        vendor.answers = [LOST]
        await drain(house, ["albertslund"])
        clock.travel(timedelta(minutes=3))
        await reconcile(house)
    stored = await now_is(house, reply)
    assert (stored.status, stored.error_code, stored.attempts) == (
        MessageStatus.FAILED,
        "gave_up",
        10,
    )
