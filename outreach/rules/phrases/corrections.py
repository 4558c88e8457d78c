"""Does a citizen put right what they just wrote? ("nej 300 mente jeg", "ups, 1500 ikke 150")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.values.money import Money
from outreach.rules.phrases.numbers import plain
from outreach.rules.phrases.wishes import parse_wish

if TYPE_CHECKING:
    from datetime import date

_CORRECTS = re.compile(
    r"\b(?:mente|jeg mener|meant|i mean|rettelse|correction|hov|hovsa|ups|oops|whoops|typo"
    r"|(?:skrev|tastede|wrote|typed) (?:det )?(?:forkert|galt|wrong)|tastefejl|slaafejl|skrivefejl"
    r"|skulle (?:have |ha )?vaere?t?(?! betalt| slut| faerdig)|should (?:be|have been)(?! paid))\b"
    r"|\b(?:kom til at (?:skrive|taste|trykke)|fik (?:byttet|vendt)|byttede? (?:om|rundt)"
    r"|glem (?:det|alt)|(?:forget|scratch) (?:it|that)|my bad|make (?:it|that)"
    r"|(?:eller|or|aeh|hmm|oh) (?:nej|no)|mangle\w* et (?:nul|ciffer)|missing a (?:zero|digit))\b"
    r"|\b(?:ikke|ik|ikk|not) (?:den|d|dn|the)\b\.? ?\d{1,2}\b"
    r"|\b(?:undskyld|sorry)\b.*\b(?:ikke|ik|ikk|not) \d"
    r"|\b(?:ikke|ik|ikk|not) \d[\d.,]*(?: kr\w*)?,? (?:men|but)\b"
)
#: "kan de 500 blive 700", "700 i stedet for 500": a sum that was named, and what it becomes.
_SUM = r"(\d[\d.]*)(?: ?(?:kr|kroner|dkk|,-))?\.?"
_BECOMES = re.compile(
    rf"\b(?:de|den|dem|the|those|fra|from) {_SUM} (?:(?:kan|can|could|skal|op|ned|up|down) )*"
    rf"(?:blive|bliver|vaere|aendres|rettes|become|becomes|be|til|to)(?: til| to)? {_SUM}(?!\d)"
)
_INSTEAD_OF = re.compile(
    rf"\b{_SUM} (?:i ?stedet for|instead of|frem for|rather than) (?:de |den |the )?{_SUM}(?!\d)"
)


def sum_changed(text: str) -> tuple[Money, Money] | None:
    """Return which sum of those named before is to be which ("kan de 500 blive 700"), or none."""
    folded = plain(text)
    changed = _BECOMES.search(folded)
    if changed is not None:
        return _crowns(changed[1]), _crowns(changed[2])
    changed = _INSTEAD_OF.search(folded)
    return (_crowns(changed[2]), _crowns(changed[1])) if changed is not None else None


def _crowns(figures: str) -> Money:
    return Money.kroner(int(re.sub(r"\D", "", figures)[:9]))


def corrects(text: str, today: date) -> bool:
    """Tell whether a message names another sum or day in place of one named before.

    A question is no correction, nor are words of regret with neither sum nor day.
    """
    if "?" in text or _CORRECTS.search(plain(text)) is None:
        return False
    return not parse_wish(text, today).is_empty
