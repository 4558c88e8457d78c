"""Notes on a citizen (notater): written from their page or from a conversation, and corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from data.models.notes import NoteKind
from data.values.ids import ClaimId, ConversationId, NoteId
from desk import pages
from desk.auth import Acting
from desk.citizens import CitizenSent, found
from desk.forms import LONGEST_REASON, FieldsError
from outreach import notes
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter(route_class=pages.DeskRoute)

_Field = Annotated[pages.Typed, Field(max_length=20_000)]


class NoteForm(BaseModel):
    """A note as the form sends it."""

    body: _Field = ""
    kind: _Field = ""
    claim: _Field = ""
    corrects: _Field = ""
    #: The conversation it was written in; the page leads back there.
    conversation: _Field = ""

    def about(self) -> notes.About:
        """Read what it is about.

        Raises:
            NotFoundError: a number is none.
        """
        claim, talk, note = map(_number, (self.claim, self.conversation, self.corrects))
        return notes.About(
            claim_id=ClaimId(claim) if claim else None,
            conversation_id=ConversationId(talk) if talk else None,
            corrects=NoteId(note) if note else None,
        )


@router.post("/desk/citizens/{citizen_id}/note")
async def write(
    request: Request, citizen_id: UUID, visitor: Acting, form: Annotated[NoteForm, Form()]
) -> Response:
    """Write a note, or put an earlier one right with a new one."""

    async def work(session: AsyncSession) -> None:
        citizen = await found(session, citizen_id, visitor)
        about, kind = form.about(), _kind(form)
        if not form.body.strip():
            raise FieldsError({"body": "note.fault.empty"})
        if len(form.body.strip()) > LONGEST_REASON:
            raise FieldsError({"body": "claim.fault.too_long"})
        runtime = pages.runtime_of(request)
        await notes.write(session, runtime, citizen, visitor.staff, form.body, kind, about)

    name = f"correct-{form.corrects}" if form.corrects else "note"
    given = form.model_dump()
    page = f"/desk/citizens/{citizen_id}"
    if _number(form.conversation):
        page = f"/desk/conversations/{form.conversation}"
    sent = CitizenSent(request, visitor, page, name, given, citizen_id)
    return await sent.take(work, "noted")


def _kind(form: NoteForm) -> NoteKind:
    if form.corrects:
        return NoteKind.CORRECTION
    if form.kind not in set(notes.CHOSEN):
        raise FieldsError({"kind": "note.fault.kind"})
    return NoteKind(form.kind)


def _number(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError("no such id") from None
