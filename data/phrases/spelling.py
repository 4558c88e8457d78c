"""Which known words a written word may be: other spellings, missing æøå, slips of the pen."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from data.phrases.folding import fold, guesses, spellings, typed_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_NOTHING: frozenset[str] = frozenset()
#: In words shorter than this a slip never touches the first letter ("land" is not "hand").
_FIRST_LETTER_BELOW = 6
#: "dø" without its ø is no Danish word, and English in every second message.
_ENGLISH = {"do"}


class Vocabulary:
    """The words of a phrase book under all the spellings people use for them."""

    def __init__(self, spelled: Mapping[str, Iterable[str]], real_words: frozenset[str]) -> None:
        """Start empty; `spelled` holds other spellings of a word, `real_words` no slips."""
        self._spelled = {fold(word): tuple(forms) for word, forms in spelled.items()}
        self._real_words = real_words
        self._meanings: dict[str, frozenset[str]] = {}
        self._beginnings: dict[int, dict[str, str]] = defaultdict(dict)
        self._slips: dict[str, set[str]] = defaultdict(set)

    def add(self, word: str, mended_from: int = 5) -> None:
        """Add a word (or `beginning*`), and mend slips in it if it is long enough."""
        if word.endswith("*"):
            beginning = word.removesuffix("*")
            for form in self._forms(beginning):
                self._beginnings[len(form)][form] = fold(word)
                self._learn(form, fold(word), mended_from)
            return
        for form in self._forms(word):
            self._learn(form, fold(word), mended_from)

    def meanings(self, word: str) -> frozenset[str]:
        """Return the words of the book that this folded word may stand for."""
        found = self._known(word)
        if word in self._meanings:
            return found
        if found:
            return found | self._mended(word)
        for guess in guesses(word):
            found = self._known(guess)
            if found:
                return found
        return self._mended(word)

    def eligible(self) -> set[str]:
        """Return the spellings in which slips are mended (for the list of real words)."""
        return {form for forms in self._slips.values() for form in forms}

    def _forms(self, word: str) -> set[str]:
        forms = spellings(word)
        for other in self._spelled.get(fold(word), ()):
            forms |= spellings(other)
        return forms if word in _ENGLISH else forms - _ENGLISH

    def _learn(self, form: str, meaning: str, mended_from: int) -> None:
        self._meanings[form] = self._meanings.get(form, _NOTHING) | {meaning}
        if len(form) >= mended_from:
            for key in _keys(form):
                self._slips[key].add(form)

    def _known(self, word: str) -> frozenset[str]:
        found = self._meanings.get(word, _NOTHING)
        for length, beginnings in self._beginnings.items():
            meaning = beginnings.get(word[:length])
            if meaning is not None:
                found |= {meaning}
        return found

    def _mended(self, word: str) -> frozenset[str]:
        if word in self._real_words or word.isdecimal():
            return _NOTHING
        found = _NOTHING
        for typed in typed_forms(word):
            for form in {form for key in _keys(typed) for form in self._slips.get(key, ())}:
                if len(form) < _FIRST_LETTER_BELOW and form[0] != typed[0]:
                    continue
                if OSA.distance(typed, form, score_cutoff=1) <= 1:
                    found |= self._meanings[form]
        return found


def _keys(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
