"""Walks one claim up its ladder, day by day, as the morning rounds would."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from data.law.law import Law
from data.models.cases import Effect
from data.municipalities.ladders import StepKind
from data.municipalities.policy import Policies, Policy
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY
from outreach.rules.case import Agreements, Case, Taken, Word
from outreach.rules.decision import Refused
from outreach.rules.ladder import Move, next_step

LAW = Law.load()
POLICIES = Policies.load()
#: Any: a story knows which parts its council has, the type does not.
ALBERTSLUND: Any = POLICIES["albertslund"]
FAXE: Any = POLICIES["faxe"]
#: A Friday; the first message goes out on the Monday.
DUE = date(2026, 11, 20)
CONTACTED = date(2026, 11, 23)
A_YEAR_ON = date(2027, 11, 20)


def a_case(claim_type: str = "dagtilbud", **given: Any) -> Case:
    """Make a case: 1,200 kr., due 20 November 2026, bill and pay line sent, citizen contacted."""
    values: dict[str, Any] = {
        "claim_type": claim_type,
        "principal": Money.kroner(1200),
        "due_date": DUE,
        "bill_sent_on": date(2026, 11, 1),
        "has_pay_instruction": True,
        "contacted_on": CONTACTED,
    }
    return Case(**(values | given))


def says(effect: Effect, step: str, **given: Any) -> Word:
    """What a caseworker says of a step."""
    return Word(step, effect, **given)


def breached(times: int) -> Agreements:
    """So many agreements were broken."""
    return Agreements(breaches=times)


@dataclass
class Walk:
    """A claim that nobody pays: each step is taken on its day, and its letter leaves at once."""

    policy: Policy
    case: Case
    law: Law = LAW
    steps: list[tuple[date, Move]] = field(default_factory=list)

    def on(self, today: date) -> Any:
        """Ask what may be done today, with all payments known up to yesterday."""
        return next_step(
            replace(self.case, covers_until=today - ONE_DAY), self.law, self.policy, today
        )

    def until(self, last: date, begin: date = DUE) -> list[str]:
        """Walk on day by day; return the names of all steps taken so far."""
        today = begin
        while today <= last:
            answer = self.on(today)
            if isinstance(answer, Move):
                self.take(answer, today)
            today += ONE_DAY
        return [move.name for _, move in self.steps]

    def take(self, move: Any, today: date) -> None:
        """Put a step on record."""
        self.steps.append((today, move))
        taken = Taken(
            move.name,
            today,
            pay_by=move.pay_by,
            fee=move.fee,
            offered_plan=move.offers_plan,
            gave_notice=move.gives_notice,
        )
        series = (*self.case.series, today) if move.fee else self.case.series
        self.case = replace(
            self.case,
            taken=(*self.case.taken, taken),
            series=series,
            charged=self.case.charged + move.fee,
        )

    def day_of(self, name: str) -> date:
        """Return the day a step was taken."""
        return next(day for day, move in self.steps if move.name == name)

    def move(self, name: str) -> Any:
        """Return a step that was taken."""
        return next(move for _, move in self.steps if move.name == name)

    @property
    def fees(self) -> Money:
        """What the steps so far have cost the citizen."""
        return sum((move.fee for _, move in self.steps), NOTHING)

    @property
    def is_handed_over(self) -> bool:
        """Whether it has left for enforcement."""
        return any(move.kind is StepKind.HAND_OVER for _, move in self.steps)


def walk(policy: Policy, claim_type: str = "dagtilbud", **given: Any) -> Walk:
    """Begin a walk with an ordinary case, but for what is given."""
    return Walk(policy, a_case(claim_type, **given))


def reason(answer: object) -> str:
    """Return why a step is refused."""
    assert isinstance(answer, Refused), answer
    return answer.reason.value
