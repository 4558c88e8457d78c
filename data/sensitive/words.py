"""Reads the words for diagnoses (diagnoser), which a citizen need not write to us."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.phrases.folding import fold
from data.yaml_files import Block, DataFileError, read

_HERE = Path(__file__).parent
LANGUAGES = ("da", "en")
_SHORTEST = 3


class WordFile(Block):
    """A language's file, `da.yml` or `en.yml`."""

    instead: str
    words: tuple[str, ...]
    capitals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnoses:
    """One language's words for diagnoses, folded; `instead` is what is kept of them."""

    instead: str
    words: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    capitals: frozenset[str]

    def names(self, word: str) -> bool:
        """Tell whether a word, as it was written, is a diagnosis."""
        if word in self.capitals:
            return True
        folded = fold(word)
        return (
            folded in self.words
            or folded.removesuffix("s") in self.words
            or folded.startswith(self.beginnings)
            or folded.endswith(self.endings)
        )


@cache
def load_diagnoses(folder: Path = _HERE) -> tuple[Diagnoses, ...]:
    """Read the words of every language.

    Raises:
        DataFileError: a file is wrong; the text names the file and the word.
    """
    return tuple(_load(folder / f"{language}.yml") for language in LANGUAGES)


def _load(path: Path) -> Diagnoses:
    file = read(path, WordFile)
    for word in file.words:
        if len(word.strip("*")) < _SHORTEST:
            raise DataFileError(f"{path}: {word!r} is too short, and would hide other words")
    return Diagnoses(
        instead=file.instead,
        words=frozenset(fold(word) for word in file.words if "*" not in word),
        beginnings=tuple(fold(word[:-1]) for word in file.words if word.endswith("*")),
        endings=tuple(fold(word[1:]) for word in file.words if word.startswith("*")) or ("\0",),
        capitals=frozenset(file.capitals),
    )
