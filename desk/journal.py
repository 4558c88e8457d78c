"""Hands out a citizen's whole case for the case file system (journal), for a reason on record."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from data.queries import handoffs as handoff_queries
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor
from desk.citizens import found
from desk.forms import LONGEST_REASON, Entered, FieldsError, read
from desk.pages import Notice
from outreach import audit, journal

router = APIRouter(route_class=pages.DeskRoute)

FORM: Final = "journal"
_TYPES: Final = {"pdf": "application/pdf", "json": "application/json"}
_Text = Annotated[pages.Typed, Form(max_length=20_000)]


@router.get("/desk/citizens/{citizen_id}/journal")
async def ask(request: Request, citizen_id: UUID, visitor: SignedIn) -> Response:
    """Ask what for, and in which form."""
    return await _show(request, citizen_id, visitor)


@router.post("/desk/citizens/{citizen_id}/journal")
async def fetch(
    request: Request,
    citizen_id: UUID,
    visitor: Acting,
    reason: _Text = "",
    kind: _Text = "pdf",
) -> Response:
    """Hand out the case; that it was fetched, by whom and why, is on record."""
    try:
        read(reason)
    except FieldsError as fault:
        t = pages.words(request)
        notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
        entered = Entered(FORM, {"reason": reason, "kind": kind}, fault.faults)
        return await _show(request, citizen_id, visitor, notice, entered)
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        citizen = await found(session, citizen_id, visitor)
        made = await journal.export(
            session, runtime, citizen, by=audit.actor(visitor.staff), why=reason
        )
    kind = kind if kind in _TYPES else "pdf"
    language = pages.language_of(request)
    content = (
        journal.as_json(made).encode()
        if kind == "json"
        else await journal.printed(runtime, made, language)
    )
    name = f"{citizen_id}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[kind], headers=headers)


async def _show(
    request: Request,
    citizen_id: UUID,
    visitor: Visitor,
    notice: Notice | None = None,
    entered: Entered | None = None,
) -> Response:
    async with pages.runtime_of(request).transaction() as session:
        citizen = await found(session, citizen_id, visitor)
        counts = await handoff_queries.counts(session, visitor.municipality, visitor.staff.id)
    return pages.page(
        request,
        "journal.html",
        status=notice.status if notice else 200,
        visitor=visitor,
        citizen=citizen,
        form=FORM,
        kinds=list(_TYPES),
        notice=notice,
        entered=entered or Entered(),
        most=LONGEST_REASON,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )
