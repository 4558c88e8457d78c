"""Finds citizens by what a caseworker has at hand: a name, a case number or a telephone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Numeric, and_, func, or_, select, type_coerce

from data.models.citizens import Channel, Citizen, ContactPoint
from data.models.claims import Claim
from data.queries.citizen_files import NOT_OURS
from data.queries.refs import is_ref
from data.values.money import NOTHING, Money
from data.values.phone import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId

#: Citizens that a search shows at most.
SHOWN_AT_ONCE: Final = 50
#: A single letter would name half the town.
_LEAST_LETTERS: Final = 2
_LETTER: Final = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A citizen that was found, with what tells them from others of the same name."""

    citizen: Citizen
    phones: list[PhoneNumber]
    claims: int
    owed: Money


async def search(session: AsyncSession, municipality: str, given: str) -> list[Hit]:
    """Find citizens of a municipality by name, case number or telephone; never by CPR number."""
    wanted = given.strip()
    ways = [way for way in (_by_name(wanted), _by_phone(municipality, wanted)) if way is not None]
    if wanted:
        named = select(Claim.citizen_id).where(Claim.municipality == municipality, is_ref(wanted))
        ways.append(Citizen.id.in_(named))
    if not ways:
        return []
    query = select(Citizen).where(Citizen.municipality == municipality, or_(*ways))
    ordered = query.order_by(Citizen.name, Citizen.id).limit(SHOWN_AT_ONCE)
    found = list(await session.scalars(ordered))
    ids = [citizen.id for citizen in found]
    phones, owed = await _phones(session, ids), await _owed(session, ids)
    return [Hit(each, phones.get(each.id, []), *owed.get(each.id, (0, NOTHING))) for each in found]


def _by_name(wanted: str) -> ColumnElement[bool] | None:
    """Ask for each word somewhere in the name, in any order."""
    if len(_LETTER.findall(wanted)) < _LEAST_LETTERS:
        return None
    return and_(*(Citizen.name.icontains(word, autoescape=True) for word in wanted.split()))


def _by_phone(municipality: str, wanted: str) -> ColumnElement[bool] | None:
    try:
        number = PhoneNumber.parse(wanted)
    except ValueError:
        return None
    at = select(ContactPoint.citizen_id).where(
        ContactPoint.municipality == municipality,
        ContactPoint.channel.in_([Channel.SMS, Channel.VOICE]),
        ContactPoint.address == number.e164,
    )
    return Citizen.id.in_(at)


async def _phones(
    session: AsyncSession, citizen_ids: Collection[CitizenId]
) -> dict[CitizenId, list[PhoneNumber]]:
    rows = await session.execute(
        select(ContactPoint.citizen_id, ContactPoint.address)
        .where(ContactPoint.citizen_id.in_(citizen_ids), ContactPoint.channel == Channel.SMS)
        .order_by(ContactPoint.id)
    )
    found: dict[CitizenId, list[PhoneNumber]] = {}
    for citizen_id, address in rows:
        found.setdefault(citizen_id, []).append(PhoneNumber(address))
    return found


async def _owed(
    session: AsyncSession, citizen_ids: Collection[CitizenId]
) -> dict[CitizenId, tuple[int, Money]]:
    """Return how many claims are still owed, and how much together."""
    owed = func.sum(Claim.principal + Claim.charged - Claim.paid)
    rows = await session.execute(
        select(Claim.citizen_id, func.count(), type_coerce(owed, Numeric()))
        .where(Claim.citizen_id.in_(citizen_ids), Claim.state.not_in(NOT_OURS), ~Claim.is_settled)
        .group_by(Claim.citizen_id)
    )
    return {citizen_id: (count, Money(int(oere))) for citizen_id, count, oere in rows}
