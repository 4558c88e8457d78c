"""What a caseworker writes to a citizen (svar): checked, sent, and stopped while it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from data.values.ids import MessageId
from desk import conversations, pages, thread
from desk.auth import Acting
from desk.thread import LONGEST_ANSWER
from outreach import handoffs as handoff_cases
from outreach import second_thoughts
from outreach.errors import ConflictError
from outreach.rules import careful, places

if TYPE_CHECKING:
    from desk.thread import Thread
    from outreach.rules.careful import Care

router = APIRouter(route_class=pages.DeskRoute)

_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@router.post("/desk/conversations/{conversation_id}/answer")
async def answer(
    request: Request,
    conversation_id: UUID,
    visitor: Acting,
    body: _Text = "",
    key: _Text = "",
    seen: _Text = "",
    confirmed: _Text = "",
) -> Response:
    """Send an answer, signed; the same form sent twice sends one.

    `seen` names what the caseworker was asked about, and `confirmed` is their tick.
    """
    written = body.replace("\r\n", "\n").strip()
    shown = await thread.load(request, conversation_id, visitor)
    fault = _fault(request, shown, written)
    if fault:
        return await thread.again(request, conversation_id, visitor, answer_fault=fault, body=body)
    cares = _cares(request, shown, written)
    if not set(cares) <= set(seen.split() if confirmed else ()):
        asked = pages.words(request)("answer.look_again")
        entered = {"answer_fault": asked, "cares": " ".join(cares), "body": body, "key": key}
        return await thread.again(request, conversation_id, visitor, **entered)
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            handoff = await conversations.held(session, conversation_id, visitor)
            await handoff_cases.answer(
                session,
                runtime,
                handoff.id,
                visitor.staff,
                written,
                key=key[:36] or None,
                wait=second_thoughts.UNDO_WITHIN,
            )
    except ConflictError as conflict:
        return await thread.refused(request, conversation_id, visitor, conflict, unsent=body)
    return conversations.back(conversation_id, "answered")


@router.post("/desk/conversations/{conversation_id}/stop-answer")
async def stop_answer(
    request: Request, conversation_id: UUID, visitor: Acting, message: _Text = ""
) -> Response:
    """Stop an answer that has not left; its words are back in the field."""
    runtime = pages.runtime_of(request)
    try:
        async with runtime.transaction() as session:
            handoff = await conversations.held(session, conversation_id, visitor)
            number = MessageId(UUID(message))
            await second_thoughts.stop_answer(session, runtime, handoff.id, visitor.staff, number)
    except ValueError:
        return conversations.back(conversation_id, "")
    except ConflictError as conflict:
        return await thread.refused(request, conversation_id, visitor, conflict)
    return conversations.back(conversation_id, "stopped", again=message)


def _fault(request: Request, shown: Thread, written: str) -> str:
    """Say what keeps an answer from being sent, or nothing."""
    t = pages.words(request)
    if not written:
        return t("answer.empty")
    if len(written) > LONGEST_ANSWER:
        return t("answer.too_long", most=LONGEST_ANSWER)
    # The last look at the door would stop it; whoever wrote it must know, and not think it sent.
    if shown.card.opted_out is not None:
        return t("answer.to_one_who_said_no")
    if shown.card.is_deceased:
        return t("answer.to_the_dead")
    unfilled = places.left(written, shown.places, shown.level)
    return " ".join(t(f"place.{each.why.value}", place=f"{{{each.place}}}") for each in unfilled)


def _cares(request: Request, shown: Thread, written: str) -> list[Care]:
    """List what the caseworker is asked about before it is sent."""
    types = pages.runtime_of(request).claim_types
    own = {each.claim_type for each in shown.card.claims}
    kinds = [kind for key, kind in types.types.items() if key in own or kind.sensitive]
    citizen = shown.conversation.citizen
    return careful.found(
        written,
        channel=shown.conversation.channel,
        level=shown.level,
        claim_types=[name for kind in kinds for name in (kind.da, kind.en)],
        names=[citizen.name] if citizen else [],
    )
