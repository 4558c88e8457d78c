"""Does a citizen ask us to stop writing (framelding), or to start again? Decided before Rasa."""

from __future__ import annotations

import re

from data.phrases.folding import BREAK, fold, words
from data.phrases.foreign import stop_words
from data.phrases.phrasebook import is_said

#: The word as a command: in capitals before a sentence, or a sentence of its own at the start.
_COMMAND = re.compile(r"^\W*(?:STOP\b(?=.*[a-zæøå])|(?i:stop)\s*[.!]+(?:\s|$))", re.DOTALL)
#: "hvad betyder STOP?": the whole message asks what the word does, and nothing else is in it.
_ABOUT = re.compile(
    r"\W*(?:(?:hej|hello|hi|ok|okay|men|but|undskyld|sorry|saa|so)\W+)*"
    r"(?:hvad (?:betyder|er|vil det sige|menes der med|goer)|hvad sker der(?:,)? (?:hvis|naar)"
    r" (?:jeg|man|a) (?:skriver|svarer|sender)|what (?:is|does|do you mean by|is meant by)"
    r"|what happens(?:,)? (?:if|when) i (?:write|reply|send|text|answer)(?: with)?)"
    r"(?:\W+(?:det|ordet|at|skrive|svare|der|staar|the|word|it|mean|to|write|med))*"
    r"\W+stop\b(?:\W+(?:mean|means|do|egentlig|for noget|saa|then|her|here|betyde))*\W*"
)
#: "hvad betyder det STOP" may be two things: then it is a STOP.
_MAY_BE_ONE = re.compile(r"\b(?:det|it|her|der)\W+stop\b(?!\W+mean)")


def asks_about_stop(text: str) -> bool:
    """Tell whether a message only asks what STOP means; in doubt it does not, and is a STOP."""
    folded = fold(text)
    return _ABOUT.fullmatch(folded) is not None and _MAY_BE_ONE.search(folded) is None


def asks_to_stop(text: str) -> bool:
    """Tell whether the citizen opts out: STOP, "afmeld", "lad mig være", in short or in passing.

    Stopping a fee, a reminder or an agreement is something else. Never raises.
    """
    if asks_about_stop(text):
        return False
    is_command = _COMMAND.match(text) is not None
    return is_said("stop", text) or is_command or _says_all(text) or _is_foreign_stop_word(text)


def asks_to_stop_all(text: str) -> bool:
    """Tell whether the no is to every way of reaching the citizen: "stop alt", "stop all"."""
    return asks_to_stop(text) and _says_all(text)


def _says_all(text: str) -> bool:
    return is_said("stop_all", text)


def asks_to_start(text: str) -> bool:
    """Tell whether a citizen who opted out wants to hear from us again: START, "tilmeld"."""
    return is_said("start", text)


def _is_foreign_stop_word(text: str) -> bool:
    """Tell whether a message is a stop word of another language and nothing else: "стоп"."""
    written = [word for word in words(text) if word != BREAK]
    return len(written) == 1 and written[0] in stop_words()
