"""Questions about plans as they run (afdragsordninger): which, and what has come in on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_, select, text
from sqlalchemy.orm import selectinload

from data.models.agreements import ASSISTANT, Agreement, AgreementClaim, AgreementKind
from data.models.agreements import AgreementState as State
from data.models.cases import Circumstances, Liability
from data.models.citizens import Citizen
from data.models.claims import Claim, PaymentCoverage
from data.values.money import NOTHING, Money
from data.values.time import day_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import AgreementId, CitizenId, ClaimId

#: Why a plan ended whose sum has come in; a payment that is taken back lets it run again.
PAID = "paid"
RUNNING = and_(Agreement.kind == AgreementKind.PLAN, Agreement.state == State.ACCEPTED)
_COVERED = AgreementClaim.__table__
_LATER, _LATER_PART = Agreement.__table__.alias("later"), _COVERED.alias("later_part")
#: Ended by payment, and nothing was agreed on its claims since; a respite on top came before.
_PAID_OFF = and_(
    Agreement.kind == AgreementKind.PLAN,
    Agreement.state == State.ENDED,
    Agreement.ended_because == PAID,
    ~exists().where(
        _LATER_PART.c.claim_id == AgreementClaim.claim_id,
        _LATER.c.id == _LATER_PART.c.agreement_id,
        _LATER.c.accepted_at >= Agreement.ended_at,
    ),
)


async def next_running(
    session: AsyncSession, municipality: str, after: UUID | None, at_a_time: int
) -> list[AgreementId]:
    """Return the next running plans of a municipality, in the order of their ids."""
    chosen = select(Agreement.id).where(Agreement.municipality == municipality, RUNNING)
    if after is not None:
        chosen = chosen.where(Agreement.id > after)
    return list(await session.scalars(chosen.order_by(Agreement.id).limit(at_a_time)))


async def on_claims(session: AsyncSession, claim_ids: Collection[ClaimId]) -> list[AgreementId]:
    """Return the plans on these claims that run, or have ended because all was paid."""
    found = await session.scalars(
        select(Agreement.id)
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .where(AgreementClaim.claim_id.in_(claim_ids), or_(RUNNING, _PAID_OFF))
        .distinct()
    )
    return list(found)


async def running_on(session: AsyncSession, claim_ids: Collection[ClaimId]) -> list[AgreementId]:
    """Return the running plans on these claims."""
    found = await session.scalars(
        select(Agreement.id)
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .where(AgreementClaim.claim_id.in_(claim_ids), RUNNING)
        .distinct()
    )
    return list(found)


async def respites_of(session: AsyncSession, claim_ids: Collection[ClaimId]) -> list[AgreementId]:
    """Return the respites that stand on these claims; an assignment is none."""
    found = await session.scalars(
        select(Agreement.id)
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .where(
            AgreementClaim.claim_id.in_(claim_ids),
            Agreement.kind == AgreementKind.RESPITE,
            Agreement.state == State.ACCEPTED,
        )
        .distinct()
    )
    return list(found)


async def of_citizen(session: AsyncSession, citizen_id: CitizenId) -> list[AgreementId]:
    """Return the running plans of a citizen, and those on claims that they owe with others."""
    shared = exists().where(
        _COVERED.c.agreement_id == Agreement.id,
        Liability.claim_id == _COVERED.c.claim_id,
        Liability.citizen_id == citizen_id,
    )
    found = await session.scalars(
        select(Agreement.id).where(RUNNING, or_(Agreement.citizen_id == citizen_id, shared))
    )
    return list(found)


async def held(session: AsyncSession, plan_ids: Collection[AgreementId]) -> set[AgreementId]:
    """Return which of these plans have a debtor who is frozen, or dead: none may be asked."""
    found = await session.scalars(select(Agreement.id).where(Agreement.id.in_(plan_ids), IS_HELD))
    return set(found)


def _is_held() -> ColumnElement[bool]:
    debtor = or_(
        Citizen.id == Agreement.citizen_id,
        exists().where(
            _COVERED.c.agreement_id == Agreement.id,
            Liability.claim_id == _COVERED.c.claim_id,
            Liability.citizen_id == Citizen.id,
        ),
    )
    is_dead = exists().where(
        Circumstances.citizen_id == Citizen.id, Circumstances.deceased_on.is_not(None)
    )
    return exists(
        select(Citizen.id)
        .where(debtor, or_(Citizen.frozen_at.is_not(None), is_dead))
        .correlate(Agreement)
    )


IS_HELD = _is_held()


async def at_rest(session: AsyncSession, municipality: str) -> list[tuple[AgreementId, bool]]:
    """Return the running plans that stand still or should, and whether a debtor is held now."""
    is_held = IS_HELD.label("is_held")
    rows = await session.execute(
        select(Agreement.id, is_held)
        .where(
            Agreement.municipality == municipality,
            RUNNING,
            or_(Agreement.suspended_on.is_not(None), IS_HELD),
        )
        .order_by(Agreement.id)
    )
    return [(row.id, row.is_held) for row in rows]


async def respites_on(
    session: AsyncSession, plan_ids: Collection[AgreementId]
) -> dict[AgreementId, date]:
    """Return the last day of the latest respite on each plan's claims since it was agreed.

    One that was ended before its time lasted until then.
    """
    respite, covered = Agreement.__table__.alias("respite"), _COVERED.alias("covered")
    rows = await session.execute(
        select(Agreement.id, respite.c.respite_until, respite.c.ended_at)
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .join(covered, covered.c.claim_id == AgreementClaim.claim_id)
        .join(respite, respite.c.id == covered.c.agreement_id)
        .where(
            Agreement.id.in_(plan_ids),
            respite.c.kind == AgreementKind.RESPITE,
            respite.c.state.in_([State.ACCEPTED, State.ENDED]),
            respite.c.accepted_at >= Agreement.accepted_at,
        )
    )
    last: dict[AgreementId, date] = {}
    for plan_id, until, ended_at in rows:
        day = until if ended_at is None else min(until, day_of(ended_at))
        last[plan_id] = max(day, last.get(plan_id, day))
    return last


async def respites_standing(
    session: AsyncSession, claim_ids: Collection[ClaimId], today: date
) -> dict[ClaimId, date]:
    """Return until when it is agreed that these claims wait, an assignment's day among them."""
    rows = await session.execute(
        select(AgreementClaim.claim_id, func.max(Agreement.respite_until))
        .join(Agreement, Agreement.id == AgreementClaim.agreement_id)
        .where(
            AgreementClaim.claim_id.in_(claim_ids),
            Agreement.state == State.ACCEPTED,
            Agreement.respite_until >= today,
        )
        .group_by(AgreementClaim.claim_id)
    )
    return {claim_id: until for claim_id, until in rows if until is not None}


