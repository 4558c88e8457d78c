"""A stand-in for Twilio's address: keeps what it is asked, and answers as a story says."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from aiohttp import web
from twilio.request_validator import RequestValidator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "0f" * 16
CREATED = "Tue, 24 Nov 2026 09:00:00 +0000"

#: What the story lets Twilio do with one request.
type Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def sign(address: str, form: Mapping[str, str | list[str]], token: str = TOKEN) -> str:
    """Sign a form as Twilio does, with Twilio's own code."""
    return str(RequestValidator(token).compute_signature(address, form))


def as_listed(**given: object) -> dict[str, object]:
    """Show one message as Twilio lists it."""
    return {
        "sid": f"SM{uuid4().hex}",
        "account_sid": ACCOUNT,
        "from": "+4570990101",
        "to": "+4520304050",
        "body": "Hej",
        "status": "sent",
        "direction": "outbound-api",
        "date_created": CREATED,
        "date_sent": CREATED,
        "date_updated": CREATED,
        "error_code": None,
        "num_media": "0",
        "num_segments": "1",
        "some_new_field": {"Twilio": "adds these at will"},
    } | given


@dataclass
class TwilioStandIn:
    """Answers as told, else as Twilio would; `asked` holds method, path, query, form, headers."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[dict[str, object]] = field(default_factory=list)
    pages: list[list[dict[str, object]]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one request."""
        form = dict(await request.post())
        self.asked.append(
            {
                "method": request.method,
                "path": request.path,
                "query": dict(request.query),
                "form": form,
                "headers": dict(request.headers),
                "connection": id(request.transport),
            }
        )
        if self.answers:
            return await self.answers.pop(0)(request)
        if request.method == "POST":
            made = as_listed(to=form["To"], body=form["Body"], status="queued")
            return web.json_response(made, status=201)
        page = int(request.query.get("Page", "0"))
        more = page + 1 < len(self.pages)
        path = request.path.removeprefix("/edge")
        return web.json_response(
            {
                "messages": self.pages[page] if self.pages else [],
                "next_page_uri": f"{path}?To=%2B4520304050&Page={page + 1}" if more else None,
                "page": page,
                "page_size": 50,
                "uri": path,
            }
        )


@asynccontextmanager
async def twilio_stand_in() -> AsyncIterator[TwilioStandIn]:
    """Serve the stand-in on a free port."""
    stand_in = TwilioStandIn()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", stand_in.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stand_in
    finally:
        await runner.cleanup()


def says(status: int, body: object, **headers: str) -> Answer:
    """Answer with JSON."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers=headers)

    return answer


def refuses(status: int, code: int, **headers: str) -> Answer:
    """Refuse in Twilio's shape."""
    return says(
        status,
        {"code": code, "message": "The 'To' number +4520304050 is …", "status": status},
        **headers,
    )


def shows(status: int, text: str) -> Answer:
    """Answer with a page that some box on the way made."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="text/html")

    return answer


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Take the request, and drop the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
