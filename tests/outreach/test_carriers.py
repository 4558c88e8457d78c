"""Every channel leaves through one outbox: same last look, its own carrier, its own outcome."""

from datetime import timedelta

import pytest

from data.channels import carried_by
from data.models.citizens import Channel, OptOut
from data.models.conversations import Message, MessageStatus
from data.notifications import Topic
from outreach import citizens, identity
from outreach.broadcast import Broadcast
from outreach.dispatch import run_batch
from outreach.gateways.pickup import Pickup
from outreach.outbox import UNKNOWN_AFTER
from outreach.reconcile import reconcile
from outreach.runtime import SendOutcome, SendResult
from tests import make
from tests.gateway import KeepingSms


class Keeping:
    """A carrier that keeps what it is given; `answers` holds outcomes to give first."""

    def __init__(self):
        self.parcels, self.answers = [], []

    async def send(self, parcel):
        self.parcels.append(parcel)
        if self.answers:
            return self.answers.pop(0)
        return SendOutcome(SendResult.ACCEPTED, vendor_ref=f"t:{parcel.message_id}")

    async def close(self):
        pass


@pytest.fixture
def telegram():
    return Keeping()


@pytest.fixture
def house(runtime, telegram):
    return runtime.equip(
        sms=KeepingSms(), carriers={Channel.TELEGRAM: telegram, Channel.WEB: Pickup()}
    )


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def on(runtime, mette):
    """Mette's conversation on a channel."""

    async def begin(channel, address="4711"):
        return await make.conversation(runtime, mette, channel=channel, address=address)

    return begin


async def now_is(runtime, message):
    async with runtime.transaction() as session:
        return await session.get_one(Message, message.id)


async def test_each_message_leaves_on_its_own_channel(house, telegram, on):
    chat, phone = await on(Channel.TELEGRAM), await on(Channel.SMS, make.METTE_PHONE)
    said = await make.outgoing(house, chat, body="på Telegram", choices=["ja", "nej"])
    await make.outgoing(house, phone, body="på sms")
    report = await run_batch(house, "albertslund")
    assert report.sent == 2
    [parcel] = telegram.parcels
    assert (parcel.to, parcel.body, parcel.choices) == ("4711", "på Telegram", ("ja", "nej"))
    assert [sms.body for sms in house.sms.sent] == ["på sms"]
    assert (await now_is(house, said)).vendor_ref == f"t:{said.id}"


async def test_what_is_for_a_channel_without_a_carrier_waits_for_one(runtime, telegram, on):
    said = await make.outgoing(runtime, await on(Channel.TELEGRAM))
    only_sms = runtime.equip(sms=KeepingSms())
    assert (await run_batch(only_sms, "albertslund")).moved == 0
    assert (await now_is(runtime, said)).status is MessageStatus.QUEUED
    await run_batch(only_sms.equip(carriers={Channel.TELEGRAM: telegram}), "albertslund")
    assert (await now_is(runtime, said)).status is MessageStatus.ACCEPTED


async def test_without_text_messages_the_other_channels_go_on(runtime, telegram, on):
    said = await make.outgoing(runtime, await on(Channel.TELEGRAM))
    await run_batch(runtime.equip(carriers={Channel.TELEGRAM: telegram}), "albertslund")
    assert (await now_is(runtime, said)).status is MessageStatus.ACCEPTED


async def test_a_no_on_one_channel_leaves_the_other_open(house, runtime, on):
    chat, phone = await on(Channel.TELEGRAM), await on(Channel.SMS, make.METTE_PHONE)
    async with runtime.transaction() as session:
        await citizens.opt_out(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.TELEGRAM,
            address=chat.address,
            source="citizen",
        )
    by_chat, by_phone = await make.outgoing(house, chat), await make.outgoing(house, phone)
    await run_batch(house, "albertslund")
    assert (await now_is(house, by_chat)).stood_down_because == "opted_out"
    assert (await now_is(house, by_phone)).status is MessageStatus.ACCEPTED


@pytest.mark.parametrize(
    ("error_code", "is_no"), [("blocked_by_citizen", True), ("refused", False)]
)
async def test_who_blocks_us_has_said_no_there(house, telegram, runtime, on, error_code, is_no):
    telegram.answers.append(SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code=error_code))
    said = await make.outgoing(house, await on(Channel.TELEGRAM))
    await run_batch(house, "albertslund")
    assert (await now_is(house, said)).status is MessageStatus.FAILED
    async with runtime.transaction() as session:
        found = (await session.scalars(OptOut.__table__.select())).all()
    assert bool(found) is is_no


async def test_what_lies_ready_to_be_fetched_tells_the_open_page(house, runtime, on):
    chat = await on(Channel.WEB, "w-1")
    bells = Broadcast(runtime.database.engine.url, Topic.TALK)
    async with bells.subscribe(str(chat.id)) as bell:
        await bell.wait()  # listening has begun
        bell.clear()
        said = await make.outgoing(house, chat)
        await run_batch(house, "albertslund")
        await bell.wait()
    assert (await now_is(house, said)).status is MessageStatus.ACCEPTED


async def test_an_answer_nobody_knows_of_is_sent_once_more_and_then_no_more(
    house, telegram, clock, on
):
    lost = SendOutcome(SendResult.UNKNOWN, error_code="no_answer")
    telegram.answers += [lost, lost]
    said = await make.outgoing(house, await on(Channel.TELEGRAM))
    for _ in range(3):
        await run_batch(house, "albertslund")
        clock.travel(UNKNOWN_AFTER + timedelta(seconds=1))
        await reconcile(house)
    assert len(telegram.parcels) == 2
    kept = await now_is(house, said)
    assert (kept.status, kept.error_code) == (MessageStatus.FAILED, "outcome_unknown")


async def test_a_first_message_nobody_knows_of_is_never_sent_again(
    house, telegram, clock, mette, on
):
    telegram.answers.append(SendOutcome(SendResult.UNKNOWN, error_code="no_answer"))
    chat, owed = await on(Channel.TELEGRAM), await make.claim(house, mette)
    said = await make.first_contact(house, chat, owed)
    await run_batch(house, "albertslund")
    clock.travel(UNKNOWN_AFTER + timedelta(seconds=1))
    await reconcile(house)
    await run_batch(house, "albertslund")
    assert len(telegram.parcels) == 1
    assert (await now_is(house, said)).status is MessageStatus.FAILED


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_proof_counts_no_more_than_its_channel_carries(runtime, clock, on, channel):
    talk = await on(channel)
    talk.identity_level, talk.identity_at = 3, clock.now()
    assert identity.level(talk, runtime) == carried_by(channel).ceiling
