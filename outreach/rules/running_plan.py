"""A plan on its way (løbende afdragsordning): how it stands, and when it is weighed again: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from data.models.claims import ClaimState
from data.values.time import ONE_DAY
from outreach.rules.breach import Keeping, keeping, last_day

if TYPE_CHECKING:
    from data.values.money import Money
    from outreach.rules.breach import Due
    from outreach.rules.case import Case


@dataclass(frozen=True, slots=True)
class RunningPlan:
    """What was agreed about one claim, and what had been paid on it before, øre."""

    dues: tuple[Due, ...]
    paid_before: Money

    def stands(self, case: Case, grace_bank_days: int) -> Keeping | None:
        """Weigh it by what has come in since; none: the claim has left it in another way."""
        if case.state not in {ClaimState.IN_PLAN, ClaimState.PAID}:
            return None
        paid = case.paid - self.paid_before
        return keeping(self.dues, paid, case.covers_until, grace_bank_days)

    def weighed_again(self, grace_bank_days: int, today: date) -> date | None:
        """Return the next day on which an instalment may be found missing, or none.

        It is the day after the last day of grace: then all payments of that day are known.
        """
        for due in self.dues:
            known_on = last_day(due, grace_bank_days) + ONE_DAY
            if known_on > today:
                return known_on
        return None
