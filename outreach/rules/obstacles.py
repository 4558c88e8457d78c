"""What stands against any step at all (hindringer): the same for a reminder and a hand-over."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.values.time import ONE_DAY, at_local
from outreach.rules.case import ALL_STEPS
from outreach.rules.decision import Reason, Refused
from outreach.rules.limitation import is_time_barred
from outreach.rules.statutory import must_wait

if TYPE_CHECKING:
    from data.law.claim_types import TypeLaw
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case, Debtor

#: Which reason each state of a claim is for standing still.
STATES = {
    ClaimState.PAID: Reason.PAID,
    ClaimState.IN_PLAN: Reason.IN_PLAN,
    ClaimState.IN_RESPITE: Reason.IN_RESPITE,
    ClaimState.DISPUTED: Reason.DISPUTED,
    ClaimState.SHELVED: Reason.SHELVED,
    ClaimState.HANDED_OVER: Reason.HANDED_OVER,
    ClaimState.WRITTEN_OFF: Reason.WRITTEN_OFF,
}


def against_any_step(case: Case, law: Law, policy: Policy, today: date) -> Refused | None:
    """Return what stands against chasing this claim today, or none.

    What ends the matter comes first, then what the law asks, then what only puts it off.

    Sources: A1 and A11 (lines 5, 24), A18 (line 28), F3 (line 9); gældsinddrivelsesloven § 2;
    the statutory respite of claims with a fixed table (F11, line 21).
    """
    return against_any_word(case, law, policy, today) or _by_proof(case)


def against_any_word(case: Case, law: Law, policy: Policy, today: date) -> Refused | None:
    """Return what stands against writing to the citizen about this claim at all, or none.

    The same as against a step, but for the proof: a first message costs nothing and threatens
    with nothing, so it may well be what tells how to pay.
    """
    kind = law.claim_types[case.claim_type]
    type_law = kind.on(today)
    return (
        _by_state(case, policy, today)
        or _by_debtor(case.debtor)
        or _by_type(case, type_law, automated=kind.automated)
        or _by_law(case, type_law, law, today)
        or _by_pause(case, today)
    )


def _by_state(case: Case, policy: Policy, today: date) -> Refused | None:
    if not case.outstanding:
        return Refused(Reason.PAID)
    if case.state is ClaimState.IN_RESPITE:
        return Refused(Reason.IN_RESPITE, day_after(case.respite_until, today))
    if case.state is ClaimState.SHELVED and policy.shelving is not None:
        return Refused(Reason.SHELVED, basis=policy.shelving.source)
    reason = STATES.get(case.state)
    return Refused(reason) if reason else None


def _by_debtor(debtor: Debtor) -> Refused | None:
    if debtor.is_deceased:
        return Refused(Reason.DECEASED, basis="dødsboskifteloven §§ 81 and 83")
    return Refused(Reason.FROZEN) if debtor.is_frozen else None


def _by_type(case: Case, type_law: TypeLaw, *, automated: bool) -> Refused | None:
    if not automated:
        return Refused(Reason.EXCLUDED_TYPE, basis=type_law.source)
    last = type_law.last_tax_year
    if last is not None and case.tax_year is not None and case.tax_year > last:
        return Refused(Reason.STATE_COLLECTS, basis=type_law.source)
    return None


def _by_proof(case: Case) -> Refused | None:
    """Nothing is chased without proof of bill, deadline and how to pay (ombudsmanden; F3)."""
    if case.bill_sent_on is None:
        return Refused(Reason.NO_BILL, basis="F3; ombudsmanden, overblik 7")
    if not case.has_pay_instruction:
        return Refused(Reason.NO_PAY_INSTRUCTION, basis="ombudsmanden, overblik 7")
    return None


def _by_law(case: Case, type_law: TypeLaw, law: Law, today: date) -> Refused | None:
    agreed = case.agreements
    if is_time_barred(
        case.due_date,
        case.period_end,
        agreed.acknowledged_on,
        type_law,
        law,
        today,
        earlier=agreed.acknowledged_before,
    ):
        return Refused(Reason.TIME_BARRED, basis="forældelsesloven; see data/law/limitation.yml")
    debtor, statute = case.debtor, law.statutory.on(today)
    if must_wait(debtor.benefit, debtor.yearly_net_income, type_law, statute):
        return Refused(Reason.STATUTORY_RESPITE, basis=statute.source)
    return None


def _by_pause(case: Case, today: date) -> Refused | None:
    if case.paused_until is not None and today <= case.paused_until:
        return Refused(Reason.PAUSED, day_after(case.paused_until, today))
    word = case.word(Effect.HOLD, ALL_STEPS, today)
    if word is None:
        return None
    return Refused(Reason.HELD_BY_CASEWORKER, day_after(word.until, today))


def day_after(last: date | None, today: date) -> datetime | None:
    """Return when it is worth asking again after a last day that lies ahead, or none."""
    return at_local(last + ONE_DAY, 0) if last is not None and last >= today else None
