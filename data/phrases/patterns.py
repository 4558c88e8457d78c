"""The small notation in which phrases are written down as data, and its reader.

`vil dø ; ønsker at dø` are two phrases. In a phrase, `slår|tæver` is either word, `mine?` may be
left out, `selvmord*` is any word that begins so, `..` is up to three other words and `..6` up to
six, `NUM1-17` is a number, `BARN` is any word of that class, `not:TING` a word outside the class,
and `START` and `END` are the edges of the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.phrases.folding import BREAK, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SEPARATOR = " ; "
_USUAL_GAP = 3
_LONGEST_GAP = 8
_GAP = re.compile(r"^\.\.(\d?)$")
_NUMBER = re.compile(r"^NUM(\d+)-(\d+)$")
_CLASS = re.compile(r"^[A-ZÆØÅ][A-ZÆØÅ_]+$")
_WORD = re.compile(r"^\w+\*?$")


class PatternError(ValueError):
    """A phrase is not written in the notation of this module."""


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a phrase: which words may stand there, and how far from the one before."""

    words: frozenset[str]
    gap: int = 0
    numbers: tuple[int, int] | None = None
    is_optional: bool = False
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase (vending) made ready for searching; `source` is how it was written."""

    source: str
    steps: tuple[Step, ...]


def read_patterns(line: str, classes: Mapping[str, frozenset[str]]) -> Iterator[Pattern]:
    """Read a line of phrases.

    Raises:
        PatternError: a phrase is not in the notation; the text names the phrase and the place.
    """
    for source in line.split(SEPARATOR.strip()):
        if source.strip():
            yield read_pattern(source.strip(), classes)


def read_pattern(source: str, classes: Mapping[str, frozenset[str]]) -> Pattern:
    """Read one phrase.

    Raises:
        PatternError: the phrase is not in the notation.
    """
    steps: list[Step] = []
    gap = 0
    for part in source.split():
        dots = _GAP.match(part)
        if dots:
            gap += int(dots.group(1) or _USUAL_GAP)
            continue
        step = _step(part, gap, source, classes)
        steps.append(step)
        gap = gap if step.is_optional else 0
    if gap or not steps or steps[0].gap or steps[0].is_optional or steps[-1].is_optional:
        raise PatternError(
            f"{source!r}: a phrase begins and ends with a word that must stand there"
        )
    if any(step.gap > _LONGEST_GAP for step in steps):
        raise PatternError(f"{source!r}: a gap is at most {_LONGEST_GAP} words")
    if not any(step.words and not step.is_outside and not step.is_optional for step in steps):
        raise PatternError(f"{source!r}: a phrase needs at least one word of its own")
    return Pattern(source, tuple(steps))


def _step(part: str, gap: int, source: str, classes: Mapping[str, frozenset[str]]) -> Step:
    is_optional = part.endswith("?")
    is_outside = part.startswith("not:")
    names = part.removesuffix("?").removeprefix("not:")
    number = _NUMBER.match(names)
    if number:
        span = (int(number.group(1)), int(number.group(2)))
        return Step(frozenset(), gap, span, is_optional)
    found: set[str] = set()
    for name in names.split("|"):
        found |= _words(name, source, classes)
    return Step(frozenset(found), gap, None, is_optional, is_outside)


def _words(name: str, source: str, classes: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if name in {"START", "END"}:
        return frozenset({BREAK})
    if _CLASS.match(name):
        if name not in classes:
            raise PatternError(f"{source!r}: there is no class {name}")
        return classes[name]
    if not _WORD.match(fold(name)):
        raise PatternError(f"{source!r}: {name!r} is not a word")
    return frozenset({name.casefold()})
