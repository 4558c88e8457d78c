"""Reads a sum (beløb) as people write it: "200", "1.500,-", "halvanden tusind", "2k"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from data.values.money import LARGEST_OERE, Money
from outreach.rules.phrases.calendar import ANY_COUNT, COUNT, MONTH, MONTH_WORD, blank
from outreach.rules.phrases.numbers import plain

# What holds digits and is no sum: dates, days, clocks, lengths, counts, numbers of things.
_NO_SUMS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:19|20)\d\d-\d\d?-\d\d?\b",
        r"\b\d{6}-\d{4}\b",
        r"\b\d\d(?: \d\d){3}\b",
        r"\b\d{1,2}([./-])\d{1,2}\1\d{2,4}\b",
        r"\b\d{1,2}/\d{1,2}(?: ?[- ] ?(?:19|20)?\d\d)?\b(?! ?kr)",
        r"\b\d+ ?(?:oere|ore)\b",
        r"\bd\. ?\d{1,2}\.\d{1,2}\b",
        (
            rf"\b\d{{1,2}}(?:\.|st|nd|rd|th)? ?(?:of )?{MONTH}\.?(?: ?,? ?(?:19|20)\d\d\b"
            r"| '?\d\d\b(?! ?(?:kr|,|om |pr|per|a |/)))?"
        ),
        rf"\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d\b",
        rf"\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)\b",
        rf"\b{MONTH} (?:19|20)\d\d\b",
        rf"\b{MONTH} '?\d\d?\b(?! ?(?:kr|,|om |pr|per|a |/))",
        r"\b\d{1,2}(?:st|nd|rd|th)\b",
        r"\b(?:den|d|dn|hver)\.? ?\d{1,2}(?:\.(?!\d)|\b(?![.,]\d|\d| ?(?:kr|kroner|dkk)))",
        r"\bthe \d{1,2}\b",
        r"\b(?:kl|klokken|at)\.? ?\d{1,2}(?:[.:]\d\d)?\b(?! ?(?:kr|kroner))",
        r"\b\d{1,2}:\d\d\b",
        r"\buge \d{1,2}\b|\bweek \d{1,2}\b",
        rf"(?<!\d )\b{COUNT}\.? ?(?:dage?s?|dg|uger?|years?|aar|days?|weeks?|timer?|hours?)\b",
        rf"(?<!\d )\b{COUNT}\.? ?min\w*",
        rf"(?<!\d )\b{COUNT.replace('1,3', '1,2')}\.? ?{MONTH_WORD}",
        rf"\b\d{{1,2}}\. i (?:hver )?{MONTH_WORD}",
        r"\b(?:tusinde?|1000|mange|thousand) (?:tak|thanks|gange)\b",
        r"\b(?:efter|foer|after|before|mellem) \d{1,2}\b(?! ?(?:kr|kroner|,))",
        r"^\W*[a-z] ?\d{3,}\W*$",
        rf"\b{ANY_COUNT}\.? ?(?:rater?|afdrag|gange?|times|instal\w+|payments)\b",
        rf"\b{COUNT}\.? ?(?:boern|kids|children)\b",
        r"\b\d{1,3} ?(?:%|procent|percent|pct)",
        r"\b\d{1,2} ?[x*](?= ?\d)|(?<=\d) ?[x*] ?\d{1,2}\b",
        r"\b[a-z]{1,3}-?\d{4,}\b|\b[a-z]-\d+\b",
        (
            r"\b(?:sag|sagen|sagsnr|sagsnummer|nr|nummer|case|ref|fakturanr"
            r"|tlf)\b\.?:? ?[a-z]?[ -]?\d+"
        ),
        r"\b(?:number|nummer\w*|\w*nr|no)\b\.?(?: er| is|:)? ?\d+",
        r"^\s*\d{1,2}\.\s*$",
        r"\b(?:i|in|fra|from|aar|aaret|year|siden|since) (?:19|20)\d\d\b(?! ?kr)",
        (
            r"\b\d+(?:[.,]\d+)? ?(?:euros?|eur|dollars?|usd|pund|pounds|sek|nok)\b|\b\d+ ?[€$£]"
            r"|[€$£] ?\d+"
        ),
        r"\b[a-z] \d{4,}\b(?=.*\d{2}[^\d]?\d{2})|(?<=\d{4} )[a-z] \d{4,}\b",
    )
)
_FIGURE = re.compile(
    r"(?P<whole>\d{1,3}(?:[. ]\d{3})+(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
    r"(?P<part>[.,]\d{1,2}(?!\d))?(?P<half> ?½)?"
    r"(?: ?(?P<thousand>k|t|tusind\w*|tus|thousand)\b)?"
    r"(?P<crowns> ?(?:,-+|\.-|;-|-,|:-)| ?(?:kr\b|kroner?\b|krone\b|dkk\b|kr/|bobs\b|crowns?\b))?"
)
_NO_KRONE = re.compile(
    r"(?<![\d.,])0(?:[.,]\d\d?)?(?: ?(?:kr|kroner|,-)| ?(?:om|pr|per|a) |$)"
    r"|(?<![\d.,])\d{1,2} ?oere\b"
)
_RHYTHM_AFTER = re.compile(
    rf" ?\.?(?:om|pr|per|i|a|each|every|hver|/)?\.? ?(?:{MONTH_WORD}|ugen?\b|week|maanedlig|mdl"
    r"|monthly|fortnight|quarter|kvartal)"
)
_NEGATIVE = "minus "

_BEST = re.compile(
    r"\b(?:kun|max|maks|hoejst|maksimalt|only|at most|up to|op til|tilbyde|byder|foreslaar|give"
    r"|gi|betaler|afdrage|afdrager) (?:\w+ ){0,2}$"
)
_NOT = re.compile(
    r"\b(?:ikke|ik|ikk|it|not|cant|cannot|dont|skylder|owe|gaeld|paa)"
    r" (?:(?!men |but |kun |only )\w+ ){0,3}$"
)
_ABOUT_BIRTH = re.compile(r"\b(?:foedt|foedsel\w*|fylder|fyldte|aargang|born|birth\w*)\b")
_LONGEST_PLAIN = 5
_HIGHEST = 12
#: No message has more of them; a hostile one is not read further.
_MOST_FIGURES = 40
#: How far before and after a figure we look for what it is.
_NEAR = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum found in a text: øre, where it stands, and how surely it is what they offer."""

    oere: int
    start: int
    #: Above 0: kroner, a rhythm or "kun" stand beside it; below 0: "ikke" or "skylder" do.
    rank: int
    #: Nothing but the figure itself says that it is a sum.
    is_bare: bool


