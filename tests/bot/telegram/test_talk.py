"""Stories of what may be talked about on Telegram, and of how a citizen gets there by SMS."""

import re

import pytest
from sqlalchemy import select

from bot.converse import converse
from data.models.citizens import Channel
from data.models.codes import OneTimeCode, Purpose
from data.models.conversations import Conversation, Message, MessageStatus
from outreach import conversations, handoffs
from outreach.dispatch import run_batch
from outreach.gateways.telegram_bot import TelegramBot
from tests import make, make_desk
from tests.bot.rasa_stand_in import RasaStandIn
from tests.telegram import CHAT

PROOF = "01-01-1980 A-1001"


@pytest.fixture
async def house(talking, settings):
    """The dialogue, with a door to Telegram."""
    door = TelegramBot(settings)
    yield talking.equip(carriers={Channel.TELEGRAM: door})
    await door.close()


@pytest.fixture
async def chat(house, mette, claim):
    """Mette's chat."""
    return await make.conversation(
        house, mette, channel=Channel.TELEGRAM, address=str(CHAT), identity_level=1
    )


@pytest.fixture
def says(house, rasa: RasaStandIn):
    """Let Mette write, let Rasa choose these actions, and return what is answered."""
    count = 0

    async def turn(body, *actions, channel=Channel.TELEGRAM, address=str(CHAT)):
        nonlocal count
        count += 1
        async with house.transaction() as session:
            asked = await conversations.receive(
                session,
                house,
                municipality="albertslund",
                channel=channel,
                address=address,
                body=body,
                vendor_ref=f"in-{count}",
            )
        assert asked is not None
        rasa.turns.append([f"action_{name}" for name in actions])
        await converse(house, message_id=str(asked.id))
        async with house.transaction() as session:
            found = await session.scalars(
                select(Message.body)
                .where(Message.in_reply_to == asked.id, Message.status != MessageStatus.DRAFT)
                .order_by(Message.number)
            )
            return "\n\n".join(found)

    return turn


@pytest.mark.parametrize(
    ("body", "action"),
    [
        ("hvor meget skylder jeg", "how_much"),
        ("hvordan går det med min aftale", "plan_status"),
        ("kan jeg få en ordning", "ask_plan"),
        ("200 om måneden", "propose_amount"),
    ],
)
async def test_ones_own_case_is_kindly_led_elsewhere(house, chat, says, body, action):
    answer = await says(body, action)
    assert "kan vi ikke tale om på Telegram" in answer
    assert house.policies["albertslund"].telephone.number.national() in answer
    assert "1.200" not in answer
    assert "fødselsdato" not in answer


@pytest.mark.parametrize("action", ["identify", "greeting", "not_understood"])
async def test_a_proof_written_there_anyway_proves_nothing(house, chat, says, action):
    assert "kan vi ikke tale om på Telegram" in await says(PROOF, action)
    async with house.transaction() as session:
        talk = await session.get_one(Conversation, chat.id)
        assert (talk.identity_level, talk.identity_tries, talk.wanted) == (1, 0, None)


async def test_general_questions_are_answered_and_nothing_of_ones_own_is_offered(chat, says):
    answer = await says("hvad sker der hvis jeg ikke betaler", "consequences")
    assert "fødselsdato" not in answer
    assert "1.200" not in answer
    greeting = await says("hej", "greeting")
    assert "fødselsdato" not in greeting


async def test_the_web_chat_is_named_where_the_municipality_has_one(house, chat, says):
    answer = await says("hvor meget skylder jeg", "how_much")
    has_chat = house.policies["albertslund"].chat is not None
    assert ("https://mindelig.example.dk/chat/albertslund" in answer) == has_chat


async def test_a_caseworkers_answer_goes_out_on_telegram(house, there, chat):
    anna, waiting = await make_desk.staff(house), await make_desk.handoff(house, chat)
    async with house.transaction() as session:
        await handoffs.take(session, house, waiting.id, anna)
        await handoffs.answer(session, house, waiting.id, anna, "Det ser jeg på.")
    await run_batch(house, "albertslund")
    [sent] = there.of("sendMessage")
    assert (sent["chat_id"], "Det ser jeg på." in sent["text"]) == (CHAT, True)


async def test_whoever_asks_for_telegram_by_sms_gets_a_code_and_no_link(house, mette, says):
    await make.conversation(house, mette, identity_level=1)
    answer = await says(
        "kan vi skrive på Telegram",
        "channel_preference",
        channel=Channel.SMS,
        address=make.METTE_PHONE,
    )
    assert "@MindeligTestBot" in answer
    assert re.search(r"/start [2-9a-z]{4}-[2-9a-z]{4}\b", answer)
    assert "http" not in answer
    assert "t.me" not in answer
    async with house.transaction() as session:
        [code] = await session.scalars(select(OneTimeCode))
        assert (code.purpose, code.citizen_id) == (Purpose.TELEGRAM_LINK, mette.id)


async def test_other_wishes_still_go_to_people(house, mette, says):
    await make.conversation(house, mette, identity_level=1)
    answer = await says(
        "ring hellere til mig",
        "channel_preference",
        channel=Channel.SMS,
        address=make.METTE_PHONE,
    )
    assert "medarbejder" in answer
    async with house.transaction() as session:
        assert (await session.scalars(select(OneTimeCode))).all() == []
