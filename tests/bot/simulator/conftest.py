"""The network on a real port, with a municipality's webhooks that keep what they are told."""

from __future__ import annotations

import asyncio
import inspect
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import uvicorn
from aiohttp import encode_basic_auth
from fastapi import FastAPI, Request, Response
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.simulator.app import mount
from bot.simulator.webhooks import Carrier
from data.settings import TWILIO, Settings, load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from outreach.runtime import Runtime

ACCOUNT = f"AC{'d' * 32}"
TOKEN = "a token that only the demo knows"
ALBERTSLUND = "+4570990101"
METTE = "+4570991001"


@dataclass
class Municipality:
    """What its webhooks were told, and what they answer next."""

    carrier: Carrier
    texts: list[dict[str, str]] = field(default_factory=list)
    receipts: list[dict[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    refused: int = 0
    answer: str = "<Response/>"
    status: int = 200

    async def told(self, *, texts: int = 0, receipts: int = 0) -> None:
        """Wait until it was told so many texts and receipts."""
        await eventually(
            lambda: (len(self.texts), len(self.receipts)),
            lambda counts: counts[0] >= texts and counts[1] >= receipts,
        )


async def eventually(look, fits=bool):
    """Look again and again until what is seen fits, ten seconds at the most; return it.

    `look` may be a coroutine function; what is looked for happens in another task.
    """
    async with asyncio.timeout(10):
        while True:
            seen = look()
            seen = await seen if inspect.isawaitable(seen) else seen
            if fits(seen):
                return seen
            await asyncio.sleep(0.02)


@pytest.fixture
def port() -> Iterator[socket.socket]:
    """A free port on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def settings(tmp_path: Path, postgres: str, port: socket.socket) -> Settings:
    """Settings of a demo."""
    address = f"http://127.0.0.1:{port.getsockname()[1]}"
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        public_url=address,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_url=f"{address}/simulator/twilio",
    )


@asynccontextmanager
async def serving(runtime: Runtime, port: socket.socket) -> AsyncIterator[Municipality]:
    """Webhooks that take only what Twilio signed, beside the simulator, on a real port."""
    app = FastAPI()
    app.state.runtime = runtime
    mount(app, runtime)
    told = Municipality(app.state.simulator)

    async def signed(request: Request, kept: list[dict[str, str]]) -> bool:
        form = {name: str(value) for name, value in (await request.form()).items()}
        signature = request.headers.get("x-twilio-signature", "")
        if not RequestValidator(TOKEN).validate(str(request.url), form, signature):
            told.refused += 1
            return False
        kept.append(form)
        return True

    @app.post("/webhooks/twilio/sms")
    async def sms(request: Request) -> Response:
        if not await signed(request, told.texts):
            return Response("not signed", 403)
        return Response(told.answer, told.status, media_type="application/xml")

    @app.post("/webhooks/twilio/status")
    async def status(request: Request) -> Response:
        told.queries.append(request.url.query)
        if not await signed(request, told.receipts):
            return Response("not signed", 403)
        return Response(status_code=told.status)

    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    task = asyncio.create_task(server.serve(sockets=[port]))
    await eventually(lambda: server.started)
    yield told
    server.should_exit = True
    await task


@pytest.fixture
async def municipality(runtime: Runtime, port: socket.socket) -> AsyncIterator[Municipality]:
    """A municipality with the demo's network, up and running."""
    async with serving(runtime, port) as told:
        yield told


class Door(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The SDK's own way out, with another address, and signed in as aiohttp now wants it."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    async def request(self, method, url, *, headers, auth, **given):
        signed_in = headers | {"Authorization": encode_basic_auth(*auth)}
        return await super().request(
            method, url.replace(TWILIO, self.address), headers=signed_in, **given
        )


@pytest.fixture
async def twilio(settings: Settings) -> AsyncIterator[Client]:
    """Twilio's SDK, signed in to the demo's account."""
    async with Door(settings.twilio_api_url) as door:
        yield Client(ACCOUNT, TOKEN, http_client=door)
