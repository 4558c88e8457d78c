"""A citizen's way through Telegram, with telegram-test-api as Telegram, asked by the real bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import count

import pytest
from sqlalchemy import select

import bot.worker
from bot.telegram import polling
from data.models.citizens import Channel
from data.models.codes import Purpose
from data.models.conversations import Conversation, Message, MessageStatus
from data.settings import load
from outreach import one_time_codes
from outreach.gateways.telegram_bot import TelegramBot
from tests import make
from tests.real.telegram import Telephone, telegram

pytestmark = pytest.mark.slow

GIVE_UP_AFTER_SECONDS = 90
_TOKENS = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Telegram, once for all these stories; each has a bot of its own there."""
    with telegram(tmp_path_factory.mktemp("telegram") / "telegram.log") as url:
        yield url


@pytest.fixture
def settings(tmp_path, postgres, server):
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        public_url="https://mindelig.example.dk",
        telegram_bot_token=f"{next(_TOKENS)}:of-a-story",
        telegram_api_url=server,
        telegram_bot_name="@MindeligTestBot",
        telegram_updates="polling",
    )


@pytest.fixture
def phone(server, settings):
    """Mette's Telegram."""
    return Telephone(server, settings.telegram_bot_token.get_secret_value(), 20304050)


@pytest.fixture
async def lively(talking, settings, postgres):
    """The worker, and beside it whoever asks Telegram; two of them, of whom one leads."""
    door = TelegramBot(settings)
    house = talking.equip(carriers={Channel.TELEGRAM: door})
    async with at_work(house, postgres):
        yield house
    await door.close()


@asynccontextmanager
async def at_work(house, url):
    stop = asyncio.Event()
    parts = [bot.worker.run(house, url, stop), *(polling.run(house, url, stop) for _ in range(2))]
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def until(look, wanted):
    """Look again and again until it is as wanted; return what was seen last."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + GIVE_UP_AFTER_SECONDS
    seen = await look()
    while not wanted(seen) and loop.time() < give_up_at:
        await asyncio.sleep(0.1)  # the stand-in is another process: there is no event
        seen = await look()
    assert wanted(seen), seen
    return seen


def lines(number):
    return lambda seen: len(seen) >= number


async def test_a_citizen_links_a_chat_asks_presses_a_button_and_is_led_to_where_sums_are_told(
    lively, rasa, phone
):
    mette = await make.citizen(lively)
    await make.claim(lively, mette)
    async with lively.transaction() as session:
        code = await one_time_codes.issue(
            session,
            lively,
            municipality="albertslund",
            citizen_id=mette.id,
            purpose=Purpose.TELEGRAM_LINK,
            made_for=Channel.SMS,
        )
    await phone.write(f"/start {code}")
    [welcome] = await until(phone.read, lines(1))
    assert welcome.startswith("Tak. Nu kan vi skrive sammen her.")

    rasa.turns.append(["action_how_much"])
    await phone.write("hvor meget skylder jeg")
    answer = (await until(phone.read, lines(2)))[-1]
    assert "https://mindelig.example.dk/chat/" in answer or "Ring på" in answer
    assert "1.200" not in answer

    rasa.turns.append(["action_identify"])
    await phone.write("01-01-1980 A-1001")
    answer = (await until(phone.read, lines(3)))[-1]
    assert "1.200" not in answer
    async with lively.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
        assert (talk.channel, talk.identity_level) == (Channel.TELEGRAM, 1)
        sent = list(await session.scalars(select(Message).where(Message.direction == "out")))
    assert {one.status for one in sent} == {MessageStatus.ACCEPTED}
    assert all(one.vendor_ref.startswith("telegram:20304050:") for one in sent)

    await phone.write("/stop")
    assert "på Telegram" in (await until(phone.read, lines(4)))[-1]


async def test_a_stranger_chooses_a_municipality_by_a_button_and_is_answered_there(
    lively, rasa, phone
):
    rasa.turns.append(["action_are_you_robot"])
    await phone.write("er du en robot")
    await until(phone.buttons, lambda seen: seen == ["Albertslund Kommune", "Faxe Kommune"])
    await phone.press("Faxe Kommune")

    answer = (await until(phone.read, lines(2)))[-1]
    assert "digital assistent (AI)" in answer
    await until(phone.buttons, lambda seen: "Faxe Kommune" not in seen)
    async with lively.transaction() as session:
        [asked] = await session.scalars(select(Message).where(Message.direction == "in"))
        assert (asked.body, asked.municipality) == ("er du en robot", "faxe")


async def test_who_does_not_ask_only_waits(runtime, postgres):
    stop = asyncio.Event()
    waiting = asyncio.create_task(polling.run(runtime, postgres, stop))
    await asyncio.sleep(0)
    assert not waiting.done()
    stop.set()
    await waiting
