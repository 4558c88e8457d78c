"""Which step comes next for a claim, and may it be taken today (rykkerstigen): pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.models.cases import Effect
from data.municipalities.ladders import DecidedBy, StepKind
from data.values.money import NOTHING, Money
from data.values.time import add_bank_days, at_local, is_bank_day, next_bank_day
from outreach.rules.case import ALL_STEPS
from outreach.rules.decision import Reason, Refused
from outreach.rules.hand_over import hand_over
from outreach.rules.obstacles import against_any_step, day_after
from outreach.rules.reminders import fee_of

if TYPE_CHECKING:
    from data.law.law import Law
    from data.municipalities.ladders import Ground, Ladder, LadderStep
    from data.municipalities.policy import Policy
    from data.values.recipients import Recipient
    from outreach.rules.case import Case, Taken


@dataclass(frozen=True, slots=True)
class Move:
    """A step that may be taken today (skridt), with all it needs; `name` as in `Taken`."""

    kind: StepKind
    name: str
    basis: str
    fee: Money = NOTHING
    #: The letter's new last day to pay, if it leaves today.
    pay_by: date | None = None
    offers_plan: bool = False
    gives_notice: bool = False
    to: Recipient | None = None
    ground: Ground | None = None
    #: First day a hand-over may be filed: its quiet period is over.
    ready_on: date | None = None


type Answer = Move | Refused


def next_step(case: Case, law: Law, policy: Policy, today: date) -> Answer:
    """Return the step a claim takes today, or why it takes none and when to ask again.

    The same facts give the same answer. The law is asked first, then the policy, then what a
    caseworker has said; nothing here is remembered, counted or written.
    """
    against = against_any_step(case, law, policy, today)
    if against is not None:
        return against
    deadline = _bill_deadline(case)
    ladder = ladder_of(case, law, policy, today)
    for step, number in zip(ladder.steps, ladder.numbers(), strict=True):
        name = f"{step.step.value}:{number}"
        taken = case.step_taken(name)
        if taken is None and case.word(Effect.SKIP, name, today) is not None:
            deadline = _as_if_sent(step, deadline, case, policy)
            continue
        if taken is None:
            return _weigh(step, name, deadline, case, law, policy, today)
        if taken.pay_by is None and step.step is not StepKind.HAND_OVER:
            return Refused(Reason.LETTER_NOT_SENT, step=name)
        deadline = _later(taken.pay_by, deadline)
    return Refused(Reason.LADDER_ENDED)


def ladder_of(case: Case, law: Law, policy: Policy, today: date) -> Ladder:
    """Return the ladder a claim is on, by its type and by what the law says of it today."""
    preferential = has_preference(case, law, today)
    return policy.ladders.of(case.claim_type, preferential=preferential)


def has_preference(case: Case, law: Law, today: date) -> bool:
    """Tell whether the law gives the claim preference today (fortrinsret)."""
    return law.claim_types[case.claim_type].on(today).prefers(case.due_date, today)


def _bill_deadline(case: Case) -> date:
    """The bill's last day to pay, in the citizen's favour: rolled to a bank day."""
    return next_bank_day(case.due_date)


def _later(one: date | None, other: date) -> date:
    return other if one is None else max(one, other)


def _weigh(
    step: LadderStep,
    name: str,
    deadline: date,
    case: Case,
    law: Law,
    policy: Policy,
    today: date,
) -> Answer:
    """Weigh one step: its day, what a caseworker said of it, and its own conditions."""
    too_early = _too_early(step, name, deadline, case, policy, today)
    if too_early is not None:
        return too_early
    held = case.word(Effect.HOLD, name, today)
    if held is not None:
        until = day_after(held.until, today)
        return Refused(Reason.HELD_BY_CASEWORKER, until, step.source, name)
    if step.step is StepKind.HAND_OVER:
        return _hand_over(step, name, case, law, today)
    return _letter(step, name, case, law, policy, today)


def _as_if_sent(step: LadderStep, deadline: date, case: Case, policy: Policy) -> date:
    """Return the deadline a skipped letter would have given: leaving it out gains no time."""
    left = _first_day(step, deadline, case, policy)
    return next_bank_day(left + timedelta(days=step.pay_within_days or 0))


def last_rest(name: str, deadline: date, case: Case, today: date) -> date:
    """Return the last day on which nothing was asked of the citizen before this step.

    That is the last deadline, or the end of what held the step still after it: a respite, a plan,
    a pause, or a caseworker's word until a day that is over. Who was told to wait may pay on that
    very day.
    """
    held = (
        word.until
        for word in case.words
        if word.effect is Effect.HOLD and word.step in {name, ALL_STEPS}
    )
    over = (until for until in held if until is not None and until < today)
    return max((_later(case.rested_until, deadline), *over))


def _first_day(step: LadderStep, deadline: date, case: Case, policy: Policy) -> date:
    """Return the first bank day of a step: after the last deadline, a rest, and a first contact.

    A caseworker's hold gives no days of its own: what was due meanwhile comes when it is over.
    """
    rested = _later(case.rested_until, deadline)
    first_day = next_bank_day(rested + timedelta(days=step.after_days))
    if case.taken or case.contacted_on is None:
        return first_day
    wait = policy.dialogue.bank_days_before_reminder
    return max(first_day, add_bank_days(case.contacted_on, wait))


def _too_early(
    step: LadderStep, name: str, deadline: date, case: Case, policy: Policy, today: date
) -> Refused | None:
    if not case.taken and case.contacted_on is None and case.contactable:
        first = add_bank_days(_bill_deadline(case), policy.first_contact.bank_days_after_deadline)
        at = at_local(first, 0) if first > today else None
        return Refused(Reason.FIRST_CONTACT_FIRST, at, policy.dialogue.source, name)
    first_day = _first_day(step, deadline, case, policy)
    if today < first_day:
        return Refused(Reason.TOO_EARLY, at_local(first_day, 0), step.source, name)
    if not is_bank_day(today):
        return Refused(Reason.NOT_A_BANK_DAY, at_local(next_bank_day(today), 0), "", name)
    rested = last_rest(name, deadline, case, today)
    if case.covers_until is None or case.covers_until < rested:
        return Refused(Reason.PAYMENTS_NOT_COVERED, None, "A8", name)
    return None


def _hand_over(step: LadderStep, name: str, case: Case, law: Law, today: date) -> Answer:
    found = hand_over(step, name, case, law, today)
    if isinstance(found, Refused):
        return found
    quiet = step.quiet_bank_days or 0
    return Move(
        StepKind.HAND_OVER,
        name,
        step.source,
        to=step.to,
        ground=found,
        ready_on=add_bank_days(today, quiet),
    )


def _letter(
    step: LadderStep, name: str, case: Case, law: Law, policy: Policy, today: date
) -> Answer:
    """A reminder, a notice or a warning: a letter with a new last day to pay."""
    type_law = law.claim_types[case.claim_type].on(today)
    is_warning = step.step is StepKind.AUCTION_WARNING
    if is_warning and not has_preference(case, law, today):
        return Refused(Reason.FORBIDDEN_BY_LAW, None, type_law.source, name)
    by_person = step.decided_by is DecidedBy.CASEWORKER
    if by_person and case.word(Effect.APPROVE, name, today) is None:
        return Refused(Reason.NEEDS_CASEWORKER, None, step.source, name)
    return Move(
        step.step,
        name,
        step.source,
        fee=fee_of(step, name, case, law, today),
        pay_by=next_bank_day(today + timedelta(days=step.pay_within_days or 0)),
        # Every letter says how to pay in parts (A10, A14; heat: by law) where the policy lets it.
        offers_plan=policy.plans.allowed_for(frozenset({case.claim_type})),
        gives_notice=step.carries_notice or step.step is not StepKind.REMINDER,
    )


def last_deadline(taken: tuple[Taken, ...]) -> date | None:
    """Return the last day to pay that a letter gave, or none."""
    return max((one.pay_by for one in taken if one.pay_by is not None), default=None)
