"""Asks for a reason before a citizen is opened (begrundet opslag), and puts each reading on record.

One guard for every page and form whose address names a citizen, a claim, an agreement, a
conversation or a task: a new one cannot forget it. `outreach/readings.py` says who may open what.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from data.models.readings import ReadingGround
from desk import pages
from desk.auth import Acting, SignedIn, Visitor, acting, own_page, watching
from desk.pages import READING, Detour, Notice
from outreach import readings
from outreach.errors import NotFoundError
from outreach.readings import GroundMissingError, ReasonTooShortError
from outreach.signing_in.sessions import SESSION_LASTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.readings import Access, Page

router = APIRouter(route_class=pages.DeskRoute)

#: What names a page's subject in its address, and where its pages are; the first there decides.
#: A unit's own pages of a task are not among them: `outreach/units.py` puts those on record.
_SUBJECTS: Final = {
    "citizen_id": ("citizen", "/desk/"),
    "claim_id": ("claim", "/desk/"),
    "agreement_id": ("agreement", "/desk/"),
    "conversation_id": ("conversation", "/desk/"),
    "task_id": ("task", "/desk/tasks/"),
}
#: How the record calls an opening, where it is not the kind's own word: `task_opened` is another
#: act, and an agreement's document is put on record by who hands it out.
_ACTS: Final = {"task": "task_read", "agreement": None}
#: A form that waits for a reason carries these beside its own fields.
GROUND, REASON = "reading_ground", "reading_reason"
_OURS: Final = {GROUND, REASON, "csrf_token"}
_Text = Annotated[pages.Typed, Form(max_length=20_000)]


async def guard(request: Request, visitor: Annotated[Visitor, Depends(watching)]) -> None:
    """Open a page about a citizen, or ask for a reason first.

    A form that is sent without one is asked for it too, keeps what was written, and is then done.

    Raises:
        NotFoundError: there is no such thing here; or a page that they have not opened since they
            could sign in is asked whether it is fresh.
    """
    asked = _subject(request)
    if asked is None:
        _note_unasked(request, visitor)
        return
    if request.method != "GET":
        await acting(request, visitor)
    async with pages.runtime_of(request).transaction() as session:
        runtime, staff = pages.runtime_of(request), visitor.staff
        opened = await readings.page(session, staff, *asked)
        why = await readings.access(session, runtime, staff, opened, _carried(request))
        if why is None:
            why = await _reason_given(session, request, visitor, opened)
        since = runtime.clock.now() - SESSION_LASTS
        if _is_live(request) and not await readings.was_opened(session, staff, opened, since):
            raise NotFoundError("open the page first")
    _go_on(request, visitor, opened, why)


@router.get("/desk/readings")
async def nothing_asked(_visitor: SignedIn) -> Response:
    """Lead on from the address of a reason, when it is loaded again."""
    return RedirectResponse("/desk", status_code=303)


@router.post("/desk/readings")
async def give(
    request: Request,
    visitor: Acting,
    citizen: _Text = "",
    there: _Text = "",
    reading_ground: _Text = "",
    reading_reason: _Text = "",
) -> Response:
    """Write down why a citizen is opened, and open the page that was asked for."""
    runtime, goal = pages.runtime_of(request), own_page(there)
    given = {GROUND: reading_ground, REASON: reading_reason}
    async with runtime.transaction() as session:
        asked = await readings.page(session, visitor.staff, "citizen", _uuid(citizen))
        if asked.citizen is None:
            return RedirectResponse("/desk", status_code=303)
        try:
            stay = await readings.give_reason(
                session, runtime, visitor.staff, asked.citizen,
                ground=reading_ground, reason=reading_reason,
            )  # fmt: skip
        except (GroundMissingError, ReasonTooShortError) as fault:
            return _ask(request, visitor, asked, goal, given, fault)
    return RedirectResponse(_carrying(goal, str(stay.id)), status_code=303)


async def note_search(
    session: AsyncSession, request: Request, visitor: Visitor, among: str, asked: str, hits: int
) -> None:
    """Put a search on record: among what, and how many were found; never the words."""
    runtime = pages.runtime_of(request)
    await readings.note_search(session, runtime, visitor.staff, among=among, asked=asked, hits=hits)


# ------------------------------------------------------------------------------- what is asked for
def _subject(request: Request) -> tuple[str, UUID] | None:
    for name, (kind, begins) in _SUBJECTS.items():
        number = request.path_params.get(name)
        if number is not None and request.url.path.startswith(begins):
            return kind, _uuid(str(number))
    return None


def _uuid(text: str) -> UUID:
    """Read a number; what is none is that of nobody."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _carried(request: Request) -> UUID | None:
    """Return the stay that the page's address carries, or that of the page it was reached from."""
    number = request.query_params.get(READING) or _of_page_before(request)
    return _uuid(number) if number else None


