"""Reads what proves who writes: a birth date in any common form, and the bill's case number."""

from __future__ import annotations

import re
from datetime import date

from data.phrases.folding import fold
from outreach.rules.phrases.calendar import MONTH, MONTHS, ORDINAL, ORDINALS, blank
from outreach.rules.phrases.spoken_days import birth_in_figures

_LONGEST = 1_600
_OLDEST = 120
_CENTURIES = (1900, 2000, 1800)
_SEP = r"(?:\. ?|, ?| ?/ ?| ?- ?| )"
_SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>(?:18|19|20)\d\d)[-./ ](?P<month>\d{1,2})[-./ ](?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})" + _SEP + r"(?P<month>\d{1,2})" + _SEP
        + r"(?P<year>(?:18|19|20)\d\d|'?\d\d)(?!\d)",
        (rf"(?<!\d)(?P<day>\d{{1,2}}|\b{ORDINAL})(?:\.|st|nd|rd|th|te|de)?,? ?-?(?:of |i )?"
        rf"(?P<month>{MONTH})\.?,? ?-?(?:aar )?(?P<year>(?:18|19|20)\d\d|'?\d\d)(?!\d)"),
        (
            rf"\b(?P<month>{MONTH})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd"
            rf"|th)?,? ?(?P<year>(?:18|19|20)\d\d|'?\d\d)(?!\d)"
        ),
        r"(?<!\d)(?P<day>\d\d)(?P<month>\d\d)(?P<year>(?:18|19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<year>(?:18|19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<day>\d\d) ?(?P<month>\d\d) ?(?P<year>\d\d)(?:[ -]*[\dx]{4})?(?![\dx])",
    )
)  # fmt: skip
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b\d{6} ?- ?\d{4}\b|\b\d{10}\b",
        r"\b(?:18|19|20)\d\d-\d{1,2}-\d{1,2}\b",
        r"\b\d{1,2} ?[./-] ?\d{1,2} ?[./ -] ?(?:\d{4}|\d{2})\b",
        rf"\b\d{{1,2}}(?:\.|st|nd|rd|th)?,? ?(?:of )?{MONTH}\.?,? ?(?:\d{{4}}|'?\d\d)\b",
        rf"\b{MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? ?\d{{4}}\b",
    )
)
#: What a number is that stands behind these words: no birth date.
_CASE_NUMBER = re.compile(
    r"\b(?:faktura|sags?|regnings?|krav|bill|case|invoice|ref)\w*(?: ?(?:nr|nummer|number|no)\b)?"
    r"[.:]* ?(?:er |is )?(?:[a-z]{1,4}[ -]?)?\d+"
)
#: An address of the web: what stands in it proves nothing.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:dk|com|net|org|io|eu|me|info|link|ly|co|app"
    r"|top|xyz|shop)\b(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_NO_REFS = (
    # "jeg får over 9000 tilbage i skat": money that is spoken of.
    re.compile(
        r"\b(?:over|cirka|ca|omkring|mindst|hoejst|kun|about|around|only|faar|tjener|earn)\.? "
        r"\d{3,}\b|\b\d{3,} (?:tilbage|retur|back|om (?:maaned|uge)\w*|(?:a|per) (?:month|week))\b"
    ),
    re.compile(
        r"\b\d{1,3}(?:[.,]\d{3})*(?:,\d\d?|,-)? ?(?:kr|kroner|dkk)\b|\b(?:kr|dkk)\.? ?\d+\b"
    ),
    re.compile(
        r"\b(?:foedt|born|aargang|foedselsaar|fra|i|in|year|aar)\b[.:]? ?(?:i |in )?(?:18|19"
        r"|20)\d\d\b"
    ),
)
_PART = re.compile(r"[a-z]+|\d+")
_REF = re.compile(
    r"\d+[a-z]{0,3}(?![a-z])(?:[./-]\d+){0,3}|[a-z]{1,5}(?:[ ./#-]{0,3}(?:[a-z]{1,5}|\d+)){1,4}"
)
#: A letter before the figures is part of the number: "B-1001" does not also say "1001".
_PREFIXED = re.compile(r"^(?:[a-z] ?|[a-z]+[-/#.]?)(?=\d)")
_LABEL = re.compile(
    r"\b(?:sagsnummer|sagsnr|sagen|sag|nummer|nr|no|number|case|ref|reference|regning|faktura"
    r"|fakturanummer|bill|invoice|er|is|og|and|my|mit|the|den|det|hedder|kravnr|krav"
    r"|fordring)\b\.?:?"
)
_FEWEST_DIGITS = 3
_FEWEST_ALONE = 4
_LONGEST_PREFIX = 4
_LONGEST_LETTERS = 2
_MOST_CANDIDATES = 40


