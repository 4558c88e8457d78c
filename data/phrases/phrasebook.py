"""Reads the phrases that stop and start our messages, or say yes, one file a language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from data.phrases.folding import words
from data.phrases.index import Found, PhraseBook, PhraseIndex
from data.phrases.languages import language_words
from data.phrases.patterns import Pattern, PatternError, read_patterns
from data.yaml_files import Block, DataFileError, read

_HERE = Path(__file__).parent
LANGUAGES = ("da", "en")
_IT = "it"
#: Words of four letters and more are mended: "stpo" is "stop".
_MENDED_FROM = 4


class Phrases(Block):
    """What people write, and what looks alike."""

    phrases: tuple[str, ...]
    look_alikes: tuple[str, ...] = ()


class PhraseFile(Block):
    """A language's file, `da.yml` or `en.yml`."""

    spellings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    fillers: tuple[str, ...] = ()
    classes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    stop: Phrases
    start: Phrases
    #: A no to every channel, and not to this one alone.
    stop_all: Phrases = Phrases(phrases=())
    agree: Phrases = Phrases(phrases=())


@dataclass(frozen=True, eq=False)
class Question:
    """One question to a message, in one language: what in it says this, what only sounds so?"""

    book: PhraseBook
    phrases: PhraseIndex
    look_alikes: PhraseIndex


def is_said(name: str, text: str) -> bool:
    """Tell whether a message says `stop`, `stop_all`, `start` or `agree`, with no look-alike."""
    written = words(text)
    said: list[Found] = []
    alike: list[Found] = []
    for language, question in zip(LANGUAGES, questions(name), strict=True):
        message = question.book.read(_without_english_it(written) if language == "da" else written)
        said += question.phrases.find(message)
        alike += question.look_alikes.find(message)
    return any(not any(hit.overlaps(other) for other in alike) for hit in said)


def _without_english_it(written: list[str]) -> list[str]:
    """Leave "it" out of an English message: only in Danish it is "ikke", as said in Jutland."""
    if _IT not in written:
        return written
    known, rest = language_words(), [word for word in written if word != _IT]
    danish, english = (sum(word in known[each] for word in rest) for each in LANGUAGES)
    return written if danish >= english else ["" if word == _IT else word for word in written]


@cache
def questions(name: str, folder: Path = _HERE) -> tuple[Question, ...]:
    """Return the question `stop`, `start` or `agree` in every language.

    Raises:
        DataFileError: a file is wrong; the text names the file and the line.
    """
    real_words = read_words(folder / "real_words.txt")
    return tuple(_question(folder / f"{language}.yml", name, real_words) for language in LANGUAGES)


def read_words(path: Path) -> frozenset[str]:
    """Read a list of ordinary words that no slip of the pen makes into another.

    Raises:
        DataFileError: the file is missing or holds more than folded words.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise DataFileError(f"{path}: cannot be read ({fault})") from None
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())


def _question(path: Path, name: str, real_words: frozenset[str]) -> Question:
    file = read(path, PhraseFile)
    classes = {name: frozenset(words) for name, words in file.classes.items()}
    given: Phrases = getattr(file, name)
    said = patterns_of(path, given.phrases, classes)
    alike = patterns_of(path, given.look_alikes, classes)
    book = PhraseBook(file.spellings, file.fillers, real_words)
    book.learn(said, _MENDED_FROM)
    book.learn(alike)
    return Question(
        book,
        book.index([(name, pattern) for pattern in said]),
        book.index([(name, pattern) for pattern in alike]),
    )


def patterns_of(
    path: Path, lines: tuple[str, ...], classes: dict[str, frozenset[str]]
) -> list[Pattern]:
    """Read lines of phrases of one file.

    Raises:
        DataFileError: a phrase is not in the notation; the text names the line.
    """
    found: list[Pattern] = []
    for line in lines:
        try:
            found += read_patterns(line, classes)
        except PatternError as fault:
            at = path.read_text(encoding="utf-8").partition(line)[0].count("\n") + 1
            raise DataFileError(f"{path}:{at}: {fault}") from None
    return found
