"""Passwords (adgangskoder): which may be one, and what is kept of it."""

from __future__ import annotations

import asyncio
import secrets
from enum import StrEnum
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1024

#: Argon2id as RFC 9106's second recommendation: 64 MiB, three passes.
_HASHER = PasswordHasher()
#: Passwords checked at the same time in one process; each takes 64 MiB.
_GATE = asyncio.Semaphore(4)
#: What one-time passwords are made of: nothing that is easily taken for another.
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"


class PasswordFault(StrEnum):
    """Why a password is refused (adgangskode)."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    IS_USERNAME = "is_username"


def password_fault(username: str, password: str) -> PasswordFault | None:
    """Tell what is wrong with a new password, or nothing."""
    if len(password) < SHORTEST_PASSWORD:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordFault.TOO_LONG
    if folded(password) == folded(username):
        return PasswordFault.IS_USERNAME
    return None


def hash_password(password: str) -> str:
    """Turn a password into what is kept of it; takes a moment, so outside any transaction."""
    return _HASHER.hash(password)


async def hashed(password: str) -> str:
    """Turn a password into what is kept of it, while others are served."""
    async with _GATE:
        return await asyncio.to_thread(hash_password, password)


def one_time_password() -> str:
    """Make a password (engangsadgangskode) to be told once and changed at the first sign-in."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)]
    return "-".join(groups)


async def fits(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the one kept; takes about the same time for everybody."""
    async with _GATE:
        return await asyncio.to_thread(_verify, password_hash, password)


def folded(username: str) -> str:
    """Return a username however it was typed."""
    return username.strip().casefold()


@cache
def _decoy() -> str:
    """Return the hash of a password that nobody knows."""
    return hash_password(secrets.token_urlsafe(32))


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash or _decoy(), password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
