"""A plan on its way (løbende afdragsordning): what each morning makes of it: pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from data.models.claims import ClaimState
from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, add_bank_days, is_bank_day, next_bank_day
from outreach.rules.happenings import PlanBroken, PlanKept, PlanMissed
from outreach.rules.keeping import Keeping, last_day, weigh
from outreach.rules.suspension import Because, Rest, resumed

if TYPE_CHECKING:
    from data.municipalities.policy import Plans
    from outreach.rules.case import Case
    from outreach.rules.happenings import Happening
    from outreach.rules.keeping import Due, Standing


@dataclass(frozen=True, slots=True)
class RunningPlan:
    """What was agreed about one claim, and what had been paid on it before, øre.

    `suspended` tells since when it stands still; `rhythm` is as agreements keep it. Where the plan
    covers more claims than one, `owed_besides` is owed on the others.
    """

    dues: tuple[Due, ...]
    paid_before: Money
    rhythm: str | None = None
    suspended: Rest | None = None
    owed_besides: Money = NOTHING

    def lives_through(
        self, case: Case, plans: Plans, today: date
    ) -> tuple[RunningPlan | None, list[Happening]]:
        """Weigh it by what is known this morning; return it as it runs on, and what came of it.

        A citizen is told of what is missed on the morning it is found, if banks are open. None: it
        has ended, or the claim has left it in another way.
        """
        if case.state not in {ClaimState.IN_PLAN, ClaimState.PAID}:
            return None, []
        plan = self._rested(case, plans, today)
        standing = plan.stands(case, plans)
        if standing.kind is Keeping.FULFILLED:
            return None, [PlanKept(today)]
        if not is_bank_day(today):
            return plan, []
        if standing.kind is Keeping.BROKEN:
            return None, [PlanBroken(today)]
        untold = {one.due for one in standing.missed if one.due.told_on is None}
        told = (replace(due, told_on=today) if due in untold else due for due in plan.dues)
        said: list[Happening] = [PlanMissed(today)] if untold else []
        return replace(plan, dues=tuple(told)), said

    def stands(self, case: Case, plans: Plans) -> Standing:
        """Weigh it by what has come in since it was agreed."""
        paid = case.paid - self.paid_before
        return weigh(
            self.dues,
            paid,
            case.covers_until,
            plans,
            owed=case.outstanding + self.owed_besides,
            is_suspended=self.suspended is not None,
        )

    def _rested(self, case: Case, plans: Plans, today: date) -> RunningPlan:
        """Stand still while nobody may be asked for anything, and go on after it."""
        is_held, rest = case.debtor.is_frozen or case.debtor.is_deceased, self.suspended
        if rest is not None and rest.because is Because.RESPITE and today <= rest.until:
            return self
        if is_held:
            since = rest.since if rest is not None else today
            return replace(self, suspended=Rest(since, date.max, Because.FROZEN))
        if rest is None:
            return self
        over = replace(rest, until=min(rest.until, today))
        uncovered = self.stands(case, plans).uncovered
        moved = resumed(self.dues, uncovered, over, self.rhythm, plans)
        return replace(self, dues=tuple(moved), suspended=None)

    def weighed_again(self, plans: Plans, today: date) -> date | None:
        """Return the next day on which it may stand otherwise though nothing is paid, or none.

        It is the day after the last day of grace, of a way back, or of a respite: then all
        payments of that day are known.
        """
        ends = [last_day(due, plans.grace_bank_days) for due in self.dues]
        ends += [
            add_bank_days(due.told_on, plans.way_back_bank_days)
            for due in self.dues
            if due.told_on is not None
        ]
        if self.suspended is not None and self.suspended.because is Because.RESPITE:
            ends.append(self.suspended.until)
        if not is_bank_day(today):
            ends.append(today)  # what was found today is acted on when banks open
        days = (next_bank_day(day + ONE_DAY) for day in ends)
        return min((day for day in days if day > today), default=None)
