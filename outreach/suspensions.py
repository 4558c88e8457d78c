"""Plans at rest (bero): while nobody may be asked, or because it was agreed to wait."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from data.models.agreements import AgreementState
from data.queries import plans as questions
from data.values.time import day_of
from outreach import audit, standings
from outreach.rules.suspension import Because, Rest, resumed

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.values.ids import AgreementId, CitizenId, ClaimId
    from outreach.runtime import Runtime


async def suspend_of(
    session: AsyncSession, runtime: Runtime, citizen_id: CitizenId, because: Because
) -> None:
    """Let all plans of a citizen stand still from today, those they share with others too."""
    await _suspend(session, runtime, await questions.of_citizen(session, citizen_id), because)


async def suspend_on(
    session: AsyncSession, runtime: Runtime, claim_ids: Collection[ClaimId], because: Because
) -> None:
    """Let the plans on these claims stand still from today."""
    await _suspend(session, runtime, await questions.running_on(session, claim_ids), because)


async def resume_of(
    session: AsyncSession, runtime: Runtime, citizen_id: CitizenId, because: Because
) -> None:
    """Let a citizen's plans go on that stood still for this cause.

    Where somebody who owes the same claims is frozen, or dead, the plan stands still; where it was
    agreed besides that it rests until a later day, it does.
    """
    ids = await questions.of_citizen(session, citizen_id)
    still = await questions.held(session, ids)
    respites = await questions.respites_on(session, ids)
    today = day_of(runtime.clock.now())
    for plan in await questions.lock(session, [each for each in ids if each not in still]):
        if plan.suspended_because != because:
            continue
        if respites.get(plan.id, date.min) >= today:
            await _let_rest(session, runtime, plan, Because.RESPITE)
        else:
            await _resume(session, runtime, plan, today)


async def mind(session: AsyncSession, runtime: Runtime, municipality: str) -> None:
    """Let plans stand still and go on as the day asks: what a round does before it weighs them."""
    at_rest = await questions.at_rest(session, municipality)
    respites = await questions.respites_on(session, [plan_id for plan_id, _ in at_rest])
    held = {plan_id for plan_id, is_held in at_rest if is_held}
    today = day_of(runtime.clock.now())
    for plan in await questions.lock(session, [plan_id for plan_id, _ in at_rest]):
        until = respites.get(plan.id)
        waits = plan.suspended_because == Because.RESPITE and until is not None and today <= until
        if waits or plan.state is not AgreementState.ACCEPTED:
            continue
        if plan.id in held:
            await _let_rest(session, runtime, plan, Because.FROZEN)
        elif until is not None and today <= until:
            await _let_rest(session, runtime, plan, Because.RESPITE)
        else:
            is_respite = plan.suspended_because == Because.RESPITE
            await _resume(session, runtime, plan, until if is_respite and until else today)


async def _suspend(
    session: AsyncSession, runtime: Runtime, ids: Collection[AgreementId], because: Because
) -> None:
    for plan in await questions.lock(session, ids):
        if plan.state is AgreementState.ACCEPTED and plan.suspended_on is None:
            await _let_rest(session, runtime, plan, because)


async def _let_rest(
    session: AsyncSession, runtime: Runtime, plan: Agreement, because: Because
) -> None:
    if plan.suspended_because == because:
        return
    plan.suspended_on = plan.suspended_on or day_of(runtime.clock.now())
    plan.suspended_because = because.value
    await _record(session, runtime, plan, "agreement_suspended", because.value)


async def _resume(session: AsyncSession, runtime: Runtime, plan: Agreement, until: date) -> None:
    """Let a plan go on; what fell due meanwhile comes at its end."""
    policy, now = runtime.policies[plan.municipality], runtime.clock.now()
    if plan.suspended_on is None or plan.suspended_because is None:
        return
    rest = Rest(plan.suspended_on, until, Because(plan.suspended_because))
    dues = standings.dues_of(plan)
    uncovered = (await standings.of_plans(session, policy, [plan]))[plan.id].uncovered
    after = resumed(dues, uncovered, rest, plan.rhythm, policy.plans)
    for rate, was, due in zip(plan.instalments, dues, after, strict=True):
        if due.on != was.on:
            rate.agreed_on, rate.due_on = rate.agreed_on or was.on, due.on
            rate.reminded_at = rate.missed_at = None
        elif due.told_on != was.told_on:
            rate.missed_at = now
    plan.suspended_on = plan.suspended_because = None
    await _record(session, runtime, plan, "agreement_resumed", rest.because.value)


async def _record(
    session: AsyncSession, runtime: Runtime, plan: Agreement, act: str, because: str
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=plan.municipality,
        actor="rule",
        act=act,
        subject_kind="agreement",
        subject_id=plan.id,
        because=because,
    )
