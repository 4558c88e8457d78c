"""Tries to sign in with a password (forsøg): counted, checked, and ended by a session.

A sign-in is three steps, so that no row and no connection is held while the password is checked:
`begin_attempt` counts the try, `fits` checks the password outside any transaction, `sign_in`
begins the session. Trying in parallel therefore wins no more tries than trying in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from data.models.staff import Staff, StaffSession
from outreach.errors import NotFoundError
from outreach.signing_in import passwords, sessions
from outreach.signing_in.recording import record

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import StaffId
    from outreach.runtime import Runtime
    from outreach.signing_in.sessions import NewSession

TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in, already counted; it names nobody when it cannot succeed."""

    staff_id: StaffId | None
    password_hash: str | None


async def begin_attempt(session: AsyncSession, runtime: Runtime, username: str) -> Attempt:
    """Count a try to sign in; the fifth wrong one in a row closes the door for 15 minutes.

    Unknown, disabled and locked names give an attempt that takes as long and cannot succeed.
    """
    known = passwords.folded(username)
    person = await session.scalar(select(Staff).where(Staff.username == known).with_for_update())
    if person is None or not person.is_active or person.password_hash is None:
        return Attempt(None, None)
    if is_locked(person, runtime.clock.now()):
        return Attempt(None, None)
    await count(session, runtime, person)
    return Attempt(person.id, person.password_hash)


async def fits(attempt: Attempt, password: str) -> bool:
    """Tell whether the password opens the door; takes about the same time for everybody."""
    right = await passwords.fits(attempt.password_hash, password)
    return right and attempt.staff_id is not None


async def sign_in(session: AsyncSession, runtime: Runtime, attempt: Attempt) -> NewSession:
    """Begin a session for an attempt whose password fitted.

    Who has a second factor gets one that opens nothing before the one-time code; until then their
    wrong tries are not forgotten.

    Raises:
        NotFoundError: the caseworker was disabled in the meantime.
    """
    person = await session.get(Staff, attempt.staff_id, with_for_update=True)
    if person is None or not person.is_active:
        raise NotFoundError("nobody to sign in")
    if person.totp_since is not None:
        take_back(person)
        return await sessions.begin(session, runtime, person, awaits_code=True)
    return await let_in(session, runtime, person)


async def let_in(session: AsyncSession, runtime: Runtime, person: Staff) -> NewSession:
    """Begin a session for somebody who has shown all they must, and forget their wrong tries."""
    forget(person)
    await record(session, runtime, person, "signed_in")
    return await sessions.begin(session, runtime, person)


def is_locked(person: Staff, now: datetime) -> bool:
    """Tell whether the door is closed; a lock that is over is forgotten with its tries."""
    if person.locked_until is None:
        return False
    if now < person.locked_until:
        return True
    forget(person)
    return False


async def count(session: AsyncSession, runtime: Runtime, person: Staff) -> None:
    """Count a try of somebody whose row is locked; the fifth closes the door."""
    person.failed_sign_ins += 1
    if person.failed_sign_ins < TRIES:
        return
    person.locked_until = runtime.clock.now() + LOCKED_FOR
    await record(session, runtime, person, "sign_in_locked")
    half_open = (StaffSession.staff_id == person.id) & StaffSession.awaits_code
    await session.execute(delete(StaffSession).where(half_open))


def forget(person: Staff) -> None:
    """Forget the wrong tries, and open the door."""
    person.failed_sign_ins, person.locked_until = 0, None


def take_back(person: Staff) -> None:
    """Take back the one try that turned out right; the wrong ones before it stay counted."""
    person.failed_sign_ins, person.locked_until = max(person.failed_sign_ins - 1, 0), None
