"""The councils' own words (politikkens ordlyd): the lines a source string points at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent

# `A20 (line 30)`, `A26 (lines 34-37)`, `F2 (lines 9 and 55)`.
_LINES = re.compile(r"\(lines? ([0-9]+(?:(?:-|, | and )[0-9]+)*)\)")
_ONE = re.compile(r"([0-9]+)(?:-([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines of a policy, word for word and in its own language (citat), counted from 1."""

    first: int
    last: int
    text: str


def quotes(municipality: str, source: str) -> tuple[Quote, ...]:
    """Return the lines that a source names, in their order; none where the text is not here."""
    lines = _text(municipality)
    if not lines:
        return ()
    named = set(_spans(source))
    spans = sorted(one for one in named if not any(_holds(more, one) for more in named - {one}))
    return tuple(
        Quote(first, last, text)
        for first, last in spans
        if (text := "\n".join(filter(None, map(str.strip, lines[first - 1 : last]))))
    )


def _holds(more: tuple[int, int], one: tuple[int, int]) -> bool:
    return more[0] <= one[0] and one[1] <= more[1]


def _spans(source: str) -> Iterator[tuple[int, int]]:
    for named in _LINES.findall(source):
        for first, last in _ONE.findall(named):
            yield int(first), int(last or first)


@cache
def _text(municipality: str) -> tuple[str, ...]:
    path = FOLDER / f"{municipality}.txt"
    if not path.is_file():
        return ()
    return tuple(path.read_text(encoding="utf-8").splitlines())
