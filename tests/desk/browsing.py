"""A real browser before the desk: signed in, and listened to."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from tests import make_desk
from tests.house.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Page

    from data.models.staff import Staff
    from outreach.runtime import Runtime

    type Desk = Callable[[Staff], Awaitable[Page]]

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
#: What a browser remarks in its own words on a refused form, an ended session, a dropped line.
_EXPECTED = ("status of 401", "status of 409", "status of 422", "net::ERR_")


@asynccontextmanager
async def open_desk(address: str, runtime: Runtime) -> AsyncIterator[Desk]:
    """Let people open the desk, each in a browser of their own that must not complain."""
    complaints: list[str] = []

    def note(said: str) -> None:
        if not any(each in said for each in _EXPECTED):
            complaints.append(said)

    found = os.environ.get("MINDELIG_CHROMIUM") or (ROOT / ".setup/chromium").read_text().strip()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=found, args=QUIET)

        async def come(person: Staff) -> Page:
            context = await chromium.new_context(
                base_url=address, viewport={"width": 1280, "height": 900}
            )
            token = await make_desk.session_of(runtime, person)
            await context.add_cookies(
                [{"name": "mindelig_desk", "value": token, "domain": "127.0.0.1", "path": "/desk"}]
            )
            page = await context.new_page()
            page.on("console", lambda said: note(said.text))
            page.on("pageerror", lambda fault: note(str(fault)))
            return page

        yield come
        await chromium.close()
    assert complaints == []
