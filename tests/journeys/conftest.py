"""A town around the real Rasa, one for each story."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.rasa import RasaDialogue
from mindelig import web
from tests.journeys.town import Town, until_it_answers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from data.settings import Settings
    from outreach.runtime import Runtime
    from tests.gateway import KeepingSms


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

    address, patience = f"http://127.0.0.1:{port}", 15  # as long as Twilio waits for us, seconds
    async with httpx.AsyncClient(base_url=address, timeout=patience) as client:
        await until_it_answers(client)
        yield Town(lively, town_settings, sms, postgres, client, close_web)
    await close_web()
