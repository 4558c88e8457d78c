"""The duty list (vagtlisten): what is stuck, since when, what to do, and where the rows are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from data.queries import duty as queries
from data.queries import handoffs
from data.queries.duty import Stuck
from data.values.time import day_of
from desk import inbox, pages
from desk.auth import Acting, SignedIn, Visitor, Watching
from desk.pages import Notice
from outreach import health, units
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.duty import Pile
    from data.queries.handoffs import QueueCounts
    from desk.pages import Part
    from outreach.health import Health

router = APIRouter(route_class=pages.DeskRoute)

HERE: Final = "/desk/duty"
#: Where the rows of each pile are.
_ROWS: Final = {
    Stuck.HANDOFFS_LATE: "/desk?late=1",
    Stuck.HANDOFFS_HELD_LATE: "/desk?view=others&late=1",
    Stuck.HANDOFFS_RETURNED: "/desk",
    Stuck.UNANSWERED: "/desk/conversations?answering=assistant",
    Stuck.UNITS_ESCALATED: "/desk/tasks?whose=at_unit&late=1",
    Stuck.UNITS_LATE: "/desk/tasks?whose=at_unit&late=1",
    Stuck.UNITS_ANSWERED: "/desk/tasks?whose=answered&late=1",
    Stuck.TASKS_NOBODYS: "/desk/tasks?whose=nobodys&late=1",
    Stuck.PAYMENTS: "/desk/payments",
    Stuck.HAND_OVERS_INVALID: "/desk/tasks?kind=hand_over_invalid",
    Stuck.HAND_OVERS_REJECTED: "/desk/tasks?kind=hand_over_rejected",
    Stuck.HAND_OVERS_RETURNED: "/desk/tasks?kind=hand_over_returned",
    Stuck.LETTERS_FAILED: "/desk/tasks?kind=letter_failed",
    Stuck.UNREACHABLE: f"{HERE}/unreachable",
    Stuck.GIVEN_UP: f"{HERE}/given_up",
    Stuck.JOBS: f"{HERE}/jobs",
    Stuck.CORRECTIONS: "/desk/understandings?view=review",
}
#: How long the count of whom nobody can reach is told again before it is taken anew.
_TOLD_AGAIN: Final = timedelta(seconds=30)
#: The piles whose rows stand on no other list.
_OWN_ROWS: Final = ("unreachable", "given_up", "jobs", "figures")


@dataclass(frozen=True, slots=True)
class Duty:
    """What the list shows: the piles with something in them, the most pressing first."""

    piles: list[Pile]
    #: How many kinds of things were looked at.
    looked_at: int
    health: Health
    handoffs: QueueCounts

    @property
    def is_quiet(self) -> bool:
        """Whether nothing at all is stuck."""
        around = self.health
        is_well = around.dialogue is not False and around.unsealed_since is None
        return not self.piles and is_well


@router.get(HERE)
async def duty_list(request: Request, visitor: SignedIn) -> Response:
    """Show what is stuck."""
    t = pages.words(request)
    reminded = request.query_params.get("reminded", "")
    notice = None
    if reminded.isascii() and reminded.isdigit():
        notice = Notice("success", t.counted("duty.reminded", int(reminded[:6])))
    shown = await _duty(request, visitor)
    return pages.page(
        request,
        "duty.html",
        visitor=visitor,
        notice=notice,
        parts=_parts(request, visitor, shown),
    )


@router.get(f"{HERE}/live")
async def live(request: Request, visitor: Watching) -> Response:
    """Return the parts of the list that have changed since the page showed them."""
    shown = await _duty(request, visitor)
    return pages.changed(request, _parts(request, visitor, shown).values())


@router.post(f"{HERE}/remind")
async def remind(request: Request, visitor: Acting) -> Response:
    """Remind every unit that is late."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        count = await units.remind_late(session, runtime, visitor.staff)
    return RedirectResponse(f"{HERE}?reminded={count}", status_code=303)


@router.get(f"{HERE}/remind")
async def after_reminding(_visitor: SignedIn) -> Response:
    """Lead back to the list, when the address of the act is loaded again."""
    return RedirectResponse(HERE, status_code=303)


@router.get(f"{HERE}/{{pile}}")
async def rows(request: Request, pile: str, visitor: SignedIn) -> Response:
    """Show the rows of a pile that stand on no other list."""
    if pile not in _OWN_ROWS:
        raise NotFoundError("no such pile")
    runtime = pages.runtime_of(request)
    now, municipality = runtime.clock.now(), visitor.municipality
    found: list[object] = []
    async with runtime.transaction() as session:
        counts = await handoffs.counts(session, municipality, visitor.staff.id)
        if pile == Stuck.UNREACHABLE:
            found += await queries.unreachable(session, municipality, day_of(now))
        elif pile == Stuck.GIVEN_UP:
            found += await queries.given_up(session, municipality, now)
        elif pile == Stuck.JOBS:
            found += await queries.jobs(session, municipality)
    if pile == "figures":
        found += health.figures_to_verify(runtime.law, day_of(now))
        found += health.out_of_date(runtime.law, day_of(now))
    return pages.page(
        request,
        "duty_rows.html",
        visitor=visitor,
        pile=pile,
        rows=found,
        most=queries.SHOWN_AT_ONCE,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )


async def _duty(request: Request, visitor: Visitor) -> Duty:
    runtime, municipality = pages.runtime_of(request), visitor.municipality
    now = runtime.clock.now()
    async with runtime.transaction() as session:
        found = await queries.piles(session, municipality, now, day_of(now))
        lost = await _unreachable(request, session, municipality)
        counts = await handoffs.counts(session, municipality, visitor.staff.id)
    around = await health.look(runtime, municipality)
    found |= {lost.stuck: lost} if lost.count else {}
    return Duty([found[each] for each in Stuck if each in found], len(Stuck), around, counts)


async def _unreachable(request: Request, session: AsyncSession, municipality: str) -> Pile:
    """Count whom nobody can reach, twice a minute at most however many watch the list."""
    state, now = request.app.state, pages.runtime_of(request).clock.now()
    if not hasattr(state, "unreachable"):
        state.unreachable = {}
    known: dict[str, tuple[datetime, Pile]] = state.unreachable
    if municipality not in known or now - known[municipality][0] >= _TOLD_AGAIN:
        pile = await queries.count_unreachable(session, municipality, day_of(now))
        known[municipality] = (now, pile)
    return known[municipality][1]


def _parts(request: Request, visitor: Visitor, shown: Duty) -> dict[str, Part]:
    t = pages.words(request)
    since = {pile.stuck: _since(t.now, pile.oldest) for pile in shown.piles}
    return {
        "alert": inbox.alert(request, visitor, shown.handoffs),
        "duty_list": pages.part(
            request, "duty_list", visitor, duty=shown, addresses=_ROWS, since=since
        ),
    }


def _since(now: datetime, oldest: datetime | date | None) -> int | None:
    """Return for how many days something has waited; none: nobody knows."""
    if oldest is None:
        return None
    day = day_of(oldest) if isinstance(oldest, datetime) else oldest
    return max((day_of(now) - day).days, 0)
