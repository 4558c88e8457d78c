"""Writes a birth date said in words in figures: "den tredje maj nitten firs", "d. 3 i 5te firs"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from text_to_num import text2num

from outreach.rules.phrases.calendar import MONTH

if TYPE_CHECKING:
    from collections.abc import Mapping

_ONES_DA = ("en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni")
_TEENS_DA = (
    "elleve",
    "tolv",
    "tretten",
    "fjorten",
    "femten",
    "seksten",
    "sytten",
    "atten",
    "nitten",
)
_TENS_DA = ("tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems")
_ONES_EN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS_EN = (
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS_EN = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_FIRST_DA = (
    "foerste",
    "anden",
    "tredje",
    "fjerde",
    "femte",
    "sjette",
    "syvende",
    "ottende",
    "niende",
)
_FIRST_EN = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_LATER_DA = (
    *("tiende", "ellevte", "tolvte", "trettende", "fjortende", "femtende", "sekstende", "syttende"),
    *("attende", "nittende", "tyvende"),
)
_LATER_EN = (
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)


def _days() -> Mapping[str, int]:
    """Return the days of a month in words, Danish and English."""
    first = {word: number for words in (_FIRST_DA, _FIRST_EN) for number, word in _counted(words)}
    later = {
        word: number + 9 for words in (_LATER_DA, _LATER_EN) for number, word in _counted(words)
    }
    twenties = {f"{word}ogtyvende": number + 20 for number, word in _counted(_ONES_DA)}
    twenties |= {f"twenty {word}": number + 20 for number, word in _counted(_FIRST_EN)}
    last = {"tredivte": 30, "enogtredivte": 31, "thirtieth": 30, "thirty first": 31}
    return {**first, "forste": 1, "tredie": 3, **later, **twenties, **last}


def _counted(words: tuple[str, ...]) -> list[tuple[int, str]]:
    return list(enumerate(words, start=1))


_DAYS = _days()
_DAY = re.compile(rf"\b(?:{'|'.join(sorted(_DAYS, key=len, reverse=True))})\b")
_TAIL_DA = (
    rf"(?:(?:{'|'.join(_ONES_DA)})og)?(?:{'|'.join(_TENS_DA)})|{'|'.join((*_TEENS_DA, 'ti'))}"
)
_TAIL_EN = (
    rf"(?:{'|'.join(_TENS_EN)})(?:[ -](?:{'|'.join(_ONES_EN)}))?|{'|'.join((*_TEENS_EN, 'ten'))}"
)
_ONE = "|".join((*_ONES_DA, *_ONES_EN))
#: "nitten firs", "nittenhundrede og firs", "nineteen eighty", "nitten nul fem".
_LAST_CENTURY = re.compile(
    r"\b(?:nitten|nineteen)(?: ?hundrede?)?(?: ?(?:og|and))? ?"
    rf"(?:(?P<da>{_TAIL_DA})|(?P<en>{_TAIL_EN})|(?:nul|oh|o|zero) (?P<one>{_ONE}))\b"
)
_THIS_CENTURY = re.compile(
    r"\b(?:to ?tusinde?|two thousand)"
    rf"(?:(?: (?:og|and))? (?:(?P<da>{_TAIL_DA})|(?P<en>{_TAIL_EN})|(?P<one>{_ONE})))?\b"
)
#: "22. i 5. 1980": the fifth month; before a year it is no length of time.
_IN_MONTH = re.compile(
    r"\b(\d{1,2})\.?(?:te|de|ende)? i (?:den )?(\d{1,2})\.?(?:te|de|ende)?(?= |$)"
)
#: A year by its last figures: "3/5 firs".
_SHORT_YEAR = re.compile(
    rf"(?:(?<=\d )|(?<=\d\. )|\b(?P<month>{MONTH}) )(?:(?P<da>{_TAIL_DA})|(?P<en>{_TAIL_EN}))\b"
)


def birth_in_figures(folded: str) -> str:
    """Write days, months and years that are said in words in figures, in a folded text."""
    written = _LAST_CENTURY.sub(lambda match: str(1900 + _number(match)), folded)
    written = _THIS_CENTURY.sub(lambda match: str(2000 + _number(match)), written)
    written = _DAY.sub(lambda match: str(_DAYS[match.group()]), written)
    written = _IN_MONTH.sub(r"\1/\2", written)
    return _SHORT_YEAR.sub(_short_year, written)


def _short_year(match: re.Match[str]) -> str:
    return f"{match['month'] or ''} {_number(match):02}".lstrip()


def _number(match: re.Match[str]) -> int:
    given = match.groupdict()
    one = given.get("one")
    if given["da"] or one in _ONES_DA:
        return int(text2num(given["da"] or one, "da"))
    words = given["en"] or one
    return int(text2num(words.replace("-", " "), "en")) if words else 0
