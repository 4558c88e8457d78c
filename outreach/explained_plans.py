"""The plan that a claim is in, for its explanation (forklaring af en løbende aftale)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from data.queries import plans as questions
from data.values.money import NOTHING
from outreach import standings
from outreach.rules.happenings import PlanBroken
from outreach.rules.outlook import Came
from outreach.rules.running_plan import RunningPlan
from outreach.rules.suspension import Because, Rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.models.claims import Claim
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case
    from outreach.rules.keeping import Due, Missed, Standing
    from outreach.rules.outlook import Event


@dataclass(frozen=True, slots=True)
class Running:
    """A running plan as the rules see it, and how it stands."""

    plan: RunningPlan
    standing: Standing


@dataclass(frozen=True, slots=True)
class PlanNow:
    """How the plan stands, and what a breach would open (aftalens stilling)."""

    next: Due | None
    missed: tuple[Missed, ...]
    rest: Rest | None
    #: The day it is found broken if nothing more is paid, and the step that comes then.
    breaks_on: date | None
    then: Event | None


async def running_plan(
    session: AsyncSession, policy: Policy, claim: Claim, case: Case
) -> Running | None:
    """Read the plan that runs on a claim, or none."""
    ids = await questions.running_on(session, [claim.id])
    if not ids:
        return None
    [plan, *_] = await questions.read(session, ids)
    standing = (await standings.of_plans(session, policy, [plan]))[plan.id]
    sums = (await questions.sums_of(session, ids))[plan.id]
    running = RunningPlan(
        tuple(standings.dues_of(plan)),
        case.paid - sums.paid,
        plan.rhythm,
        await _rest(session, plan),
        max(sums.owed - claim.agreeable, NOTHING),
    )
    return Running(running, standing)


async def _rest(session: AsyncSession, plan: Agreement) -> Rest | None:
    if plan.suspended_on is None or plan.suspended_because is None:
        return None
    because = Because(plan.suspended_because)
    until = (await questions.respites_on(session, [plan.id])).get(plan.id, date.max)
    return Rest(plan.suspended_on, until if because is Because.RESPITE else date.max, because)


def plan_now(running: Running, ahead: Sequence[Event]) -> PlanNow:
    """Tell how a plan stands, and what comes after a breach of it."""
    standing, rest = running.standing, running.plan.suspended
    broken = next((at for at, one in enumerate(ahead) if one.step == PlanBroken.name), None)
    after = ahead[broken + 1 :] if broken is not None else ()
    steps = (one for one in after if one.came in {Came.TAKEN, Came.WAITS} and not one.interest)
    return PlanNow(
        standing.next,
        standing.missed,
        rest,
        ahead[broken].day if broken is not None else None,
        next(steps, None),
    )
