"""How running plans stand now (aftalernes stilling): facts from the database for the one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.queries import plans as questions
from data.values.time import day_of
from outreach.rules.keeping import Due, Standing, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.models.conversations import MessageKind
    from data.municipalities.policy import Policy
    from data.values.ids import AgreementId


async def of_plans(
    session: AsyncSession, policy: Policy, plans: Sequence[Agreement]
) -> dict[AgreementId, Standing]:
    """Weigh plans of one municipality, loaded with their instalments."""
    until = await questions.covers_until(session, policy.key)
    sums = await questions.sums_of(session, [plan.id for plan in plans])
    return {
        plan.id: weigh(
            dues_of(plan),
            sums[plan.id].paid,
            until,
            policy.plans,
            owed=sums[plan.id].owed,
            is_suspended=plan.suspended_on is not None,
        )
        for plan in plans
    }


def dues_of(plan: Agreement) -> list[Due]:
    """Return a plan's instalments as the rules see them, in the order of their numbers."""
    return [
        Due(
            rate.due_on,
            rate.amount,
            rate.number,
            day_of(rate.missed_at) if rate.missed_at is not None else None,
        )
        for rate in plan.instalments
    ]


def key_of(kind: MessageKind, plan_id: AgreementId, due: Due) -> str:
    """Name the one message of a kind about an instalment; one that was moved is reminded anew."""
    return f"{kind.value}:{plan_id}:{due.number}:{due.on}"
