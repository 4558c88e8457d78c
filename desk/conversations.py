"""One conversation (samtale): read it, take it over, hand it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.handoffs import HandoffState
from data.queries import handoffs as handoff_queries
from desk import pages, thread
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.pages import Notice
from desk.thread import LONGEST_NOTE
from outreach import conversations as conversation_cases
from outreach import handoffs as handoff_cases
from outreach import second_thoughts
from outreach.errors import ConflictError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.models.handoffs import Handoff

router = APIRouter(route_class=pages.DeskRoute)

#: What a page may say after an act, by the word in its address.
_DONE: Final = {
    "taken": "taken",
    "answered": "answer.sent",
    "stopped": "answer.stopped",
    "handed-back": "hand_back.done",
    "taken-back": "hand_back.undone",
    "noted": "note.done",
}
_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@router.get("/desk/conversations/{conversation_id}")
async def conversation(request: Request, conversation_id: UUID, visitor: SignedIn) -> Response:
    """Show a conversation, with all that the citizen has said on other channels."""
    done = _DONE.get(request.query_params.get("done", ""))
    notice = Notice("success", pages.words(request)(done)) if done else None
    return await thread.show(request, conversation_id, visitor, notice)


@router.get("/desk/conversations/{conversation_id}/live")
async def live(request: Request, conversation_id: UUID, visitor: Watching) -> Response:
    """Return the parts of the page that have changed since it showed them."""
    shown = await thread.load(request, conversation_id, visitor)
    return pages.changed(request, thread.parts(request, visitor, shown).values())


@router.get("/desk/conversations/{conversation_id}/earlier/live")
async def earlier(request: Request, conversation_id: UUID, visitor: SignedIn) -> Response:
    """Return the messages before those the page shows, to be put above them."""
    shown = await thread.load(request, conversation_id, visitor)
    return pages.piece(request, "parts/earlier.html", visitor, thread=shown)


@router.post("/desk/conversations/{conversation_id}/take")
async def take(request: Request, conversation_id: UUID, visitor: Acting) -> Response:
    """Take the conversation over, also one that nobody has handed over."""
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            found = await thread.found(session, conversation_id, visitor)
            handoff = await open_handoff(session, found, visitor)
            if handoff is None:
                handoff = await handoff_cases.open_handoff(
                    session,
                    runtime,
                    conversation=await conversation_cases.lock(session, found.id),
                    reason="caseworker",
                    summary=runtime.reason_words("caseworker"),
                    actor=f"staff:{visitor.staff.id}",
                )
                await session.flush()
            await handoff_cases.take(session, runtime, handoff.id, visitor.staff)
    except ConflictError as conflict:
        return await thread.refused(request, conversation_id, visitor, conflict)
    return back(conversation_id, "taken")


@router.post("/desk/conversations/{conversation_id}/hand-back")
async def hand_back(
    request: Request,
    conversation_id: UUID,
    visitor: Acting,
    note: _Text = "",
    may_tell: _Text = "",
) -> Response:
    """Give the conversation back to the assistant, with what was agreed and what may be told."""
    t, written = pages.words(request), note.strip()
    whole = _note_of(written, may_tell.strip(), t("hand_back.may_tell_mark"))
    fault = _note_fault(whole if written else "")
    if fault is not None:
        entered = {"note_fault": t(fault, most=LONGEST_NOTE), "note": note, "may_tell": may_tell}
        return await thread.again(request, conversation_id, visitor, **entered)
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            handoff = await held(session, conversation_id, visitor)
            await handoff_cases.hand_back(
                session,
                runtime,
                handoff.id,
                visitor.staff,
                whole,
                wait=second_thoughts.UNDO_WITHIN,
            )
    except ConflictError as conflict:
        if await _was_taken(request, conversation_id, visitor, whole):
            return back(conversation_id, "handed-back")
        return await thread.refused(request, conversation_id, visitor, conflict, unsent=whole)
    return back(conversation_id, "handed-back")


@router.post("/desk/conversations/{conversation_id}/take-back")
async def take_back(request: Request, conversation_id: UUID, visitor: Acting) -> Response:
    """Undo handing back, if nobody else has begun since."""
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            newest = await _newest(session, conversation_id, visitor)
            await second_thoughts.take_back(session, runtime, newest.id, visitor.staff)
    except ConflictError as conflict:
        return await thread.refused(request, conversation_id, visitor, conflict)
    return back(conversation_id, "taken-back")


@router.get("/desk/conversations/{conversation_id}/{_act}")
async def after_an_act(conversation_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the conversation from the address of an act, when it is loaded again."""
    return RedirectResponse(f"/desk/conversations/{conversation_id}", status_code=303)


async def held(session: AsyncSession, conversation_id: UUID, visitor: Visitor) -> Handoff:
    """Return the handoff to act on; whether the visitor holds it, the act itself decides.

    Raises:
        NotFoundError: no such conversation in the visitor's municipality.
        ConflictError: none is open.
    """
    found = await thread.found(session, conversation_id, visitor)
    handoff = await open_handoff(session, found, visitor)
    if handoff is None:
        raise ConflictError("closed")
    return handoff


async def open_handoff(
    session: AsyncSession, found: Conversation, visitor: Visitor
) -> Handoff | None:
    """Return the open handoff of a conversation, or none."""
    every = await handoff_queries.of_conversation(session, visitor.municipality, found.id)
    return next((each for each in every if each.state is not HandoffState.CLOSED), None)


def back(conversation_id: UUID, done: str, **more: str) -> Response:
    """Lead back to the conversation, which then says what was done."""
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    address = f"/desk/conversations/{conversation_id}?done={done}{rest}"
    return RedirectResponse(address, status_code=303)


def _note_of(note: str, may_tell: str, mark: str) -> str:
    return f"{note}\n\n{mark} {may_tell}" if may_tell else note


def _note_fault(written: str) -> str | None:
    if not written:
        return "hand_back.missing"
    return "hand_back.too_long" if len(written) > LONGEST_NOTE else None


async def _newest(session: AsyncSession, conversation_id: UUID, visitor: Visitor) -> Handoff:
    """Return the newest handoff of a conversation.

    Raises:
        ConflictError: there never was one.
    """
    found = await thread.found(session, conversation_id, visitor)
    every = await handoff_queries.of_conversation(session, visitor.municipality, found.id)
    if not every:
        raise ConflictError("closed")
    return every[0]


async def _was_taken(request: Request, conversation_id: UUID, visitor: Visitor, note: str) -> bool:
    """Tell whether this very note was taken before: the answer to it was lost on its way."""
    try:
        async with pages.runtime_of(request).transaction() as session:
            newest = await _newest(session, conversation_id, visitor)
    except ConflictError:
        return False
    is_mine = newest.taken_by == visitor.staff.id
    return is_mine and newest.state is HandoffState.CLOSED and newest.close_note == note