def _of_page_before(request: Request) -> str | None:
    """Return the stay of the page whose link or form led here; a typed address has none."""
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    parts = urlsplit(before)
    if parts.netloc != request.url.netloc:
        return None
    return next(iter(parse_qs(parts.query).get(READING, [])), None)


def _is_live(request: Request) -> bool:
    """Tell whether a page only looks whether it is still fresh.

    That is not put on record again; so it is answered only to somebody who has opened the page.
    """
    return request.url.path.endswith("/live")


# ------------------------------------------------------------------------------------- what happens
async def _reason_given(
    session: AsyncSession, request: Request, visitor: Visitor, asked: Page
) -> Access:
    """Take the reason that a form carries beside its own fields.

    Raises:
        Detour: it carries none, or none that says anything.
    """
    if _is_live(request):
        raise Detour(Response(status_code=204))
    citizen = asked.citizen
    form = await request.form() if request.method == "POST" else {}
    given = {name: str(form.get(name, "")) for name in (GROUND, REASON)}
    there = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    if GROUND not in form or citizen is None:
        raise Detour(await _asked_anew(request, visitor, asked, there, given))
    try:
        stay = await readings.give_reason(
            session, pages.runtime_of(request), visitor.staff, citizen,
            ground=given[GROUND], reason=given[REASON],
        )  # fmt: skip
    except (GroundMissingError, ReasonTooShortError) as fault:
        raise Detour(await _asked_anew(request, visitor, asked, there, given, fault)) from None
    return readings.Access(reading=stay)


def _go_on(request: Request, visitor: Visitor, opened: Page, why: Access) -> None:
    """Let the page be made, under an address that carries the stay where it must.

    Raises:
        Detour: the browser is sent to that address, with the form it sent.
    """
    stay = why.reading
    request.state.stay = stay
    if _is_live(request):
        return
    if stay and opened.is_protected and request.query_params.get(READING) != str(stay.id):
        there = _carrying(f"{request.url.path}?{request.url.query}", str(stay.id))
        raise Detour(RedirectResponse(there, status_code=307))
    kind = "letter" if "letter_id" in request.path_params else opened.kind
    act = _ACTS.get(kind, f"{kind}_opened")
    if act is not None:
        request.state.note_shown = partial(_note, request, visitor, opened, why, act)


def _note_unasked(request: Request, visitor: Visitor) -> None:
    """Let a payment's page be put on record: whose it is may be what is sought."""
    number = request.path_params.get("number")
    if number is not None and request.url.path.startswith("/desk/payments/"):
        opened, why = readings.Page("payment", str(number), None), readings.Access()
        request.state.note_shown = partial(_note, request, visitor, opened, why, "payment_opened")


async def _note(request: Request, visitor: Visitor, opened: Page, why: Access, act: str) -> None:
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        await readings.note_opened(session, runtime, visitor.staff, opened, why, act)


def _carrying(address: str, number: str) -> str:
    parts = urlsplit(address)
    others = [
        (name, value)
        for name, values in parse_qs(parts.query, keep_blank_values=True).items()
        for value in values
        if name != READING
    ]
    return parts._replace(query=urlencode([*others, (READING, number)])).geturl()


# ------------------------------------------------------------------------------ the page that asks
async def _asked_anew(
    request: Request,
    visitor: Visitor,
    asked: Page,
    there: str,
    given: Mapping[str, str],
    fault: Exception | None = None,
) -> Response:
    """Ask for the reason, and keep what the form that waits for it carried."""
    kept: list[tuple[str, str]] = []
    if request.method == "POST":
        form = await request.form()
        kept = [
            (name, value)
            for name, value in form.multi_items()
            if name not in _OURS and isinstance(value, str)
        ]
    return _ask(request, visitor, asked, there, given, fault, kept=kept)


def _ask(
    request: Request,
    visitor: Visitor,
    asked: Page,
    there: str,
    given: Mapping[str, str],
    fault: Exception | None = None,
    *,
    kept: list[tuple[str, str]] | None = None,
) -> Response:
    t = pages.words(request)
    notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422) if fault else None
    waits = request.method == "POST" and request.url.path != "/desk/readings"
    return pages.page(
        request,
        "reason.html",
        status=422 if fault or waits else 200,
        visitor=visitor,
        asked=asked,
        citizen=asked.citizen,
        there=there,
        waits=waits,
        kept=kept or [],
        given=given,
        fault=getattr(fault, "code", ""),
        grounds=list(ReadingGround),
        most=readings.LONGEST_REASON,
        notice=notice,
    )
