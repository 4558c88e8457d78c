"""Writes figures said one by one in figures: "nul tre nul fire firs", "A et nul nul to"."""

from __future__ import annotations

import re
from typing import Final

from text_to_num import text2num

from data.phrases.folding import fold

_ONES: Final = {
    **dict.fromkeys(("nul", "zero", "oh"), "0"),
    **dict.fromkeys(("en", "et", "one"), "1"),
    **dict.fromkeys(("to", "two"), "2"),
    **dict.fromkeys(("tre", "three"), "3"),
    **dict.fromkeys(("fire", "four"), "4"),
    **dict.fromkeys(("fem", "five"), "5"),
    **dict.fromkeys(("seks", "six"), "6"),
    **dict.fromkeys(("syv", "seven"), "7"),
    **dict.fromkeys(("otte", "eight"), "8"),
    **dict.fromkeys(("ni", "nine"), "9"),
}
_DASHES: Final = frozenset({"bindestreg", "streg", "minus", "dash", "hyphen"})
#: What is left out between figures that are read aloud.
_BETWEEN: Final = re.compile(r"[,.;:/-]+")
#: Fewer figures than these are words of a sentence: "en af os to".
_FEWEST: Final = 3
_TENS: Final = re.compile(
    r"ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten|"
    r"(?:(?:en|to|tre|fire|fem|seks|syv|otte|ni)og)?"
    r"(?:tyve|tredive|fyrre|halvtreds|tres|halvfjerds|firs|halvfems)"
)
_TENS_EN: Final = re.compile(
    r"ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
)


def in_figures(text: str) -> str:
    """Write runs of figures said in words as one number each, in a folded text.

    Figures that were heard as such join the run: "3 1 tolv firs" holds `311280`.
    """
    words = _BETWEEN.sub(" ", fold(text)).split()
    written: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        figures = _figures(word)
        if figures is not None:
            run.append(figures)
            continue
        written += _joined(run)
        run = []
        written += [word] if word and word not in _DASHES else []
    return " ".join(written)


def _joined(run: list[str]) -> list[str]:
    """Join a run when it is long enough to be read out figure by figure."""
    whole = "".join(run)
    return [whole] if len(whole) >= _FEWEST and len(run) > 1 else run


def _figures(word: str) -> str | None:
    """Return the figures of one word: "fire" is 4, "firs" is 80, "1980" is itself."""
    if word.isdigit() and word.isascii():
        return word
    if word in _ONES:
        return _ONES[word]
    if _TENS.fullmatch(word):
        return str(int(text2num(word, "da")))
    return str(int(text2num(word, "en"))) if _TENS_EN.fullmatch(word) else None
