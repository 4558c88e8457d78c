"""Reads the lexicon of hard cases (hårde sager): what each is, and what people write in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from pathlib import Path
from typing import Literal

from pydantic import Field

from data.phrases.folding import fold
from data.phrases.index import PhraseBook, PhraseIndex
from data.phrases.patterns import Pattern
from data.phrases.phrasebook import patterns_of, read_words
from data.yaml_files import Block, DataFileError, read

_HERE = Path(__file__).parent
LANGUAGES = ("da", "en")
#: The plainest words of life and death in languages we cannot answer in.
OTHERS = "other"

Due = Literal["now", "1 hour", "same day", "1 bank day", "2 bank days"]
#: The answers' deadlines from the shortest to the longest.
DUES: tuple[Due, ...] = ("now", "1 hour", "same day", "1 bank day", "2 bank days")
#: In words of life and death, slips of the pen are mended in shorter words than elsewhere.
#: A phrase without spaces is looked for when it is this long, and in so many forms at most.
SHORTEST_RUN = 9
_MOST_RUNS = 40
#: Words that turn what is said into its opposite, folded.
NOT = frozenset({
    "ikke", "ik", "ikk", "aldrig", "hverken", "ingen", "intet", "not", "never", "dont",
    "doesnt", "didnt", "isnt", "wasnt", "arent", "wont", "hasnt", "havent", "cant", "no", "neither",
})  # fmt: skip
#: The lists of what is said beside a case: an answer may be read by others; it is a film, a game
#: or a joke; it is long over, or somebody's work.
DISCREET, UNSERIOUS, SETTLED = BESIDE = ("discreet", "unserious", "settled")
#: The label of a phrase with such a word of its own ends in this: another one changes nothing.
SAYS_NOT = "/not"
_MENDED_FROM = {0: 4, 1: 4, 2: 5, 3: 6}


class CaseKind(Block):
    """How urgent a hard case is, and what staff call it."""

    severity: Literal[0, 1, 2, 3]
    due: Due
    da: str
    en: str


class StaffWords(Block):
    """What staff read, in each of their languages."""

    da: str
    en: str


class CaseFile(Block):
    """The file `cases.yml`."""

    source: str
    discreet: StaffWords
    cases: dict[str, CaseKind]


class CasePhrases(Block):
    """What people write in one case, what looks alike, and what must be said beside it.

    `signs` are weaker, each under a name of its own; two different ones make the case.
    """

    phrases: tuple[str, ...]
    signs: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    look_alikes: tuple[str, ...] = ()
    together_with: tuple[str, ...] = ()


class LanguageFile(Block):
    """A language's file, `da.yml` or `en.yml`."""

    spellings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    fillers: tuple[str, ...] = ()
    classes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    discreet: tuple[str, ...] = ()
    unserious: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    cases: dict[str, CasePhrases]


