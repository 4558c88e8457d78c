"""What a caseworker may say of a step (skøn): soften anything, decide what policy gives: pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from data.models.cases import Effect
from data.municipalities.ladders import DecidedBy, Ground, StepKind
from outreach.rules.case import ALL_STEPS
from outreach.rules.closure import NAME as CLOSURE_NOTICE
from outreach.rules.decision import ALLOWED, Reason, Refused, Verdict
from outreach.rules.hand_over import is_met, may_assess_ability
from outreach.rules.ladder import ladder_of
from outreach.rules.shelving import may_shelve

if TYPE_CHECKING:
    from data.law.claim_types import TypeLaw
    from data.law.law import Law
    from data.municipalities.ladders import LadderStep
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case, Word

_GIVING_NOTICE = frozenset({StepKind.NOTICE, StepKind.AUCTION_WARNING})


def may_say(word: Word, case: Case, law: Law, policy: Policy, today: date) -> Verdict:
    """Decide whether a caseworker's word may stand.

    Holding a step and leaving out a fee are always theirs (A39). Skipping is softening only where
    no notice is lost; approving asks for a step that the policy leaves to a person, and for one
    of its grounds where it names any; shelving for the policy's facts (A19).
    """
    if word.effect in {Effect.HOLD, Effect.WITHOUT_FEE}:
        return ALLOWED
    if word.effect is Effect.SHELVE:
        return may_shelve(word.facts, policy)
    if word.effect is Effect.APPROVE and word.step == CLOSURE_NOTICE:
        return _may_approve_closure(case, policy)
    step = _step(word.step, case, law, policy, today)
    if step is None or word.step == ALL_STEPS:
        return Refused(Reason.NOT_IN_POLICY, step=word.step)
    if word.effect is Effect.SKIP:
        return _may_skip(step)
    return _may_approve(word, step, case, law.claim_types[case.claim_type].on(today))


def _step(name: str, case: Case, law: Law, policy: Policy, today: date) -> LadderStep | None:
    ladder = ladder_of(case, law, policy, today)
    names = (
        f"{step.step.value}:{n}" for step, n in zip(ladder.steps, ladder.numbers(), strict=True)
    )
    return dict(zip(names, ladder.steps, strict=True)).get(name)


def _may_skip(step: LadderStep) -> Verdict:
    """A notice cannot be skipped (GIL § 2 stk. 4), and a hand-over is held, not skipped."""
    if step.step in _GIVING_NOTICE or step.carries_notice or step.step is StepKind.HAND_OVER:
        return Refused(Reason.FORBIDDEN_BY_LAW, basis="gældsinddrivelsesloven § 2 stk. 4")
    return ALLOWED


def _may_approve_closure(case: Case, policy: Policy) -> Verdict:
    """A closing that the facts do not bear is not approved ahead of them (A28)."""
    closure = policy.closure
    if closure is None or case.claim_type not in closure.claim_types:
        return Refused(Reason.NOT_IN_POLICY)
    if case.agreements.breaches < closure.least_breaches:
        return Refused(Reason.NO_BREACH, basis=closure.source)
    return ALLOWED


def _may_approve(word: Word, step: LadderStep, case: Case, type_law: TypeLaw) -> Verdict:
    if step.decided_by is not DecidedBy.CASEWORKER:
        return Refused(Reason.NOT_IN_POLICY, basis=step.source)
    if step.grounds and word.ground not in step.grounds:
        return Refused(Reason.NO_GROUND, basis=step.source)
    if word.ground is Ground.ABLE_BUT_UNWILLING and not may_assess_ability(type_law):
        return Refused(Reason.FORBIDDEN_BY_LAW, basis=type_law.source)
    if word.ground is not None and not is_met(word.ground, step, case):
        return Refused(Reason.NO_BREACH, basis=step.source)
    return ALLOWED
