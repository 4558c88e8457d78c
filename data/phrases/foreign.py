"""Words by which other languages (fremmede sprog) show themselves, and what they are called."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from data.phrases.folding import fold
from data.yaml_files import Block, read

_HERE = Path(__file__).parent


class ForeignWords(Block):
    """The file `foreign.yml`: words parted by spaces, by the language's code (ISO 639-1)."""

    latinised: dict[str, str]
    names: dict[str, str]
    stop: str
    lines_read_on: dict[str, date | None]


@cache
def latinised_words() -> dict[str, frozenset[str]]:
    """Return the folded words of languages that are written with a Latin keyboard too."""
    return {code: frozenset(words.split()) for code, words in _file().latinised.items()}


@cache
def language_names() -> dict[str, str]:
    """Return the code of each language by the folded words people call it."""
    return {fold(word): code for code, words in _file().names.items() for word in words.split()}


@cache
def stop_words() -> frozenset[str]:
    """Return the folded words that, alone, are a no to more messages (framelding)."""
    return frozenset(fold(word) for word in _file().stop.split())


def lines_read_on() -> dict[str, date | None]:
    """Return when somebody at home in each language read our lines in it; none: nobody yet."""
    return _file().lines_read_on


@cache
def _file() -> ForeignWords:
    return read(_HERE / "foreign.yml", ForeignWords)
