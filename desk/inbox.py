"""The queue of handoffs (henvendelser), and what every page says on top while some are urgent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from data.queries import handoffs, queue
from data.queries.queue import View, Wanted
from data.queries.searching import names_cpr
from desk import filters, pages
from desk.auth import SignedIn, Visitor, Watching
from desk.filters import Choice
from desk.reading import note_search
from outreach import saved_views

if TYPE_CHECKING:
    from data.models.saved import SavedView
    from data.queries.handoffs import QueueCounts
    from data.queries.queue import Choices, Listed
    from desk.pages import Part
    from desk.texts import Words

router = APIRouter(route_class=pages.DeskRoute)

#: The name of this list among the saved views.
PAGE: Final = "inbox"
#: How often an alert sounds again until somebody takes the conversation, in seconds: a life in
#: danger, and all else that must be answered today.
ACUTE_AGAIN: Final = 20
URGENT_AGAIN: Final = 120


@dataclass(frozen=True, slots=True)
class Queue:
    """What the list shows."""

    wanted: Wanted
    counts: QueueCounts
    listed: Listed

    @property
    def is_narrowed(self) -> bool:
        """Tell whether something is asked for besides the view."""
        return self.address != filters.written(Wanted(view=self.wanted.view))

    @property
    def address(self) -> str:
        """What the list is asked for, as the address says it."""
        return filters.written(self.wanted)

    def view_address(self, view: View) -> str:
        """The same filters in another view."""
        return filters.written(self.wanted, view=view)

    def page_address(self, number: int) -> str:
        """The same list, another page of it."""
        return filters.written(self.wanted, page=number)


@router.get("/desk")
async def inbox(request: Request, visitor: SignedIn) -> Response:
    """Show the handoffs, the one to take first on top."""
    if names_cpr(request.query_params.get("q", "")):
        return RedirectResponse(_without_search(request), status_code=303)
    views, choices, start = await _around(request, visitor)
    if start and not set(request.query_params) - {"lang", "done"}:
        return RedirectResponse(f"/desk?{start}", status_code=303)
    shown = await _queue(request, visitor)
    async with pages.runtime_of(request).transaction() as session:
        words, found = shown.wanted.words, shown.listed.total
        await note_search(session, request, visitor, "handoffs", words, found)
    return pages.page(
        request,
        "inbox.html",
        visitor=visitor,
        queue=shown,
        fields=_fields(pages.words(request), shown.wanted, choices),
        saved=views,
        start=start,
        page_name=PAGE,
        notice=filters.notice(pages.words(request), request.query_params),
        no_cpr="no-cpr" in request.query_params,
        parts=_parts(request, visitor, shown),
    )


@router.get("/desk/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return the parts of the list that have changed since the page showed them."""
    shown = await _queue(request, visitor)
    return pages.changed(request, _parts(request, visitor, shown).values())


@router.get("/desk/alert")
async def live_alert(request: Request, visitor: Watching) -> Response:
    """Return what is said on top, for pages that have nothing else to keep fresh."""
    async with pages.runtime_of(request).transaction() as session:
        counts = await handoffs.counts(session, visitor.municipality, visitor.staff.id)
    return pages.changed(request, [alert(request, visitor, counts)])


def alert(request: Request, visitor: Visitor, counts: QueueCounts) -> Part:
    """Write what every page says on top: that somebody must be answered today."""
    again = ACUTE_AGAIN if counts.acute else URGENT_AGAIN
    return pages.part(request, "alert", visitor, counts=counts, again=again)


def _without_search(request: Request) -> str:
    """Return the same address without what was searched for: no CPR number stays in it."""
    given = filters.wanted(request.query_params, pages.runtime_of(request))
    return f"/desk?{filters.written(given, q=None, **{'no-cpr': '1'})}"


async def _around(
    request: Request, visitor: Visitor
) -> tuple[list[SavedView], Choices, str | None]:
    async with pages.runtime_of(request).transaction() as session:
        return (
            await saved_views.of(session, visitor.staff, PAGE),
            await queue.choices(session, visitor.municipality),
            await saved_views.start(session, visitor.staff, PAGE),
        )


async def _queue(request: Request, visitor: Visitor) -> Queue:
    runtime = pages.runtime_of(request)
    wanted = filters.wanted(request.query_params, runtime)
    async with runtime.transaction() as session:
        municipality, me = visitor.municipality, visitor.staff.id
        counts = await handoffs.counts(session, municipality, me)
        found = await queue.listed(session, municipality, me, wanted, runtime.clock.now())
    return Queue(wanted, counts, found)


def _parts(request: Request, visitor: Visitor, shown: Queue) -> dict[str, Part]:
    return {
        "alert": alert(request, visitor, shown.counts),
        "status": pages.part(request, "status", visitor, counts=shown.counts),
        "queue": pages.part(request, "queue", visitor, queue=shown, views=list(View)),
    }


def _fields(t: Words, wanted: Wanted, choices: Choices) -> list[Choice]:
    """Make the fields of the filter; one with a single possible answer is left out."""
    reasons = sorted({*choices.reasons, *([wanted.reason] if wanted.reason else [])}, key=t.reason)
    units = sorted({*choices.units, *([wanted.unit] if wanted.unit else [])})
    severity = "" if wanted.severity is None else str(wanted.severity)
    severities = {str(each): t.known("weight", word) for each, word in filters.SEVERITIES.items()}
    fields = [
        Choice("severity", severity, severities),
        Choice("reason", wanted.reason or "", {each: t.reason(each) for each in reasons}),
        Choice("channel", wanted.channel or "", filters.channels(t)),
        Choice("language_of", wanted.language or "", filters.languages(t)),
        Choice("unit", wanted.unit or "", {each: each for each in units}),
    ]
    return [field for field in fields if field.options]
