"""Reads numbers in words (talord): "femhundrede" becomes 500, "halvanden tusind" 1500.

The numbers themselves are read by text2num; here is where they begin and end, and what people
say that no list of numbers has ("en plovmand", "et par hundrede").
"""

from __future__ import annotations

import re
from functools import partial

from text_to_num import text2num

from data.phrases.folding import fold

#: A text message is at most so long; more is never read.
LONGEST = 1_600

_SMALL_DA = (
    "elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten|nitten|en|et|to|tre|fire|fem|seks|syv"
    "|otte|ni|ti"
)
_LARGE_DA = (
    "tyve|tredive|fyrretyve|fyrre|halvtreds|halvtres|halvfjerds|halvfjers|halvfems|tres|treds|firs"
    "|hundrede|hundred|tusinde|tusind"
)
_SMALL_EN = (
    "eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|one|two|three"
    "|four|five|six|seven|eight|nine|ten"
)
_LARGE_EN = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
_ANY_DA = "|".join(sorted(f"{_SMALL_DA}|{_LARGE_DA}".split("|"), key=len, reverse=True))
_ANY_EN = f"{_LARGE_EN}|{_SMALL_EN}"
# Possessive (++), so that no word is tried in more than one way. Not after a figure: "2 tusind".
_RUN_DA = re.compile(
    rf"(?<!\d)(?<!\d )\b(?:{_ANY_DA}|og(?=[a-z]))++"
    rf"(?:(?: og)? (?:{_ANY_DA}|og(?=[a-z]))++(?![a-z]))*+(?![a-z])"
)
_RUN_EN = re.compile(
    rf"(?<!\d)(?<!\d )\b(?:a (?=hundred|thousand)|(?:{_ANY_EN})\b)"
    rf"(?:(?:(?: and)? |-)?(?:{_ANY_EN})\b)*+"
)
_LARGE = re.compile(f"{_LARGE_DA}|{_LARGE_EN}")
_ENGLISH = re.compile(rf"\b(?:a|{_SMALL_EN}|{_LARGE_EN.replace('|hundred', '')})\b")
_IN_CROWNS = re.compile(
    r" ?(?:kr\b|kroner\b|procent|percent|pct|dkk\b|crowns?\b|(?:om|per|pr|a) (?:uge|week|dag))"
)
_HALVES = (
    (re.compile(r"\b(?:to|2) (?:(?:og|and) )?(?:en|et|a) hal(?:v|vt|f) ?(tusind|thousand)\w*"), 5),
    (re.compile(r"\b(?:tre|3) (?:(?:og|and) )?(?:en|et|a) hal(?:v|vt|f) ?(tusind|thousand)\w*"), 7),
    (
        re.compile(r"\b(?:halvanden|halvandet|1 ?½|en og en halv|en en halv|one and a half)"
                   r" ?(hundred|tusind|thousand|k\b)\w*"),
        3,
    ),
    (re.compile(r"\b(?:en|et|a) halve?t? ?(hundred|tusind|thousand)\w*|\bhalf a (thousand)"), 1),
    (re.compile(r"\b(?:et par|a couple(?: of)?|couple of|par) (hundred|tusind|thousand)\w*"), 4),
)  # fmt: skip
_HUNDREDS = re.compile(r"\b(\d{1,2}) ?hundrede?\b")
_SLANG = {
    "plovmand": "500 kr",
    "plovmaend": "500 kr",
    "femhundredelap": "500 kr",
    "tudse": "1000 kr",
    "tusse": "1000 kr",
    "tusindlap": "1000 kr",
    "grand": "1000 kr",
    "hundredlap": "100 kr",
    "hundredelap": "100 kr",
    "halvtredser": "50 kr",
}
_SLANG_WORD = re.compile(rf"\b(?:{'|'.join(_SLANG)})\b")
#: "200 kr og 50 øre" is one sum.
_AND_OERE = re.compile(r"\b(\d+) ?kr(?:oner)?\b\.? (?:og )?(\d\d) ?oe?re\b")
#: "-200" alone, or offered; a dash after anything else is only a dash.
_NEGATIVE = re.compile(r"(^|\b(?:betaler?|giver?|gi|pay|kan|med|sige?|say) )-(?=\d)")
_TENS = {"twenty": 20, "thirty": 30}
_NTHS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_TENTH_AND_NTH = re.compile(rf"\b({'|'.join(_TENS)})[ -]?({'|'.join(_NTHS)})\b")
_SPELLINGS = {"halvtres": "halvtreds", "halvfjers": "halvfjerds", "treds": "tres"}
_MISSPELT = re.compile(rf"(?<![a-z])(?:{'|'.join(_SPELLINGS)})(?![a-z])|(?<!halv)treds")


def plain(text: str) -> str:
    """Fold a message, put one space between words, and write its numbers in figures.

    Small numbers stay words ("to rater", "en gang") unless kroner follow. A new line is a new
    sentence.
    """
    folded = fold(text[:LONGEST].replace("½", " ½ ").replace("\n", " ; "))
    folded = " ".join(folded[:LONGEST].split())
    folded = folded.replace("1\u20442", "½").replace("\u2212", "-")
    return _AND_OERE.sub(r"\1,\2 kr", _NEGATIVE.sub(r"\1minus ", in_figures(folded)))


def in_figures(folded: str) -> str:
    """Write the numbers of a folded text in figures."""
    if "twenty" in folded or "thirty" in folded:
        folded = _TENTH_AND_NTH.sub(_nth, folded)
    for pattern, halves in _HALVES:
        folded = pattern.sub(partial(_halves, halves), folded)
    folded = _HUNDREDS.sub(r"\g<1>00", folded)
    folded = _RUN_EN.sub(_english, folded)
    folded = _RUN_DA.sub(_danish, folded)
    return _SLANG_WORD.sub(lambda match: _SLANG[match.group()], folded)


def _nth(match: re.Match[str]) -> str:
    return f"{_TENS[match[1]] + _NTHS.index(match[2]) + 1}th"


def _halves(halves: int, match: re.Match[str]) -> str:
    unit = next(group for group in match.groups() if group)
    return str(halves * (50 if unit == "hundred" else 500))


def _english(run: re.Match[str]) -> str:
    words = run.group()
    if not _ENGLISH.match(words) or not _is_number(run):
        return words
    return _figures(words.removeprefix("a ").replace("fourty", "forty"), "en") or words


def _danish(run: re.Match[str]) -> str:
    words = run.group()
    if not _is_number(run):
        return words
    spelled = _MISSPELT.sub(lambda match: _SPELLINGS[match.group()], words)
    spelled = re.sub(r"hundred(?!e)", "hundrede", spelled).replace("fyrretyve", "fyrre")
    return _figures(spelled, "da") or words


def _is_number(run: re.Match[str]) -> bool:
    after = run.string[run.end() : run.end() + 12]
    return _LARGE.search(run.group()) is not None or _IN_CROWNS.match(after) is not None


def _figures(words: str, language: str) -> str | None:
    """Return a number in figures, or None where text2num knows no such number."""
    try:
        return str(text2num(words, language))
    except ValueError:
        return None
