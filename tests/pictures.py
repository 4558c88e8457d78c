"""`make pictures`: the desk's five main pages in both languages, for `docs/`.

The town of the tests, on its Tuesday morning: the same pictures each time, and nobody real.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn
from fastapi import FastAPI
from playwright.async_api import async_playwright

from data.database import start_embedded
from data.migrations.run import upgrade
from data.settings import load
from data.values.time import StandingClock
from desk.app import mount_static, router
from desk.texts import LANGUAGES
from outreach.runtime import Runtime
from tests import make_desk, make_town
from tests.conftest import TUESDAY_MORNING
from tests.desk.browsing import QUIET
from tests.gateway import KeepingSms
from tests.house.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.make_town import Town

DOCS: Final = ROOT / "docs"
PAGES: Final = {
    "queue": "/desk",
    "conversation": "/desk/conversations/{mine}",
    "citizen": "/desk/citizens/{citizen}",
    "tasks": "/desk/tasks",
    "record": "/desk/record",
}


@asynccontextmanager
async def _served(runtime: Runtime) -> AsyncIterator[str]:
    app = FastAPI()
    app.state.runtime = runtime
    app.include_router(router())
    mount_static(app)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag and no event
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving
    listener.close()


async def _draw(browser: Browser, address: str, token: str, built: Town, language: str) -> None:
    context = await browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 1300}, color_scheme="light"
    )
    kept = {"mindelig_desk": token, "mindelig_desk_lang": language}
    await context.add_cookies(
        [
            {"name": name, "value": value, "domain": "127.0.0.1", "path": "/desk"}
            for name, value in kept.items()
        ]
    )
    page = await context.new_page()
    for name, there in PAGES.items():
        await page.goto(there.format(**built.ids), wait_until="load")
        await page.evaluate("document.fonts.ready.then(() => true)")
        await page.screenshot(path=DOCS / f"desk-{name}-{language}.png")
    await context.close()


async def draw(home: Path) -> None:
    """Make the town, serve its desk, and take the pictures."""
    url = start_embedded(home / "postgres", "pictures_test")
    upgrade(url)
    settings = load(home=home, database_url=url, second_factor="optional")
    clock = StandingClock(TUESDAY_MORNING)
    runtime = Runtime.build(settings, url).at(clock).equip(sms=KeepingSms())
    built = await make_town.town(runtime)
    found = os.environ.get("MINDELIG_CHROMIUM") or (ROOT / ".setup/chromium").read_text().strip()
    token = await make_desk.session_of(runtime, built.anna)
    async with _served(runtime) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        for language in LANGUAGES:
            await _draw(browser, address, token, built, language)
        await browser.close()
    await runtime.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="mindelig-pictures-") as folder:
        asyncio.run(draw(Path(folder)))