def without_addresses(text: str) -> str:
    """Return a message without the addresses of the web in it."""
    return _ADDRESS.sub(" ", text)


def has_address(text: str) -> bool:
    """Tell whether a message holds an address of the web."""
    return _ADDRESS.search(text) is not None


def parse_birth_date(text: str, today: date) -> list[date]:
    """Return the birth dates (fødselsdatoer) a message may name, each once.

    Two figures for the year give every century in which the person is 0 to 120 years old. Of a
    CPR number only the first six figures are read.
    """
    folded = blank(_CASE_NUMBER, birth_in_figures(" ".join(fold(text)[:_LONGEST].split())))
    found: list[date] = []
    for shape in _SHAPES:
        matches = list(shape.finditer(folded))
        for match in matches:
            found += [day for day in _births(match, today) if day not in found]
        if matches:
            folded = blank(shape, folded)
    return found


def _births(match: re.Match[str], today: date) -> list[date]:
    day, month, year = (match[part].lstrip("'") for part in ("day", "month", "year"))
    number = int(day) if day.isdigit() else ORDINALS[day]
    in_year = int(month) if month.isdigit() else MONTHS[month.strip()]
    is_short = len(year) == len("80")
    years = [century + int(year) for century in _CENTURIES] if is_short else [int(year)]
    orders = [(in_year, number)]
    if month.isdigit() and in_year > 12 >= number:  # noqa: PLR2004 - months; the American order
        orders = [(number, in_year)]
    return [
        born
        for whole in years
        for ordered_month, ordered_day in orders
        if (born := _day(whole, ordered_month, ordered_day)) and _is_alive(born, today)
    ]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_alive(born: date, today: date) -> bool:
    return born <= today and today.year - born.year <= _OLDEST


def claim_ref_candidates(text: str) -> list[str]:
    """Return what may be a case number (sagsnummer), in capitals without signs, each once.

    "sagsnr. A-1001", "a 1001" and "a1001" all hold `A1001`; a bare number is one too.
    """
    folded = " ".join(fold(text)[:_LONGEST].split())
    for shape in (*_DATES, *_NO_REFS):
        folded = blank(shape, folded)
    folded = _LABEL.sub(" | ", folded)
    found: list[str] = []
    for match in _REF.finditer(folded):
        given = _windows(_PART.findall(match.group()))
        if _PREFIXED.match(match.group()):
            given = [each for each in given if not each.isdigit()]
        found += [each for each in given if each not in found]
    return found[:_MOST_CANDIDATES]


def _windows(parts: list[str]) -> list[str]:
    """Return every run of parts that holds figures enough, the longest first."""
    runs = (
        parts[first:last]
        for length in range(len(parts), 0, -1)
        for first in range(len(parts) - length + 1)
        if (last := first + length)
    )
    return ["".join(run).upper() for run in runs if _is_ref(run)]


def _is_ref(run: list[str]) -> bool:
    letters = [part for part in run if part.isalpha()]
    if any(
        len(part) > (_LONGEST_PREFIX if part is run[0] else _LONGEST_LETTERS) for part in letters
    ):
        return False
    digits = sum(len(part) for part in run if part.isdigit())
    fewest = _FEWEST_ALONE if len(run) == 1 else _FEWEST_DIGITS
    return digits >= fewest


def matches_ref(candidate: str, claim_ref: str) -> bool:
    """Tell whether a candidate is this reference, whatever its case, spaces and dashes.

    A number alone is the reference if it is all the figures in it, and at least four.
    """
    given, real = _bare(candidate), _bare(claim_ref)
    if not given:
        return False
    figures = "".join(letter for letter in real if letter.isdigit())
    return given == real or (given.isdigit() and len(given) >= _FEWEST_ALONE and given == figures)


def _bare(ref: str) -> str:
    return re.sub("[^a-z0-9]", "", fold(ref))
