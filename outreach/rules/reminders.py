"""What a reminder may cost (rykkergebyr): pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.models.cases import Effect
from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from data.law.fees import FeeLaw
    from data.law.law import Law
    from data.municipalities.ladders import LadderStep
    from outreach.rules.case import Case


def fee_of(step: LadderStep, name: str, case: Case, law: Law, today: date) -> Money:
    """Return what this reminder costs today, øre; nothing where any condition is not met.

    A fee asks for proof of bill, deadline and how to pay (ombudsmanden), a deadline exceeded
    (A22), that something of the bill itself is unpaid, that the citizen was contacted before
    (A5), that the reminders before it were sent and not skipped (A20: never on the first), and
    the law's own count, gap and maximum on the day
    (gebyrloven § 2; renteloven § 9 b). A caseworker may leave it out.
    """
    if not step.has_fee or case.word(Effect.WITHOUT_FEE, name, today) is not None:
        return NOTHING
    was_contacted = case.contacted_on is not None or bool(case.taken)
    if not _is_proven(case) or today <= case.due_date or not was_contacted:
        return NOTHING
    if len(_reminders(case)) + 1 < int(name.partition(":")[2]):
        return NOTHING
    fee_law = law.fees[law.claim_types[case.claim_type].on(today).regime].on(today)
    if not _law_has_room(case, fee_law, today):
        return NOTHING
    unpaid = case.principal - case.paid
    return step.fee_of(unpaid, fee_law.max_fee) if unpaid > NOTHING else NOTHING


def _is_proven(case: Case) -> bool:
    return case.bill_sent_on is not None and case.has_pay_instruction


def _law_has_room(case: Case, fee_law: FeeLaw, today: date) -> bool:
    """Weigh the count of fees in the series, and the days since the last reminder in it."""
    if fee_law.max_count is not None and len(case.series) >= fee_law.max_count:
        return False
    last = max((*_reminders(case), *case.series), default=None)
    return last is None or today - last >= timedelta(days=fee_law.min_gap_days)


def _reminders(case: Case) -> list[date]:
    return [one.on for one in case.taken if one.step.startswith("reminder:")]
