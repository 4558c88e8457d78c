"""One-time codes of a second factor (engangskoder, TOTP): pure, the caller brings the instant.

Source: RFC 6238 (TOTP) over RFC 4226 (HOTP): HMAC-SHA-1, steps of 30 seconds, six digits, which is
what every authenticator app takes for granted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from datetime import datetime

STEP_SECONDS: Final = 30
DIGITS: Final = 6
#: How many steps a telephone's clock may be off, to either side (RFC 6238 §5.2).
WINDOW: Final = 1
#: As long as SHA-1's own output (RFC 4226 §4, R6).
SECRET_BYTES: Final = 20

RECOVERY_CODES: Final = 10
#: No letter or digit that is easily taken for another.
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF: Final = 5


def new_secret() -> bytes:
    """Return the secret that a telephone and we shall share."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(now: datetime) -> int:
    """Return the number of the step that `now` lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """Return the code (engangskode) of a step."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def fitting_step(secret: bytes, code: str, now: datetime, last: int | None) -> int | None:
    """Return the step whose code this is, or none; a step up to `last` has had its one use."""
    here = step_of(now)
    given = code.replace(" ", "").encode()
    fitting = None
    for step in range(here - WINDOW, here + WINDOW + 1):
        is_right = hmac.compare_digest(code_of(secret, step).encode(), given)
        if is_right and (last is None or step > last):
            fitting = step
    return fitting


def written(secret: bytes) -> str:
    """Write the secret as people type it into a telephone: groups of four letters and digits."""
    plain = base64.b32encode(secret).decode()
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def address(secret: bytes, username: str, issuer: str) -> str:
    """Return what the QR code says: the address every authenticator app reads."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    what = urlencode(
        {"secret": plain, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS},
        quote_via=quote,
    )
    return f"otpauth://totp/{quote(f'{issuer}:{username}')}?{what}"


def new_recovery_codes() -> list[str]:
    """Return codes for who has lost the telephone (gendannelseskoder), such as `k7mfw-p3x9d`."""
    return [f"{_letters()}-{_letters()}" for _ in range(RECOVERY_CODES)]


def folded(recovery_code: str) -> str:
    """Return a recovery code however it was typed."""
    return "".join(letter for letter in recovery_code.casefold() if letter.isalnum())


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_HALF))
