"""Seals the record (forsegling): each minute what is new goes under a hash that grows on.

Numbers are drawn before a transaction ends, so an entry may appear below one that is sealed. The
list of what is unsealed is kept by the database in the entry's own transaction; the sealer takes
from it what it sees, and what comes later is in the next seal.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from data.models.audit import AuditSeal
from data.queries import audit_chain
from outreach import jobs
from outreach.rules import chain
from outreach.rules.chain import Line

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.audit_chain import ChainStatus, EntryRow
    from outreach.runtime import Runtime

#: Entries under one seal; more of them take several seals.
MOST: Final = 1000
#: A chain that leaves entries unsealed for longer than this lags: the worker stands still.
PATIENCE: Final = timedelta(minutes=15)
_LOCK: Final = 770_006  # any number, the same on every machine


@jobs.job("seal_record")
async def seal_record(runtime: Runtime, *, municipality: str) -> int:
    """Seal all entries of a municipality that no seal holds yet; return how many."""
    sealed = 0
    while True:
        async with runtime.transaction() as session:
            number = await seal_next(session, runtime, municipality)
        sealed += number
        if number < MOST:
            return sealed


async def seal_next(session: AsyncSession, runtime: Runtime, municipality: str) -> int:
    """Make one more seal; return how many entries it holds, none while another seals."""
    if not await _alone(session, municipality):
        return 0
    ids = await audit_chain.take_unsealed(session, municipality, MOST)
    found = await audit_chain.entries(session, ids)
    if not ids:
        return 0
    # One that was deleted in the minute before is sealed as missing, so that it is told.
    digests = b"".join(
        chain.digest(line_of(found[each])) if each in found else chain.MISSING for each in ids
    )
    last = await audit_chain.last_seal(session, municipality)
    previous, number = (last.hash, last.number + 1) if last else (chain.BEGINNING, 1)
    session.add(
        AuditSeal(
            municipality=municipality,
            number=number,
            entries=ids,
            digests=digests,
            previous=previous,
            hash=chain.seal(previous, municipality, number, ids, digests),
            at=runtime.clock.now(),
        )
    )
    await session.flush()
    return len(ids)


async def _alone(session: AsyncSession, municipality: str) -> bool:
    """Let one sealer at a time into a municipality's chain, until its transaction ends."""
    lock = func.pg_try_advisory_xact_lock(_LOCK, func.hashtext(municipality))
    return bool(await session.scalar(select(lock)))


def lags(status: ChainStatus, now: datetime) -> bool:
    """Tell whether entries wait for a seal for too long."""
    since = status.waits_since
    return since is not None and now - since > PATIENCE


def line_of(row: EntryRow) -> Line:
    """Return an entry as it is hashed."""
    return Line(
        row.id, row.at, row.municipality, row.actor, row.act, row.subject_kind, row.subject_id,
        row.facts,
    )  # fmt: skip
