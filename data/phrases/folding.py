"""Folds what people write into plain words, so that one spelling of a phrase finds them all."""

from __future__ import annotations

import re
import unicodedata

#: Ends a sentence in a list of words; the first and the last word of every list are this too.
BREAK = "."

# A text message is at most 1,600 letters; more than this is never read.
_LONGEST = 4_000
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "ø": "oe",
        "å": "aa",
        "ä": "ae",
        "ö": "oe",
        "ü": "u",
        "ß": "ss",
        "ð": "d",
        "þ": "th",
    }
)
_SILENT = re.compile("['`\u2019\u2018\u00b4\u02bc\u00ad\u200b-\u200f\u2060\ufeff\ufe0f]")
_PIECES = re.compile(r"[^\W_]+|(?<![0-9])[.!?;\u061f]+|[!?;\u061f]+")
_ALONE = re.compile(
    r"(?<![a-z0-9])(?:(?:[a-z]|ae|oe|aa)[ .\-_*]{1,3}){2,40}(?:[a-z]|ae|oe|aa)(?![a-z0-9])"
)
_LEET = str.maketrans("013457$@", "oieastsa")
_DROPPED = (("ae", ("e", "a")), ("oe", ("o",)), ("aa", ("a",)))
_SHORT_SENTENCE = 2


def fold(text: str) -> str:
    """Fold case, æøå (as ae, oe, aa), accents, apostrophes and invisible signs away.

    Digits, spaces and the signs between words stay where they are.
    """
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    if text.isascii():
        return text.replace("'", "").replace("`", "")
    text = _SILENT.sub("", text.translate(_LETTERS))
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Split a message into folded words, with `BREAK` first, last and between sentences.

    One or two words between full stops are no sentence of their own ("Jeg. Kan. Ikke. Mere."),
    and letters written apart ("d ø d") are one word.
    """
    folded = _ALONE.sub(_together, fold(text))
    found = [BREAK]
    length = 0
    for piece in _PIECES.findall(folded):
        if piece[0] in ".!?;\u061f":
            if length > _SHORT_SENTENCE and not piece.startswith(".."):
                found.append(BREAK)
            length = 0
        else:
            found.append(piece)
            length += 1
    if found[-1] != BREAK:
        found.append(BREAK)
    return found


def _together(letters: re.Match[str]) -> str:
    return re.sub("[^a-z]", "", letters.group())


def spellings(word: str) -> set[str]:
    """Return the ways to type one folded or unfolded word on a keyboard with and without æøå."""
    folded = fold(word)
    found = {folded}
    if fold_changes(word):
        for letter, replacements in _DROPPED:
            found |= {form.replace(letter, other) for form in found for other in replacements}
    return found


def fold_changes(word: str) -> bool:
    """Tell whether the word holds æ, ø or å, which people leave out."""
    return any(letter in word.casefold() for letter in "æøå")


def guesses(word: str) -> list[str]:
    """Return what a word nobody knows may stand for: drawn-out letters, digits for letters."""
    found = []
    for keep in (r"\1\1", r"\1"):
        shorter = re.sub(r"([a-z]{1,2}?)\1{2,}", keep, word)
        if shorter != word:
            found.append(shorter)
    if any(letter.isdigit() for letter in word) and not word.isdecimal():
        found.append(word.translate(_LEET))
    return found


def typed_forms(word: str) -> set[str]:
    """Return a folded word as it stands and with æ, ø and å as one letter each.

    So that swapping two letters of "hængende" is one slip, though æ is folded to two letters.
    """
    return {word} | {word.replace(letter, other) for letter, to in _DROPPED for other in to}
