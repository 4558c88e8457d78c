"""Caseworkers (sagsbehandlere) and their sessions: added, signed in, signed out.

A sign-in is three steps, so that no row and no connection is held while the password is checked:
`begin_attempt` counts the try, `fits` checks the password outside any transaction, `sign_in`
begins the session. Trying in parallel therefore wins no more tries than trying in turn.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from data.models.staff import Staff, StaffSession
from data.values.ids import new_id
from outreach import audit
from outreach.errors import ConflictError, NotFoundError, UnknownMunicipalityError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import StaffId
    from outreach.runtime import Runtime

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1024
LONGEST_NAME: Final = 200
TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
SESSION_LASTS: Final = timedelta(hours=12)
IDLE_FOR: Final = timedelta(minutes=60)
#: A session seen more recently than this is not written again.
_SEEN_AGAIN_AFTER: Final = timedelta(minutes=1)

_USERNAME: Final = re.compile(r"[\w.@-]{2,80}")

#: Argon2id as RFC 9106's second recommendation: 64 MiB, three passes.
_HASHER = PasswordHasher()
#: Passwords checked at the same time in one process; each takes 64 MiB.
_GATE = asyncio.Semaphore(4)


class PasswordFault(StrEnum):
    """Why a password is refused (adgangskode)."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    IS_USERNAME = "is_username"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in, already counted; it names nobody when it cannot succeed."""

    staff_id: StaffId | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun; its token is known to the browser alone."""

    token: str
    staff: Staff


def password_fault(username: str, password: str) -> PasswordFault | None:
    """Tell what is wrong with a new password, or nothing."""
    if len(password) < SHORTEST_PASSWORD:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordFault.TOO_LONG
    if _folded(password) == _folded(username):
        return PasswordFault.IS_USERNAME
    return None


def hash_password(password: str) -> str:
    """Turn a password into what is kept of it; takes a moment, so outside any transaction."""
    return _HASHER.hash(password)


async def add(
    session: AsyncSession,
    runtime: Runtime,
    *,
    username: str,
    name: str,
    municipality: str,
    password_hash: str,
) -> Staff:
    """Add a caseworker with a password from `hash_password`.

    Raises:
        ConflictError: the username is taken.
        UnknownMunicipalityError: this installation does not serve the municipality.
        ValueError: the username or the name cannot be one; the text says why.
    """
    if not _USERNAME.fullmatch(_folded(username)):
        raise ValueError("a username has 2 to 80 letters, digits or . _ @ -")
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise ValueError(f"a name has 1 to {LONGEST_NAME} letters")
    if municipality not in runtime.policies:
        known = ", ".join(runtime.policies.keys)
        raise UnknownMunicipalityError(f"no municipality {municipality!r}; there are: {known}")
    if await _by_username(session, username) is not None:
        raise ConflictError(f"the username {_folded(username)!r} is taken")
    person = Staff(
        id=new_id(),
        municipality=municipality,
        username=_folded(username),
        name=name.strip(),
        password_hash=password_hash,
        is_active=True,
        failed_sign_ins=0,
        created_at=runtime.clock.now(),
    )
    session.add(person)
    await session.flush()
    await _record(session, runtime, person, "staff_added", actor="operator")
    return person


async def everyone(session: AsyncSession) -> list[Staff]:
    """List all caseworkers, by municipality and username."""
    query = select(Staff).order_by(Staff.municipality, Staff.username)
    return list(await session.scalars(query))


async def disable(session: AsyncSession, runtime: Runtime, username: str) -> Staff:
    """Let somebody in no more, and end their sessions at once.

    Raises:
        NotFoundError: nobody has that username.
    """
    person = await _by_username(session, username)
    if person is None:
        raise NotFoundError(f"nobody has the username {_folded(username)!r}")
    person.is_active = False
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == person.id))
    await _record(session, runtime, person, "staff_disabled", actor="operator")
    return person


async def begin_attempt(session: AsyncSession, runtime: Runtime, username: str) -> Attempt:
    """Count a try to sign in; the fifth wrong one in a row closes the door for 15 minutes.

    Unknown, disabled and locked names give an attempt that takes as long and cannot succeed.
    """
    now = runtime.clock.now()
    found = select(Staff).where(Staff.username == _folded(username)).with_for_update()
    person = await session.scalar(found)
    if person is None or not person.is_active:
        return Attempt(None, None)
    if person.locked_until is not None:
        if now < person.locked_until:
            return Attempt(None, None)
        person.locked_until, person.failed_sign_ins = None, 0
    person.failed_sign_ins += 1
    if person.failed_sign_ins >= TRIES:
        person.locked_until = now + LOCKED_FOR
        await _record(session, runtime, person, "sign_in_locked")
    return Attempt(person.id, person.password_hash)


async def fits(attempt: Attempt, password: str) -> bool:
    """Tell whether the password opens the door; takes about the same time for everybody."""
    async with _GATE:
        right = await asyncio.to_thread(_verify, attempt.password_hash, password)
    return right and attempt.staff_id is not None


async def sign_in(session: AsyncSession, runtime: Runtime, attempt: Attempt) -> NewSession:
    """Begin a session for an attempt whose password fitted, and forget its wrong tries.

    Raises:
        NotFoundError: the caseworker was disabled in the meantime.
    """
    now = runtime.clock.now()
    person = await session.get(Staff, attempt.staff_id, with_for_update=True)
    if person is None or not person.is_active:
        raise NotFoundError("nobody to sign in")
    person.failed_sign_ins, person.locked_until = 0, None
    ended = (StaffSession.expires_at <= now) | (StaffSession.seen_at <= now - IDLE_FOR)
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == person.id, ended))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            municipality=person.municipality,
            token_hash=_hashed(token),
            staff_id=person.id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    await _record(session, runtime, person, "signed_in")
    return NewSession(token, person)


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
    now = runtime.clock.now()
    query = select(StaffSession).where(StaffSession.token_hash == _hashed(token))
    found = await session.scalar(query.options(joinedload(StaffSession.staff)))
    if found is None or not found.staff.is_active:
        return None
    if now >= found.expires_at or now - found.seen_at >= IDLE_FOR:
        return None
    if is_act and now - found.seen_at >= _SEEN_AGAIN_AFTER:
        found.seen_at = now
    return found


async def sign_out(session: AsyncSession, runtime: Runtime, token: str) -> None:
    """End a session; one that has ended already stays ended."""
    query = select(StaffSession).where(StaffSession.token_hash == _hashed(token))
    found = await session.scalar(query.options(joinedload(StaffSession.staff)))
    if found is not None:
        await _record(session, runtime, found.staff, "signed_out")
        await session.delete(found)


def _folded(username: str) -> str:
    return username.strip().casefold()


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@cache
def _decoy() -> str:
    """Return the hash of a password that nobody knows."""
    return hash_password(secrets.token_urlsafe(32))


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash or _decoy(), password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


async def _by_username(session: AsyncSession, username: str) -> Staff | None:
    return await session.scalar(select(Staff).where(Staff.username == _folded(username)))


async def _record(
    session: AsyncSession, runtime: Runtime, person: Staff, act: str, *, actor: str | None = None
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=person.municipality,
        actor=actor or f"staff:{person.id}",
        act=act,
        subject_kind="staff",
        subject_id=person.id,
    )
