"""May a missed deadline become a first message now (straks-kontakt): pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from data.models.claims import ClaimState
from data.values.time import add_bank_days, at_local, day_of, next_bank_day
from outreach.rules.decision import ALLOWED, Reason, Refused, Verdict

if TYPE_CHECKING:
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case

STEP = "first_contact"

_STATES = {
    ClaimState.PAID: Reason.PAID,
    ClaimState.IN_PLAN: Reason.IN_PLAN,
    ClaimState.IN_RESPITE: Reason.IN_RESPITE,
    ClaimState.DISPUTED: Reason.DISPUTED,
    ClaimState.SHELVED: Reason.SHELVED,
    ClaimState.HANDED_OVER: Reason.HANDED_OVER,
    ClaimState.WRITTEN_OFF: Reason.WRITTEN_OFF,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision about one claim rests on; kept with the decision."""

    state: ClaimState
    is_paid: bool
    due_date: date
    bill_sent_on: date | None
    claim_type: str
    type_is_automated: bool
    paused_until: date | None
    covers_until: date | None
    citizen_is_frozen: bool
    has_address: bool
    address_is_distrusted: bool
    opted_out: bool

    def on_record(self) -> dict[str, str | bool | None]:
        """Write the facts as they are stored: no name, number or sum among them."""
        return {
            "state": self.state.value,
            "is_paid": self.is_paid,
            "due_date": self.due_date.isoformat(),
            "bill_sent_on": self.bill_sent_on.isoformat() if self.bill_sent_on else None,
            "claim_type": self.claim_type,
            "paused_until": self.paused_until.isoformat() if self.paused_until else None,
            "covers_until": self.covers_until.isoformat() if self.covers_until else None,
            "citizen_is_frozen": self.citizen_is_frozen,
            "has_address": self.has_address,
            "address_is_distrusted": self.address_is_distrusted,
            "opted_out": self.opted_out,
        }


def facts_of(case: Case, law: Law) -> Facts:
    """Return what a case tells of it, taking for granted that the telephone may be used."""
    return Facts(
        state=case.state,
        is_paid=not case.outstanding,
        due_date=case.due_date,
        bill_sent_on=case.bill_sent_on,
        claim_type=case.claim_type,
        type_is_automated=law.claim_types[case.claim_type].automated,
        paused_until=case.paused_until,
        covers_until=case.covers_until,
        citizen_is_frozen=case.debtor.is_frozen,
        has_address=case.contactable,
        address_is_distrusted=False,
        opted_out=False,
    )


def may_write_first(facts: Facts, policy: Policy, now: datetime) -> Verdict:
    """Decide whether a claim is a reason to write to its citizen.

    Facts that end the matter come first, then those that only put it off. The hour of the day
    is not weighed here: the message waits for the contact window by itself.

    Source: A8 (contact immediately after the deadline), F3 (no chase without a sent bill).
    """
    for refused in (_by_claim(facts, policy), _by_citizen(facts), _by_time(facts, policy, now)):
        if refused is not None:
            return refused
    return ALLOWED


def _by_claim(facts: Facts, policy: Policy) -> Refused | None:
    if facts.is_paid:
        return Refused(Reason.PAID)
    if facts.state in _STATES:
        return Refused(_STATES[facts.state])
    excluded = facts.claim_type in policy.first_contact.exclude_claim_types
    if excluded or not facts.type_is_automated:
        return Refused(Reason.EXCLUDED_TYPE)
    if facts.bill_sent_on is None:
        return Refused(Reason.NO_BILL)
    return None


def _by_citizen(facts: Facts) -> Refused | None:
    if facts.citizen_is_frozen:
        return Refused(Reason.FROZEN)
    if not facts.has_address:
        reason = Reason.NUMBER_DISTRUSTED if facts.address_is_distrusted else Reason.NO_ADDRESS
        return Refused(reason)
    if facts.opted_out:
        return Refused(Reason.OPTED_OUT)
    return None


def _by_time(facts: Facts, policy: Policy, now: datetime) -> Refused | None:
    today = day_of(now)
    # A deadline on a day banks are closed is kept by paying on the next bank day.
    deadline = next_bank_day(facts.due_date)
    first_day = add_bank_days(deadline, policy.first_contact.bank_days_after_deadline)
    if today < first_day:
        return Refused(Reason.NOT_DUE_YET, retry_at=at_local(first_day, 0))
    covered = facts.covers_until is not None and facts.covers_until >= deadline
    if policy.first_contact.needs_payment_file and not covered:
        return Refused(Reason.PAYMENTS_NOT_COVERED)
    if facts.paused_until is not None and today <= facts.paused_until:
        return Refused(Reason.PAUSED, retry_at=at_local(facts.paused_until, 23, 59))
    return None


def useless_after(policy: Policy, now: datetime) -> datetime:
    """Return when a first message no longer helps, and is not sent."""
    last = add_bank_days(day_of(now), policy.first_contact.useless_after_bank_days)
    return at_local(last, policy.contact.closes.hour, policy.contact.closes.minute)
