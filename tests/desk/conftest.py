"""The desk as caseworkers meet it: the real router, reached as a browser reaches it."""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from desk.app import mount_static, router
from tests import make_desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from outreach.runtime import Runtime

ADDRESS = "http://127.0.0.1:8000"
#: What a form carries besides the fields people fill in.
_SECRET = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')


@dataclass
class Browser:
    """A browser with cookies of its own that does not follow redirects by itself."""

    app: FastAPI
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(app=self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    async def get(self, address: str, **more: Any) -> httpx.Response:
        """Open a page."""
        return await self.client.get(address, **more)

    async def post(self, address: str, data: dict[str, str], **more: Any) -> httpx.Response:
        """Send a form as it is given."""
        return await self.client.post(address, data=data, **more)

    async def secret(self, page: str = "/desk") -> Any:
        """Return the secret that the forms of a page carry."""
        return _SECRET.findall((await self.get(page)).text)[0]

    async def send(self, address: str, page: str = "/desk", **fields: str) -> httpx.Response:
        """Open a page and send one of its forms."""
        return await self.post(address, {"csrf_token": await self.secret(page), **fields})

    async def key(self, page: str) -> Any:
        """Return the key that makes an answer one answer."""
        return _KEY.findall((await self.get(page)).text)[0]

    def hold(self, token: str) -> None:
        """Hold a session's token, as after signing in."""
        self.client.cookies.clear()
        self.client.cookies.set("mindelig_desk", token, domain="127.0.0.1", path="/desk")

    async def sign_in(
        self, username: str = "anna", password: str = make_desk.PASSWORD, **fields: str
    ) -> httpx.Response:
        """Sign in as a caseworker."""
        given = {"username": username, "password": password, **fields}
        return await self.send("/desk/sign-in", "/desk/sign-in", **given)


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    """The web app with the desk alone."""
    web = FastAPI()
    web.state.runtime = runtime
    web.include_router(router())
    mount_static(web)
    return web


@pytest.fixture
async def browsers(app: FastAPI) -> AsyncIterator[Callable[[], Browser]]:
    """Open as many browsers as a story needs."""
    opened: list[Browser] = []

    def another() -> Browser:
        opened.append(Browser(app))
        return opened[-1]

    yield another
    for browser in opened:
        await browser.client.aclose()


@pytest.fixture
async def anna(runtime: Runtime, browsers: Callable[[], Browser]) -> Browser:
    """Anna of Albertslund, signed in."""
    browser = browsers()
    browser.hold(await make_desk.session_of(runtime, await make_desk.staff(runtime)))
    return browser


@pytest.fixture
async def bo(runtime: Runtime, browsers: Callable[[], Browser]) -> Browser:
    """Bo of Albertslund, signed in."""
    browser = browsers()
    person = await make_desk.staff(runtime, "bo", name="Bo Dam")
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where a real server shows the desk."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag and no event
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving
    listener.close()
