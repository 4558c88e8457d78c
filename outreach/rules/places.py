"""Places in reusable answers (pladser i svartekster), and the identity level each asks for.

A place stands in braces, such as `{first_name}`. Below its identity level it is never filled, so
that a text that fits everybody tells nobody what only the citizen may hear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The least identity level (identitetsniveau) at which each place is filled.
LEVELS: Final[Mapping[str, int]] = {
    "municipality": 0,
    "phone": 0,
    "caseworker": 0,
    "first_name": 1,
    "sum": 2,
    "due_date": 2,
    "claim": 2,
}
_PLACE: Final = re.compile(r"\{([^{}\n]{0,40})\}")


class Why(StrEnum):
    """Why a place cannot be filled."""

    UNKNOWN = "unknown"  # no such place
    LEVEL = "level"  # the citizen is not known well enough
    EMPTY = "empty"  # it is not on record, or there are several
    BY_HAND = "by_hand"  # it could be, but nothing is filled in at sending


@dataclass(frozen=True, slots=True)
class Left:
    """A place that stands in a text as it was written, and why."""

    place: str
    why: Why


def fill(text: str, values: Mapping[str, str], level: int) -> str:
    """Return a text with all places filled that may be, and can be, at an identity level."""

    def filled(found: re.Match[str]) -> str:
        name = found[1].strip()
        return found[0] if _why(name, values, level) else values[name]

    return _PLACE.sub(filled, text)


def left(text: str, values: Mapping[str, str], level: int) -> list[Left]:
    """List the places that still stand in a text, each once, also those typed by hand.

    Those that could be filled are listed too: nothing is filled in at sending, since a caseworker
    has to see what the citizen will read.
    """
    found = dict.fromkeys(each.strip() for each in _PLACE.findall(text))
    return [Left(name, _why(name, values, level) or Why.BY_HAND) for name in found]


def unknown(text: str) -> list[str]:
    """List the places of a text that nobody knows, for whoever writes it."""
    names = dict.fromkeys(each.strip() for each in _PLACE.findall(text))
    return [name for name in names if name not in LEVELS]


def _why(name: str, values: Mapping[str, str], level: int) -> Why | None:
    if name not in LEVELS:
        return Why.UNKNOWN
    if level < LEVELS[name]:
        return Why.LEVEL
    return None if values.get(name) else Why.EMPTY
