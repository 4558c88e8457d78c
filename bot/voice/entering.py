"""What a caller keys in or says (indtastning og tale)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from bot.voice.speaking import speech_of

#: Twilio's result of a long speech may fill 4 kB; a question needs no more than this.
LONGEST: Final = 1_000
#: Below this Twilio's own measure (0 to 1) is not believed; 0 means that it did not measure.
SURE_ENOUGH: Final = 0.35
PERSON_KEY: Final = "0"
LANGUAGE_KEY: Final = "9"
_PUNCTUATION: Final = re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True)
class Entered:
    """One answer of a caller, by keys or by voice; hides itself."""

    digits: str = field(default="", repr=False)
    speech: str = field(default="", repr=False)
    confidence: float = 0.0

    @property
    def is_nothing(self) -> bool:
        """Whether the caller was silent."""
        return not self.digits and not self.speech

    @property
    def is_unsure(self) -> bool:
        """Whether it was heard badly."""
        return not self.digits and 0 < self.confidence < SURE_ENOUGH

    @property
    def text(self) -> str:
        """The words, or the keys."""
        return self.digits or self.speech

    @property
    def words(self) -> str:
        """The words as they are compared: small letters, no signs."""
        return " ".join(_PUNCTUATION.sub(" ", self.speech.casefold()).split())

    def asks_for_person(self, language: str) -> bool:
        """Tell whether the caller plainly wants a person: 0, or the word and little more."""
        said = any(_says(speech_of(each).person, self.words) for each in {language, "da", "en"})
        return self.digits == PERSON_KEY or said

    def wants_language(self, language: str) -> str | None:
        """Return the language the caller plainly asks for instead of this one, or none."""
        other = "da" if language == "en" else "en"
        speech = speech_of(language)
        asks = speech.danish if language == "en" else speech.english
        return other if self.digits == LANGUAGE_KEY or _says(asks, self.words) else None

    def agrees(self, language: str) -> bool | None:
        """Tell whether it is a yes (1) or a no (2); none: neither."""
        speech = speech_of(language)
        if self.digits == "1" or _says(speech.agrees, self.words):
            return True
        return False if self.digits == "2" or _says(speech.declines, self.words) else None

    def chosen(self, choices: list[str]) -> str | None:
        """Return which of the choices its key stands for, or none."""
        at = int(self.digits) - 1 if self.digits.isdecimal() else -1
        return choices[at] if 0 <= at < len(choices) else None


def entered(digits: str, speech: str, confidence: str) -> Entered:
    """Read what Twilio hands over; keys come before words, and a long speech is cut."""
    keys = "".join(key for key in digits if key in "0123456789*")
    words = " ".join(speech.replace("\x00", "").split())[:LONGEST]
    try:
        sure = min(max(float(confidence or 0), 0.0), 1.0)
    except ValueError:
        sure = 0.0
    return Entered(keys, words, sure)


def _says(pattern: str, words: str) -> bool:
    return bool(words) and re.fullmatch(pattern, words, re.IGNORECASE) is not None
