"""Does a citizen ask us to stop writing (framelding), or to start again? Decided before Rasa."""

from __future__ import annotations

import re

from data.phrases.folding import BREAK, words
from data.phrases.foreign import stop_words
from data.phrases.phrasebook import is_said

#: The word as a command: in capitals before a sentence, or a sentence of its own at the start.
_COMMAND = re.compile(r"^\W*(?:STOP\b(?=.*[a-zæøå])|(?i:stop)\s*[.!]+(?:\s|$))", re.DOTALL)


def asks_to_stop(text: str) -> bool:
    """Tell whether the citizen opts out: STOP, "afmeld", "lad mig være", in short or in passing.

    Stopping a fee, a reminder or an agreement is something else. Never raises.
    """
    return is_said("stop", text) or _COMMAND.match(text) is not None or _is_foreign_stop_word(text)


def asks_to_start(text: str) -> bool:
    """Tell whether a citizen who opted out wants to hear from us again: START, "tilmeld"."""
    return is_said("start", text)


def _is_foreign_stop_word(text: str) -> bool:
    """Tell whether a message is a stop word of another language and nothing else: "стоп"."""
    written = [word for word in words(text) if word != BREAK]
    return len(written) == 1 and written[0] in stop_words()
