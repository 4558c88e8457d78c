"""What Rasa may see of a message: no figures, no addresses, no names (maskering)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from data.phrases.folding import fold

#: Longer messages tell Rasa nothing more.
LONGEST = 500
_READ = 4_000
_MAIL = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+")
# The same as in the classifier (dialogues/components), so that training data may hold numbers.
_FIGURES = re.compile(r"\d[\d.,/:-]*")
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_NAME = 2


def mask(text: str, names: Iterable[str]) -> str:
    """Replace figures by `0`, e-mail addresses by `mail` and the citizen's names by `navn`.

    Names are found in any case, with or without æøå, and with a genitive s. At most
    `LONGEST` characters come out.
    """
    plain = unicodedata.normalize("NFKC", text[:_READ])
    plain = _FIGURES.sub("0", _MAIL.sub("mail", plain))
    hidden = {fold(part) for name in names for part in _WORD.findall(name)}
    hidden = {part for part in hidden if len(part) >= _SHORTEST_NAME}

    def hide(match: re.Match[str]) -> str:
        word = fold(match.group())
        return "navn" if word in hidden or word.removesuffix("s") in hidden else match.group()

    return _WORD.sub(hide, plain)[:LONGEST]