@dataclass(frozen=True, eq=False)
class LanguageLexicon:
    """One language's phrases, ready for searching; the labels are the cases' keys."""

    language: str
    book: PhraseBook
    phrases: PhraseIndex
    look_alikes: dict[str, PhraseIndex]
    together_with: dict[str, PhraseIndex]
    signs: PhraseIndex
    #: What is said beside a case, by the name of the list: somebody reads along, a film, long ago.
    beside: PhraseIndex
    run_together: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All that is known of hard cases; `source` says who decided the urgencies."""

    source: str
    kinds: dict[str, CaseKind]
    discreet_words: StaffWords
    languages: tuple[LanguageLexicon, ...]

    def rank(self, key: str) -> tuple[int, int, int]:
        """Return where a case stands in order of urgency; the most urgent first."""
        kind = self.kinds[key]
        return kind.severity, DUES.index(kind.due), list(self.kinds).index(key)


@cache  # it takes half a second, and nothing in it changes
def load_lexicon(folder: Path = _HERE) -> Lexicon:
    """Read and check the whole lexicon.

    Raises:
        DataFileError: a file is wrong; the text names the file, the line and the case.
    """
    cases = read(folder / "cases.yml", CaseFile)
    real_words = read_words(folder / "real_words.txt")
    languages = tuple(
        _language(folder / f"{language}.yml", cases.cases, real_words)
        for language in (*LANGUAGES, OTHERS)
    )
    return Lexicon(cases.source, cases.cases, cases.discreet, languages)


def _language(
    path: Path, kinds: dict[str, CaseKind], real_words: frozenset[str]
) -> LanguageLexicon:
    file = _read_language(path, kinds)
    classes = {name: frozenset(words) for name, words in file.classes.items()}
    book = PhraseBook(file.spellings, file.fillers, real_words)
    parts = {
        key: {
            part: _patterns(path, key, getattr(case, part), classes)
            for part in ("phrases", "look_alikes", "together_with")
        }
        for key, case in file.cases.items()
    }
    everything = [
        (key + SAYS_NOT * _says_not(pattern), pattern)
        for key, part in parts.items()
        for pattern in part["phrases"]
    ]
    signs = [
        (f"{key}/{sign}", pattern)
        for key, case in file.cases.items()
        for sign, lines in case.signs.items()
        for pattern in _patterns(path, key, lines, classes)
    ]
    beside = [
        (name, pattern)
        for name in BESIDE
        for pattern in _patterns(path, name, getattr(file, name), classes)
    ]
    book.learn([pattern for _, pattern in signs + beside])
    for key, part in parts.items():
        book.learn(part["phrases"], _MENDED_FROM[kinds[key].severity])
        book.learn(part["look_alikes"] + part["together_with"])
    return LanguageLexicon(
        language=path.stem,
        book=book,
        phrases=book.index(everything),
        look_alikes={
            key: book.index([(key, p) for p in part["look_alikes"]]) for key, part in parts.items()
        },
        together_with={
            key: book.index([(key, p) for p in part["together_with"]])
            for key, part in parts.items()
            if part["together_with"]
        },
        signs=book.index(signs),
        beside=book.index(beside),
        run_together=_all_runs(everything, kinds),
    )


def _read_language(path: Path, kinds: dict[str, CaseKind]) -> LanguageFile:
    """Read a file that holds all cases, or, beside Danish and English, some of them."""
    file = read(path, LanguageFile)
    is_short = path.stem in LANGUAGES and len(file.cases) < len(kinds)
    if is_short or not set(file.cases) <= set(kinds):
        odd = ", ".join(sorted(set(file.cases) ^ set(kinds)))
        raise DataFileError(f"{path}: cases.yml and this file must hold the same cases: {odd}")
    return file


def _all_runs(
    everything: list[tuple[str, Pattern]], kinds: dict[str, CaseKind]
) -> tuple[tuple[str, str], ...]:
    """Return the phrases of life and death as some people type them, without spaces."""
    of_life = [
        (label, pattern)
        for label, pattern in everything
        if not kinds[label.removesuffix(SAYS_NOT)].severity
    ]
    return tuple(sorted({(label, run) for label, pattern in of_life for run in _runs(pattern)}))


def _patterns(
    path: Path, key: str, lines: tuple[str, ...], classes: dict[str, frozenset[str]]
) -> list[Pattern]:
    try:
        return patterns_of(path, lines, classes)
    except DataFileError as fault:
        raise DataFileError(f"{fault} (in {key})") from None


def _says_not(pattern: Pattern) -> bool:
    return any(not step.words.isdisjoint(NOT) for step in pattern.steps)


def _runs(pattern: Pattern) -> set[str]:
    """Return a phrase without its spaces, as some people type it ("vilikkelevemere")."""
    if len(pattern.steps) == 1 or any(step.gap or not step.words for step in pattern.steps):
        return set()
    choices = [_few(step.words) for step in pattern.steps if not step.is_optional]
    if prod(len(choice) for choice in choices) > _MOST_RUNS:
        return set()
    runs = {"".join(run) for run in product(*choices)}
    return {run for run in runs if len(run) >= SHORTEST_RUN and run.isalpha()}


def _few(words: frozenset[str]) -> list[str]:
    folded = sorted({fold(word) for word in words})
    plain = [word for word in folded if word in {"ikke", "not", "dont", "cant"}]
    return plain if plain and len(folded) > len(plain) else folded
