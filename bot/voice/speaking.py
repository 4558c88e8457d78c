"""Says aloud what is written (oplæsning): sums, hours, days, telephone numbers, abbreviations.

A voice reads whole numbers and "1. december" right by itself. What it reads wrong is rewritten
here: thousands with a point, "kr." and "kl.", telephone and case numbers, and words about writing.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.yaml_files import Block, read

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE: Final = Path(__file__).with_name("spoken.yml")
#: Twilio reads at most 4,096 letters in one `<Say>`; markup signs take more room.
LONGEST: Final = 3_000
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+")
_CASE: Final = re.compile(r"\b([A-ZÆØÅ]{1,4})-(\d{3,})\b")
_EIGHT: Final = re.compile(r"(?<![\d.,])\d{2}(?: ?\d){6}(?![.,]?\d)")
_THREES: Final = re.compile(r"(?<![\d.,])(\d{3}) (\d{3})(?![.,]?\d)")
_SMILEY: Final = re.compile(r"(?<!\w)[:;]-?[()DP](?!\w)")
#: Numbers to call that are known by their figures.
_SHORT: Final = re.compile(r"(?<![\d.,])(11[24]|116\d{3})(?!\d|[.,]\d| kr)")
_DAY: Final = re.compile(r"\b(\d\d)-(\d\d)-(\d{4})\b")
#: "1.200,50 kr.", "1,200.50 kr."; the last point ends the sentence before a capital or nothing.
_SUM: Final = re.compile(
    r"(?<!\d)(?P<whole>\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](?P<rest>\d\d))? kr\."
    r"(?P<ends>\s+(?=[A-ZÆØÅ])|\s*$)?"
)
_HOUR: Final = re.compile(r"\bkl\. ?(\d{1,2})(?:\.(\d\d))?")
_HOUR_EN: Final = re.compile(r"(?<=\bat )(\d{1,2}):(\d\d)\b")
_NOON: Final = 12


class Speech(Block):
    """What one language needs to be said aloud, and understood."""

    person: str
    agrees: str
    declines: str
    english: str = "english"
    danish: str = "danish"
    #: Patterns, and what is said for each, in their order.
    says: tuple[tuple[str, str], ...]


class _Speeches(Block):
    da: Speech
    en: Speech


@cache
def _speeches() -> _Speeches:
    return read(FILE, _Speeches)


def speech_of(language: str) -> Speech:
    """Return what a language needs.

    Raises:
        DataFileError: the file is wrong; the text names file, line and key.
    """
    speeches = _speeches()
    return speeches.en if language == "en" else speeches.da


@cache
def _rewriting(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(wrote), said) for wrote, said in speech_of(language).says)


def aloud(text: str, language: str) -> str:
    """Return a text as it is said in `da` or `en`: without links and smileys."""
    said = _SMILEY.sub("", _LINK.sub("", text))
    said = _CASE.sub(lambda case: f"{case[1]}, {' '.join(case[2])}", said)
    said = _EIGHT.sub(_pairs, said)
    said = _THREES.sub(lambda number: f"{' '.join(number[1])}, {' '.join(number[2])}", said)
    said = _SHORT.sub(lambda number: " ".join(number[1]), said)
    said = _DAY.sub(r"\1 \2 \3", said)
    said = _SUM.sub(lambda found: _sum(found, language), said)
    if language == "en":
        said = _HOUR_EN.sub(_half_day, said)
    else:
        said = _HOUR.sub(lambda hour: f"klokken {hour[1]}{_minutes(hour[2])}", said)
    for wrote, instead in _rewriting(language):
        said = wrote.sub(instead, said)
    return _as_sentences(_without_signs(said))


def _sum(found: re.Match[str], language: str) -> str:
    """Say a sum: "1.200,50 kr." is 1200 kroner og 50 øre."""
    whole, rest = re.sub(r"\D", "", found["whole"]), found["rest"]
    said = f"{whole} {'krone' if whole == '1' else 'kroner'}"
    if rest and int(rest):
        said += f" {'and' if language == 'en' else 'og'} {int(rest)} øre"
    return said if found["ends"] is None else f"{said}. "


def _pairs(number: re.Match[str]) -> str:
    """Say a telephone number in pairs, as Danes do: 43, 68, 68, 68."""
    figures = number[0].replace(" ", "")
    return ", ".join(figures[at : at + 2] for at in range(0, len(figures), 2))


def _minutes(minutes: str | None) -> str:
    return f" {minutes}" if minutes and int(minutes) else ""


def _half_day(hour: re.Match[str]) -> str:
    """Say an hour as in English: 15:00 is 3 pm."""
    count = int(hour[1])
    return f"{count % _NOON or _NOON}{_minutes(hour[2])} {'pm' if count >= _NOON else 'am'}"


def _without_signs(text: str) -> str:
    """Leave out what no voice can say: smileys, arrows, signs XML does not know."""
    return "".join(
        letter
        for letter in text
        if letter in "\n\t" or (letter.isprintable() and ord(letter) < 0x2190)  # noqa: PLR2004
    )


def _as_sentences(text: str) -> str:
    """Let each line be a sentence of its own, so that the voice rests after it."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    ended = (line if line[-1] in ".:?!," else f"{line}." for line in lines if line)
    return " ".join(ended)


def in_parts(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Yield a text in parts that can be said in one go, parted between sentences."""
    while len(text) > longest:
        at = max(text.rfind(". ", 0, longest), text.rfind("? ", 0, longest))
        at = at + 1 if at > 0 else longest
        yield text[:at].strip()
        text = text[at:].strip()
    if text:
        yield text
