"""The parts of a message: each may hold a question of its own."""

import re

BREAK = re.compile(r"[.!?;]+(?:\s+|$)|\s*\n+\s*|\s+(?:og|men|and|but)\s+", re.IGNORECASE)
"""Where a message may be broken: at the end of a sentence or a line, at an `and` or a `but`."""

LINK = re.compile(r"\s+(?:og|men|and|but)\s*$", re.IGNORECASE)

FEWEST_WORDS, FEWEST_LINKED_WORDS = 2, 3
"""On both sides of a break: so `ja men hvornår` and `mad og medicin` each stay one part."""

MOST_PARTS = 4
"""Each part costs a sentence vector, about a hundredth of a second; the last parts are joined."""


def split_parts(text: str) -> list[str]:
    """Give the parts of a message; none when it is all one part."""
    parts = [""]
    at = 0
    for found in BREAK.finditer(text):
        parts[-1] += text[at : found.end()]
        at = found.end()
        least = FEWEST_LINKED_WORDS if LINK.search(found[0]) else FEWEST_WORDS
        if min(_words(parts[-1]), _words(text[at:])) >= least and len(parts) < MOST_PARTS:
            parts.append("")
    parts[-1] += text[at:]
    return [_unlinked(part) for part in parts] if len(parts) > 1 else []


def _unlinked(part: str) -> str:
    """Take the `and` at a part's end away; its signs stay, as a question mark has meaning."""
    return LINK.sub("", part).strip()


def _words(part: str) -> int:
    return len(re.findall(r"\w+", _unlinked(part)))
