"""What a citizen sends from the chat: messages, a language, codes, and the end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator

from bot.chat import pages
from bot.chat.pages import LONGEST, ChatRoute, RefusedError, Shown
from bot.chat.sessions import Visiting, Visitor, fits, give_cookie, new_token
from bot.runtime import RuntimeOf
from data.models.citizens import Channel, Language
from data.notifications import notify_citizen
from data.values.ids import new_id
from outreach import conversations, web_chats

if TYPE_CHECKING:
    from data.models.conversations import Conversation

router = APIRouter(route_class=ChatRoute)

#: Sent by the page's own script, which shows by itself what is new.
SCRIPT: Final = "X-Chat-Script"
#: A try to open somebody's chat weighs as much as so many messages.
_TRY_WEIGHS: Final = 20


def _cleaned(text: str) -> str:
    """Write line ends as one letter, and leave out the one that PostgreSQL cannot hold."""
    return text.replace("\x00", "").replace("\r\n", "\n")


Typed = Annotated[str, Form(), AfterValidator(_cleaned)]


def acting(visitor: Visiting, csrf_token: Typed = "", body: Typed = "") -> Visitor:
    """Let a form through that was made for this browser (CSRF).

    Raises:
        RefusedError: it was not; what was written stands in the new one.
    """
    if not fits(csrf_token, visitor):
        raise RefusedError(visitor, "stale", 403, body[:LONGEST])
    return visitor


Acting = Annotated[Visitor, Depends(acting)]


@router.post("/messages")
async def write(
    request: Request,
    visitor: Acting,
    runtime: RuntimeOf,
    body: Typed = "",
    choice: Typed = "",
    key: Typed = "",
    *,
    begun: Annotated[bool, Form()] = False,
) -> Response:
    """Take in what the citizen wrote, or the answer they chose; the same form twice is one message.

    What stood in the field when they pressed an answer stands there again.

    Raises:
        RefusedError: it is empty or too long, too much comes at once, or the chat is over.
    """
    text = choice.strip() or body.strip()
    if not text:
        raise RefusedError(visitor, "empty", 422)
    if len(text) > LONGEST:
        raise RefusedError(visitor, "too_long", 422, body)
    await _count(visitor, runtime, body)
    async with runtime.transaction() as session:
        known = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        if begun and known is None:
            raise RefusedError(visitor, "over", 409, body)
        talk = known or await web_chats.begin(
            session, runtime, visitor.policy.key, visitor.token, visitor.language
        )
        if await web_chats.is_too_fast(session, runtime, talk):
            raise RefusedError(visitor, "too_fast", 429, body)
        await conversations.receive(
            session,
            runtime,
            municipality=visitor.policy.key,
            channel=Channel.WEB,
            address=talk.address,
            body=text,
            vendor_ref=_reference(key, talk, text),
        )
        await notify_citizen(session, talk.id)  # it may be open in another browser too
    if choice.strip() and body.strip() and SCRIPT not in request.headers:
        return await pages.page_of(request, visitor, Shown(draft=body[:LONGEST]))
    return _done(request, visitor)


@router.post("/language")
async def choose_language(
    visitor: Acting, runtime: RuntimeOf, language: Annotated[Language, Form()]
) -> Response:
    """Turn the page, and the conversation if there is one, to a language (sprog)."""
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        if talk is not None:
            held = await conversations.lock(session, talk.id)
            held.language = language
    return _back(visitor, lang=language.value)


@router.post("/code")
async def show_code(request: Request, visitor: Acting, runtime: RuntimeOf) -> Response:
    """Show the code with which the citizen goes on with the chat on another device.

    Raises:
        RefusedError: there is no chat yet, or too much comes from one place.
    """
    await _count(visitor, runtime, "")
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        if talk is None:
            raise RefusedError(visitor, "over", 409)
        code = await web_chats.code_of(session, runtime, talk)
    return await pages.page_of(request, visitor, Shown(code=code))


@router.post("/resume")
async def resume(
    request: Request, visitor: Acting, runtime: RuntimeOf, code: Typed = ""
) -> Response:
    """Open the chat that a code leads to, in this browser too, under a secret of its own.

    Raises:
        RefusedError: the code leads nowhere; it is not told why.
    """
    await _count(visitor, runtime, "", weight=_TRY_WEIGHS)
    token = new_token()
    async with runtime.transaction() as session:
        talk = await web_chats.resume(
            session, runtime, visitor.policy.key, code[:40], token, visitor.sender
        )
    if talk is None:
        raise RefusedError(visitor, "wrong_code", 422)
    response = RedirectResponse(visitor.base, status_code=303)
    give_cookie(request, response, visitor, token)
    return response


@router.post("/end")
async def end(request: Request, visitor: Acting, runtime: RuntimeOf) -> Response:
    """End the chat in every browser it is open in; nobody finds it there any more."""
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        if talk is not None:
            await web_chats.end(session, runtime, talk)
    language = visitor.language if talk is None else talk.language
    response = _back(visitor, lang=language.value, ended="true")
    give_cookie(request, response, visitor, "")
    return response


@router.get("/messages")
@router.get("/language")
@router.get("/code")
@router.get("/resume")
@router.get("/end")
async def go_back(visitor: Visiting) -> Response:
    """Lead to the page whoever opens the address of a form again."""
    return _back(visitor, lang=visitor.language.value)


def _back(visitor: Visitor, **asked: str) -> RedirectResponse:
    return RedirectResponse(f"{visitor.base}?{urlencode(asked)}", status_code=303)


async def _count(visitor: Visitor, runtime: RuntimeOf, draft: str, *, weight: int = 1) -> None:
    """Count what comes from one network address, whatever becomes of it.

    Raises:
        RefusedError: it is too much.
    """
    async with runtime.transaction() as session:
        is_too_much = await web_chats.is_too_much(
            session, runtime, visitor.policy.key, visitor.sender, weight
        )
    if is_too_much:
        raise RefusedError(visitor, "too_much", 429, draft)


def _reference(given: str, talk: Conversation, text: str) -> str:
    """Return what makes a form one message: the same words of one form are taken in once.

    Other words in a form that was sent before (the browser's way back) are another message.
    """
    try:
        key = UUID(given)
    except ValueError:
        key = new_id()
    return f"web:{uuid5(key, f'{talk.id} {text}')}"


def _done(request: Request, visitor: Visitor) -> Response:
    if SCRIPT in request.headers:
        return Response(status_code=204)
    return RedirectResponse(f"{visitor.base}#write", status_code=303)
