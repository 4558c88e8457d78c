"""The whole app with a telephone before it: Twilio's forms, the jobs, a stand-in for Rasa."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import select

import bot.worker
from bot.rasa import RasaDialogue
from data.models.citizens import Channel
from data.models.conversations import Conversation, Direction, Message
from data.municipalities.policy import Policies
from data.settings import Settings, load
from data.values.phone import PhoneNumber
from mindelig.web import create_app
from outreach.gateways.pickup import Pickup
from tests import make
from tests.phone import Phone
from tests.twilio import ACCOUNT, TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from outreach.runtime import Runtime
    from tests.bot.rasa_stand_in import RasaStandIn

PUBLIC = "https://mindelig.example.dk"
NUMBER = "+4570990301"
#: Where calls are put through to, in stories that say so.
OFFICE = "+4543680001"


@pytest.fixture
def settings(tmp_path: Path, postgres: str) -> Settings:
    """An installation with an account at Twilio."""
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        public_url=PUBLIC,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
    )


def with_voice(runtime: Runtime, **changes: object) -> Runtime:
    """Return the runtime with Albertslund's telephone on, and what a story changes of it."""
    policies = []
    for key in runtime.policies.keys:
        policy = runtime.policies[key]
        assert policy.voice is not None
        if key == "albertslund":
            given = {"number": PhoneNumber(NUMBER)} | changes
            policy = policy.model_copy(update={"voice": policy.voice.model_copy(update=given)})
        policies.append(policy)
    return replace(runtime, policies=Policies(policies))


@pytest.fixture
def changes() -> dict[str, object]:
    """What a story decides otherwise about the telephone."""
    return {}


@pytest.fixture
async def answering(
    runtime: Runtime, rasa: RasaStandIn, changes: dict[str, object]
) -> AsyncIterator[Runtime]:
    """The runtime that answers calls: its worker runs as long as the story."""
    dialogue = RasaDialogue(runtime.settings.model_copy(update={"rasa_url": rasa.url}))
    ready = with_voice(runtime, **changes).equip(
        dialogue=dialogue, carriers={Channel.VOICE: Pickup()}
    )
    stop = asyncio.Event()
    url = ready.settings.database_url
    assert url is not None
    working = asyncio.create_task(bot.worker.run(ready, url, stop))
    yield ready
    stop.set()
    await working
    await dialogue.close()


@pytest.fixture
async def web(answering: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """The web app as Twilio sees it."""
    app = create_app(answering)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", timeout=60
    ) as client:
        yield client


@pytest.fixture
def phone(web: httpx.AsyncClient):
    """A telephone that calls Albertslund: Mette's, unless the story says so."""

    def make_one(number: str = make.METTE_PHONE) -> Phone:
        return Phone(web, PUBLIC, to=NUMBER, number=number)

    return make_one


@pytest.fixture
def understands(rasa: RasaStandIn):
    """Let Rasa understand the next words so."""

    def choose(*names: str) -> None:
        rasa.turns.append([f"action_{name}" for name in names])

    return choose


@pytest.fixture
def conversation(runtime):
    """The one conversation on the telephone."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Conversation).where(Conversation.channel == Channel.VOICE)
            )
            return found.one()

    return look


@pytest.fixture
def heard(runtime):
    """What the citizen said that the dialogue got."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Message.body)
                .where(Message.direction == Direction.IN, Message.channel == Channel.VOICE)
                .order_by(Message.number)
            )
            return list(found)

    return look
