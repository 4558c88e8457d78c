"""The chat's pages: what a citizen sees, what is new, and what they keep of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from bot.chat import plans
from bot.chat.sessions import (
    ROOT,
    Place,
    Visiting,
    Visitor,
    give_cookie,
    is_secure,
    language_of,
)
from bot.runtime import RuntimeOf, runtime_of
from data.channels import carried_by
from data.models.citizens import Channel, Language
from data.models.conversations import Author, Direction
from data.values.ids import new_id
from data.values.time import copenhagen
from outreach import web_chats
from outreach.errors import NotFoundError
from outreach.texts import catalogue, show

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message

log = structlog.get_logger(__name__)

STATIC: Final = Path(__file__).with_name("static")
FILES: Final = "/chat-static"
#: Characters in one message; a citizen who has more to say sends two.
LONGEST: Final = min(1500, carried_by(Channel.WEB).longest)
#: Bytes in one form: the longest message, four bytes a letter, each written as `%XX`, and the rest.
LARGEST_FORM: Final = 32_000

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors {ancestors}"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
_STRICT_TRANSPORT: Final = {"Strict-Transport-Security": "max-age=31536000"}

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["hour"] = lambda instant: f"{copenhagen(instant):%H.%M}"
_TEMPLATES.filters["first_name"] = lambda name: name.split()[0]

#: The answer to each kind of fault.
_FAULTS: Final[Mapping[type[Exception], int]] = {
    NotFoundError: 404,
    RequestValidationError: 400,
    **dict.fromkeys((OperationalError, InterfaceError, PoolTimeoutError, OSError), 503),
}
#: From here on a fault is ours, and worth a line in the log.
_OURS: Final = 500
#: Which explanation a refused request gets; any other is simply not understood.
_EXPLAINED: Final = {404: "not_found", 413: "too_large", 503: "unavailable"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows besides the conversation."""

    #: What is said on top: a text of the catalogue, under `chat.notice`.
    notice: str | None = None
    #: What the citizen has written and not sent, or not got through with.
    draft: str = ""
    #: The code with which they go on elsewhere.
    code: str | None = None
    status: int = 200


class RefusedError(Exception):
    """A form is not taken: the page comes again, says why, and keeps what was written."""

    def __init__(self, visitor: Visitor, notice: str, status: int, draft: str = "") -> None:
        """Take who sent it, what they are told, and what they wrote."""
        super().__init__(notice)
        self.visitor = visitor
        self.shown = Shown(notice, draft, status=status)


class ChatRoute(APIRoute):
    """A route of the chat: it answers errors with a page, and sets the security headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            response = await _answer(handle, request)
            for name, value in _headers(request).items():
                response.headers.setdefault(name, value)
            return response

        return guarded


async def _answer(
    handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request
) -> Response:
    try:
        if request.method == "POST" and not _is_small(request):
            return _error(request, 413)
        return await handle(request)
    except RefusedError as refusal:
        return await page_of(request, refusal.visitor, refusal.shown)
    except HTTPException as refusal:
        return _error(request, refusal.status_code)
    except tuple(_FAULTS) as fault:
        status = next(_FAULTS[kind] for kind in _FAULTS if isinstance(fault, kind))
        if status >= _OURS:
            # Its kind and no more: the text of such a fault may hold what somebody wrote.
            log.warning("chat_fault", fault=type(fault).__name__)
        return _error(request, status)


def _is_small(request: Request) -> bool:
    told = request.headers.get("Content-Length", "")
    return told.isdecimal() and int(told) <= LARGEST_FORM


def _headers(request: Request) -> dict[str, str]:
    """Return what protects a page; only the window may stand in a frame, on the town's sites."""
    key = request.path_params.get("municipality", "")
    policies = runtime_of(request).policies
    chat = policies[key].chat if key in policies else None
    is_framed = request.url.path.startswith(f"{ROOT}/{key}/embed")
    ancestors = " ".join(chat.sites) if is_framed and chat is not None else ""
    headers = dict(_HEADERS)
    headers["Content-Security-Policy"] = headers["Content-Security-Policy"].format(
        ancestors=ancestors or "'none'"
    )
    return headers | (_STRICT_TRANSPORT if is_secure(request) else {})


def _error(request: Request, status: int) -> HTMLResponse:
    cause = _EXPLAINED.get(status, "bad_request")
    text = _TEMPLATES.get_template("error.html").render(
        t=catalogue(language_of(request)).render,
        language=language_of(request).value,
        files=FILES,
        cause=f"chat.error.{cause}",
    )
    return HTMLResponse(text, status_code=status)


