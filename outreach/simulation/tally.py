"""Counts what a walk came to (optælling): in all, by claim type, by month and by reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from data.models.claims import ClaimState
from data.municipalities.ladders import StepKind
from data.values.time import ONE_DAY
from outreach.rules.first_contact import STEP as FIRST_CONTACT
from outreach.rules.happenings import PlanAgreed, PlanBroken, PlanKept, PlanWanted
from outreach.rules.outlook import Came

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.rules.case import Case
    from outreach.rules.outlook import Event, Walk

#: What is counted, in the order it is shown; those in `SUMS` are sums in øre.
FIGURES: Final = (
    "claims", "contacts", "reminders", "fees", "interest",
    "plans_agreed", "plans_kept", "plans_broken", "plans_running", "plans_waiting",
    "notices", "letters_waiting",
    "hand_overs_decided", "hand_overs", "handed_over", "hand_overs_waiting", "auction_warnings",
    "auctions_waiting", "closure_notices", "closures_waiting", "shelved", "paid", "arrears",
)  # fmt: skip
SUMS: Final = frozenset({"fees", "interest", "handed_over", "paid", "arrears"})

_TAKEN = {
    FIRST_CONTACT: "contacts",
    StepKind.REMINDER.value: "reminders",
    StepKind.NOTICE.value: "notices",
    StepKind.AUCTION_WARNING.value: "auction_warnings",
    StepKind.HAND_OVER.value: "hand_overs_decided",
    StepKind.CLOSURE_NOTICE.value: "closure_notices",
}
_WAITS = {
    StepKind.HAND_OVER.value: "hand_overs_waiting",
    StepKind.AUCTION_WARNING.value: "auctions_waiting",
    StepKind.CLOSURE_NOTICE.value: "closures_waiting",
}
_HAPPENED = {
    PlanAgreed.name: "plans_agreed",
    PlanKept.name: "plans_kept",
    PlanBroken.name: "plans_broken",
    PlanWanted.name: "plans_waiting",
}
#: A claim waits for a person once, however often it is asked about.
_ONCE = frozenset({*_WAITS.values(), "letters_waiting", "plans_waiting"})
#: What is counted of how a claim stands at the end.
_AT_THE_END = {ClaimState.SHELVED: "shelved", ClaimState.IN_PLAN: "plans_running"}


@dataclass
class Tally:
    """The counts of one policy; `by_month` has arrears as they change, see `months`."""

    total: Counter[str] = field(default_factory=Counter)
    by_type: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_month: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    #: How many claims a reason held still at some time.
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, before: Case, walk: Walk, start: date, until: date) -> None:
        """Count one walk of a claim that stood as `before` when it began."""
        kind = self.by_type[before.claim_type]
        once: set[str] = set()
        for event in walk.events:
            for figure, count in _figures(event):
                if count and not (figure in _ONCE and figure in once):
                    once.add(figure)
                    self._count(kind, event.day, figure, count)
        reasons = {event.reason.value for event in walk.events if event.reason is not None}
        self.reasons.update(reasons)
        self._count(kind, max(start, before.due_date), "claims", 1)
        for day, change in _arrears(before, walk.events, start, until):
            self._count(kind, day, "arrears", change)
        if walk.case.state in _AT_THE_END:
            self._count(kind, until, _AT_THE_END[walk.case.state], 1)

    def _count(self, kind: Counter[str], day: date, figure: str, count: int) -> None:
        self.total[figure] += count
        kind[figure] += count
        self.by_month[day.replace(day=1)][figure] += count

    def months(self, start: date, until: date) -> Iterator[tuple[date, Counter[str]]]:
        """Yield each month of the period; its arrears are those at its end."""
        month, arrears = start.replace(day=1), 0
        while month <= until:
            counted = self.by_month[month]
            arrears += counted["arrears"]
            yield month, Counter({**counted, "arrears": arrears})
            month = (month.replace(day=28) + 4 * ONE_DAY).replace(day=1)


def _figures(event: Event) -> Iterator[tuple[str, int]]:
    """Yield what one event counts as."""
    kind = event.step.partition(":")[0]
    match event.came:
        case Came.TAKEN:
            if kind in _TAKEN:
                yield _TAKEN[kind], 1
            yield "fees", event.fee.oere
            yield "interest", event.interest.oere
        case Came.WAITS:
            yield _WAITS.get(kind, "letters_waiting"), 1
        case Came.LEFT:
            yield "hand_overs", 1
            yield "handed_over", event.amount.oere
        case Came.HAPPENED:
            if event.step in _HAPPENED:
                yield _HAPPENED[event.step], 1
            yield "paid", event.amount.oere
        case Came.REFUSED:
            return


def _arrears(
    before: Case, events: list[Event], start: date, until: date
) -> Iterator[tuple[date, int]]:
    """Yield by how much a claim's arrears (restance) change, and when; from the day it is late."""
    late_on = max(start, before.due_date + ONE_DAY)
    if late_on > until:
        return
    owed = before.outstanding.oere + sum(_change(one) for one in events if one.day < late_on)
    standing = max(owed, 0)
    yield late_on, standing
    for event in events:
        if event.day < late_on:
            continue
        owed += _change(event)
        change, standing = max(owed, 0) - standing, max(owed, 0)
        if change:
            yield event.day, change


def _change(event: Event) -> int:
    """Return by how much an event changes what is owed here, øre."""
    if event.came in {Came.LEFT, Came.HAPPENED}:
        return -event.amount.oere
    return event.fee.oere + event.interest.oere
