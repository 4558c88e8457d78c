"""May a notice be sent that water or heat will be shut off (lukkebrev): pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.law.claim_types import Closure as ClosureRight
from data.models.cases import Effect
from data.municipalities.ladders import StepKind
from data.values.time import at_local, is_bank_day, next_bank_day
from outreach.rules.decision import Reason, Refused
from outreach.rules.ladder import Move
from outreach.rules.obstacles import against_any_step

if TYPE_CHECKING:
    from data.law.claim_types import TypeLaw
    from data.law.law import Law
    from data.municipalities.ladders import Closure
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case
    from outreach.rules.ladder import Answer

NAME = f"{StepKind.CLOSURE_NOTICE.value}:1"


def may_close(case: Case, law: Law, policy: Policy, today: date) -> Answer:
    """Decide whether a closure notice may be sent; the claim goes on by its ladder (A29).

    Only for the types the policy names and the law allows, after breached plans that were
    offered, by a person, and where children live, once the social authorities have been told.

    Sources: A27 and A28 (line 39); bek. 837/1998 § 7; energianke.dk FAQ (S26).
    """
    against = against_any_step(case, law, policy, today)
    if against is not None:
        return against
    closure = policy.closure
    if closure is None or case.claim_type not in closure.claim_types:
        return Refused(Reason.NOT_IN_POLICY, step=NAME)
    type_law = law.claim_types[case.claim_type].on(today)
    if not law_allows(type_law, closure):
        return Refused(Reason.FORBIDDEN_BY_LAW, None, type_law.source, NAME)
    refused = _by_history(case, type_law, closure) or _by_person(case, closure, today)
    if refused is not None:
        return refused
    if not is_bank_day(today):
        return Refused(Reason.NOT_A_BANK_DAY, at_local(next_bank_day(today), 0), "", NAME)
    pay_by = next_bank_day(today + timedelta(days=closure.notice_days))
    return Move(StepKind.CLOSURE_NOTICE, NAME, closure.source, pay_by=pay_by, offers_plan=True)


def law_allows(type_law: TypeLaw, closure: Closure) -> bool:
    """Tell whether the law lets a supply of the type be shut off; a lawyer may have to confirm."""
    if type_law.closure is ClosureRight.LEGAL_GATE:
        return closure.legal_gate_confirmed is not None
    return type_law.closure is ClosureRight.ALLOWED


def _by_history(case: Case, type_law: TypeLaw, closure: Closure) -> Refused | None:
    if case.step_taken(NAME) is not None:
        return Refused(Reason.ALREADY_DONE, step=NAME)
    was_offered = any(one.offered_plan for one in case.taken)
    if type_law.reminder_offers_plan and not was_offered:
        return Refused(Reason.NO_PLAN_OFFERED, None, type_law.source, NAME)
    if case.agreements.breaches < closure.least_breaches:
        return Refused(Reason.NO_BREACH, None, closure.source, NAME)
    return None


def _by_person(case: Case, closure: Closure, today: date) -> Refused | None:
    """Children come before any closing; nobody knowing of any is no answer."""
    debtor = case.debtor
    no_children = debtor.children_at_home is False
    if not no_children and debtor.social_authorities_told_on is None:
        return Refused(Reason.CHILDREN_FIRST, None, closure.source, NAME)
    if case.word(Effect.HOLD, NAME, today) is not None:
        return Refused(Reason.HELD_BY_CASEWORKER, step=NAME)
    if case.word(Effect.APPROVE, NAME, today) is None:
        return Refused(Reason.NEEDS_CASEWORKER, None, closure.source, NAME)
    return None