router = APIRouter(route_class=ChatRoute)


@router.get("")
async def page(request: Request, visitor: Visiting, *, ended: bool = False) -> Response:
    """Show the chat: who answers, how to reach a person, what was said, and where to write."""
    return await page_of(request, visitor, Shown("ended" if ended else None))


@router.get("/news")
async def news(visitor: Visiting, runtime: RuntimeOf) -> Response:
    """Show what stands in the chat now, for the page's own script; 204 when there is no chat."""
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        if talk is None:
            return Response(status_code=204)
        values = await _live(session, runtime, talk)
    return HTMLResponse(_render("live.html", visitor, talk.language, **values))


@router.get("/conversation.txt")
async def conversation(visitor: Visiting, runtime: RuntimeOf) -> Response:
    """Give the citizen the whole conversation as a text to keep.

    Raises:
        NotFoundError: this browser has no chat open.
    """
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        if talk is None:
            raise NotFoundError("no chat")
        said = await web_chats.thread(session, talk, last=None)
        await web_chats.fetched(session, runtime, talk, said)
        text = _as_text(visitor, talk.language, said)
    return Response(
        text,
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="samtale.txt"'},
    )


async def page_of(request: Request, visitor: Visitor, shown: Shown) -> HTMLResponse:
    """Write the whole page."""
    runtime = runtime_of(request)
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        values = await _live(session, runtime, talk)
    language = visitor.language if talk is None else talk.language
    values["signs_in"] = (
        visitor.place is Place.PAGE and visitor.policy.key in runtime.providers.citizens
    )
    text = _render("page.html", visitor, language, shown=shown, key=new_id(), **values)
    response = HTMLResponse(text, status_code=shown.status)
    if visitor.is_new:
        give_cookie(request, response, visitor, visitor.token)
    return response


async def _live(
    session: AsyncSession, runtime: RuntimeOf, talk: Conversation | None
) -> dict[str, object]:
    """Gather what changes while the page is open; what is shown is delivered."""
    if talk is None:
        return {
            "talk": None,
            "choice_key": None,
            "messages": [],
            "now": web_chats.Now(),
            "plans": [],
            "choices": [],
        }
    messages = await web_chats.thread(session, talk)
    await web_chats.fetched(session, runtime, talk, messages)
    last = messages[-1] if messages else None
    return {
        "talk": talk,
        "choice_key": new_id(),
        "messages": messages,
        "now": await web_chats.now_in(session, runtime, talk),
        "plans": await plans.drawn(session, runtime, talk),
        "choices": last.choices if last and last.direction is Direction.OUT else [],
    }


def _render(template: str, visitor: Visitor, language: Language, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(
        t=catalogue(language).render,
        language=language.value,
        other=next(each for each in Language if each is not language).value,
        at=visitor,
        is_window=visitor.place is Place.WINDOW,
        municipality=visitor.policy.name.of(language),
        telephone=show(visitor.policy.telephone.number, language),
        telephone_hours=visitor.policy.telephone.hours.of(language),
        chat_hours=visitor.chat.hours.of(language),
        longest=LONGEST,
        files=FILES,
        show=lambda value: show(value, language),
        **values,
    )


def _as_text(visitor: Visitor, language: Language, said: list[Message]) -> str:
    t = catalogue(language).render
    name = visitor.policy.name.of(language)

    def writer(each: Message) -> str:
        if each.author is Author.CITIZEN:
            return t("chat.you")
        if each.staff is None:
            return t("chat.assistant")
        return t("chat.staff", name=each.staff.name.split()[0])

    parts = [f"{show(each.created_at, language)}, {writer(each)}:\n{each.body}" for each in said]
    return "\n\n".join([t("chat.saved_title", municipality=name), *parts]) + "\n"


def widget_script(visitor: Visitor) -> str:
    """Return the script that puts the window on the municipality's own site."""
    words = {
        language.value: {
            key: catalogue(language).render(f"chat.widget.{key}") for key in ("open", "close")
        }
        | {"title": visitor.policy.name.of(language)}
        for language in Language
    }
    told = {"path": f"{visitor.page}/embed", "words": words}
    source = (STATIC / "widget.js").read_text(encoding="utf-8")
    return source.replace("__TOLD__", json.dumps(told))
