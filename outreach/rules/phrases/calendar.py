"""Months, weekdays and small numbers as people write them, folded, for sums and dates alike."""

from __future__ import annotations

import re

#: Month names and what people make of them; the number is the month.
MONTHS = {
    "januar": 1, "january": 1, "jan": 1, "janur": 1, "februar": 2, "february": 2, "feb": 2,
    "febuar": 2, "marts": 3, "mars": 3, "march": 3, "mar": 3, "april": 4, "apr": 4, "maj": 5,
    "may": 5, "juni": 6, "june": 6, "jun": 6, "juli": 7, "july": 7, "august": 8, "aug": 8,
    "september": 9, "sept": 9, "sep": 9, "oktober": 10, "october": 10, "okt": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12, "decemper": 12,
}  # fmt: skip
MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b"

#: Weekdays; Monday is 0, as in `date.weekday`.
WEEKDAYS = {
    "mandag": 0, "monday": 0, "tirsdag": 1, "tuesday": 1, "onsdag": 2,
    "wednesday": 2, "torsdag": 3, "thursday": 3, "fredag": 4, "friday": 4,
    "loerdag": 5, "lordag": 5, "saturday": 5, "soendag": 6, "sondag": 6,
    "sunday": 6,
}  # fmt: skip
WEEKDAY = "(?:" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")"

#: Days of the month as words.
ORDINALS = {
    "foerste": 1, "forste": 1, "first": 1, "tredje": 3, "third": 3,
    "fjerde": 4, "fourth": 4, "femte": 5, "fifth": 5, "sjette": 6, "sixth": 6, "syvende": 7,
    "seventh": 7, "ottende": 8, "eighth": 8, "niende": 9, "ninth": 9, "tiende": 10, "tenth": 10,
    "ellevte": 11, "eleventh": 11, "tolvte": 12, "twelfth": 12, "trettende": 13, "thirteenth": 13,
    "fjortende": 14, "fourteenth": 14, "femtende": 15, "fifteenth": 15, "sekstende": 16,
    "sixteenth": 16, "syttende": 17, "seventeenth": 17, "attende": 18, "eighteenth": 18,
    "nittende": 19, "nineteenth": 19, "tyvende": 20, "twentieth": 20, "enogtyvende": 21,
    "toogtyvende": 22, "treogtyvende": 23, "fireogtyvende": 24, "femogtyvende": 25,
    "seksogtyvende": 26, "syvogtyvende": 27, "otteogtyvende": 28, "niogtyvende": 29,
    "tredivte": 30, "thirtieth": 30, "enogtredivte": 31,
}  # fmt: skip
ORDINAL = "(?:" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + r")\b"

#: Lengths of time in words; what can stand for a number in "om to uger".
COUNTS = {
    "en": 1, "et": 1, "a": 1, "an": 1, "one": 1, "to": 2, "two": 2, "tre": 3, "three": 3,
    "fire": 4, "four": 4, "fem": 5, "five": 5, "seks": 6, "six": 6, "syv": 7, "seven": 7,
    "otte": 8, "eight": 8, "ni": 9, "nine": 9, "ti": 10, "ten": 10, "elleve": 11, "eleven": 11,
    "tolv": 12, "twelve": 12, "tretten": 13, "fjorten": 14, "fourteen": 14, "femten": 15,
    "fifteen": 15, "seksten": 16, "sixteen": 16, "atten": 18, "eighteen": 18, "tyve": 20,
    "twenty": 20, "par": 2,
    "et par": 2, "a couple of": 2, "a few": 3, "few": 3, "nogle": 3, "some": 3, "couple of": 2,
}  # fmt: skip
COUNT = r"(?:\d{1,3}|" + "|".join(sorted(COUNTS, key=len, reverse=True)) + r")"
#: How many instalments: "10000 rater" is read, so that it can be refused.
ANY_COUNT = COUNT.replace("1,3", "1,5")

#: "hver" as it is written, and as it is said in Jutland.
EVERY = r"(?:h[vw](?:ae|e)rt?|[vw]aer|hvr|each|every)"
MONTH_WORD = r"(?:m(?:aa|a)?ne?d(?:en|er|erne|s)?|mdr?|mdn|months?|mth|mo)\b"


def count_of(word: str) -> int:
    """Return the number that a match of `COUNT` stands for."""
    return int(word) if word.isdigit() else COUNTS[word]


def blank(pattern: re.Pattern[str], text: str) -> str:
    """Replace what a pattern matches by as many spaces, so that no later rule reads it."""
    return pattern.sub(lambda match: " " * len(match.group()), text)
