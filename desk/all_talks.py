"""All conversations (alle samtaler), whoever answers in them: found by filter and search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from data.queries import handoffs, talks
from data.queries.searching import names_cpr
from data.queries.talks import Answering, WantedTalks
from desk import filters, inbox, pages
from desk.auth import SignedIn, Visitor, Watching
from desk.filters import Choice
from desk.reading import note_search
from outreach import saved_views

if TYPE_CHECKING:
    from data.queries.handoffs import QueueCounts
    from data.queries.talks import ListedTalks
    from desk.pages import Part
    from desk.texts import Words

router = APIRouter(route_class=pages.DeskRoute)

PAGE: Final = "conversations"
_HERE: Final = "/desk/conversations"


@dataclass(frozen=True, slots=True)
class Talks:
    """What the list shows."""

    wanted: WantedTalks
    counts: QueueCounts
    listed: ListedTalks

    @property
    def address(self) -> str:
        """What the list is asked for, as the address says it."""
        return filters.written(self.wanted)

    def page_address(self, number: int) -> str:
        """The same list, another page of it."""
        return filters.written(self.wanted, page=number)


@router.get(_HERE)
async def every_conversation(request: Request, visitor: SignedIn) -> Response:
    """Show the latest conversations, whoever answers in them."""
    if names_cpr(request.query_params.get("q", "")):
        given = filters.wanted_talks(request.query_params)
        return RedirectResponse(
            f"{_HERE}?{filters.written(given, q=None, **{'no-cpr': '1'})}", status_code=303
        )
    shown = await _talks(request, visitor)
    async with pages.runtime_of(request).transaction() as session:
        views = await saved_views.of(session, visitor.staff, PAGE)
        found, words = len(shown.listed.talks), shown.wanted.words
        await note_search(session, request, visitor, "conversations", words, found)
    return pages.page(
        request,
        "all.html",
        visitor=visitor,
        talks=shown,
        fields=_fields(pages.words(request), shown.wanted),
        saved=views,
        start=None,
        page_name=PAGE,
        notice=filters.notice(pages.words(request), request.query_params),
        no_cpr="no-cpr" in request.query_params,
        parts=_parts(request, visitor, shown),
    )


@router.get(f"{_HERE}/live")
async def live_conversations(request: Request, visitor: Watching) -> Response:
    """Return the parts of the list of conversations that have changed."""
    shown = await _talks(request, visitor)
    return pages.changed(request, _parts(request, visitor, shown).values())


async def _talks(request: Request, visitor: Visitor) -> Talks:
    wanted = filters.wanted_talks(request.query_params)
    async with pages.runtime_of(request).transaction() as session:
        municipality, me = visitor.municipality, visitor.staff.id
        counts = await handoffs.counts(session, municipality, me)
        return Talks(wanted, counts, await talks.listed(session, municipality, me, wanted))


def _parts(request: Request, visitor: Visitor, shown: Talks) -> dict[str, Part]:
    return {
        "alert": inbox.alert(request, visitor, shown.counts),
        "talks": pages.part(request, "talks", visitor, talks=shown),
    }


def _fields(t: Words, wanted: WantedTalks) -> list[Choice]:
    answering = {each.value: t.known("answering", each.value) for each in Answering}
    return [
        Choice("answering", wanted.answering or "", answering),
        Choice("channel", wanted.channel or "", filters.channels(t)),
        Choice("language_of", wanted.language or "", filters.languages(t)),
    ]
