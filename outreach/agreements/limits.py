"""What a caseworker may agree (rammer): beyond the mandate, with a reason beyond the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.models.agreements import AgreementKind
from data.values.time import day_of
from outreach import cases
from outreach.overrides import NotAllowedError
from outreach.rules import instalments
from outreach.rules.decision import Reason, Refused
from outreach.rules.limitation import is_time_barred
from outreach.rules.plan_limits import Bar, Limits
from outreach.rules.statutory import must_wait
from outreach.rules.terms import Slip

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from outreach.agreements.terms import Terms
    from outreach.rules.case import Case
    from outreach.runtime import Runtime

_REASONS: Final[dict[Bar | Slip, Reason]] = {
    Bar.BELOW_LEAST: Reason.TOO_SMALL,
    Bar.TOO_LONG: Reason.TOO_LONG,
}


async def check(
    session: AsyncSession, runtime: Runtime, terms: Terms, *, may_go_beyond: bool
) -> None:
    """Hold a caseworker's terms against the law, and against the policy unless told not to.

    Raises:
        NotAllowedError: the law stands against it, or a limit of the policy does; `refused` says
            which line.

    Sources: bek. 978/2017 and 585/2023 (a plan is never asked of who must be let wait);
    forældelsesloven (what has expired is not agreed on); `plans` of the municipality.
    """
    today = day_of(runtime.clock.now())
    if not terms.rates and terms.respite_until is None:
        raise NotAllowedError(Refused(Reason.FACTS_MISSING))
    if terms.first_day < today:
        raise NotAllowedError(Refused(Reason.IN_THE_PAST))
    found = await cases.load(session, runtime, [claim.id for claim in terms.claims])
    for case in found.values():
        refused = _by_law(case, terms.kind, runtime, today)
        if refused is not None:
            raise NotAllowedError(refused)
    policy = runtime.policies[terms.claims[0].municipality]
    beyond = None if may_go_beyond else _by_policy(terms, policy, today)
    if beyond is not None:
        raise NotAllowedError(beyond)


def _by_law(case: Case, kind: AgreementKind, runtime: Runtime, today: date) -> Refused | None:
    type_law = runtime.law.claim_types[case.claim_type].on(today)
    agreed, debtor = case.agreements, case.debtor
    expired = is_time_barred(
        case.due_date,
        case.period_end,
        agreed.acknowledged_on,
        type_law,
        runtime.law,
        today,
        earlier=agreed.acknowledged_before,
    )
    if expired:
        return Refused(Reason.TIME_BARRED, basis="forældelsesloven; see data/law/limitation.yml")
    statute = runtime.law.statutory.on(today)
    waits = must_wait(debtor.benefit, debtor.yearly_net_income, type_law, statute)
    if waits and kind is not AgreementKind.RESPITE:
        return Refused(Reason.STATUTORY_RESPITE, basis=statute.source)
    return None


def _by_policy(terms: Terms, policy: Policy, today: date) -> Refused | None:
    if terms.kind is not AgreementKind.PLAN:
        return None
    types = frozenset(claim.claim_type for claim in terms.claims)
    if not policy.plans.allowed_for(types):
        return Refused(Reason.NOT_IN_POLICY, basis=policy.plans.source)
    laid = instalments.Terms(tuple((rate.due_on, rate.amount) for rate in terms.rates))
    bar = Limits(policy.plans, types, terms.total, today).against(laid)
    if bar is None:
        return None
    return Refused(_REASONS.get(bar, Reason.TOO_LONG), basis=policy.plans.source)
