"""May a claim leave for enforcement, and on which ground (overdragelse til inddrivelse): pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from data.law.claim_types import PlanKind
from data.models.cases import Effect
from data.municipalities.ladders import DecidedBy, Ground
from outreach.rules.decision import Reason, Refused

if TYPE_CHECKING:
    from data.law.claim_types import TypeLaw
    from data.law.law import Law
    from data.municipalities.ladders import LadderStep
    from outreach.rules.case import Case

_NOTICE = "gældsinddrivelsesloven § 2 stk. 4"
_BY_BREACH = frozenset({Ground.BROKEN_AGREEMENT, Ground.REPEATED_BREACH})


def hand_over(step: LadderStep, name: str, case: Case, law: Law, today: date) -> Ground | Refused:
    """Return the ground on which a claim may be handed over today, or why it may not.

    The law asks for a written notice whose deadline has passed and for a least sum; the policy
    for one of its grounds; and where a caseworker decides, for their word, which names the
    ground. Being unable to pay is never one (A26).
    """
    if not any(_is_over(one.gave_notice, one.pay_by, today) for one in case.taken):
        return Refused(Reason.FORBIDDEN_BY_LAW, None, _NOTICE, name)
    if not any(one.offered_plan for one in case.taken):
        return Refused(Reason.NO_PLAN_OFFERED, None, "A10 (line 24)", name)
    hand_over_law = law.hand_over.on(today)
    if case.outstanding < hand_over_law.least_total:
        return Refused(Reason.BELOW_FLOOR, None, hand_over_law.source, name)
    if step.decided_by is DecidedBy.CASEWORKER:
        return _by_person(step, name, case, law, today)
    ground = next(
        (each for each in Ground if each in step.grounds and is_met(each, step, case)), None
    )
    return ground or Refused(Reason.NO_GROUND, None, step.source, name)


def _is_over(gave_notice: bool, pay_by: date | None, today: date) -> bool:  # noqa: FBT001
    return gave_notice and pay_by is not None and pay_by < today


def _by_person(step: LadderStep, name: str, case: Case, law: Law, today: date) -> Ground | Refused:
    """Hand over on the ground a caseworker assessed, if the facts bear it."""
    word = case.word(Effect.APPROVE, name, today)
    if word is None:
        return Refused(Reason.NEEDS_CASEWORKER, None, step.source, name)
    ground = word.ground
    type_law = law.claim_types[case.claim_type].on(today)
    if ground is Ground.ABLE_BUT_UNWILLING and not may_assess_ability(type_law):
        return Refused(Reason.FORBIDDEN_BY_LAW, None, type_law.source, name)
    if ground is None or ground not in step.grounds or not is_met(ground, step, case):
        return Refused(Reason.NO_GROUND, None, step.source, name)
    return ground


def may_assess_ability(type_law: TypeLaw) -> bool:
    """Tell whether anyone may assess what the citizen can pay: not where a table decides.

    Source: principafgørelse 30-14 (no individual assessment of ability, C02 and C07).
    """
    return type_law.plan is not PlanKind.STATUTORY


def is_met(ground: Ground, step: LadderStep, case: Case) -> bool:
    """Weigh one ground: breaches are counted, an assessment is a person's, a notice was sent."""
    if ground in _BY_BREACH:
        return case.agreements.breaches >= step.least_breaches
    return True
