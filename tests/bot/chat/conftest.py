"""The web chat as citizens meet it: the real app, real jobs, and a stand-in for Rasa."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

import bot.worker
from data.models.agreements import AgreementChannel
from data.models.citizens import Channel, Citizen
from data.models.conversations import Conversation
from mindelig.web import create_app
from outreach import agreements
from outreach.gateways.pickup import Pickup
from tests import make_agreements, make_desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from fastapi import FastAPI

    from outreach.runtime import Runtime

PAGE = "/chat/albertslund"
_FIELD = re.compile(r'name="(csrf_token|key|begun)" value="([^"]*)"')


@dataclass
class Browser:
    """A browser without JavaScript: it keeps its cookie, and sends the forms of the page."""

    app: FastAPI
    base: str = PAGE
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(app=self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    async def page(self, query: str = "") -> str:
        """Open the chat and read it."""
        answer = await self.client.get(f"{self.base}{query}")
        assert answer.status_code == 200
        return answer.text

    async def form(self, query: str = "") -> dict[str, str]:
        """Return what the form on the page carries besides what people write."""
        written = (await self.page(query)).partition('id="write"')[2]
        return dict(_FIELD.findall(written.partition("</form>")[0]))

    async def post(self, act: str, **fields: str) -> httpx.Response:
        """Send one form, with the secret of the page."""
        form = await self.form()
        return await self.client.post(
            f"{self.base}/{act}", data={"csrf_token": form["csrf_token"], **fields}
        )

    async def write(self, body: str, **more: str) -> httpx.Response:
        """Write a message and send it."""
        form = await self.form()
        return await self.client.post(f"{self.base}/messages", data={**form, "body": body, **more})


@pytest.fixture
def chatting(talking: Runtime) -> Runtime:
    """The runtime with the carrier of the web."""
    return talking.equip(carriers={Channel.WEB: Pickup()})


@pytest.fixture
def app(chatting: Runtime) -> FastAPI:
    """The whole web app."""
    return create_app(chatting)


@pytest.fixture
async def browsers(app: FastAPI) -> AsyncIterator[Callable[..., Browser]]:
    """Open as many browsers as a story needs."""
    opened: list[Browser] = []

    def another(base: str = PAGE) -> Browser:
        opened.append(Browser(app, base))
        return opened[-1]

    yield another
    for browser in opened:
        await browser.client.aclose()


@pytest.fixture
def browser(browsers: Callable[..., Browser]) -> Browser:
    """A browser at Albertslund's chat."""
    return browsers()


@pytest.fixture
def work(chatting: Runtime, postgres: str, rasa: Any) -> Callable[..., Awaitable[None]]:
    """Let Rasa choose these actions, one list a message, and run all jobs that wait."""

    async def run(*turns: str) -> None:
        rasa.turns += [[f"action_{name}" for name in turn.split()] for turn in turns]
        await bot.worker.run_until_empty(chatting, postgres)

    return run


@pytest.fixture
async def agreed(runtime: Runtime, mette: Citizen, claim: Any) -> None:
    """Mette has agreed with Anna, on the telephone, to pay in six instalments."""
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        await agreements.conclude_by_staff(
            session,
            runtime,
            anna,
            mette.id,
            make_agreements.plan([claim]),
            channel=AgreementChannel.VOICE,
            identity_level=2,
            shown_text=make_agreements.SHOWN,
            reason="Mette ringede.",
        )


@pytest.fixture
def talks(runtime: Runtime) -> Callable[[], Awaitable[list[Conversation]]]:
    """Return the conversations on the web, in the order they began."""

    async def look() -> list[Conversation]:
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Conversation)
                .where(Conversation.channel == Channel.WEB)
                .order_by(Conversation.created_at, Conversation.id)
            )
            return list(found)

    return look
