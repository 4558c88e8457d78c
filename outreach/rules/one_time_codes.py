"""One-time codes (engangskoder): of a second factor (TOTP), and sent to a citizen; pure.

Source of the second factor: RFC 6238 (TOTP) over RFC 4226 (HOTP): HMAC-SHA-1, steps of 30 seconds,
six digits, which is what every authenticator app takes for granted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from data.phrases.folding import fold

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
#: A citizen's code: two groups of four, each with a letter and a digit, so that no word is one.
_GROUP: Final = 4
_KEYS: Final = "23456789"
_KEYED: Final = re.compile(r"(?<![\w-])(\d{4})[-. ]?(\d{4})(?![\w-])")
#: "send mig en kode", "kan jeg få koden igen", "ny kode", "code by text", or the word alone.
_ASKED: Final = re.compile(
    r"^\W*(?:sms|engangs|one.?time )?.?(?:kode|koden|code)\W*$"
    r"|\b(?:send|sende|sms|text|faa|giv|giver|get|give|have|ny|new|another|ingen|no)\b"
    r"(?:\W+\w+){0,3}?\W+(?:sms|engangs)?-?(?:kode|koden|code)\b"
    r"|\b(?:sms|engangs|one.?time )-?(?:kode|koden|code)\b"
    r"|\b(?:kode|code) (?:paa|via|by|per) (?:sms|text)"
)
#: Codes that are not ours to send.
_OTHER_CODE: Final = re.compile(r"mit.?id|nem.?id|pin|betalings|kort|card|stregkode|qr|fi.?kode")
_GIVEN: Final = re.compile(
    r"(?<![\w-])([2-9a-hjkmnp-z]{4})[-. ]?([2-9a-hjkmnp-z]{4})(?![\w-])", re.IGNORECASE
)


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


def new_code(*, keypad: bool = False) -> str:
    """Return a code to send to a citizen: `k7mf-wp3x` (39 bits), for a keypad `4827-3956` (24)."""
    if keypad:
        digits = [secrets.choice(_KEYS) for _ in range(2 * _GROUP)]
        return f"{''.join(digits[:_GROUP])}-{''.join(digits[_GROUP:])}"
    return f"{_group()}-{_group()}"


def codes_in(text: str, *, keypad: bool = False) -> list[str]:
    """Return what looks like a citizen's code in a text, however it was typed; each folded."""
    shape = _KEYED if keypad else _GIVEN
    found = [(one.casefold(), two.casefold()) for one, two in shape.findall(text)]
    return list(dict.fromkeys(one + two for one, two in found if _is_code(one, two)))


def without_codes(text: str) -> str:
    """Return a text without what looks like a citizen's code."""
    return _GIVEN.sub(lambda found: " " if _is_code(*found.groups()) else found[0], text)


def asks_for_code(text: str) -> bool:
    """Tell whether a citizen asks for a code: "send mig en kode", "kode på sms", or KODE alone."""
    folded = fold(text)
    return _ASKED.search(folded) is not None and _OTHER_CODE.search(folded) is None


def _is_code(*groups: str) -> bool:
    return all(_is_group(group.casefold()) for group in groups) or "".join(groups).isdigit()


def _group() -> str:
    while True:
        group = "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))
        if _is_group(group):
            return group


def _is_group(text: str) -> bool:
    return any(sign.isdigit() for sign in text) and any(sign.isalpha() for sign in text)
