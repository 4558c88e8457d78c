"""One conversation (samtale): read it, take it over, answer, hand it back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.citizens import Channel
from data.models.conversations import Owner
from data.models.handoffs import Handoff, HandoffState
from data.queries import conversations as queries
from data.queries import handoffs as handoff_queries
from data.values.ids import ConversationId
from data.values.phone import PhoneNumber
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.pages import Notice
from outreach import conversations as conversation_cases
from outreach import handoffs as handoff_cases
from outreach.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from data.queries.conversations import CitizenCard
    from data.queries.handoffs import QueueCounts
    from desk.pages import Part

router = APIRouter(route_class=pages.DeskRoute)

#: Messages shown at once, the newest; a step further back shows as many again.
SHOWN_AT_ONCE: Final = 200
_MOST_SHOWN: Final = 10_000
#: Ten SMS; what is longer belongs in a letter.
LONGEST_ANSWER: Final = 1530
LONGEST_NOTE: Final = 4000
#: What a page may say after an act, by the word in its address.
_DONE: Final = {"taken": "taken", "answered": "answer.sent", "handed-back": "hand_back.done"}
#: Ten digits as people write a CPR number: `010180-1234`, `0101801234`, `010180 1234`.
_LIKE_CPR: Final = re.compile(r"(?<!\d)\d{6}[- ]?\d{4}(?!\d)")

_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Thread:
    """All that the page of one conversation shows."""

    conversation: Conversation
    messages: list[Message]
    shown: int
    has_earlier: bool
    handoffs: list[Handoff]
    card: CitizenCard
    counts: QueueCounts

    @property
    def open_handoff(self) -> Handoff | None:
        """The handoff that is not closed, if there is one."""
        return next((each for each in self.handoffs if each.state is not HandoffState.CLOSED), None)

    def holder(self, visitor: Visitor) -> str:
        """Tell who answers, as the visitor sees it: assistant, nobody, you or other."""
        if self.conversation.owner is not Owner.STAFF:
            return self.conversation.owner.value
        return "you" if self.conversation.owner_staff_id == visitor.staff.id else "other"


@router.get("/desk/conversations/{conversation_id}")
async def conversation(request: Request, conversation_id: UUID, visitor: SignedIn) -> Response:
    """Show a conversation."""
    done = _DONE.get(request.query_params.get("done", ""))
    notice = Notice("success", pages.words(request)(done)) if done else None
    return await _show(request, conversation_id, visitor, notice)


@router.get("/desk/conversations/{conversation_id}/live")
async def live(request: Request, conversation_id: UUID, visitor: Watching) -> Response:
    """Return the parts of the page that have changed since it showed them."""
    thread = await _thread(request, conversation_id, visitor)
    return pages.changed(request, _parts(request, visitor, thread).values())


@router.post("/desk/conversations/{conversation_id}/take")
async def take(request: Request, conversation_id: UUID, visitor: Acting) -> Response:
    """Take the conversation over, also one that nobody has handed over."""
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            found = await _found(session, conversation_id, visitor)
            handoff = await _open_handoff(session, found, visitor)
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
        return await _refused(request, conversation_id, visitor, conflict)
    return _back(conversation_id, "taken")


@router.post("/desk/conversations/{conversation_id}/answer")
async def answer(
    request: Request,
    conversation_id: UUID,
    visitor: Acting,
    body: _Text = "",
    key: _Text = "",
    cpr_confirmed: _Text = "",
) -> Response:
    """Send an answer; the same form sent twice sends one."""
    written = body.replace("\r\n", "\n").strip()
    fault = _answer_fault(written, is_confirmed=bool(cpr_confirmed))
    if fault is not None:
        return await _again(request, conversation_id, visitor, answer_fault=fault, body=body)
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            handoff = await _held(session, conversation_id, visitor)
            await handoff_cases.answer(
                session, runtime, handoff.id, visitor.staff, written, key=key[:36] or None
            )
    except ConflictError as conflict:
        return await _refused(request, conversation_id, visitor, conflict, unsent=body)
    return _back(conversation_id, "answered")


@router.post("/desk/conversations/{conversation_id}/hand-back")
async def hand_back(
    request: Request, conversation_id: UUID, visitor: Acting, note: _Text = ""
) -> Response:
    """Give the conversation back to the assistant."""
    fault = _note_fault(note.strip())
    if fault is not None:
        return await _again(request, conversation_id, visitor, note_fault=fault, note=note)
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            handoff = await _held(session, conversation_id, visitor)
            await handoff_cases.hand_back(session, runtime, handoff.id, visitor.staff, note.strip())
    except ConflictError as conflict:
        return await _refused(request, conversation_id, visitor, conflict, unsent=note)
    return _back(conversation_id, "handed-back")


@router.get("/desk/conversations/{conversation_id}/{_act}")
async def after_an_act(conversation_id: UUID, _act: str, _visitor: SignedIn) -> Response:
    """Lead back to the conversation from the address of an act, when it is loaded again."""
    return RedirectResponse(f"/desk/conversations/{conversation_id}", status_code=303)


def _answer_fault(written: str, *, is_confirmed: bool) -> str | None:
    if not written:
        return "answer.empty"
    if len(written) > LONGEST_ANSWER:
        return "answer.too_long"
    return "answer.cpr" if _LIKE_CPR.search(written) and not is_confirmed else None


def _note_fault(written: str) -> str | None:
    if not written:
        return "hand_back.missing"
    return "hand_back.too_long" if len(written) > LONGEST_NOTE else None


async def _found(session: AsyncSession, conversation_id: UUID, visitor: Visitor) -> Conversation:
    wanted = ConversationId(conversation_id)
    found = await queries.one(session, visitor.municipality, wanted)
    if found is None:
        raise NotFoundError("no such conversation")
    return found


async def _open_handoff(
    session: AsyncSession, found: Conversation, visitor: Visitor
) -> Handoff | None:
    every = await handoff_queries.of_conversation(session, visitor.municipality, found.id)
    return next((each for each in every if each.state is not HandoffState.CLOSED), None)


async def _held(session: AsyncSession, conversation_id: UUID, visitor: Visitor) -> Handoff:
    """Return the handoff to act on; whether the visitor holds it, the act itself decides."""
    found = await _found(session, conversation_id, visitor)
    handoff = await _open_handoff(session, found, visitor)
    if handoff is None:
        raise ConflictError("closed")
    return handoff


def _back(conversation_id: UUID, done: str) -> Response:
    return RedirectResponse(f"/desk/conversations/{conversation_id}?done={done}", status_code=303)


async def _thread(request: Request, conversation_id: UUID, visitor: Visitor) -> Thread:
    asked = request.query_params.get("last", "")
    last = min(int(asked[:9]), _MOST_SHOWN) if asked.isdecimal() else 0
    shown = max(last, SHOWN_AT_ONCE)
    async with pages.runtime_of(request).transaction() as session:
        found = await _found(session, conversation_id, visitor)
        messages = await queries.thread(session, found.id, last=shown + 1)
        municipality, me = visitor.municipality, visitor.staff.id
        return Thread(
            conversation=found,
            messages=messages[-shown:],
            shown=shown,
            has_earlier=len(messages) > shown,
            handoffs=await handoff_queries.of_conversation(session, municipality, found.id),
            card=await queries.card(session, found),
            counts=await handoff_queries.counts(session, municipality, me),
        )


async def _show(
    request: Request,
    conversation_id: UUID,
    visitor: Visitor,
    notice: Notice | None = None,
    *,
    unsent: str = "",
    **entered: str,
) -> Response:
    thread = await _thread(request, conversation_id, visitor)
    return pages.page(
        request,
        "conversation.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        thread=thread,
        notice=notice,
        unsent=unsent,
        parts=_parts(request, visitor, thread, **entered),
    )


async def _again(
    request: Request, conversation_id: UUID, visitor: Visitor, **entered: str
) -> Response:
    """Show the page with what was written still in its field, and what is wrong with it."""
    t = pages.words(request)
    notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
    return await _show(request, conversation_id, visitor, notice, **entered)


async def _refused(
    request: Request,
    conversation_id: UUID,
    visitor: Visitor,
    fault: ConflictError,
    *,
    unsent: str = "",
) -> Response:
    """Show the page as it now is, who was first, and what was written but not sent."""
    thread = await _thread(request, conversation_id, visitor)
    t, holder = pages.words(request), thread.holder(visitor)
    colleague = thread.conversation.owner_staff
    if holder == "other" and colleague is not None:
        text = t("conflict.held", name=colleague.name)
    else:
        text = t("conflict.closed" if str(fault) == "closed" else "conflict.not_yours")
    notice = Notice("warning", text, t("conflict.title"), 409)
    return await _show(request, conversation_id, visitor, notice, unsent=unsent)


def _parts(request: Request, visitor: Visitor, thread: Thread, **entered: str) -> dict[str, Part]:
    holder = thread.holder(visitor)
    blank = {"body": "", "note": "", "answer_fault": "", "note_fault": ""}
    fields = {**blank, "key": str(uuid4()), **entered}
    most = {"answer": LONGEST_ANSWER, "note": LONGEST_NOTE}
    return {
        "alert": inbox.alert(request, visitor, thread.counts),
        "messages": pages.part(request, "messages", visitor, thread=thread),
        "handoff": pages.part(request, "handoff", visitor, thread=thread, holder=holder),
        "answer": pages.part(
            request,
            "answer",
            visitor,
            entered=fields,
            conversation=thread.conversation,
            holder=holder,
            most=most,
        ),
        "card": pages.part(
            request, "card", visitor, thread=thread, number=_number(thread.conversation)
        ),
    }


def _number(conversation: Conversation) -> str:
    """Write the address as people read it: a telephone number in pairs, another as it is."""
    if conversation.channel in {Channel.SMS, Channel.VOICE}:
        return PhoneNumber(conversation.address).national()
    return conversation.address
