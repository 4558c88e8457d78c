"""A real Rasa server with the trained model, started once a run, for whoever asks for it."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.settings import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from data.settings import Settings

ACCOUNT = "AC" + "0" * 32
PUBLIC = "https://mindelig.example.dk"
READY_WITHIN = 180.0  # seconds; usually under fifteen


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
    """Start Rasa on loopback with the model of these dialogues, or the one of MINDELIG_MODEL."""
    # The rules' own tests run where neither Rasa nor its doors are.
    from bot.rasa import RasaDialogue  # noqa: PLC0415
    from mindelig import rasa  # noqa: PLC0415

    given = os.environ.get("MINDELIG_MODEL")
    if given:
        model = Path(given)
    else:
        model, _ = await asyncio.to_thread(rasa.train, only_if_changed=True)
    process = await rasa.start(town_settings, postgres, model)
    dialogue = RasaDialogue(town_settings)
    try:
        async with asyncio.timeout(READY_WITHIN):
            while not await dialogue.ready():
                assert process.returncode is None, "Rasa ended before it was ready"
                await asyncio.sleep(0.2)
        await dialogue.close()
        yield
    finally:
        process.terminate()
        await process.wait()
