"""Parts a long answer into messages (opdeling): Twilio takes 1,600 letters in one, no more."""

from __future__ import annotations

import re
from typing import Final

#: Ten parts of a text message; a little below Twilio's own limit (error 21617).
LONGEST: Final = 1_530
#: Where a text may be parted, the best place first; a word is cut only where there is no other.
_PLACES: Final = ("\n\n", "\n", r"(?<=[.?:]) ", " ")


def parted(text: str, longest: int = LONGEST) -> list[str]:
    """Part a text into messages of at most `longest` letters, in their order; nothing is lost."""
    return _parted(text.strip(), longest, _PLACES)


def _parted(text: str, longest: int, places: tuple[str, ...]) -> list[str]:
    if len(text) <= longest:
        return [text]
    if not places:
        return [text[at : at + longest] for at in range(0, len(text), longest)]
    place, *finer = places
    between = place if place.isspace() else " "
    found: list[str] = []
    for piece in re.split(place, text):
        if found and len(found[-1]) + len(between) + len(piece) <= longest:
            found[-1] += between + piece
        else:
            found += _parted(piece, longest, tuple(finer))
    return [one for one in found if one.strip()]
