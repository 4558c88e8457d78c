"""Plans as they run: ended when paid, broken when not kept (afdragsordninger)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.claims import Claim, ClaimState, PaymentCoverage
from data.queries import postings
from data.values.money import NOTHING, Money
from outreach import audit
from outreach.rules.breach import Due, Keeping, keeping

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

PLANS_AT_A_TIME = 200


async def weigh_plans(runtime: Runtime, *, municipality: str) -> dict[str, int]:
    """Weigh each running plan of a municipality, batch by batch; return how many ended how."""
    counts = dict.fromkeys((keeping.value for keeping in Keeping), 0)
    after: UUID | None = None
    while True:
        async with runtime.transaction() as session:
            plans = await _next_plans(session, municipality, after)
            covers_until = await session.scalar(
                select(PaymentCoverage.covers_until).where(
                    PaymentCoverage.municipality == municipality
                )
            )
            for plan in plans:
                found = await weigh(session, runtime, plan, covers_until)
                counts[found.value] += 1
        if not plans:
            return counts
        after = plans[-1].id


async def _next_plans(
    session: AsyncSession, municipality: str, after: UUID | None
) -> list[Agreement]:
    chosen = (
        select(Agreement)
        .where(
            Agreement.municipality == municipality,
            Agreement.kind == AgreementKind.PLAN,
            Agreement.state == AgreementState.ACCEPTED,
        )
        .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
        .order_by(Agreement.id)
        .limit(PLANS_AT_A_TIME)
        .with_for_update()
    )
    if after is not None:
        chosen = chosen.where(Agreement.id > after)
    return list(await session.scalars(chosen))


async def weigh(
    session: AsyncSession, runtime: Runtime, plan: Agreement, covers_until: date | None
) -> Keeping:
    """Weigh one plan (locked, with instalments and claims) and act on it.

    A broken plan opens its claims again; what follows is the ladder's to say.
    """
    claims = await _claims(session, plan)
    grace = runtime.policies[plan.municipality].plans.grace_bank_days
    due = [Due(rate.due_on, rate.amount) for rate in plan.instalments]
    paid = await _paid(session, plan, claims)
    found = keeping(due, paid, covers_until, grace)
    if found is Keeping.KEPT:
        return found
    now = runtime.clock.now()
    broken = found is Keeping.BROKEN
    plan.state = AgreementState.BROKEN if broken else AgreementState.ENDED
    plan.broken_at = now if broken else None
    for claim in claims:
        if claim.state is ClaimState.IN_PLAN:
            claim.state = ClaimState.PAID if not claim.outstanding else ClaimState.OPEN
            claim.updated_at = now
    await audit.record(
        session,
        runtime,
        municipality=plan.municipality,
        actor="rule",
        act=f"agreement_{plan.state.value}",
        subject_kind="agreement",
        subject_id=plan.id,
    )
    return found


async def _paid(session: AsyncSession, plan: Agreement, claims: list[Claim]) -> Money:
    """Return what has come in on the plan's claims since it was agreed, øre.

    Interest that has run on meanwhile is not missing from the instalments, a waiver or a smaller
    bill counts as paid, and a bill that its ledger has raised since takes nothing off what was.
    """
    owed = sum((part.amount for part in plan.claims), NOTHING)
    came_in = NOTHING
    if plan.accepted_at is not None:
        ids = [claim.id for claim in claims]
        owed += await postings.charged_since(session, ids, plan.accepted_at)
        came_in = await postings.paid_since(session, ids, plan.accepted_at)
    return max(owed - sum((claim.outstanding for claim in claims), NOTHING), came_in, NOTHING)


async def _claims(session: AsyncSession, plan: Agreement) -> list[Claim]:
    ids = [part.claim_id for part in plan.claims]
    found = await session.scalars(
        select(Claim).where(Claim.id.in_(ids)).order_by(Claim.id).with_for_update()
    )
    return list(found)
