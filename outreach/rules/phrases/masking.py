"""What Rasa may see of a message: no figures, addresses, names, diagnoses (maskering)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from data.phrases.folding import fold
from outreach.rules.sensitive import without_diagnoses

#: Longer messages tell Rasa nothing more.
LONGEST = 500
_READ = 4_000
_MAIL = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+")
# The same as in the classifier (dialogues/components), so that training data may hold numbers.
_FIGURES = re.compile(r"\d[\d.,/:-]*")
#: The marks of what was hidden when the message was stored.
_HIDDEN = re.compile(r"\[(\w+)\]|(?<=\d)-xxxx")
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_NAME = 2


def mask(text: str, names: Iterable[str]) -> str:
    """Replace figures by `0`, e-mail addresses by `mail`, the citizen's names by `navn`.

    A diagnosis is `sygdom`, also where it was hidden when the message was stored; of a CPR number
    nothing is left.

    Names are found in any case, with or without æøå, and with a genitive s. At most
    `LONGEST` characters come out.
    """
    own = list(names)
    plain = unicodedata.normalize("NFKC", text[:_READ])
    plain = _HIDDEN.sub(r"\1", without_diagnoses(plain, own))
    plain = _FIGURES.sub("0", _MAIL.sub("mail", plain))
    hidden = {fold(part) for name in own for part in _WORD.findall(name)}
    hidden = {part for part in hidden if len(part) >= _SHORTEST_NAME}

    def hide(match: re.Match[str]) -> str:
        word = fold(match.group())
        return "navn" if word in hidden or word.removesuffix("s") in hidden else match.group()

    return _WORD.sub(hide, plain)[:LONGEST]
