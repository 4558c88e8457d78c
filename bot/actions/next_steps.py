"""Puts what the ladder computes for one claim into words, a line a step (de næste skridt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.models.claims import ClaimState
from data.municipalities.ladders import Ground, StepKind
from data.values.recipients import Recipient
from outreach.rules.decision import Reason
from outreach.rules.happenings import PlanBroken
from outreach.rules.ladder import ladder_of
from outreach.rules.outlook import Came, Event
from outreach.texts import spoken_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.actions.turn import Turn
    from data.municipalities.ladders import LadderStep
    from outreach.explain import Prospect

#: States in which nothing comes next: where the claim stands is said instead.
_STILL = frozenset({ClaimState.DISPUTED, ClaimState.SHELVED, ClaimState.HANDED_OVER})
#: Why nothing comes, where that can be said in a line.
_REFUSED = {
    Reason.NO_GROUND: "step_only_after_breach",
    Reason.STATUTORY_RESPITE: "step_law_lets_wait",
    Reason.NO_BILL: "step_no_bill",
    Reason.NO_PAY_INSTRUCTION: "step_no_bill",
}
#: What only puts off is said by the day of the step itself.
_PUTS_OFF = frozenset({Reason.IN_PLAN, Reason.IN_RESPITE, Reason.PAUSED})


def step_lines(turn: Turn, about: Prospect, *, with_law: bool) -> list[str]:
    """Return a line for each step to come, with its day; none where the claim stands still."""
    if about.case.state in _STILL:
        return []
    return [*_standing(turn, about), *_steps(turn, about, with_law=with_law)]


def _standing(turn: Turn, about: Prospect) -> Iterator[str]:
    """Say first what keeps the steps away: a plan that is kept, a respite until its day."""
    if about.case.state is ClaimState.IN_PLAN:
        yield turn.say("steps_in_plan")
    elif about.case.respite_until is not None:
        yield turn.say("steps_in_respite", day=_day(turn, about.case.respite_until))


def _steps(turn: Turn, about: Prospect, *, with_law: bool) -> Iterator[str]:
    said: set[str] = set()
    for event in about.ahead:
        key = _key(turn, about, event)
        if key is None or (key in said and event.came is Came.REFUSED):
            continue
        said.add(key)
        number = event.step.partition(":")[2]
        line = turn.say(key, day=_day(turn, event.day), number=number, fee=event.fee)
        law = _law(turn, about, event) if with_law else ""
        yield f"{line} ({law})" if law else line


def _key(turn: Turn, about: Prospect, event: Event) -> str | None:
    """Choose how a step is said; none: it is nothing to a citizen."""
    kind = event.step.partition(":")[0]
    match event.came:
        case Came.HAPPENED:
            return "step_plan_stops" if event.step == PlanBroken.name else None
        case Came.REFUSED:
            if event.reason in _PUTS_OFF:
                return None
            return _REFUSED.get(event.reason, "step_by_person") if event.reason else None
        case Came.LEFT:
            return f"step_leaves_to_{(event.to or Recipient.STATE).value}"
        case Came.WAITS:
            return _weighed(turn, about, kind)
        case Came.TAKEN:
            return _taken(turn, about, event, kind)


def _weighed(turn: Turn, about: Prospect, kind: str) -> str:
    """A person weighs it: to hand a claim over, to warn of a forced sale, to close a supply."""
    if kind != StepKind.HAND_OVER.value:
        return f"step_weighed_{kind}" if kind in _WEIGHED else "step_by_person"
    step = _step_of(turn, about, kind)
    if step is not None and step.to is Recipient.BAILIFF:
        return "step_weighed_bailiff"
    grounds = step.grounds if step is not None else frozenset()
    spares = Ground.ABLE_BUT_UNWILLING in grounds and Ground.UNPAID_REMINDER not in grounds
    return "step_weighed_never_unable" if spares else "step_weighed_state"


#: Steps besides a hand-over that a person weighs.
_WEIGHED = frozenset({StepKind.AUCTION_WARNING.value, StepKind.CLOSURE_NOTICE.value})


def _taken(turn: Turn, about: Prospect, event: Event, kind: str) -> str | None:
    if kind == StepKind.REMINDER.value:
        if event.fee:
            return "step_reminder_fee"
        step = _step_of(turn, about, kind, event.step.partition(":")[2])
        is_notice = step is not None and step.carries_notice
        return "step_reminder_notice" if is_notice else "step_reminder_free"
    known = {StepKind.NOTICE.value, *_WEIGHED}
    return f"step_{kind}" if kind in known else None


def _step_of(turn: Turn, about: Prospect, kind: str, number: str = "1") -> LadderStep | None:
    ladder = ladder_of(about.case, turn.runtime.law, turn.policy, turn.today)
    for step, at in zip(ladder.steps, ladder.numbers(), strict=True):
        if step.step.value == kind and str(at) == number:
            return step
    return None


def _law(turn: Turn, about: Prospect, event: Event) -> str:
    """Name the paragraph a step rests on, or the municipality's policy where it is theirs alone."""
    paragraphs, language = turn.runtime.law.paragraphs, turn.conversation.language
    kind = event.step.partition(":")[0]
    regime = turn.runtime.law.claim_types[about.case.claim_type].on(event.day).regime
    key = _key(turn, about, event)
    found = None
    if event.fee:
        found = paragraphs.of_fee(regime)
    elif kind == StepKind.NOTICE.value or key == "step_reminder_notice":
        found = paragraphs.notice
    elif kind == StepKind.HAND_OVER.value:
        found = paragraphs.hand_over
    policy = turn.policy.policy.title
    return f"{found.on(event.day).of(language)}, {policy}" if found else policy


def _day(turn: Turn, day: date) -> str:
    return spoken_day(day, turn.today, turn.conversation.language)
