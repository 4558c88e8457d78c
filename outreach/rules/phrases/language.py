"""Which language is a short message in? By its common words; in doubt there is no answer."""

from __future__ import annotations

from typing import Literal

from data.phrases.folding import BREAK, words
from data.phrases.languages import language_words

#: One foreign-looking word may be a name or a slip.
_FOREIGN_WORDS = 2


def detect_language(text: str, lead: int = 1) -> Literal["da", "en", "other"] | None:
    """Tell Danish, English and other languages apart, or return None when there is too little.

    Letters of another alphabet make it `other`. A tie between Danish and English is no answer
    unless there is an æ, ø or å.

    Args:
        text: what the citizen wrote.
        lead: by so many words Danish or English must be ahead of the other.
    """
    if _is_another_alphabet(text):
        return "other"
    # One letter is no word: the A of a case number, or "a" in English and in dialects.
    written = [word for word in words(text) if word != BREAK and len(word) > 1]
    written = [word for word in written if not word.isdigit()]
    known = language_words()
    danish, english, foreign = (
        sum(word in known[language] for word in written) for language in ("da", "en", "other")
    )
    has_danish_letter = any(letter in "æøåÆØÅ" for letter in text)
    danish += has_danish_letter
    if foreign >= _FOREIGN_WORDS and foreign > max(danish, english):
        return "other"
    if abs(danish - english) < lead:
        return None
    return "da" if danish > english else "en"


def _is_another_alphabet(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    foreign = sum(letter > "\u024f" for letter in letters)
    return foreign > 1 and foreign * 2 > len(letters)
