"""Reads how often a citizen will pay (rytme): "om måneden", "hver 14. dag", "hver d 1"."""

from __future__ import annotations

import re

from data.phrases.folding import fold
from outreach.rules.phrases.calendar import MONTH, MONTH_WORD, ORDINAL, ORDINALS, WEEKDAY, blank
from outreach.rules.wish import Every, Rhythm

_LONGEST = 1_600
_LAST_DAY_OF_MONTH = 31
_FORTNIGHT = re.compile(
    r"\b(?:hver(?:t)?|every|each) (?:14|fjortende|fjorten|fourteen)\.? ?(?:dage?|days?)"
    r"|\b(?:hver(?:t)?|every|each) ?(?:anden|andn|2\.?|to|two|other|second) (?:uge|weeks?)"
    r"|\bhveranden uge|\b(?:pr|per)\.? 14\.? ?dage?|\b14\.? ?dags|\bfortnight|\bbi-?weekly"
    r"|\b(?:om|pr|per) (?:14 dage|2 uger) ad gangen|\b14 ?\. ?dag\b|\bhver 2 ?\.? ?uge"
)
_WEEK = re.compile(
    r"(?:\bom|\bpr|\bper|\bi|/|\bhver|\bhvert) ?\.? ?ugen?\b|\bugentlig|\bugenlig|\bugevis|/ ?uge\b"
    rf"|\bweekly\b|(?:\bper|\ba|\beach|\bevery|\bpr|/) ?\.? ?(?:week|wk)\b|\bhver {WEEKDAY}\b"
    rf"|\bevery {WEEKDAY}\b|\bon {WEEKDAY}s\b|\bom {WEEKDAY}en\b"
)
_MONTH = re.compile(
    rf"(?:\bom|\bpr|\bper|\bhver|\ba|\beach|\bevery|\bi|/|\bom en) ?\.? ?{MONTH_WORD}"
    r"|\bmaanedlig|\bmanedlig|\bmaanedsvis|\bmonthly\b|\bmaandelig|\d ?(?:mdr?|md)\b\.?$"
)
_LAST_BANK_DAY = re.compile(
    r"\bsidste (?:bank|hver|arbejds)dag|\blast (?:bank|banking|working|business) ?day"
    r"|\b(?:hver|den) den sidste\b|\bden sidste (?:i|hver)|\bhver sidste\b|\bultimo\b"
    rf"|\bsidst (?:paa|i) (?:hver )?{MONTH_WORD}|\bend of (?:each|every|the) month"
    rf"|\bslut(?:ningen)? (?:af |paa )?(?:hver )?{MONTH_WORD}"
)
_EACH_DAY = re.compile(
    rf"\b(?:hver|each|every|on the|den|d)\b\.? ?(?:den|d|the|gang den|maaned den|maaned d)?\.? ?"
    rf"(?:(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|te|ste|de)?(?![\d/.-])|(?P<word>{ORDINAL}))"
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
    folded = " ".join(fold(text)[:_LONGEST].split())
    if _FORTNIGHT.search(folded):
        return Rhythm(Every.FORTNIGHT)
    if _WEEK.search(folded):
        return Rhythm(Every.WEEK)
    day = _day_of_month(blank(_WHOLE_DATE, folded))
    if _LAST_BANK_DAY.search(folded):
        return Rhythm(Every.MONTH, last_bank_day=True)
    if _MONTH.search(folded) or _EVERY_DAY_OF_MONTH.search(folded):
        return Rhythm(Every.MONTH, day)
    return None


def _day_of_month(text: str) -> int | None:
    for match in _EACH_DAY.finditer(text):
        day = int(match["day"]) if match["day"] else ORDINALS[match["word"]]
        if 1 <= day <= _LAST_DAY_OF_MONTH:
            return day
    return None
