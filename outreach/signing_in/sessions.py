"""Sessions of the desk (sessioner): begun, found, ended.

A session ends after an hour without an act and after twelve hours in any case. Its secret changes
whenever what it opens changes: at sign-in, after the one-time code, after a new password.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from data.models.staff import SignInMethod, Staff, StaffSession
from data.settings import SecondFactor
from outreach import readings
from outreach.signing_in.recording import record

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Delete
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import StaffId
    from outreach.runtime import Runtime

SESSION_LASTS: Final = timedelta(hours=12)
IDLE_FOR: Final = timedelta(minutes=60)
#: How long a right password waits for its one-time code.
CODE_WITHIN: Final = timedelta(minutes=10)
#: A session seen more recently than this is not written again.
_SEEN_AGAIN_AFTER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun; its token is known to the browser alone."""

    token: str
    staff: Staff
    awaits_code: bool = False


async def begin(
    session: AsyncSession,
    runtime: Runtime,
    person: Staff,
    *,
    method: SignInMethod = SignInMethod.PASSWORD,
    awaits_code: bool = False,
    id_token: str | None = None,
) -> NewSession:
    """Begin a session, and sweep away this person's ended ones."""
    now = runtime.clock.now()
    over = (StaffSession.expires_at <= now) | (StaffSession.seen_at <= now - IDLE_FOR)
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == person.id, over))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            municipality=person.municipality,
            token_hash=hashed(token),
            staff_id=person.id,
            csrf_token=secrets.token_urlsafe(32),
            method=method,
            awaits_code=awaits_code,
            id_token=id_token,
            created_at=now,
            seen_at=now,
            expires_at=now + (CODE_WITHIN if awaits_code else SESSION_LASTS),
        )
    )
    return NewSession(token, person, awaits_code)


async def renew(session: AsyncSession, runtime: Runtime, current: StaffSession) -> NewSession:
    """Give a session a new secret; it ends when it would have ended."""
    token = secrets.token_urlsafe(32)
    await end_one_quietly(session, current.token_hash)
    session.add(
        StaffSession(
            municipality=current.municipality,
            token_hash=hashed(token),
            staff_id=current.staff_id,
            csrf_token=secrets.token_urlsafe(32),
            method=current.method,
            id_token=current.id_token,
            created_at=current.created_at,
            seen_at=runtime.clock.now(),
            expires_at=current.expires_at,
        )
    )
    return NewSession(token, current.staff)


async def lookup(
    session: AsyncSession, runtime: Runtime, token: str, *, is_act: bool
) -> StaffSession | None:
    """Return the session a browser's token stands for, with its caseworker, or none.

    Args:
        session: the caller's transaction.
        runtime: tells the time.
        token: what the browser sent.
        is_act: whether a person did something; a page that only keeps itself fresh does not
            keep the session awake.
    """
    query = select(StaffSession).where(StaffSession.token_hash == hashed(token))
    found = await session.scalar(query.options(joinedload(StaffSession.staff)))
    if found is None or not found.staff.is_active or not stands(found, runtime.clock.now()):
        return None
    if is_act and is_long_unseen(found, runtime.clock.now()):
        found.seen_at = runtime.clock.now()
    return found


def stands(found: StaffSession, now: datetime) -> bool:
    """Tell whether a session has not ended by itself."""
    return now < found.expires_at and now - found.seen_at < IDLE_FOR


def is_long_unseen(found: StaffSession, now: datetime) -> bool:
    """Tell whether an act is worth writing down."""
    return now - found.seen_at >= _SEEN_AGAIN_AFTER


def must_enrol(runtime: Runtime, found: StaffSession) -> bool:
    """Tell whether somebody with a password has to set up a second factor before all else."""
    return (
        runtime.settings.second_factor is SecondFactor.REQUIRED
        and found.method is SignInMethod.PASSWORD
        and found.staff.totp_since is None
    )


async def of(session: AsyncSession, runtime: Runtime, person: StaffId) -> list[StaffSession]:
    """List somebody's open sessions, the one seen last first."""
    query = select(StaffSession).where(StaffSession.staff_id == person)
    found = await session.scalars(query.order_by(StaffSession.seen_at.desc()))
    now = runtime.clock.now()
    return [each for each in found if stands(each, now)]


async def end_one(
    session: AsyncSession, runtime: Runtime, person: Staff, token_hash: bytes
) -> bool:
    """End one of somebody's own sessions; tell whether there was such a one."""
    mine = _this(token_hash).where(StaffSession.staff_id == person.id)
    gone = await session.scalar(mine.returning(StaffSession.token_hash))
    if gone is not None:
        await record(session, runtime, person, "session_ended")
    return gone is not None


async def end_one_quietly(session: AsyncSession, token_hash: bytes) -> None:
    """End a session that another takes the place of."""
    await session.execute(_this(token_hash))


async def end_all(session: AsyncSession, person: StaffId, *, but: bytes | None = None) -> None:
    """End somebody's sessions, all or all but one."""
    theirs = delete(StaffSession).where(StaffSession.staff_id == person)
    await session.execute(theirs.where(StaffSession.token_hash != but) if but else theirs)


async def sign_out(session: AsyncSession, runtime: Runtime, token: str) -> StaffSession | None:
    """End a session and return it; one that has ended already stays ended."""
    query = select(StaffSession).where(StaffSession.token_hash == hashed(token))
    found = await session.scalar(query.options(joinedload(StaffSession.staff)))
    if found is not None:
        await record(session, runtime, found.staff, "signed_out")
        await readings.end_stays(session, runtime, found.staff)
        await session.delete(found)
    return found


def hashed(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def _this(token_hash: bytes) -> Delete:
    return delete(StaffSession).where(StaffSession.token_hash == token_hash)