async def hold(
    session: AsyncSession, plan_ids: Collection[AgreementId]
) -> tuple[list[Agreement], dict[ClaimId, Claim]]:
    """Lock plans with their claims, and return both as they stand now, plans in order.

    The claims come first, as for whoever books a payment.
    """
    covered = select(AgreementClaim.claim_id).where(AgreementClaim.agreement_id.in_(plan_ids))
    claims = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(covered))
        .order_by(Claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return await lock(session, plan_ids), {claim.id: claim for claim in claims}


async def lock(session: AsyncSession, plan_ids: Collection[AgreementId]) -> list[Agreement]:
    """Lock plans alone, with their instalments and the parts they cover, in order."""
    plans = await session.scalars(
        select(Agreement)
        .where(Agreement.id.in_(plan_ids))
        .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
        .order_by(Agreement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(plans)


async def read(session: AsyncSession, plan_ids: Collection[AgreementId]) -> list[Agreement]:
    """Return plans with their instalments, in order, without holding them."""
    plans = await session.scalars(
        select(Agreement)
        .where(Agreement.id.in_(plan_ids))
        .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
        .order_by(Agreement.id)
    )
    return list(plans)


async def still(session: AsyncSession, plan_ids: Collection[AgreementId]) -> list[Agreement]:
    """Hold plans for reading, with their instalments; without those being changed just now.

    A plan is left out while anybody books money on one of its claims.
    """
    parts = await session.execute(
        select(AgreementClaim.agreement_id, AgreementClaim.claim_id).where(
            AgreementClaim.agreement_id.in_(plan_ids)
        )
    )
    covers = list(parts.all())
    free = set(
        await session.scalars(
            select(Claim.id)
            .where(Claim.id.in_({part.claim_id for part in covers}))
            .with_for_update(read=True, skip_locked=True)
        )
    )
    busy = {part.agreement_id for part in covers if part.claim_id not in free}
    plans = await session.scalars(
        select(Agreement)
        .where(Agreement.id.in_(set(plan_ids) - busy))
        .options(selectinload(Agreement.instalments))
        .with_for_update(read=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(plans)


@dataclass(frozen=True, slots=True)
class Sums:
    """What has come in on a plan since it was agreed, and what is still owed of it, øre.

    Money under dispute is not owed here, nor a claim that has left the plan.
    """

    paid: Money = NOTHING
    owed: Money = NOTHING


async def sums_of(
    session: AsyncSession, plan_ids: Collection[AgreementId]
) -> dict[AgreementId, Sums]:
    """Return the sums of each of these plans; of plans that nobody agreed to there are none."""
    rows = await session.execute(_SUMS, {"ids": list(plan_ids)})
    return {row.id: Sums(Money(max(row.paid, 0)), Money(row.owed)) for row in rows}


_SUMS = text("""
    select plan.id, coalesce(sum(came_in.oere), 0)::bigint as paid,
        coalesce(sum(greatest(
            greatest(claim.principal + claim.charged - claim.paid, 0) - claim.in_dispute, 0
        )) filter (where claim.state = 'in_plan'), 0)::bigint as owed
    from agreements plan
    join agreement_claims part on part.agreement_id = plan.id
    join claims claim on claim.id = part.claim_id
    left join lateral (
        select sum(amount) as oere from allocations
        where claim_id = claim.id and created_at > plan.accepted_at
    ) came_in on true
    where plan.id = any(cast(:ids as uuid[])) and plan.accepted_at is not null
    group by plan.id
""")


async def covers_until(session: AsyncSession, municipality: str) -> date | None:
    """Return the last bank day up to which all payments are known, if any."""
    return await session.scalar(
        select(PaymentCoverage.covers_until).where(PaymentCoverage.municipality == municipality)
    )


async def rests_so_far(session: AsyncSession, plan_id: AgreementId) -> int:
    """Count how often it was agreed that a plan rests, since it runs."""
    respite, covered = Agreement.__table__.alias("respite"), _COVERED.alias("covered")
    rests: int | None = await session.scalar(
        select(func.count(respite.c.id.distinct()))
        .select_from(Agreement)
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .join(covered, covered.c.claim_id == AgreementClaim.claim_id)
        .join(respite, respite.c.id == covered.c.agreement_id)
        .where(
            Agreement.id == plan_id,
            respite.c.kind == AgreementKind.RESPITE,
            respite.c.state.in_([State.ACCEPTED, State.ENDED]),
            respite.c.accepted_at >= Agreement.accepted_at,
        )
    )
    return rests or 0


async def changes_so_far(session: AsyncSession, claim_ids: Collection[ClaimId]) -> int:
    """Count how often the assistant has agreed another plan or respite in place of one on these."""
    changed: int | None = await session.scalar(
        select(func.count(Agreement.id.distinct()))
        .join(AgreementClaim, AgreementClaim.agreement_id == Agreement.id)
        .where(
            AgreementClaim.claim_id.in_(claim_ids),
            Agreement.accepted_at.is_not(None),
            Agreement.replaces.is_not(None),
            Agreement.proposed_by == ASSISTANT,
        )
    )
    return changed or 0
