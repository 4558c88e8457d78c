"""What holds a claim still for a time (ro), and what its end makes of the case: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from data.models.claims import ClaimState
from data.values.time import add_bank_days

if TYPE_CHECKING:
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case


def awake(case: Case, today: date) -> Case:
    """Let a respite or a pause be over once its last day is; the ladder counts from that day."""
    over = [day for day in (case.respite_until, case.paused_until) if day and day < today]
    if not over:
        return case
    rested = max(*over, case.rested_until or date.min)
    if case.respite_until is not None and case.respite_until < today:
        case = replace(case, state=ClaimState.OPEN, respite_until=None)
    if case.paused_until is not None and case.paused_until < today:
        case = replace(case, paused_until=None)
    return replace(case, rested_until=rested)


def given_quiet_days(case: Case, policy: Policy, day: date) -> Case:
    """Leave an open claim in peace for some bank days (ro) once what held it still is over.

    As many as policy gives the dialogue before a reminder, as the program does when a dispute is
    answered, a case taken up again, a benefit ended or a freeze lifted; a longer pause stays.
    """
    if case.state is not ClaimState.OPEN:
        return case
    until = add_bank_days(day, policy.dialogue.bank_days_before_reminder)
    return replace(case, paused_until=max(until, case.paused_until or until))
