"""Reads a sum (beløb) as people write it: "200", "1.500,-", "halvanden tusind", "2k"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text_to_num import alpha2digit

from data.phrases.folding import fold
from data.values.money import LARGEST_OERE, Money
from outreach.rules.phrases.calendar import COUNT, MONTH, MONTH_WORD, blank

_LONGEST = 1_600
# What holds digits and is no sum: dates, days, clocks, lengths, counts, numbers of things.
_NO_SUMS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:19|20)\d\d-\d\d?-\d\d?\b",
        r"\b\d{6}-\d{4}\b",
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
        rf"\b{COUNT}\.? ?(?:dage?s?|dg|uger?|years?|aar|days?|weeks?|timer?|hours?|min\w*)\b",
        rf"\b{COUNT.replace('1,3', '1,2')}\.? ?{MONTH_WORD}",
        rf"\b\d{{1,2}}\. i (?:hver )?{MONTH_WORD}",
        r"\b(?:tusinde?|1000|mange|thousand) (?:tak|thanks|gange)\b",
        r"\b(?:efter|foer|after|before|mellem) \d{1,2}\b(?! ?(?:kr|kroner|,))",
        r"^\W*[a-z] ?\d{3,}\W*$",
        rf"\b{COUNT}\.? ?(?:rater?|afdrag|gange?|times|instal\w+|payments|boern|kids|children)\b",
        r"\b\d{1,3} ?(?:%|procent|percent|pct)",
        r"\b\d{1,2} ?[x*](?= ?\d)|(?<=\d) ?[x*] ?\d{1,2}\b",
        r"\b[a-z]{1,3}-?\d{4,}\b|\b[a-z]-\d+\b",
        (
            r"\b(?:sag|sagen|sagsnr|sagsnummer|nr|nummer|case|ref|fakturanr"
            r"|tlf)\b\.?:? ?[a-z]?[ -]?\d+"
        ),
        r"^\s*\d{1,2}\.\s*$",
        r"\b(?:i|in|fra|from|aar|aaret|year|siden|since) (?:19|20)\d\d\b(?! ?kr)",
        (
            r"\b\d+(?:[.,]\d+)? ?(?:euros?|eur|dollars?|usd|pund|pounds|sek|nok)\b|\b\d+ ?[€$£]"
            r"|[€$£] ?\d+"
        ),
        r"\b[a-z] \d{4,}\b(?=.*\d{2}[^\d]?\d{2})",
    )
)
_FIGURE = re.compile(
    r"(?P<whole>\d{1,3}(?:[. ]\d{3})+(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
    r"(?P<part>[.,]\d{1,2}(?!\d))?(?P<half> ?½)?"
    r"(?: ?(?P<thousand>k|t|tusind\w*|tus|thousand)\b)?"
    r"(?P<crowns> ?(?:,-+|\.-|;-|-,|:-)| ?(?:kr\b|kroner?\b|krone\b|dkk\b|kr/|bobs\b|crowns?\b))?"
)
_RHYTHM_AFTER = re.compile(
    rf" ?\.?(?:om|pr|per|i|a|each|every|hver|/)?\.? ?(?:{MONTH_WORD}|ugen?\b|week|maanedlig"
    rf"|monthly)"
)
_BEST = re.compile(
    r"\b(?:kun|max|maks|hoejst|maksimalt|only|at most|up to|op til|tilbyde|byder|foreslaar|give"
    r"|gi|betaler|afdrage|afdrager) (?:\w+ ){0,2}$"
)
_NOT = re.compile(
    r"\b(?:ikke|ik|ikk|it|not|cant|cannot|dont|skylder|owe|gaeld|paa)"
    r" (?:(?!men |but |kun |only )\w+ ){0,3}$"
)
_HALVES = re.compile(
    r"\b(?:halvanden|halvandet|1 ?½|en en halv|one and a half) ?(?:k\b|tusind\w*|hundrede?)"
)
_PAIRS = re.compile(r"\b(?:et par|a couple of|a couple) (?:hundrede?|tusind\w*|thousand)")
_ABOUT_BIRTH = re.compile(r"\b(?:foedt|foedsel\w*|fylder|fyldte|aargang|born|birth\w*)\b")
_ABOUT_MONTH = re.compile(rf"\b{MONTH}")
_SLANG = {
    "plovmand": "500",
    "plovmaend": "500",
    "tudse": "1000",
    "tusse": "1000",
    "hundredlap": "100",
    "hundredelap": "100",
    "halvtredser": "50",
    "femhundredelap": "500",
    "tusindlap": "1000",
}
_SMALL_WORD_NUMBER = 20
_LONGEST_PLAIN = 5
_HIGHEST = 12


@dataclass(frozen=True, slots=True)
class _Sum:
    oere: int
    rank: int


def parse_amount(text: str) -> Money | None:
    """Return the sum a citizen names, or None when there is none that is safe to take.

    A date, a day of the month, a clock time, a number of days or instalments and a case number
    are not sums. Of several, the one they offer ("kun 200", "200 om måneden") goes first.
    """
    folded = _prepared(text)
    found = _figures(folded)
    if not found:
        in_figures = _words_as_figures(folded)
        is_date = _ABOUT_MONTH.search(folded) is not None
        found = [each for each in _figures(in_figures, are_words=True) if each.rank or not is_date]
    if _ABOUT_BIRTH.search(folded):
        found = [each for each in found if each.rank > 0]
    if not found:
        return None
    best = max(found, key=lambda each: each.rank)
    return Money(best.oere) if best.oere <= LARGEST_OERE else None


def _prepared(text: str) -> str:
    folded = " ".join(fold(text.replace("½", " ½ "))[:_LONGEST].split())
    folded = folded.replace("1\u20442", "½").replace("\u2212", "-")
    for pattern in _NO_SUMS:
        folded = blank(pattern, folded)
    return folded


def _figures(text: str, *, are_words: bool = False) -> list[_Sum]:
    found = []
    for match in _FIGURE.finditer(text):
        oere = _oere(match)
        before, after = text[: match.start()], text[match.end() :]
        in_crowns = bool(match["crowns"] or match["thousand"]) or _ends_in_crowns(before)
        has_rhythm = bool(_RHYTHM_AFTER.match(after))
        if not _is_sum(match, before, after, sure=in_crowns or has_rhythm, are_words=are_words):
            continue
        rank = 2 * in_crowns + 3 * has_rhythm + 2 * bool(_BEST.search(before))
        found.append(_Sum(oere, rank - 4 * bool(_NOT.search(before))))
    return found


def _is_sum(match: re.Match[str], before: str, after: str, *, sure: bool, are_words: bool) -> bool:
    digits = match["whole"]
    if (
        before[-1:].isalnum()
        or after[:1].isalnum()
        or (before[-2:-1].isdigit() and before[-1] in ".:/")
    ):
        return False
    if len(digits) > _HIGHEST or (digits[0] == "0" and len(digits) > 1):
        return False
    if digits.isdigit() and len(digits) > _LONGEST_PLAIN and not sure:
        return False
    return sure or not are_words or int(re.sub(r"\D", "", digits)) >= _SMALL_WORD_NUMBER


def _oere(match: re.Match[str]) -> int:
    oere = int(re.sub(r"\D", "", match["whole"])[:15]) * 100
    if match["part"]:
        oere += int(match["part"][1:].ljust(2, "0"))
    if match["half"]:
        oere += 50
    return oere * 1000 if match["thousand"] else oere


def _ends_in_crowns(before: str) -> bool:
    return bool(re.search(r"\b(?:kr|dkk|kroner)\.? ?$", before))


def _words_as_figures(text: str) -> str:
    """Turn numbers in words into figures, Danish first: "to hundrede" is 200."""
    text = _HALVES.sub(lambda m: "150" if "hundred" in m.group() else "1500", text)
    text = _PAIRS.sub(lambda m: "200" if "hundred" in m.group() else "2000", text)
    text = " ".join(_SLANG.get(word, word) for word in text.split())
    text = text.replace("aa", "å").replace("oe", "ø").replace("ae", "æ")
    danish = alpha2digit(text, "da")
    either = danish if danish != text else alpha2digit(text, "en")
    return fold(either)
