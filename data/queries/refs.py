"""How a claim is found by its number (sagsnummer), as people write it."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, func, or_

from data.models.claims import Claim

_LEAST_DIGITS: Final = 3
_NO_DIGIT: Final = re.compile(r"[^0-9]")


def is_ref(wanted: str) -> ColumnElement[bool]:
    """Ask for the claims whose reference was written, whole or by its digits alone."""
    is_it = func.lower(Claim.claim_ref) == wanted.lower()
    digits = _NO_DIGIT.sub("", wanted)
    if len(digits) >= _LEAST_DIGITS and not re.search(r"[^\W\d_]{4}", wanted):
        same = func.regexp_replace(Claim.claim_ref, "[^0-9]", "", "g") == digits
        return or_(is_it, same)
    return is_it