def parse_amount(text: str) -> Money | None:
    """Return the sum a citizen names, or None when there is none that is safe to take.

    A date, a day of the month, a clock time, a number of days or instalments and a case number
    are not sums. Of several, the one they offer ("kun 200", "200 om måneden") goes first.
    """
    folded = plain(text)
    best = best_of(figures(without_other_numbers(folded)))
    if best is None or (best.rank <= 0 and _ABOUT_BIRTH.search(folded)):
        return None
    return Money(best.oere) if best.oere <= LARGEST_OERE else None


def names_no_krone(text: str) -> bool:
    """Tell whether a message offers nothing, or less than one krone: "0 kr", "1 øre om ugen"."""
    return _NO_KRONE.search(plain(text)) is not None


def without_other_numbers(plain_text: str) -> str:
    """Blank out dates, lengths, counts and numbers of things; nothing else moves."""
    for pattern in _NO_SUMS:
        plain_text = blank(pattern, plain_text)
    return plain_text


def best_of(found: list[Figure]) -> Figure | None:
    """Return the sum that is most surely an offer, the first of equals."""
    return max(found, key=lambda each: each.rank, default=None)


def figures(text: str) -> list[Figure]:
    """Return the sums of a text that `without_other_numbers` has been through."""
    found = []
    for match in islice(_FIGURE.finditer(text), _MOST_FIGURES):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        if before.endswith(_NEGATIVE):
            continue  # no sum is less than nothing
        in_crowns = bool(match["crowns"] or match["thousand"]) or _ends_in_crowns(before)
        has_rhythm = bool(_RHYTHM_AFTER.match(after))
        if not _is_sum(match, before, after, sure=in_crowns or has_rhythm):
            continue
        rank = 2 * in_crowns + 3 * has_rhythm + 2 * bool(_BEST.search(before))
        rank -= 4 * bool(_NOT.search(before))
        found.append(Figure(_oere(match), match.start(), rank, not in_crowns and not has_rhythm))
    return found


def _is_sum(match: re.Match[str], before: str, after: str, *, sure: bool) -> bool:
    digits = match["whole"]
    if (
        before[-1:].isalnum()
        or after[:1].isalnum()
        or (before[-2:-1].isdigit() and before[-1] in ".:/")
    ):
        return False
    if len(digits) > _HIGHEST or (digits[0] == "0" and len(digits) > 1):
        return False
    return sure or not digits.isdigit() or len(digits) <= _LONGEST_PLAIN


def _oere(match: re.Match[str]) -> int:
    oere = int(re.sub(r"\D", "", match["whole"])[:15]) * 100
    if match["part"]:
        oere += int(match["part"][1:].ljust(2, "0"))
    if match["half"]:
        oere += 50
    return oere * 1000 if match["thousand"] else oere


def _ends_in_crowns(before: str) -> bool:
    return bool(re.search(r"\b(?:kr|dkk|kroner)\.? ?$", before))
