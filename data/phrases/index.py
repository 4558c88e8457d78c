"""Finds many phrases in one message at once, in time that grows with the message only.

Every phrase waits under its rarest word; a phrase is looked at only where that word stands, and
from there word by word to both sides. Nothing here backtracks, so no message can make it slow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.phrases.folding import BREAK, fold
from data.phrases.patterns import Pattern, Step
from data.phrases.spelling import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: How many fillers ("bare", "jo", "sgu") may stand between two words of a phrase.
_FILLERS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One word of a message, and all the words of the phrase book that it may be."""

    written: str
    words: frozenset[str]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in a message: its label and the words `first` to `last` (both included)."""

    label: str
    first: int
    last: int

    def overlaps(self, other: Found) -> bool:
        """Tell whether the two share a word."""
        return self.first <= other.last and other.first <= self.last

    def covers(self, other: Found) -> bool:
        """Tell whether all the words of `other` are in this too."""
        return self.first <= other.first and other.last <= self.last


class PhraseBook:
    """What one language's phrases have in common: spellings of words, and fillers."""

    def __init__(
        self,
        spelled: Mapping[str, Iterable[str]],
        fillers: Iterable[str],
        real_words: frozenset[str],
    ) -> None:
        """Start an empty book; `spelled` holds other spellings of a word, as people write it."""
        self.fillers = frozenset(fold(filler) for filler in fillers)
        self.vocabulary = Vocabulary(spelled, real_words)
        for filler in fillers:
            self.vocabulary.add(filler)

    def learn(self, patterns: Iterable[Pattern], mended_from: int = 5) -> None:
        """Learn the phrases' words; slips are mended in those of `mended_from` letters or more."""
        for word in {word for p in patterns for step in p.steps for word in step.words}:
            self.vocabulary.add(word, mended_from)

    def index(self, labelled: Iterable[tuple[str, Pattern]]) -> PhraseIndex:
        """Make an index of phrases whose words the book has learnt."""
        return PhraseIndex(
            [
                (label, Pattern(pattern.source, tuple(_folded(step) for step in pattern.steps)))
                for label, pattern in labelled
            ],
            self.fillers,
        )

    def read(self, written: list[str]) -> list[Reading]:
        """Look every word of a message up."""
        return [self._read(word) for word in written]

    def _read(self, word: str) -> Reading:
        if word == BREAK:
            return Reading(word, frozenset({BREAK}))
        if word.isdecimal():
            return Reading(word, self.vocabulary.meanings(word), int(word[:6]))
        return Reading(word, self.vocabulary.meanings(word))


class PhraseIndex:
    """Phrases with their labels, ready to be searched for."""

    def __init__(self, labelled: list[tuple[str, Pattern]], fillers: frozenset[str]) -> None:
        """Index the phrases; their words are folded already."""
        self._fillers = fillers
        self._waiting: dict[str, list[tuple[str, tuple[Step, ...], int]]] = defaultdict(list)
        often = Counter(word for _, pattern in labelled for s in pattern.steps for word in s.words)
        for label, pattern in labelled:
            anchor = min(
                _anchors(pattern), key=lambda at: sum(often[w] for w in pattern.steps[at].words)
            )
            for word in pattern.steps[anchor].words:
                self._waiting[word].append((label, pattern.steps, anchor))

    def find(self, message: list[Reading]) -> Iterator[Found]:
        """Find every phrase, in the order of its rarest word."""
        waiting = self._waiting
        for at, reading in enumerate(message):
            for word in reading.words:
                for label, steps, anchor in waiting.get(word, ()):
                    found = self._match(message, at, steps, anchor)
                    if found is not None:
                        yield Found(label, *found)

    def _match(
        self, message: list[Reading], at: int, steps: tuple[Step, ...], anchor: int
    ) -> tuple[int, int] | None:
        last = {at}
        for number in range(anchor + 1, len(steps)):
            last = self._walk(message, last, steps[number], steps[number].gap, 1)
            if not last:
                return None
        first = {at}
        for number in range(anchor - 1, -1, -1):
            first = self._walk(message, first, steps[number], steps[number + 1].gap, -1)
            if not first:
                return None
        return max(first), min(last)

    def _walk(
        self, message: list[Reading], starts: set[int], step: Step, gap: int, way: int
    ) -> set[int]:
        """Return where the walk can stand after one more step, forwards or backwards."""
        reached = set(starts) if step.is_optional else set()
        for start in starts:
            others, fillers, at = gap, _FILLERS, start + way
            while 0 <= at < len(message):
                reading = message[at]
                if _stands(step, reading):
                    reached.add(at)
                if reading.written == BREAK:
                    break
                if fillers and not self._fillers.isdisjoint(reading.words):
                    fillers -= 1
                elif others:
                    others -= 1
                else:
                    break
                at += way
        return reached


def _stands(step: Step, reading: Reading) -> bool:
    if step.numbers is not None:
        lowest, highest = step.numbers
        return reading.number is not None and lowest <= reading.number <= highest
    if step.is_outside:
        is_word = reading.written != BREAK and reading.number is None
        return is_word and step.words.isdisjoint(reading.words)
    return not step.words.isdisjoint(reading.words)


def _anchors(pattern: Pattern) -> list[int]:
    return [
        at
        for at, step in enumerate(pattern.steps)
        if step.words and not step.is_outside and not step.is_optional
    ]


def _folded(step: Step) -> Step:
    return replace(step, words=frozenset(fold(word) for word in step.words))
