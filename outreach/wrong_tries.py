"""Counts wrong answers across conversations and channels (forkerte forsøg), each under its key.

A key is a citizen, a case number that was named, or who asks. What is named is counted whether or
not it exists, so that nobody learns from being locked out which case numbers there are.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.models.codes import WrongTry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId
    from outreach.runtime import Runtime


def citizen_key(citizen_id: CitizenId) -> str:
    """Return the key of a citizen."""
    return f"citizen:{citizen_id}"


def ref_key(claim_ref: str) -> str:
    """Return the key of a case number, however it was written."""
    return f"ref:{re.sub(r'[^0-9]', '', claim_ref)}"


def sender_key(sender: str) -> str:
    """Return the key of who asks."""
    return f"sender:{sender}"


async def count(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    keys: Iterable[str],
    *,
    within: timedelta | None = None,
) -> None:
    """Count one wrong answer under each key; what is older than `within` is over."""
    now = runtime.clock.now()
    # In one order, so that no two who count at once wait for each other.
    hashes = sorted(_fingerprint(runtime, municipality, key) for key in set(keys))
    for key_hash in hashes:
        row = insert(WrongTry).values(
            municipality=municipality, key_hash=key_hash, wrong=1, last_at=now
        )
        more = WrongTry.wrong + 1
        wrong = more if within is None else case((WrongTry.last_at > now - within, more), else_=1)
        again = {"wrong": wrong, "last_at": now}
        await session.execute(row.on_conflict_do_update(index_elements=["key_hash"], set_=again))


async def most(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    keys: Iterable[str],
    *,
    within: timedelta | None = None,
) -> int:
    """Return the most wrong answers that any of the keys has had; older than `within` is over."""
    hashes = [_fingerprint(runtime, municipality, key) for key in keys]
    if not hashes:
        return 0
    query = select(func.max(WrongTry.wrong)).where(WrongTry.key_hash.in_(hashes))
    if within is not None:
        query = query.where(WrongTry.last_at > runtime.clock.now() - within)
    return await session.scalar(query) or 0


async def forget(
    session: AsyncSession, runtime: Runtime, municipality: str, keys: Iterable[str]
) -> bool:
    """Let the keys begin again with none; tell whether there was any."""
    hashes = [_fingerprint(runtime, municipality, key) for key in keys]
    gone = await session.scalars(
        delete(WrongTry).where(WrongTry.key_hash.in_(hashes)).returning(WrongTry.id)
    )
    return bool(gone.all())


def _fingerprint(runtime: Runtime, municipality: str, key: str) -> bytes:
    secret = runtime.settings.secret_key.get_secret_value().encode()
    return hmac.digest(secret, f"wrong try\x00{municipality}\x00{key}".encode(), "sha256")
