"""Who belongs to a citizen (relationer): beside them, in their home, and owing with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, or_, select, text
from sqlalchemy.orm import aliased

from data.models.cases import Liability
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.relations import Relation, RelationKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, RelationId


@dataclass(frozen=True, slots=True)
class Related:
    """One relation as a citizen's page shows it; `other` is the citizen of a shared home."""

    relation: Relation
    other: Citizen | None

    def is_active(self, today: date) -> bool:
        """Tell whether it counts today."""
        until = self.relation.until
        return self.relation.ended_at is None and (until is None or today <= until)


@dataclass(frozen=True, slots=True)
class CoDebtor:
    """Somebody who owes a claim together with the citizen (medhæfter): a name and which claim."""

    citizen: Citizen
    claim: Claim


def is_active(today: date) -> ColumnElement[bool]:
    """Ask for the relations that count on a day."""
    return and_(Relation.ended_at.is_(None), or_(Relation.until.is_(None), Relation.until >= today))


async def of_citizen(session: AsyncSession, citizen_id: CitizenId) -> list[Related]:
    """List all relations of a citizen, a home seen from either side; the newest first."""
    other = aliased(Citizen)
    home = and_(
        Relation.kind == RelationKind.HOUSEHOLD, Relation.other_citizen_id == citizen_id
    )  # fmt: skip
    found = await session.execute(
        select(Relation, other)
        .outerjoin(
            other,
            and_(
                Relation.kind == RelationKind.HOUSEHOLD,
                other.id != citizen_id,
                other.id.in_([Relation.citizen_id, Relation.other_citizen_id]),
            ),
        )
        .where(or_(Relation.citizen_id == citizen_id, home))
        .order_by(Relation.added_at.desc(), Relation.id)
    )
    return [Related(relation, citizen) for relation, citizen in found]


async def one(
    session: AsyncSession, citizen_id: CitizenId, relation_id: RelationId
) -> Relation | None:
    """Return one relation of this citizen, locked, or none: a home is both people's."""
    home = and_(Relation.kind == RelationKind.HOUSEHOLD, Relation.other_citizen_id == citizen_id)
    query = select(Relation).where(
        Relation.id == relation_id, or_(Relation.citizen_id == citizen_id, home)
    )
    return await session.scalar(
        query.with_for_update().execution_options(populate_existing=True)
    )  # fmt: skip


async def beside(
    session: AsyncSession, citizen_id: CitizenId, today: date
) -> list[Relation]:  # fmt: skip
    """List who speaks for a citizen today: guardians first, then representatives."""
    found = await session.scalars(
        select(Relation)
        .where(
            Relation.citizen_id == citizen_id,
            Relation.kind != RelationKind.HOUSEHOLD,
            is_active(today),
        )
        .order_by(Relation.kind, Relation.added_at, Relation.id)
    )
    return list(found)


async def has_guardian(session: AsyncSession, citizen_id: CitizenId, today: date) -> bool:
    """Tell whether a guardian (værge) decides for a citizen today."""
    query = select(
        exists().where(
            Relation.citizen_id == citizen_id,
            Relation.kind == RelationKind.GUARDIAN,
            is_active(today),
        )
    )
    return bool(await session.scalar(query))


async def share_a_home(
    session: AsyncSession, one_id: CitizenId, other_id: CitizenId, today: date
) -> bool:
    """Tell whether it is on record that two citizens live together."""
    pair = [one_id, other_id]
    query = select(
        exists().where(
            Relation.kind == RelationKind.HOUSEHOLD,
            Relation.citizen_id.in_(pair),
            Relation.other_citizen_id.in_(pair),
            is_active(today),
        )
    )
    return bool(await session.scalar(query))


async def co_debtors(session: AsyncSession, citizen_id: CitizenId) -> list[CoDebtor]:
    """List who owes which claim with the citizen, whoever of them the claim is written on."""
    mine, theirs = aliased(Liability), aliased(Liability)
    on_mine = (
        select(Citizen, Claim)
        .join(theirs, theirs.citizen_id == Citizen.id)
        .join(Claim, Claim.id == theirs.claim_id)
        .outerjoin(mine, and_(mine.claim_id == Claim.id, mine.citizen_id == citizen_id))
        .where(or_(Claim.citizen_id == citizen_id, mine.citizen_id.is_not(None)))
        .where(Citizen.id != citizen_id)
    )
    on_theirs = (
        select(Citizen, Claim)
        .join(Claim, Claim.citizen_id == Citizen.id)
        .join(mine, and_(mine.claim_id == Claim.id, mine.citizen_id == citizen_id))
        .where(Citizen.id != citizen_id)
    )
    found = {
        (citizen.id, claim.id): CoDebtor(citizen, claim)
        for query in (on_theirs, on_mine)
        for citizen, claim in await session.execute(query)
    }
    return sorted(found.values(), key=lambda each: (each.citizen.name, each.claim.claim_ref))


# From each of these citizens along the homes they are in, as far as it goes.
_HOMES = text("""
    with recursive home(root, member) as (
        select id, id from unnest(cast(:ids as uuid[])) as given(id)
        union
        select home.root,
            case when r.citizen_id = home.member then r.other_citizen_id else r.citizen_id end
        from home join relations r on home.member in (r.citizen_id, r.other_citizen_id)
        where r.kind = 'household' and r.ended_at is null
            and (r.until is null or r.until >= :today)
    )
    select root, member from home where member <> root
""")


async def homes(
    session: AsyncSession, citizen_ids: Collection[CitizenId], today: date
) -> dict[CitizenId, frozenset[CitizenId]]:
    """Return with whom each of these citizens lives (husstand); nobody is left out by a detour."""
    rows = await session.execute(_HOMES, {"ids": list(citizen_ids), "today": today})
    found: dict[CitizenId, set[CitizenId]] = {}
    for root, member in rows:
        found.setdefault(root, set()).add(member)
    return {root: frozenset(members) for root, members in found.items()}
