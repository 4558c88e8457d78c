"""Makes the desk's pages: templates, language, security headers, and errors as pages."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import AfterValidator
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from desk import assets, choices
from desk.texts import Words
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping

    from desk.auth import Visitor
    from outreach.runtime import Runtime

log = structlog.get_logger()

#: What people type, without the one letter that PostgreSQL cannot hold.
Typed = Annotated[str, AfterValidator(lambda text: text.replace("\x00", ""))]

#: What an address carries of a stay at a protected person's pages (`outreach/readings.py`).
READING: Final = "reading"
_OF_CITIZENS: Final = re.compile(r"/desk/(?:agreements|citizens|claims|conversations)/")

#: No script, style or frame but our own; nothing is kept by the browser or by a proxy.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_STRICT_TRANSPORT: Final = {"Strict-Transport-Security": "max-age=31536000"}

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["static"] = assets.address()

_NO_CONNECTION: Final = (OperationalError, InterfaceError, PoolTimeoutError, OSError)

#: The answers that show the page, by how it was asked for.
_SHOWN: Final = {"GET": {200}, "POST": {409, 422}}

#: Which explanation a refused request gets.
_EXPLAINED: Final = {403: "forbidden", 404: "not_found", 503: "unavailable"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page, and a mark that tells whether a browser shows it already."""

    name: str
    html: str
    mark: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page says on top after an act: done, or not, and why."""

    kind: str
    text: str
    heading: str | None = None
    status: int = 200


class Detour(Exception):  # noqa: N818 - no fault
    """Something else must be done first: it is answered instead of the page."""

    def __init__(self, response: Response) -> None:
        """Take what to answer instead: a redirect, a page that asks, a status for htmx."""
        super().__init__("detour")
        self.response = response


class SignInNeeded(Detour):
    """The visitor is not signed in, or not any more."""


class DeskRoute(APIRoute):
    """A route of the desk: it answers errors with a page, and sets the security headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            response = await _answer(handle, request)
            _keep_reading(request, response)
            response.headers.update(HEADERS)
            if is_secure(request):
                response.headers.update(_STRICT_TRANSPORT)
            return response

        return guarded


async def _answer(
    handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request
) -> Response:
    try:
        response = await handle(request)
        await _note_shown(request, response)
    except Detour as detour:
        return detour.response
    except NotFoundError:
        return error(request, 404)
    except RequestValidationError as fault:
        in_address = any(mistake["loc"][:1] == ("path",) for mistake in fault.errors())
        return error(request, 404 if in_address else 400)
    except HTTPException as refusal:
        return error(request, refusal.status_code)
    except _NO_CONNECTION as fault:
        # Its kind and no more: the text of such a fault may hold what somebody wrote.
        log.warning("desk_unavailable", fault=type(fault).__name__)
        return error(request, 503)
    return response


async def _note_shown(request: Request, response: Response) -> None:
    """Put on record that a page was read, before it leaves; a page that is not made is not read.

    A form that is not taken shows the page too.
    """
    note: Callable[[], Awaitable[None]] | None = getattr(request.state, "note_shown", None)
    if note is not None and response.status_code in _SHOWN.get(request.method, ()):
        await note()


def _keep_reading(request: Request, response: Response) -> None:
    """Let a redirect to pages about citizens carry the stay that this page's address carries."""
    there = urlsplit(response.headers.get("Location", ""))
    number = request.query_params.get(READING)
    if number and _OF_CITIZENS.match(there.path) and f"{READING}=" not in there.query:
        query = "&".join(part for part in (there.query, urlencode({READING: number})) if part)
        response.headers["Location"] = there._replace(query=query).geturl()


def runtime_of(request: Request) -> Runtime:
    """Return the runtime the web app was made with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def is_secure(request: Request) -> bool:
    """Tell whether browsers reach us by https; a proxy may end TLS, so the setting decides."""
    return runtime_of(request).settings.public_url.startswith("https://")


def language_of(request: Request) -> str:
    """Return the reader's language: the one just chosen, the one chosen before, or Danish."""
    return choices.LANGUAGE.of(request)


def words(request: Request) -> Words:
    """Return the texts in the reader's language, as of now."""
    runtime = runtime_of(request)
    return Words(language_of(request), runtime.clock.now(), runtime)


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    visitor: Visitor | None = None,
    **values: object,
) -> HTMLResponse:
    """Write a whole page."""
    stay = getattr(request.state, "stay", None)
    text = _render(request, template, visitor=visitor, path=request.url.path, stay=stay, **values)
    response = HTMLResponse(text, status_code=status)
    choices.keep(request, response, is_secure=is_secure(request))
    return response


def error(request: Request, status: int) -> HTMLResponse:
    """Write a page that says what went wrong and what to do."""
    return page(request, "error.html", status=status, cause=_EXPLAINED.get(status, "bad_request"))


def part(
    request: Request,
    name: str,
    visitor: Visitor,
    *,
    entered: Mapping[str, str] | None = None,
    **values: object,
) -> Part:
    """Write one part of a page that stays fresh.

    What the visitor has `entered` leaves the mark alone: a part that says the same otherwise is
    not written over them.
    """
    template = f"parts/{name}.html"
    blank = dict.fromkeys(entered or {}, "")
    plain = _render(request, template, visitor=visitor, **values, **blank)
    html = _render(request, template, visitor=visitor, **values, **entered) if entered else plain
    return Part(name, html, hashlib.sha256(plain.encode()).hexdigest()[:16])


def piece(request: Request, template: str, visitor: Visitor, **values: object) -> HTMLResponse:
    """Write a piece of a page that is put into it once, and does not stay fresh."""
    return HTMLResponse(_render(request, template, visitor=visitor, **values))


def changed(request: Request, parts: Iterable[Part]) -> Response:
    """Answer with the parts the browser does not show yet; with nothing when it shows all."""
    seen = request.query_params
    news = [each for each in parts if seen.get(f"seen_{each.name}") != each.mark]
    if not news:
        return Response(status_code=204)
    return HTMLResponse(_render(request, "parts.html", visitor=None, parts=news))


def _render(request: Request, template: str, **values: object) -> str:
    t = words(request)
    return _TEMPLATES.get_template(template).render(t=t, **choices.words(request), **values)
