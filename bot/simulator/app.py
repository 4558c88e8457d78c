"""Puts the simulator into the web app of a demo."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from bot.simulator import api, pages
from bot.simulator.webhooks import Carrier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from outreach.runtime import Runtime

STATIC = Path(__file__).parent / "static"


def mount(app: FastAPI, runtime: Runtime) -> None:
    """Put the telephones at `/simulator` and the stand-in for Twilio at `/simulator/twilio`.

    Messages are carried while the app lives. `app.state.runtime` must be `runtime`;
    `app.state.demo_password`, when there is one, is shown on the page.

    Raises:
        NotConfiguredError: the demo's account or token is not set.
    """
    carrier = Carrier(runtime)

    @asynccontextmanager
    async def carrying(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(carrier.run())
        try:
            yield
        finally:
            carrier.stop()
            await task

    app.state.simulator = carrier
    app.add_exception_handler(api.RefusalError, api.answer_refusal)
    app.mount(f"{pages.PATH}/static", StaticFiles(directory=STATIC), name="simulator-static")
    both = APIRouter(lifespan=carrying)
    both.include_router(pages.router)
    both.include_router(api.router)
    app.include_router(both)
