"""How satisfied somebody says they are (tilfredshed), 1 to 5: pure."""

from __future__ import annotations

import re

from data.phrases.folding import fold

BEST = 5
_LONGEST = 200
_WORDS = {
    word: number
    for number, words in enumerate(
        (
            *("nul zero", "en one", "to two", "tre three", "fire four", "fem five"),
            *("seks six", "syv seven", "otte eight", "ni nine", "ti ten"),
        ),
    )
    for word in words.split()
}
_NUMBER = rf"(\d{{1,2}}|{'|'.join(_WORDS)})"
_OF = re.compile(rf"\b{_NUMBER}\s*(?:/|ud af|af|out of|of)\s*{_NUMBER}\b")
_STARS = re.compile(rf"\b{_NUMBER}\s*(?:stjerne[rn]?|stars?|point)\b")
_BEFORE = (
    r"(?:det er|jeg siger|jeg giver|giver|karakter|(?:min )?bedoemmelse(?: er)?:?|i say|score"
    r"|rating)?"
)
_ALONE = re.compile(rf"^\W*{_BEFORE}\s*{_NUMBER}(?:'?er|-?tal)?(?:\s+tak)?\W*$")


def score_in(text: str) -> int | None:
    """Return the score a message gives, on a scale of 1 to 5; none where it gives none.

    "8 ud af 10" is a 4; a number in the middle of something else is no score.
    """
    folded = " ".join(fold(text[:_LONGEST]).split())
    of = _OF.search(folded)
    if of is not None:
        return _on_our_scale(_value(of[1]), _value(of[2]))
    found = _STARS.search(folded) or _ALONE.match(folded)
    if found is None:
        return None
    value = _value(found[1])
    return _on_our_scale(value, BEST if value <= BEST else 2 * BEST)


def _value(word: str) -> int:
    return int(word) if word.isdigit() else _WORDS[word]


def _on_our_scale(value: int, most: int) -> int | None:
    if not 0 <= value <= most or most < BEST:
        return None
    return max(1, round(value * BEST / most))
