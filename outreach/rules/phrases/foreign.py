"""Is a message in another language than the assistant speaks, and in which? (fremmed sprog).

py3langid weighs the letters; our own lists of words hold it back, for a text message is short,
and Danish in dialect without its æøå looks like much else. In doubt it is Danish or English:
the assistant then asks what was meant, which mends itself; a wrong line in Polish does not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from data.phrases.folding import BREAK, words
from data.phrases.foreign import language_names, latinised_words
from data.phrases.languages import language_words

#: Any language without a code of its own here: the answer is in English and Danish.
UNKNOWN: Final = "und"
#: Read and answered as Danish or English: neighbours read Danish well enough to be helped at once.
_HOME: Final = ("da", "en", "no", "nn", "sv")
#: What is weighed against them: the languages of Denmark's newcomers and neighbours.
_FOREIGN: Final = (
    *("ar", "fa", "uk", "pl", "tr", "de", "ro", "so", "lt"),
    *("bg", "cs", "el", "es", "fr", "hi", "hr", "hu", "it", "ku", "nl", "pt", "ru", "sk", "sq"),
    *("am", "ta", "th", "ur", "vi", "zh"),
)
_LONGEST: Final = 1_600
#: How sure the letters must make us; measured on 17,000 Danish and English messages.
_SURE, _VERY_SURE = 0.8, 0.97
#: The part of what speaks for other languages that must speak for one, for it to be named.
_WHICH: Final = 0.6
#: The part of the words that may be common in Danish or English too ("i", "en", "for").
_MOST_KNOWN, _MOST_KNOWN_WITH_LETTERS = 0.34, 0.5
_PLAIN_SENTENCE, _SHORT_SENTENCE = 3, 2
_LATINISED_WORDS = _MARKED_WORDS = 2
#: Letters that neither Danish, English, Norwegian, Swedish nor most names in Denmark have.
_STRANGE_LETTER = re.compile("[ăâîșşțţąćęłńśźżčďěňřšťůžğıėįųūôêàèìòùñßœ]")
#: Arabic in Latin letters has figures for the letters that Latin lacks: "3arabi", "ma3", "7abibi".
_ARABIZI = re.compile(r"\b(?:[a-z]+[2357][a-z]*|[2357][a-z]{3,})\b")
_LAST_LATIN = "\u024f"
_CYRILLIC = frozenset(chr(number) for number in range(0x430, 0x460))
_ARABIC, _PERSIAN = frozenset("ابتدرسعقفلمنهوي"), frozenset("پچژگ")
_LIKE_UKRAINIAN: Final = ("ru", UNKNOWN)
_UKRAINIAN, _NOT_UKRAINIAN = frozenset("іїєґ"), frozenset("ыэъёјљњћђџ")


def foreign_language(text: str) -> str | None:
    """Return the code (ISO 639-1) of the language a message is in; none for Danish and English.

    Norwegian, Swedish, Faroese and Icelandic are none too. `UNKNOWN` stands for a language that
    is certainly another, when it is not certain which. Never raises.
    """
    text = text[:_LONGEST]
    if _is_in_another_alphabet(text):
        return _of_alphabet(text)
    written = [word for word in words(text) if word != BREAK and len(word) > 1]
    spelled = [word for word in written if not word.isdigit()]
    known = _known(spelled)
    if len(spelled) < _SHORT_SENTENCE or _is_of_names(text):
        return None
    if (latin := _latinised(spelled, known)) is not None:
        return latin
    if known > _share_allowed(text) * len(spelled):
        return None
    code, share = _weigh(text)
    if code == UNKNOWN and known:
        return None
    is_plain = len(spelled) >= _PLAIN_SENTENCE and code != UNKNOWN
    return code if share >= (_SURE if is_plain else _VERY_SURE) else None


def named_language(text: str) -> str | None:
    """Return the code of a language that has a line of its own and is named: "taler du arabisk"."""
    names = language_names()
    return next((names[word] for word in words(text[:_LONGEST]) if word in names), None)


def _is_in_another_alphabet(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    strange = sum(letter > _LAST_LATIN for letter in letters)
    return strange > 1 and strange * 2 > len(letters)


def _of_alphabet(text: str) -> str:
    code, _ = _weigh(text)
    letters = set(text.casefold())
    if letters & _UKRAINIAN:
        return "uk"
    if code in _LIKE_UKRAINIAN and letters & _CYRILLIC and not letters & _NOT_UKRAINIAN:
        return "uk"  # no letter tells: far more in Denmark read Ukrainian
    if code == UNKNOWN and letters & _ARABIC:
        return "fa" if letters & _PERSIAN else "ar"
    return code


def _known(spelled: list[str]) -> int:
    known = language_words()
    return sum(word in known["da"] or word in known["en"] for word in spelled)


def _share_allowed(text: str) -> float:
    """Allow more common words beside letters that Danish and English do not have."""
    marked = sum(word[0].islower() for word in _marked(text))  # names begin with a capital
    return _MOST_KNOWN_WITH_LETTERS if marked >= _MARKED_WORDS else _MOST_KNOWN


def _marked(text: str) -> list[str]:
    return [word for word in text.split() if _STRANGE_LETTER.search(word.lower())]


def _is_of_names(text: str) -> bool:
    """Tell whether each word begins with a capital, as names do, and the whole is not shouted."""
    spelled = [word for word in text.split() if word[:1].isalpha()]
    return not text.isupper() and all(word[0].isupper() for word in spelled)


def _latinised(spelled: list[str], known: int) -> str | None:
    """Hear Arabic, Farsi, Ukrainian or Russian in Latin letters by its common words."""
    figures = sum(1 for word in spelled if _ARABIZI.fullmatch(word))
    counts = {
        code: sum(word in listed for word in spelled) for code, listed in latinised_words().items()
    }
    counts["ar"] += figures
    code = max(counts, key=lambda each: counts[each])
    if counts[code] < _LATINISED_WORDS or counts[code] <= known:
        return None
    return code


def _weigh(text: str) -> tuple[str, float]:
    """Return the likeliest other language, and how likely it is that it is another at all."""
    ranked = [(str(code), float(share)) for code, share in _identifier().rank(text)]
    foreign = [(code, share) for code, share in ranked if code not in _HOME]
    other, (code, first) = sum(share for _, share in foreign), foreign[0]
    return (code if first >= _WHICH * other else UNKNOWN), other


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*_HOME, *_FOREIGN])
    return identifier
