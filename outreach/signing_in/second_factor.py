"""The second factor (to-faktor): one-time codes of a telephone, and recovery codes.

A secret is offered, and in use once its first code has been shown. No code opens the door twice,
and a wrong one counts as a wrong try to sign in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.staff import Staff, StaffSession
from outreach.rules import one_time_codes
from outreach.signing_in import attempts, sealing, sessions
from outreach.signing_in.recording import record

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime
    from outreach.signing_in.sessions import NewSession

_TOTP: Final = "totp"
_RECOVERY: Final = "recovery"
#: What authenticator apps show above the code.
ISSUER: Final = "Mindelig"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to be put into a telephone: as letters to type, and as the QR code's address."""

    written: str
    address: str


async def offer(session: AsyncSession, runtime: Runtime, person: Staff) -> Offer | None:
    """Return the secret that waits for its first code, made at the first time; none once in use."""
    theirs = await _held(session, person)
    if theirs.totp_since is not None:
        return None
    secret = _secret(runtime, theirs)
    if secret is None:
        secret = one_time_codes.new_secret()
        theirs.totp_secret = sealing.seal(runtime.settings, _TOTP, theirs.id, secret)
        theirs.totp_last_step = None
    address = one_time_codes.address(secret, theirs.username, ISSUER)
    return Offer(one_time_codes.written(secret), address)


async def confirm(
    session: AsyncSession, runtime: Runtime, person: Staff, code: str
) -> list[str] | None:
    """Take the offered secret into use by its first code; return the recovery codes, or none."""
    theirs = await _held(session, person)
    if theirs.totp_since is not None or not _takes(runtime, theirs, code):
        return None
    theirs.totp_since = runtime.clock.now()
    await record(session, runtime, theirs, "second_factor_added")
    return _renew_recovery_codes(runtime, theirs)


async def finish(
    session: AsyncSession, runtime: Runtime, waiting: StaffSession, code: str
) -> NewSession | None:
    """End a sign-in with a one-time or recovery code: a new session, or none and a try counted."""
    theirs = await _held(session, waiting.staff)
    if not await _is_right(session, runtime, theirs, code):
        return None
    await sessions.end_one_quietly(session, waiting.token_hash)
    return await attempts.let_in(session, runtime, theirs)


async def renew_recovery_codes(
    session: AsyncSession, runtime: Runtime, person: Staff, code: str
) -> list[str] | None:
    """Make new recovery codes for who shows a code; the old ones open nothing any more."""
    theirs = await _held(session, person)
    if not await _is_right(session, runtime, theirs, code):
        return None
    await record(session, runtime, theirs, "recovery_codes_renewed")
    return _renew_recovery_codes(runtime, theirs)


async def remove(session: AsyncSession, runtime: Runtime, person: Staff, code: str) -> bool:
    """Let go of the telephone of who shows a code, so that another can be set up."""
    theirs = await _held(session, person)
    if not await _is_right(session, runtime, theirs, code):
        return False
    clear(theirs)
    await record(session, runtime, theirs, "second_factor_removed")
    return True


def clear(person: Staff) -> None:
    """Forget somebody's second factor, and all that went with it."""
    person.totp_secret = person.totp_since = person.totp_last_step = None
    person.recovery_codes = []


async def _is_right(session: AsyncSession, runtime: Runtime, person: Staff, code: str) -> bool:
    """Tell whether a code is one of theirs, and use it up; a wrong one is counted."""
    if not person.is_active or attempts.is_locked(person, runtime.clock.now()):
        return False
    if person.totp_since is not None and _takes(runtime, person, code):
        return True
    if await _takes_recovery(session, runtime, person, code):
        return True
    await attempts.count(session, runtime, person)
    return False


def _takes(runtime: Runtime, person: Staff, code: str) -> bool:
    secret, now = _secret(runtime, person), runtime.clock.now()
    if secret is None:
        return False
    step = one_time_codes.fitting_step(secret, code, now, person.totp_last_step)
    if step is None:
        return False
    person.totp_last_step = step
    return True


async def _takes_recovery(
    session: AsyncSession, runtime: Runtime, person: Staff, code: str
) -> bool:
    given = _fingerprint(runtime, person, code)
    if given not in person.recovery_codes:
        return False
    person.recovery_codes = [kept for kept in person.recovery_codes if kept != given]
    left = len(person.recovery_codes)
    await record(session, runtime, person, "recovery_code_used", left=str(left))
    return True


def _renew_recovery_codes(runtime: Runtime, person: Staff) -> list[str]:
    codes = one_time_codes.new_recovery_codes()
    person.recovery_codes = [_fingerprint(runtime, person, code) for code in codes]
    return codes


def _fingerprint(runtime: Runtime, person: Staff, code: str) -> str:
    plain = one_time_codes.folded(code)
    return sealing.fingerprint(runtime.settings, _RECOVERY, person.id, plain)


def _secret(runtime: Runtime, person: Staff) -> bytes | None:
    if person.totp_secret is None:
        return None
    return sealing.unseal(runtime.settings, _TOTP, person.id, person.totp_secret)


async def _held(session: AsyncSession, person: Staff) -> Staff:
    """Return somebody's row as it now is, for us alone: two codes at once are two tries."""
    query = select(Staff).where(Staff.id == person.id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()
