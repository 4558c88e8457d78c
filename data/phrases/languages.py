"""The common words by which a short message shows its language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from data.phrases.folding import spellings
from data.yaml_files import Block, read

_HERE = Path(__file__).parent


class LanguageWords(Block):
    """The file `languages.yml`: words parted by spaces."""

    da: str
    en: str
    both: str
    other: str


@cache
def language_words() -> dict[str, frozenset[str]]:
    """Return the folded words of `da`, `en` and `other`; what is usual in `both` is in two."""
    file = read(_HERE / "languages.yml", LanguageWords)
    both = file.both.split()
    words = {
        "da": file.da.split() + both,
        "en": file.en.split() + both,
        "other": file.other.split(),
    }
    plain = {language: frozenset(given) for language, given in words.items()}
    danish = {form for word in words["da"] for form in spellings(_unfolded(word))}
    return plain | {"da": plain["da"] | (danish - plain["en"] - plain["other"])}


def _unfolded(word: str) -> str:
    return word.replace("ae", "æ").replace("oe", "ø").replace("aa", "å")
