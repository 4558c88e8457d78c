"""Real Rasa, started once a run, and a town around it for each story."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.rasa import RasaDialogue
from data.settings import load
from mindelig import rasa, web
from tests.journeys.town import Town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from data.settings import Settings
    from outreach.runtime import Runtime
    from tests.gateway import KeepingSms

ACCOUNT = "AC" + "0" * 32
PUBLIC = "https://mindelig.example.dk"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def town_settings(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Settings:
    """Settings of the town: ports of its own, a public address behind a proxy that ends TLS."""
    web_port, rasa_port = _free_port(), _free_port()
    return load(
        home=tmp_path_factory.mktemp("town"),
        database_url=postgres,
        public_url=PUBLIC,
        actions_url=f"http://127.0.0.1:{web_port}/internal/actions",
        rasa_url=f"http://127.0.0.1:{rasa_port}",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token="a token that nobody else knows",
    )


@pytest.fixture(scope="session")
async def rasa_server(town_settings: Settings, postgres: str) -> AsyncIterator[None]:
    """Train the model if the dialogues have changed, and start Rasa on loopback."""
    model, _ = await asyncio.to_thread(rasa.train, only_if_changed=True)
    process = await rasa.start(town_settings, postgres, model)
    dialogue = RasaDialogue(town_settings)
    try:
        async with asyncio.timeout(180):
            while not await dialogue.ready():
                assert process.returncode is None, "Rasa ended before it was ready"
                await asyncio.sleep(0.2)
        await dialogue.close()
        yield
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def town(
    rasa_server: None, runtime: Runtime, town_settings: Settings, postgres: str, sms: KeepingSms
) -> AsyncIterator[Town]:
    """The web server with this story's own runtime, and real Rasa behind it."""
    lively = replace(runtime, settings=town_settings).equip(dialogue=RasaDialogue(town_settings))
    port = int(town_settings.actions_url.split(":")[2].split("/")[0])
    stop = asyncio.Event()
    app = web.create_app(lively)
    serving = asyncio.create_task(web.serve(app, host="127.0.0.1", port=port, stop=stop))

    async def close_web() -> None:
        stop.set()
        await serving

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await _until_it_answers(client)
        yield Town(lively, town_settings, sms, postgres, client, close_web)
    await close_web()


async def _until_it_answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await client.get("/health/live")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return
