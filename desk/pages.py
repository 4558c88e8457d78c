"""Makes the desk's pages: templates, language, security headers, and errors as pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

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

from desk.texts import DANISH, LANGUAGES, Words
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from desk.auth import Visitor
    from outreach.runtime import Runtime

log = structlog.get_logger()

#: What people type, without the one letter that PostgreSQL cannot hold.
Typed = Annotated[str, AfterValidator(lambda text: text.replace("\x00", ""))]

LANGUAGE_COOKIE: Final = "mindelig_desk_lang"
_A_YEAR: Final = 365 * 24 * 60 * 60

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

_NO_CONNECTION: Final = (OperationalError, InterfaceError, PoolTimeoutError, OSError)

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


class SignInNeeded(Exception):  # noqa: N818 - a detour, not a fault
    """The visitor is not signed in, or not any more."""

    def __init__(self, response: Response) -> None:
        """Take what to answer instead: a redirect, or 401 with an address for htmx."""
        super().__init__("sign-in needed")
        self.response = response


class DeskRoute(APIRoute):
    """A route of the desk: it answers errors with a page, and sets the security headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            response = await _answer(handle, request)
            response.headers.update(HEADERS)
            if is_secure(request):
                response.headers.update(_STRICT_TRANSPORT)
            return response

        return guarded


async def _answer(
    handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request
) -> Response:
    try:
        return await handle(request)
    except SignInNeeded as detour:
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


def runtime_of(request: Request) -> Runtime:
    """Return the runtime the web app was made with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def is_secure(request: Request) -> bool:
    """Tell whether browsers reach us by https; a proxy may end TLS, so the setting decides."""
    return runtime_of(request).settings.public_url.startswith("https://")


def language_of(request: Request) -> str:
    """Return the reader's language: the one just chosen, the one chosen before, or Danish."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return asked if asked in LANGUAGES else DANISH


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
    text = _render(request, template, visitor=visitor, path=request.url.path, **values)
    response = HTMLResponse(text, status_code=status)
    _keep_language(request, response)
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


def changed(request: Request, parts: Iterable[Part]) -> Response:
    """Answer with the parts the browser does not show yet; with nothing when it shows all."""
    seen = request.query_params
    news = [each for each in parts if seen.get(f"seen_{each.name}") != each.mark]
    if not news:
        return Response(status_code=204)
    return HTMLResponse(_render(request, "parts.html", visitor=None, parts=news))


def _render(request: Request, template: str, **values: object) -> str:
    t = words(request)
    return _TEMPLATES.get_template(template).render(
        t=t, languages=_language_links(request), **values
    )


def _language_links(request: Request) -> Mapping[str, str]:
    """Return where each language of this very page is."""
    others = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return {language: f"?{urlencode([*others, ('lang', language)])}" for language in LANGUAGES}


def _keep_language(request: Request, response: Response) -> None:
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language_of(request),
            max_age=_A_YEAR,
            path="/desk",
            secure=is_secure(request),
            httponly=True,
            samesite="lax",
        )
