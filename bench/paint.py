"""When a page of the desk is first seen on a slow line, and what it weighs there.

The line is Lighthouse's slow 4G: 1.6 Mbit/s, and 150 ms to the server and back.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from playwright.async_api import async_playwright
from sqlalchemy import text

from bench import desk_base
from data.database import start_embedded
from data.migrations.run import upgrade
from data.settings import load
from data.values.time import SystemClock
from mindelig import up, web
from outreach.runtime import Runtime
from outreach.signing_in.attempts import Attempt, sign_in
from outreach.signing_in.passwords import hash_password
from outreach.staff import add

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

TIMES: Final = 5
_ROOT: Final = Path(__file__).parent.parent
_LINE: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_PAINTED: Final = """() => new Promise(painted => new PerformanceObserver(
    all => painted(all.getEntriesByName('first-contentful-paint')[0].startTime)
).observe({type: 'paint', buffered: true}))"""
_SMALL: Final = {"conversations": 1000, "each": 20, "long": 200, "closed": 100, "open": 100}
_QUIET: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def measure() -> list[tuple[str, str]]:
    """Open the main pages for the first time, and again, each in a browser of its own."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(home: Path) -> list[tuple[str, str]]:
    url = start_embedded(home / "postgres", "bench_paint")
    upgrade(url)
    settings = load(home=home, database_url=url, second_factor="optional")
    runtime = Runtime.build(settings, url).at(SystemClock())
    token = await _people(runtime)
    await desk_base.fill(runtime.database.engine, desk_base.COUNTS | _SMALL)
    found: list[tuple[str, str]] = []
    async with _served(runtime) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium(), args=[*_QUIET])
        for name, path in (await _pages(runtime)).items():
            found += [
                (f"{name}: {what}", figure)
                for what, figure in await _painted(browser, address, token, path)
            ]
        await browser.close()
    await runtime.close()
    load_now = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return [("load of the machine (1, 5, 15 min), processors", f"{load_now}, {os.cpu_count()}"),
            *found]  # fmt: skip


def _chromium() -> str:
    kept = os.environ.get("MINDELIG_CHROMIUM")
    return kept or (_ROOT / ".setup/chromium").read_text(encoding="utf-8").strip()


async def _people(runtime: Runtime) -> str:
    """Make the people of the base, and sign the first of them in."""
    password, everybody = hash_password("en lang og god adgangskode"), []
    async with runtime.transaction() as session:
        for number in range(desk_base.PEOPLE):
            person = await add(
                session,
                runtime,
                username=f"person{number:02d}",
                name=f"Person {number}",
                municipality="albertslund",
                password_hash=password,
            )
            everybody.append(person)
    async with runtime.transaction() as session:
        return (await sign_in(session, runtime, Attempt(everybody[0].id, password))).token


async def _pages(runtime: Runtime) -> dict[str, str]:
    async with runtime.transaction() as session:
        query = text("select conversation_id, citizen_id from handoffs where state = 'waiting'")
        talk, citizen = (await session.execute(query)).tuples().all()[0]
    return {
        "the sign-in": "/desk/sign-in",
        "the queue": "/desk?view=waiting",
        "a conversation": f"/desk/conversations/{talk}",
        "a citizen": f"/desk/citizens/{citizen}",
        "the tasks": "/desk/tasks",
    }


@asynccontextmanager
async def _served(runtime: Runtime) -> AsyncIterator[str]:
    port, stop = up.free_port(), asyncio.Event()
    app = web.create_app(runtime)
    serving = asyncio.create_task(web.serve(app, host="127.0.0.1", port=port, stop=stop))
    address = f"http://127.0.0.1:{port}"
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{address}/health/live")).is_success:
                    break
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
    yield address
    stop.set()
    await serving


async def _painted(browser: Browser, address: str, token: str, path: str) -> list[tuple[str, str]]:
    """First paint and weight of a first load and of the next; the server's time beside them."""
    first, again, weights = [], [], []
    for _ in range(TIMES):
        context = await browser.new_context(base_url=address)
        if "sign-in" not in path:
            await context.add_cookies(
                [{"name": "mindelig_desk", "value": token, "domain": "127.0.0.1", "path": "/desk"}]
            )
        page = await context.new_page()
        sizes = await _slow(page)
        first.append(await _seen(page, path))
        weights.append(sum(sizes))
        again.append(await _seen(page, path))
        await context.close()
    async with httpx.AsyncClient(base_url=address, cookies={"mindelig_desk": token}) as client:
        began = time.monotonic()
        await client.get(path)
        server = time.monotonic() - began
    return [
        ("first paint, first load", _told(first)),
        ("first paint, next load", _told(again)),
        ("weight of the first load", f"{max(weights) / 1000:.0f} kB"),
        ("the server's answer alone", f"{server * 1000:.0f} ms"),
    ]


async def _slow(page: Page) -> list[float]:
    """Put the page on the slow line; return the list in which the sizes of what comes are kept."""
    sizes: list[float] = []

    def weigh(done: dict[str, Any]) -> None:
        sizes.append(done["encodedDataLength"])

    line = await page.context.new_cdp_session(page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", dict(_LINE))
    line.on("Network.loadingFinished", weigh)
    return sizes


async def _seen(page: Page, path: str) -> float:
    await page.goto(path, wait_until="load")
    painted: float = await page.evaluate(_PAINTED)
    return painted


def _told(values: list[float]) -> str:
    return f"median {statistics.median(values):.0f} ms, worst {max(values):.0f} ms"
