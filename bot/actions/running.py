"""The plans of a citizen that run, and how they stand (løbende aftaler)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.actions.bargaining import claims_of
from bot.actions.claims import overdue
from data.models.claims import ClaimState
from data.queries import plans as questions
from data.values.money import NOTHING, Money
from outreach import standings
from outreach.rules.suspension import Because, Rest, resumed
from outreach.rules.wish import Rhythm

if TYPE_CHECKING:
    from datetime import date

    from bot.actions.turn import Turn
    from data.models.agreements import Agreement
    from data.models.claims import Claim
    from data.municipalities.policy import Plans
    from outreach.rules.keeping import Due, Standing


@dataclass(frozen=True, slots=True)
class Running:
    """A plan that runs, how it stands, and its claims in the order money goes to them."""

    plan: Agreement
    standing: Standing
    claims: tuple[Claim, ...]
    #: Until when it stands still because that was agreed; none: it does not.
    rests_until: date | None

    @property
    def rhythm(self) -> Rhythm | None:
        """How its instalments come back; none: days named one by one."""
        return Rhythm.of(self.plan.rhythm) if self.plan.rhythm else None

    @property
    def left(self) -> Money:
        """What is still to be paid on it, øre."""
        return sum((claim.agreeable for claim in self.claims), NOTHING)

    def after_rest(self, plans: Plans, rest: Rest | None = None) -> list[Due]:
        """Return what is not paid as it falls due after a rest, by day: this one, or the agreed."""
        since = self.plan.suspended_on
        if rest is None and since is not None and self.rests_until is not None:
            rest = Rest(since, self.rests_until, Because.RESPITE)
        dues, uncovered = standings.dues_of(self.plan), self.standing.uncovered
        if rest is None:
            return sorted(uncovered, key=lambda due: due.on)
        after = resumed(dues, uncovered, rest, self.plan.rhythm, plans)
        numbers = {due.number for due in uncovered}
        return sorted((due for due in after if due.number in numbers), key=lambda due: due.on)


async def running_plans(turn: Turn) -> list[Running]:
    """Return the citizen's plans that run, locked, with what is missing and what comes next."""
    covered = [one.id for one in await overdue(turn) if one.state is ClaimState.IN_PLAN]
    ids = await questions.running_on(turn.session, covered) if covered else []
    found = await questions.lock(turn.session, ids)
    standing = await standings.of_plans(turn.session, turn.policy, found)
    rests = await questions.respites_on(turn.session, ids) if ids else {}
    return [
        Running(
            plan,
            standing[plan.id],
            tuple(await claims_of(turn, plan)),
            rests.get(plan.id) if plan.suspended_on is not None else None,
        )
        for plan in found
    ]


async def rests_on_a_plan(turn: Turn, respite: Agreement) -> bool:
    """Tell whether a respite lies on top of a plan, which stands still for it."""
    covered = {part.claim_id for part in respite.claims}
    return any(
        covered & {part.claim_id for part in each.plan.claims} for each in await running_plans(turn)
    )
