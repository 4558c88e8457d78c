"""The web process: webhooks, the desk, Rasa's door, health; in a demo the telephones too."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import bot.actions.server
import bot.agreements
import bot.chat.app
import bot.chat.stream
import bot.citizen_sign_in
import bot.errors
import bot.mail
import bot.simulator.app
import bot.webhooks.telegram
import bot.webhooks.twilio_call_out
import bot.webhooks.twilio_sms
import bot.webhooks.twilio_voice
import desk.app
import desk.events
from outreach.errors import NotConfiguredError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from outreach.runtime import Runtime

log = structlog.get_logger()

GRACE_SECONDS = 10


def create_app(runtime: Runtime, *, demo_password: str | None = None) -> FastAPI:
    """Put the floors together; with a `demo_password` the simulator is there too."""

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(
        title="Mindelig",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
    )
    app.state.runtime = runtime
    app.state.demo_password = demo_password
    bot.errors.install(app)
    app.include_router(bot.webhooks.twilio_sms.router)
    app.include_router(bot.webhooks.twilio_voice.router)
    app.include_router(bot.webhooks.twilio_call_out.router)
    app.include_router(bot.webhooks.telegram.router)
    app.include_router(bot.actions.server.make_router(runtime))
    app.include_router(bot.agreements.router)
    app.include_router(bot.mail.router)
    app.include_router(bot.citizen_sign_in.router)
    bot.chat.app.mount(app)
    app.include_router(desk.app.router())
    desk.app.mount_static(app)
    if demo_password is not None:
        bot.simulator.app.mount(app, runtime)
    _add_health(app, runtime, start="/simulator" if demo_password else "/desk")
    return app


def _add_health(app: FastAPI, runtime: Runtime, *, start: str) -> None:
    @app.get("/", include_in_schema=False)
    async def first_page() -> RedirectResponse:
        """Lead to where people begin."""
        return RedirectResponse(start)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Tell that the process answers."""
        return {"status": "live"}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        """Tell whether all that is needed to answer a citizen is there."""
        found = {"database": await _database_answers(runtime), "rasa": await _rasa(runtime)}
        return JSONResponse(
            {"ready": all(found.values()), **found}, status_code=200 if all(found.values()) else 503
        )


async def _database_answers(runtime: Runtime) -> bool:
    try:
        async with runtime.transaction() as session:
            await session.execute(text("select 1 from alembic_version"))
    except (SQLAlchemyError, OSError):
        return False
    return True


async def _rasa(runtime: Runtime) -> bool:
    return runtime.dialogue is not None and await runtime.dialogue.ready()


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handling: whoever started the process stops it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def serve(app: FastAPI, *, host: str, port: int, stop: asyncio.Event) -> None:
    """Serve until `stop`; requests under way are finished first.

    Raises:
        NotConfiguredError: the port is taken, or may not be used.
    """
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            proxy_headers=False,  # signatures are checked over MINDELIG_PUBLIC_URL alone
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[_listen(host, port)]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    desk.events.close_streams(app)
    bot.chat.stream.close_streams(app)
    server.should_exit = True
    await serving
    stopping.cancel()


def need_port(host: str, port: int) -> None:
    """Refuse a port that is taken, before anything is started.

    Raises:
        NotConfiguredError: the port is taken, or may not be used.
    """
    _listen(host, port).close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=1024)
    except OSError as fault:
        reason = (fault.strerror or "cannot be used").partition(" (")[0]
        raise NotConfiguredError(
            f"port {port} on {host}: {reason}; choose another with --port"
        ) from None
