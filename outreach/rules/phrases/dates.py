"""Reads a day (dato) as people write it, looking forward: "d. 1.", "på fredag", "om 14 dage"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from data.values.time import is_bank_day, previous_bank_day
from outreach.rules.phrases.calendar import (
    COUNT,
    MONTH,
    MONTH_WORD,
    MONTHS,
    ORDINAL,
    ORDINALS,
    WEEKDAY,
    WEEKDAYS,
    blank,
    count_of,
)
from outreach.rules.phrases.numbers import plain

_WEEK = timedelta(days=7)
_NO_DATES = (
    re.compile(r"\b(?:kl|klokken)\.? ?\d{1,2}(?:[.:]\d\d)?\b|\b\d{1,2}:\d\d\b"),
    re.compile(r"\b\d{1,3}(?:\.\d{3})+(?:,\d\d?)?\b|\b\d+(?:,\d\d|,-)|\b\d+ ?(?:kr\b|kroner)"),
)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)\b")
_FIGURES = re.compile(
    r"\b(?P<day>\d{1,2})(?:\. ?|/|-| / )(?P<month>\d{1,2})"
    r"(?:(?:[./-] ?|[ ])(?P<year>(?:19|20)\d\d|\d\d(?!\d))\b|\b(?!\d))"
)
#: "anden" and "second" are other things too, unless a month follows.
_SECOND = rf"(?:anden|second)(?= (?:of )?{MONTH})"
_NAMED = re.compile(
    rf"\b(?P<day>\d{{1,2}}|{ORDINAL}|{_SECOND})(?:\.|st|nd|rd|th|te|de)?,? ?(?:of |i )?"
    rf"(?P<month>{MONTH})"
    r"\.?(?:,? ?(?P<year>(?:19|20)\d\d|'?\d\d(?!\d))\b)?"
    rf"|\b(?P<month2>{MONTH}) (?:the )?(?P<day2>\d{{1,2}}|{ORDINAL})(?:st|nd|rd|th)?"
    r"(?!\d)(?:,? (?P<year2>(?:19|20)\d\d)\b)?"
)
_OF_MONTH = re.compile(
    rf"(?:\b(?P<part>sidst|slut\w*|ultimo|udgangen|udloebet|end|late|midt|midten|mid|middle|medio"
    rf"|foerst|start\w*|primo|begin\w*)"
    rf"(?: i| af| paa| of| in)?(?: the)? |\b(?:til|to|i|in|indtil|until|till|by|foer|before|fra"
    rf"|from|starting) )"
    rf"(?P<month>{MONTH})(?:\.? (?P<year>20\d\d)\b)?"
)
_IN = re.compile(
    rf"\b(?:om|in|after|efter|within|inden for) (?:ca\.? |about |cirka )?(?P<count>{COUNT}) ?"
    rf"(?P<unit>dage?|days?|uger?|weeks?|{MONTH_WORD}|aar|years?)\b"
    rf"|\b(?P<count2>{COUNT}) (?P<unit2>dage?|days?|uger?|weeks?"
    rf"|{MONTH_WORD}) (?:from (?:now|today)|fra (?:nu|i ?dag)|frem)"
    rf"|\b(?P<count3>{COUNT}|nogle|some) (?:more |extra |ekstra )?(?P<unit3>dage?s?|days?"
    rf"|uge(?:rs?|s)?"
    rf"|weeks?|{MONTH_WORD})(?! (?:siden|ago|ad gangen))"
)
#: A bare length ("14 dage") is a day only where somebody asks us to wait.
_PATIENCE = re.compile(
    r"\b(?:faa|fa|vente?|wait|giv?|give|have|mere|more|ekstra|extra|frist\w*|udsaet\w*|udsat|pause"
    r"|need|mangler|bruge|henstand|respite|extension|udskyd\w*|postpone|delay)\b"
)
_DAY_WORDS = (
    (re.compile(r"\bi ?overmorgen|\bday after tomorrow"), 2),
    (re.compile(r"\bi ?morgen\b|\btomorrow|\btmrw?\b|\btomorow|\bimorn\b|\bi mor?n\b"), 1),
    (re.compile(r"(?<!fra )\bi ?dag\b|(?<!from )\btoday\b|\bi ?aften\b|\btonight\b|\bnu her\b"), 0),
)
_NEXT_WEEK = re.compile(r"\bnaeste uge|\bnext week|\bi naeste uge")
_WEEKDAY = re.compile(
    rf"(?P<next>\bnaeste |\bnext |\bkommende naeste )?\b(?P<day>{WEEKDAY})s?\b"
    r"(?P<later> (?:i |om )?(?:naeste uge|next week|en uge))?(?P<later2> om 14 dage)?"
    r"(?P<week_on> (?:om )?(?:8|otte) dage\b| week\b)?"
)
#: "a week on thursday" is "thursday week".
_WEEK_ON = re.compile(rf"\ba week (?:on|from) {WEEKDAY}")
#: A day without a year that has been this lately is that day: nobody means nearly a year on.
_JUST_BEEN = timedelta(days=31)
#: Months that no other word looks like ("mar", "maj" and "may" do), without a day before them.
_BARE_MONTH = re.compile(
    r"(?<!\b\d )(?<!\b\d\d )(?<!\b\d\. )(?<!\b\d\d\. )\b(?:januar|january|februar|february|marts"
    r"|april|juni|juli|august|september|oktober|october"
    r"|november|december)\b"
)
_MONTH_EDGE = re.compile(
    rf"\b(?P<part>sidst|slut\w*|ultimo|end|udgangen|udloebet|midt|midten|mid|middle|medio"
    rf"|foerst|foerste i"
    rf"|start\w*|primo|begin\w*) ?(?:i|af|paa|of|in)?(?: the| den| denne| this)?"
    rf"(?P<next> ?naeste| ?next| ?kommende| ?coming)? ?(?P<month>{MONTH_WORD})"
    rf"|\bnaar (?:denne )?(?P<over>{MONTH_WORD}) (?:er )?(?:slut|omme|forbi|gaaet|overstaaet)"
    rf"|\bwhen (?:the |this )?(?P<over2>month) (?:is over|ends|is done)|\bmonth'?s end"
    rf"|\bden sidste(?: dag)?(?: i (?:denne )?maaned\w*)?$|\bmaanedsskiftet"
    rf"|\bmaanedens (?:slutning|udgang)"
)
_THIS_MONTH = re.compile(rf"\b(?:i )?(?:denne|indevaerende|this|den her) {MONTH_WORD}")
_LAST_BANK_DAY = re.compile(r"\bsidste (?:bank|hver)dag|\blast (?:bank|working|business) ?day")
_FEAST = re.compile(
    r"(?P<after>\b(?:efter|after|over|paa den anden side af) )?\b(?P<feast>nytaar\w*"
    r"|(?:det )?nye? ?aar\b|new ?years?|jul|christmas|xmas)\b"
)
_NEXT_MONTH = re.compile(rf"\bnaeste {MONTH_WORD}|\bnext month|\bkommende {MONTH_WORD}")
_DAY_OF_MONTH = re.compile(
    rf"\b(?:den|d|dn|the|on the|pr)\b\.? ?(?:(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|te|ste"
    rf"|de)?(?![\d/-])"
    rf"(?! ?(?:kr|dage?|uger?|{MONTH_WORD}))|(?P<word>{ORDINAL})(?! (?:rykker|rate|regning"
    rf"|betaling|gang|aftale|uge)))"
    rf"|\b(?P<day4>\d{{1,2}})\. i (?:denne |hver )?{MONTH_WORD}"
    r"|\b(?P<day2>\d{1,2})(?:st|nd|rd|th|'?te|'?ende)\b|^(?P<day3>\d{1,2})\.?$"
)


def parse_date(text: str, today: date) -> date | None:
    """Return the day a citizen names, on or after `today` unless they give one that has been.

    That is a day with a past year, or one without a year in the month that has just passed
    ("15. november", said on the 24th): who reads it can then ask what was meant. A day that no
    calendar has ("31. februar") is no day. "næste fredag" is the Friday of next week, "fredag"
    the first one after `today`.
    """
    return day_in(plain(text), today)


def day_in(plain_text: str, today: date) -> date | None:
    """Return the day that a text names which `plain` has been through."""
    for pattern in _NO_DATES:
        plain_text = blank(pattern, plain_text)
    for rule in _RULES:
        found, is_settled = rule(plain_text, today)
        if found is not None or is_settled:
            return found
    return None


def bare_day_in(plain_text: str, since: date) -> date | None:
    """Return the next day of a month after `since`, where a text names it so: "resten d. 30"."""
    for pattern in _NO_DATES:
        plain_text = blank(pattern, plain_text)
    if any(pattern.search(plain_text) for pattern in (_ISO, _NAMED, _FIGURES)):
        return None
    return _days_of_month(plain_text, since)[0]


def month_in(plain_text: str, today: date) -> date | None:
    """Return the day for a sum that only has its month: "500 december", "200 denne måned".

    That is the month's first day, or its last when the month has begun.
    """
    if _THIS_MONTH.search(plain_text):
        return _in_month("slut", today)
    match = _BARE_MONTH.search(plain_text)
    return _named_months(f"i {match.group()}", today)[0] if match else None


_Answer = tuple[date | None, bool]
_NOTHING: _Answer = (None, False)


def _whole_dates(text: str, today: date) -> _Answer:
    for pattern in (_ISO, _NAMED, _FIGURES):
        match = pattern.search(text)
        if match:
            return _whole(match, today), True
    return _NOTHING


def _whole(match: re.Match[str], today: date) -> date | None:
    given = match.groupdict()
    day = given["day"] or given.get("day2") or ""
    month = (given["month"] or given.get("month2") or "").strip()
    year = (given["year"] or given.get("year2") or "").lstrip("'")
    number = int(day) if day.isdigit() else ORDINALS[day]
    in_year = int(month) if month.isdigit() else MONTHS[month]
    if year:
        return _day(_four_figures(year, today), in_year, number)
    first = today - _JUST_BEEN
    has_been = (in_year, number) < (first.month, first.day)
    return _day(first.year + has_been, in_year, number)


def _four_figures(year: str, today: date) -> int:
    """Return the year: two figures are at most twenty years ahead, else in the last century."""
    if len(year) == len("2026"):
        return int(year)
    ahead = 2000 + int(year)
    return ahead if ahead <= today.year + 20 else ahead - 100


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_words(text: str, today: date) -> _Answer:
    for pattern, days in _DAY_WORDS:
        if pattern.search(text):
            return today + timedelta(days=days), True
    return _NOTHING


def _lengths(text: str, today: date) -> _Answer:
    match = _IN.search(text)
    if match and match["count3"] and not _PATIENCE.search(text):
        return _NOTHING
    if match is None or (_WEEKDAY.search(text) and " om 14 dage" in text):
        return _NOTHING
    given = match.groupdict()
    count = count_of(given["count"] or given["count2"] or given["count3"])
    unit = given["unit"] or given["unit2"] or given["unit3"]
    if unit.startswith(("dag", "day")):
        return today + timedelta(days=count), True
    if unit.startswith(("uge", "week")):
        return today + count * _WEEK, True
    return _months_on(today, count * (12 if unit.startswith(("aar", "year")) else 1)), True


def _months_on(day: date, months: int) -> date:
    """Return the same day some months on, or the month's last day where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _weekdays(text: str, today: date) -> _Answer:
    match = _WEEKDAY.search(text)
    if match is None or _DAY_OF_MONTH.search(text):
        return _NOTHING
    weekday = WEEKDAYS[match["day"]]
    monday = today - timedelta(days=today.weekday())
    if match["week_on"] or _WEEK_ON.search(text):
        return _first_after(today, weekday) + _WEEK, True
    if match["later2"]:
        return monday + 2 * _WEEK + timedelta(days=weekday), True
    if match["next"] or match["later"] or _NEXT_WEEK.search(text):
        return monday + _WEEK + timedelta(days=weekday), True
    return _first_after(today, weekday), True


