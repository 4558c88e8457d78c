"""Walks one claim through time (fremskrivning): what would happen, on which day, and why: pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from data.models.claims import ClaimState
from data.municipalities.ladders import StepKind
from data.values.money import NOTHING, Money
from data.values.time import (
    ONE_DAY,
    at_local,
    day_of,
    is_bank_day,
    next_bank_day,
    previous_bank_day,
)
from outreach.rules import first_contact
from outreach.rules.case import Taken
from outreach.rules.closure import may_close
from outreach.rules.decision import Reason, Refused
from outreach.rules.happenings import Happening, PlanAgreed, PolicyChanged
from outreach.rules.ladder import Move, next_step
from outreach.rules.obstacles import against_any_word
from outreach.rules.postings import STEP as INTEREST
from outreach.rules.postings import PaidIn, interest_due
from outreach.rules.rests import awake, given_quiet_days
from outreach.rules.running_plan import RunningPlan
from outreach.rules.turning_days import next_interest_day, turning_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.law.law import Law
    from data.municipalities.policy import Policy
    from data.values.recipients import Recipient
    from outreach.rules.case import Case
    from outreach.rules.ladder import Answer

_MINUTE = timedelta(minutes=1)
_NOON = 12
_LADDER, _CLOSURE = "ladder", "closure"

#: Reasons that only say that the day has not come; the walk goes there and says nothing.
_NOT_YET = frozenset(
    {
        Reason.TOO_EARLY,
        Reason.FIRST_CONTACT_FIRST,
        Reason.NOT_A_BANK_DAY,
        Reason.PAYMENTS_NOT_COVERED,
        Reason.LETTER_NOT_SENT,
        Reason.HANDED_OVER,
    }
)
FOR_A_PERSON = frozenset({Reason.NEEDS_CASEWORKER, Reason.CHILDREN_FIRST})


class Came(StrEnum):
    """What came of a step on its day, or what the event is."""

    TAKEN = "taken"
    REFUSED = "refused"
    WAITS = "waits"  # for a person
    LEFT = "left"  # a hand-over whose quiet period is over
    HAPPENED = "happened"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing on the way (begivenhed); `step` as in `Taken`, or the name of a happening.

    Sums in øre; `pay_by` is the letter's new last day to pay, `ready_on` the first day a hand-over
    may leave, `reason` why a step was refused or waits.
    """

    day: date
    step: str
    came: Came
    basis: str = ""
    reason: Reason | None = None
    fee: Money = NOTHING
    interest: Money = NOTHING
    #: What came in, or what left with a hand-over.
    amount: Money = NOTHING
    pay_by: date | None = None
    ready_on: date | None = None
    to: Recipient | None = None
    offers_plan: bool = False


class Citizen(Protocol):
    """Who is written to (borger), as far as a walk takes something for granted of them."""

    def answer(self, case: Case, law: Law, policy: Policy, today: date) -> Sequence[Happening]:
        """Return what they do about a first contact or a reminder that came today."""


def walk(
    case: Case,
    law: Law,
    policy: Policy,
    start: date,
    until: date,
    happenings: Iterable[Happening] = (),
) -> list[Event]:
    """Return what happens to a claim from `start` to `until`, both counted, oldest first.

    Each allowed step is taken at once: a letter leaves on its day, the first contact is made on
    its day where there is a way to, a hand-over leaves when its quiet period is over. Payments are
    known up to the bank day before. What a person must decide waits until a happening decides it.
    """
    return Walk(case, law, policy, start, until, happenings).to_the_end().events


