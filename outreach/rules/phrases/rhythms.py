"""Reads how often a citizen will pay (rytme): "om måneden", "hver 14. dag", "hver d 1"."""

from __future__ import annotations

import re

from outreach.rules.phrases.calendar import (
    EVERY,
    MONTH,
    MONTH_WORD,
    ORDINAL,
    ORDINALS,
    WEEKDAY,
    blank,
)
from outreach.rules.phrases.numbers import plain
from outreach.rules.wish import Every, Rhythm

_LAST_DAY_OF_MONTH = 31
#: "every calendar month" is every month.
_WHOLE_MONTH = r"(?:(?:calendar|single|kalender|eneste|enkelt) ?)?"
#: "a week on thursday" is a day; "40 a week from friday" is a rhythm.
_WEEK_FROM = re.compile(r"(?<!\d)(?<!kr)(?<!kroner)(?:^| )a week (?=(?:on|from|after|later|ago)\b)")
_FORTNIGHT = re.compile(
    r"\b(?:hver(?:t)?|every|each) (?:14|fjortende|fjorten|fourteen)\.? ?(?:dage?|days?)"
    r"|\b(?:hver(?:t)?|every|each) ?(?:anden|andn|2\.?|to|two|other|second) (?:uge|weeks?)"
    r"|\bhveranden uge|\b(?:pr|per)\.? 14\.? ?dage?|\b14\.? ?dags|\bfortnight|\bbi-?weekly"
    r"|\b(?:om|pr|per) (?:14 dage|2 uger) ad gangen|\b14 ?\. ?dag\b|\bhver 2 ?\.? ?uge"
)
_OTHER_WEEKDAY = re.compile(rf"\b(?:hver|every|each) ?(?:anden|andn|2\.?|other|second) {WEEKDAY}")
_WEEK = re.compile(
    rf"(?:\bom|\bpr|\bper|\bi|/|\b{EVERY}) ?\.? ?ugen?\b|\bugentlig|\bugenlig|\bugevis|/ ?uge\b"
    rf"|\bweekly\b|(?:\bper|\ba|\beach|\bevery|\bpr|/) ?\.? ?(?:week|wk)\b|\bhver {WEEKDAY}\b"
    rf"|\b(?:every|each) {WEEKDAY}\b|\bon {WEEKDAY}s\b|\bom {WEEKDAY}en\b"
)
_MONTH = re.compile(
    rf"(?:\bom|\bpr|\bper|\ba|\b{EVERY}|\bi|/) ?\.? ?{_WHOLE_MONTH}{MONTH_WORD}"
    rf"|\b(?:den|d|the)\b\.? ?\d{{1,2}}(?:\.|st|nd|rd|th)? (?:hver gang|each time|every time)\b"
    r"|\bmaanedlig|\bmanedlig|\bmaanedsvis|\b(?:hwer|vaer|hvaer|hver) maan(?:d|j|jed|ned)\b"
    r"|\bmdl\w{0,3}\b|\bmonthly\b|\bmaandelig|\d ?(?:mdr?|md)\b\.?$"
)
_LAST_BANK_DAY = re.compile(
    r"\bsidste (?:bank|hver|arbejds)dag|\blast (?:bank|banking|working|business) ?day"
    r"|\b(?:hver|den) den sidste\b|\bden sidste (?:i|hver)|\bhver sidste\b|\bultimo\b"
    rf"|\bsidst (?:paa|i) (?:hver )?{MONTH_WORD}|\b(?:end|last day) of (?:each|every|the) month"
    rf"|\bslut(?:ningen)? (?:af |paa )?(?:hver )?{MONTH_WORD}|\budgangen af hver {MONTH_WORD}"
)
_EACH = re.compile(
    rf"(?:\b(?:om|pr|per|hver|a|each|every)|/) ?\.? ?(?:{MONTH_WORD}|ugen?\b|week\b)"
)
_EACH_DAY = re.compile(
    rf"\b(?:hver|each|every|on the|den|d)\b\.? ?(?:den|d|the|gang den|maaned den|maaned d)?\.? ?"
    rf"(?:(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|te|ste|de)?(?![\d/.-])|(?P<word>{ORDINAL}))"
    rf"|\bthe (?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of|in) (?:each|every) {MONTH_WORD}"
)
_OTHER_MONTH = re.compile(
    rf"\b(?:hver(?:t)?|every|each) ?(?:anden|andn|2\.?|to|two|other|second) ?{MONTH_WORD}"
)
_QUARTER = re.compile(
    r"(?:\b(?:om|i|pr|per|hver|hvert|a|each|every)|/) ?\.? ?(?:kvartal|quarter)(?:et)?\b"
    rf"|\bkvartalsvis|\bquarterly\b"
    rf"|\b(?:hver(?:t)?|every|each) ?(?:tredje|3\.?|tre|three|third|3rd) ?{MONTH_WORD}"
)
_EVERY_DAY_OF_MONTH = re.compile(
    rf"\b(?:hver|each|every)\b\.? ?(?:den|d|the)?\.? ?(?:(?:\d{{1,2}})(?:\.|st|nd|rd|th|te|ste|de)?"
    rf"(?!\d)(?! ?(?:dag|uge|week|day|kr|{MONTH_WORD}))|(?:{ORDINAL})(?! (?:uge|week|day|dag)))"
)
_WHOLE_DATE = re.compile(
    rf"\b\d{{1,2}}(?:\.|st|nd|rd|th)? ?(?:of )?{MONTH}|\b\d{{1,2}}[./-]\d{{1,2}}\b(?:[./-]\d+)?"
)


def parse_rhythm(text: str) -> Rhythm | None:
    """Return the rhythm a citizen names, or None; the day of the month only in monthly ones."""
    return rhythm_in(plain(text))


def rhythm_in(folded: str) -> Rhythm | None:
    """Return the rhythm that a text names which `plain` has been through."""
    if _FORTNIGHT.search(folded) or _OTHER_WEEKDAY.search(folded):
        return Rhythm(Every.FORTNIGHT)
    if _WEEK.search(blank(_WEEK_FROM, folded)):
        return Rhythm(Every.WEEK)
    months, seldom = _seldom(folded)
    day = _day_of_month(blank(_WHOLE_DATE, seldom))
    if _LAST_BANK_DAY.search(folded):
        return Rhythm(months, last_bank_day=True)
    if seldom != folded or _MONTH.search(folded) or _EVERY_DAY_OF_MONTH.search(folded):
        return Rhythm(months, day)
    return None


def _seldom(folded: str) -> tuple[Every, str]:
    """Read what comes less than once a month, and blank it: "hver 2. maaned" names no day."""
    for pattern, every in ((_OTHER_MONTH, Every.TWO_MONTHS), (_QUARTER, Every.QUARTER)):
        if pattern.search(folded):
            return every, blank(pattern, folded)
    return Every.MONTH, folded


def _day_of_month(text: str) -> int | None:
    for match in _EACH_DAY.finditer(text):
        number = match["day"] or match["day2"]
        day = int(number) if number else ORDINALS[match["word"]]
        if 1 <= day <= _LAST_DAY_OF_MONTH:
            return day
    return None


def blank_rhythms(text: str) -> str:
    """Blank out what says how often, so that "hver 14. dag" is not read as a day."""
    for pattern in (_FORTNIGHT, _OTHER_MONTH, _QUARTER, _EACH, _LAST_BANK_DAY):
        text = blank(pattern, text)
    return text
