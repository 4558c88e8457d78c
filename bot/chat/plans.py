"""The citizen's plan as the web chat draws it: each instalment, its day, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from bot.agreements import path_of
from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.citizens import Citizen
from outreach import identity, standings

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.values.money import Money
    from outreach.rules.keeping import Standing
    from outreach.runtime import Runtime


class Look(StrEnum):
    """How an instalment stands, in the citizen's eyes (ratens status)."""

    PAID = "paid"
    LATE = "late"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class Rate:
    """One instalment (rate) on the line."""

    due_on: date
    amount: Money
    look: Look


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan as it is drawn (tidslinje)."""

    total: Money
    is_agreed: bool
    rates: tuple[Rate, ...]
    #: Where its confirmation is fetched for some minutes; none: it is only an offer.
    confirmation: str | None


async def drawn(session: AsyncSession, runtime: Runtime, talk: Conversation) -> list[Drawn]:
    """Draw what the citizen has agreed to and what lies before them, once they are proven.

    Nothing is drawn for somebody all automation has stopped for (fredning).
    """
    if talk.citizen_id is None or identity.level(talk, runtime) < identity.PROVEN:
        return []
    citizen = await session.get_one(Citizen, talk.citizen_id)
    if citizen.frozen_at is not None:
        return []
    plans = await _plans(session, runtime, talk)
    agreed = [plan for plan in plans if plan.state is AgreementState.ACCEPTED]
    policy = runtime.policies[talk.municipality]
    standing = await standings.of_plans(session, policy, agreed)
    return [_drawn(runtime, talk, plan, standing.get(plan.id)) for plan in plans]


async def _plans(session: AsyncSession, runtime: Runtime, talk: Conversation) -> list[Agreement]:
    """Return the citizen's running plans, and the offer made in this very chat."""
    offered = (
        (Agreement.state == AgreementState.OFFERED)
        & (Agreement.conversation_id == talk.id)
        & (Agreement.expires_at > runtime.clock.now())
    )
    found = await session.scalars(
        select(Agreement)
        .where(
            Agreement.citizen_id == talk.citizen_id,
            Agreement.kind == AgreementKind.PLAN,
            or_(Agreement.state == AgreementState.ACCEPTED, offered),
        )
        .options(selectinload(Agreement.instalments))
        .order_by(Agreement.offered_at, Agreement.id)
    )
    return list(found)


def _drawn(
    runtime: Runtime, talk: Conversation, plan: Agreement, standing: Standing | None
) -> Drawn:
    late = {one.due.number for one in standing.missed} if standing else set()
    open_ = {due.number for due in standing.uncovered} if standing else None
    return Drawn(
        total=plan.total,
        is_agreed=standing is not None,
        rates=tuple(
            Rate(each.due_on, each.amount, _look(each.number, late, open_))
            for each in sorted(plan.instalments, key=lambda rate: rate.due_on)
        ),
        confirmation=path_of(runtime, talk, plan) if standing is not None else None,
    )


def _look(number: int, late: Collection[int], still_open: Collection[int] | None) -> Look:
    if number in late:
        return Look.LATE
    return Look.COMING if still_open is None or number in still_open else Look.PAID