def _first_after(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _edges(text: str, today: date) -> _Answer:
    match = _MONTH_EDGE.search(text)
    if _LAST_BANK_DAY.search(text):
        return _last_bank_day(today), True
    if match is None:
        return _NOTHING
    part = match["part"] or "slut"
    month = _months_on(today.replace(day=1), 1 if match["next"] else 0)
    found = _in_month(part, month)
    return (found if found > today else _in_month(part, _months_on(month, 1))), True


def _in_month(part: str, month: date) -> date:
    if part.startswith(("mid", "medio")):
        return month.replace(day=15)
    if part.startswith(("foerst", "start", "primo", "begin")):
        return month.replace(day=1)
    return month.replace(day=monthrange(month.year, month.month)[1])


def _last_bank_day(today: date) -> date:
    for months in (0, 1):
        last = _in_month("slut", _months_on(today.replace(day=1), months))
        found = last if is_bank_day(last) else previous_bank_day(last)
        if found > today:
            break
    return found


def _named_months(text: str, today: date) -> _Answer:
    match = _OF_MONTH.search(text)
    if match is None:
        return _NOTHING
    part = match["part"] or "start"
    number = MONTHS[match["month"].strip()]
    year = int(match["year"]) if match["year"] else today.year
    found = _in_month(part, date(year, number, 1))
    if match["year"] or found >= today:
        return found, True
    if number == today.month and match["part"] is None:
        return _in_month("slut", today), True
    return _in_month(part, date(year + 1, number, 1)), True


def _feasts(text: str, today: date) -> _Answer:
    match = _FEAST.search(text)
    if match is None:
        return _NOTHING
    is_after = match["after"] is not None
    if match["feast"].startswith(("nyt", "nye", "ny ", "new", "det")):
        return date(today.year + 1, 1, 2 if is_after else 1), True
    found = date(today.year, 12, 27 if is_after else 24)
    return (found if found >= today else found.replace(year=today.year + 1)), True


def _next_ones(text: str, today: date) -> _Answer:
    if _NEXT_WEEK.search(text):
        return today - timedelta(days=today.weekday()) + _WEEK, True
    if _NEXT_MONTH.search(text):
        match = _DAY_OF_MONTH.search(text)
        first = _months_on(today.replace(day=1), 1)
        return (_day(first.year, first.month, _number(match)) if match else first), True
    return _NOTHING


def _days_of_month(text: str, today: date) -> _Answer:
    for match in _DAY_OF_MONTH.finditer(text):
        number = _number(match)
        if not 1 <= number <= 31:  # noqa: PLR2004 - the longest month
            continue
        for months in range(3):
            first = _months_on(today.replace(day=1), months)
            found = _day(first.year, first.month, number)
            if found and found >= today:
                return found, True
    return _NOTHING


def _number(match: re.Match[str]) -> int:
    day = match["day"] or match["day2"] or match["day3"] or match["day4"]
    return int(day) if day else ORDINALS[match["word"]]


_Rule = Callable[[str, date], _Answer]
_RULES: tuple[_Rule, ...] = (
    _whole_dates,
    _day_words,
    _lengths,
    _weekdays,
    _edges,
    _next_ones,
    _named_months,
    _feasts,
    _days_of_month,
)
