"""Telegram at our door: a stand-in for it, its updates as it posts them, and what we keep."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot import errors
from bot.webhooks import telegram as webhook
from data.models.citizens import Channel
from data.models.conversations import Conversation, Direction, Message
from data.settings import load
from outreach.gateways.telegram_bot import TelegramBot
from tests.telegram import TOKEN, telegram_stand_in


@pytest.fixture
async def there():
    """Telegram, as far as it documents itself."""
    async with telegram_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def settings(tmp_path, postgres, there):
    """An installation with a bot."""
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        public_url="https://mindelig.example.dk",
        telegram_bot_token=TOKEN,
        telegram_api_url=there.url,
        telegram_bot_name="@MindeligTestBot",
    )


@pytest.fixture
def house(runtime, settings):
    """The runtime with the door to Telegram open; whoever made the runtime closes it."""
    return runtime.equip(carriers={Channel.TELEGRAM: TelegramBot(settings)})


@pytest.fixture
async def client(house):
    """Somebody who calls our web address, as Telegram does."""
    async with caller(house) as somebody:
        yield somebody
    await house.carriers[Channel.TELEGRAM].close()


def caller(runtime):
    app = FastAPI()
    app.include_router(webhook.router)
    app.state.runtime = runtime
    errors.install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


@pytest.fixture
def post(client, settings):
    """Post an update as Telegram does, with the word we gave it."""
    word = {webhook.WORD_HEADER: settings.telegram_secret_token}

    async def call(given):
        sent = {"content": given} if isinstance(given, bytes) else {"json": given}
        return await client.post(webhook.PATH, **sent, headers=word)

    return call


@pytest.fixture
async def post_without_a_bot(runtime, settings):
    """Post an update to an installation that has no bot."""
    word = {webhook.WORD_HEADER: settings.telegram_secret_token}
    async with caller(runtime) as somebody:

        async def call(given):
            return await somebody.post(webhook.PATH, json=given, headers=word)

        yield call


@pytest.fixture
def inbound(runtime):
    """What citizens have written, oldest first."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Message).where(Message.direction == Direction.IN).order_by(Message.number)
            )
            return list(found)

    return look


@pytest.fixture
def answers(runtime):
    """The texts that wait to be sent, oldest first."""

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
def talks(runtime):
    """All conversations on Telegram, by municipality."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Conversation).where(Conversation.channel == Channel.TELEGRAM)
            )
            return {talk.municipality: talk for talk in found}

    return look
