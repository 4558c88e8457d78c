"""Seals and the entries under them, in the order of the chain (segl)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, delete, func, select

from data.models.audit import AuditEntry, AuditSeal, AuditUnsealed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    type EntryRow = Row[*tuple[Any, ...]]
    type SealRow = Row[int, list[int], bytes, bytes, bytes]

_FIELDS: Final = (
    AuditEntry.id, AuditEntry.at, AuditEntry.municipality, AuditEntry.actor, AuditEntry.act,
    AuditEntry.subject_kind, AuditEntry.subject_id, AuditEntry.facts,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """How a municipality's chain stands: its last seal, and what still waits for one."""

    number: int
    hash: bytes | None
    sealed_at: datetime | None
    waiting: int
    waits_since: datetime | None


async def last_seal(session: AsyncSession, municipality: str) -> AuditSeal | None:
    """Return the seal at the end of a chain."""
    return await session.scalar(
        select(AuditSeal)
        .where(AuditSeal.municipality == municipality)
        .order_by(AuditSeal.number.desc())
        .limit(1)
    )


async def take_unsealed(session: AsyncSession, municipality: str, most: int) -> list[int]:
    """Take the numbers of entries that no seal holds off their list, the lowest first."""
    wanted = (
        select(AuditUnsealed.id)
        .where(AuditUnsealed.municipality == municipality)
        .order_by(AuditUnsealed.id)
        .limit(most)
    )
    taken = await session.scalars(
        delete(AuditUnsealed)
        .where(AuditUnsealed.municipality == municipality, AuditUnsealed.id.in_(wanted))
        .returning(AuditUnsealed.id)
    )
    return sorted(taken)


async def entries(session: AsyncSession, ids: Collection[int]) -> Mapping[int, EntryRow]:
    """Return entries by number."""
    found = await session.execute(select(*_FIELDS).where(AuditEntry.id.in_(ids)))
    return {row.id: row for row in found}


async def seals_after(
    session: AsyncSession, municipality: str, number: int, most: int
) -> list[SealRow]:
    """Return the next seals of a chain."""
    query = (
        select(
            AuditSeal.number, AuditSeal.entries, AuditSeal.digests, AuditSeal.previous,
            AuditSeal.hash,
        )
        .where(AuditSeal.municipality == municipality, AuditSeal.number > number)
        .order_by(AuditSeal.number)
        .limit(most)
    )  # fmt: skip
    return list(await session.execute(query))


def unsealed(municipality: str) -> Select[int, datetime, bool]:
    """Ask for every entry that no seal holds, with whether it stands on the list of the waiting.

    Each entry is held against each seal: the whole record is read, once.
    """
    sealed = (
        select(func.unnest(AuditSeal.entries).label("id"))
        .where(AuditSeal.municipality == municipality)
        .subquery()
    )
    waits = select(AuditUnsealed.id).where(
        AuditUnsealed.municipality == municipality, AuditUnsealed.id == AuditEntry.id
    )
    held = select(sealed.c.id).where(sealed.c.id == AuditEntry.id)
    return (
        select(AuditEntry.id, AuditEntry.at, waits.exists().label("waits"))
        .where(AuditEntry.municipality == municipality, ~held.exists())
        .order_by(AuditEntry.id)
    )


async def status(session: AsyncSession, municipality: str) -> ChainStatus:
    """Tell how a chain stands, without reading it through."""
    last = await last_seal(session, municipality)
    waiting, since = (
        await session.execute(
            select(func.count(), func.min(AuditEntry.at))
            .select_from(AuditUnsealed)
            .outerjoin(AuditEntry, AuditEntry.id == AuditUnsealed.id)
            .where(AuditUnsealed.municipality == municipality)
        )
    ).one()
    if last is None:
        return ChainStatus(0, None, None, waiting, since)
    return ChainStatus(last.number, last.hash, last.at, waiting, since)