class Walk:
    """One claim on its way; `case` is how it stands, `events` what has happened so far.

    It asks again on the days on which an answer can change and leaves out the days between
    (`every_day` asks on all of them, which comes to the same and takes longer).
    """

    def __init__(
        self,
        case: Case,
        law: Law,
        policy: Policy,
        start: date,
        until: date,
        happenings: Iterable[Happening] = (),
        *,
        payments: Iterable[PaidIn] = (),
        posted: Iterable[str] = (),
        leaves_on: date | None = None,
        citizen: Citizen | None = None,
        plan: RunningPlan | None = None,
        every_day: bool = False,
    ) -> None:
        """Stand at the start.

        `payments` have come in already and `posted` is the interest that stands (as keys);
        `leaves_on` is when a hand-over already decided may leave, `plan` one that runs. A
        `citizen` answers what they are sent; without one nobody does.
        """
        self.case, self.policy, self.events = case, policy, list[Event]()
        self._law, self._today, self._until = law, start, until
        self._citizen, self._coming = citizen, list[Happening]()
        self._plan = plan
        self._expect(happenings)
        self._leaves_on, self._every_day = leaves_on, every_day
        self._payments, self._posted = [*payments], {*posted}
        self._standing: dict[str, tuple[str, Reason]] = {}
        self._turns = self._find_turns()

    def to_the_end(self) -> Walk:
        """Go as far as `until`, or until nothing can happen any more."""
        day: date | None = self._today
        while day is not None and day <= self._until:
            self._today = day
            day = self._live_through()
            if self._every_day:
                day = self._today + ONE_DAY
        return self

    def _live_through(self) -> date | None:
        """Live through one day, and return the next one on which anything can change."""
        self._begin_day()
        if self._today <= self.case.due_date:
            return _first([self._next_happening(), self.case.due_date + ONE_DAY])
        later = [self._post_interest(), self._write_first(), self._climb()]
        later += [self._leave(), self._close()]
        later += [self._leaves_on, self._next_turn(), self._next_happening()]
        return _first([day for day in later if day is not None and day > self._today])

    # ------------------------------------------------------------------------------ mornings
    def _begin_day(self) -> None:
        """Let happen what happens today, wake what rested until yesterday, weigh a plan."""
        while self._coming and self._coming[-1].known_on <= self._today:
            self._happen(self._coming.pop())
        self.case = awake(self.case, self._today)
        covers_until = previous_bank_day(self._today - ONE_DAY)
        if self.case.covers_until is None or self.case.covers_until < covers_until:
            self.case = replace(self.case, covers_until=covers_until)
        if self._plan is not None:
            self._plan, came = self._plan.lives_through(self.case, self.policy.plans, self._today)
            for one in came:
                self._happen(one)

    def _expect(self, happenings: Iterable[Happening]) -> None:
        self._coming.extend(happenings)
        self._coming.sort(key=lambda one: one.known_on, reverse=True)

    def _next_happening(self) -> date | None:
        """Return the day of what is known to come, or of a plan's next weighing, or none."""
        plans = self.policy.plans
        weighed = self._plan.weighed_again(plans, self._today) if self._plan is not None else None
        return _first([self._coming[-1].known_on if self._coming else None, weighed])

    def _happen(self, happening: Happening) -> None:
        if isinstance(happening, PolicyChanged):
            self.policy = happening.policy
        # What ran out before this day is over before it.
        before = awake(self.case, happening.known_on)
        self.case = happening.after(before)
        if happening.ends_a_rest(before):
            self.case = given_quiet_days(self.case, self.policy, happening.on)
        if isinstance(happening, PlanAgreed):
            is_running = bool(happening.dues) and self.case.state is ClaimState.IN_PLAN
            plan = RunningPlan(happening.dues, before.paid, happening.rhythm)
            self._plan = plan if is_running else None
        amount = self.case.paid - before.paid
        if amount:
            self._payments.append(PaidIn(happening.on, amount))
        self.events.append(Event(self._today, happening.name, Came.HAPPENED, amount=amount))
        self._turns = self._find_turns()

    def _find_turns(self) -> list[date]:
        return turning_days(self.case, self._law)

    def _next_turn(self) -> date | None:
        return next((day for day in self._turns if day > self._today), None)

    def _post_interest(self) -> date | None:
        """Post the interest that is due today; return when to ask for the next."""
        if not self.policy.interest.charged:
            return None
        due = interest_due(
            self.case, self._payments, self._posted, self._law, self.policy, self._today
        )
        for one in [] if isinstance(due, Refused) else due:
            self._posted.add(one.period.key)
            self.case = replace(self.case, charged=self.case.charged + one.amount)
            event = Event(self._today, INTEREST, Came.TAKEN, one.basis, interest=one.amount)
            self.events.append(event)
        return next_interest_day(self.case, self._law, self.case.covers_until or self._today)

    # ------------------------------------------------------------------------- first contact
    def _write_first(self) -> date | None:
        """Write to the citizen first, if today is the day; else return when to ask again."""
        case = self.case
        if case.contacted_on is not None or case.taken or not case.contactable:
            return None
        verdict = first_contact.may_write_first(
            first_contact.facts_of(case, self._law), self.policy, at_local(self._today, _NOON)
        )
        if isinstance(verdict, Refused):
            return self._asked_again(verdict)
        against = against_any_word(case, self._law, self.policy, self._today)
        if against is not None:
            return self._asked_again(against)
        if not is_bank_day(self._today) or not self.policy.contact.is_open_on(self._today):
            return self._today + ONE_DAY
        self.case = replace(case, contacted_on=self._today)
        source = self.policy.first_contact.source
        self.events.append(Event(self._today, first_contact.STEP, Came.TAKEN, source))
        self._hear()
        return None

    def _hear(self) -> None:
        """Let the citizen answer what has just come to them."""
        if self._citizen is None:
            return
        said = self._citizen.answer(self.case, self._law, self.policy, self._today)
        self._expect(one for one in said if one.known_on > self._today)
        for one in said:
            if one.known_on <= self._today:
                self._happen(one)

    # ------------------------------------------------------------------------------ the ladder
    def _climb(self) -> date | None:
        """Take the steps that may be taken today; return when to ask for the next one."""
        while isinstance(answer := self._ask(), Move):
            self._take(answer, _LADDER)
            if answer.kind is StepKind.REMINDER:
                self._hear()
        return self._note(answer, _LADDER)

    def _ask(self) -> Answer:
        return next_step(self.case, self._law, self.policy, self._today)

    def _take(self, move: Move, track: str) -> None:
        taken = Taken(
            move.name, self._today, move.pay_by, move.fee, move.offers_plan, move.gives_notice
        )
        series = (*self.case.series, self._today) if move.fee else self.case.series
        self.case = replace(
            self.case,
            taken=(*self.case.taken, taken),
            charged=self.case.charged + move.fee,
            series=series,
        )
        if move.kind is StepKind.HAND_OVER:
            self._leaves_on = move.ready_on
        self._standing.pop(track, None)
        self.events.append(
            Event(
                self._today,
                move.name,
                Came.TAKEN,
                move.basis,
                fee=move.fee,
                pay_by=move.pay_by,
                ready_on=move.ready_on,
                to=move.to,
                offers_plan=move.offers_plan,
            )
        )

    def _note(self, refused: Refused, track: str) -> date | None:
        """Keep a refusal the first time it is given; return when to ask again."""
        reason = refused.reason
        is_known = self._standing.get(track) == (refused.step, reason)
        ended = reason is Reason.LADDER_ENDED and self._leaves_on is not None
        if reason not in _NOT_YET and not is_known and not ended:
            came = Came.WAITS if reason in FOR_A_PERSON else Came.REFUSED
            event = Event(self._today, refused.step, came, refused.basis, reason)
            self.events.append(event)
            self._standing[track] = (refused.step, reason)
        return self._asked_again(refused)

    def _asked_again(self, refused: Refused) -> date | None:
        if refused.reason is Reason.PAYMENTS_NOT_COVERED:
            return self._today + ONE_DAY
        # A minute before midnight is the end of that day.
        return day_of(refused.retry_at + _MINUTE) if refused.retry_at is not None else None

    # ------------------------------------------------------------------------ beside the ladder
    def _leave(self) -> date | None:
        """Let a hand-over leave whose quiet period is over, if it still may; else take it back."""
        if self._leaves_on is None or self._today < self._leaves_on:
            return None
        before = self.case
        name = next((one.step for one in before.taken if _is_hand_over(one)), "")
        others = tuple(one for one in before.taken if not _is_hand_over(one))
        self.case = replace(before, taken=others)
        answer = self._ask()
        if isinstance(answer, Refused) and answer.reason is Reason.NOT_A_BANK_DAY:
            self.case = before
            return next_bank_day(self._today)
        self._leaves_on = None
        if isinstance(answer, Move):
            self.case = replace(before, state=ClaimState.HANDED_OVER)
            event = Event(
                self._today, name, Came.LEFT, answer.basis, amount=before.outstanding, to=answer.to
            )
        else:
            event = Event(self._today, name, Came.REFUSED, answer.basis, answer.reason)
            self._standing[_LADDER] = (answer.step, answer.reason)
        self.events.append(event)
        return self._today + ONE_DAY

    def _close(self) -> date | None:
        """Send the notice that a supply will be shut off, where a person has decided it."""
        closure = self.policy.closure
        if closure is None or self.case.claim_type not in closure.claim_types:
            return None
        answer = may_close(self.case, self._law, self.policy, self._today)
        if isinstance(answer, Refused):
            if answer.reason in FOR_A_PERSON:
                return self._note(answer, _CLOSURE)
            return self._asked_again(answer)
        self._take(answer, _CLOSURE)
        return None


def _is_hand_over(taken: Taken) -> bool:
    return taken.step.startswith(StepKind.HAND_OVER.value)


def _first(days: list[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
