"""Reads which of the numbered proposals a citizen takes (valg): "2", "nr. to", "den sidste"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from data.phrases.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 200
_NUMBERS = {
    "en": 1, "et": 1, "ett": 1, "one": 1, "foerste": 1, "forste": 1, "first": 1, "1st": 1,
    "oeverste": 1, "top": 1, "to": 2, "two": 2, "anden": 2, "andet": 2, "second": 2, "2nd": 2,
    "tre": 3, "three": 3, "tredje": 3, "tredie": 3, "third": 3, "3rd": 3,
}  # fmt: skip
#: Places in the list, from its end or in its middle.
_LAST = {"sidste", "last", "nederste", "bottom"}
_MIDDLE = {"midterste", "mellemste", "middle", "midten"}
_FIGURE = r"[1-9]"
_NOT_A_CHOICE = (
    r"(?! ?(?:kr\b|kroner|dkk|,|%|x\b|[*/:-] ?\d|\.\d|\d|gange?\b|times|uger?\b|weeks?|dage?\b"
    r"|days?"
    r"|m(?:aa|a)?ned|md|months?|rater?\b|afdrag|instal|payments|aar\b|years?|tusind|hundred|k\b"
    r"|boern|kids|bank|hver|arbejds|rykker|jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec"
    r"|part|del\b|half|halv|i m))"
)
_WORD = "(?:en|et|one|to|two|tre|three)"
_ORDINAL = (
    "(?:foerste|forste|first|1st|anden|andet|second|2nd|tredje|tredie|third|3rd|sidste|last"
    "|midterste|mellemste|middle|midten|oeverste|top|nederste|bottom)"
)
_POLITE = (
    r"(?:ja|jo|jep|yes|yeah|ok|okay|tak|please|pls|hej|hi|hello|saa|jeg|vi|a|i|vil|gerne|helst"
    r"|tager"
    r"|tage|tar|ta|tag|tages|vaelger|vaelge|valgt|siger|sige|er|is|det|den|the|for|mig|bliver"
    r"|blir|fint"
    r"|fin|bedst|best|god|godt|good|fine|perfekt|med|foretraekker|ville|would|want|like|take"
    r"|choose|pick"
    r"|go|lad|os|let|lets|have|ill|id|prefer|works|lyder|sounds|passer|kan|kunne|can|do|bare"
    r"|just|then"
    r"|one|forslag\w*|mulighed\w*|option|plan|planen|model\w*|valg|choice|proposal|aftalen?|nr"
    r"|nummer"
    r"|number|no|af|dem|of|them|i|listen|sms|svar|mvh)"
)
_ALONE = re.compile(
    rf"^(?:{_POLITE}\W+)*?(?<! i )(?<!^i )(?P<number>{_FIGURE}|to|two|tre|three"
    rf"|{_ORDINAL})\b\W*(?:\W+{_POLITE}\b)*+\W*$"
)
_NAMED = re.compile(
    r"(?:#|\b(?:nr|nummer|number|no|forslag(?:et)?|mulighed(?:en)?|option|plan(?:en)?"
    r"|model(?:len)?|valg"
    rf"|choice|proposal)\b)\.?:? ?(?:nr\.? |nummer |number )?(?P<number>{_FIGURE}"
    rf"|{_WORD})\b{_NOT_A_CHOICE}"
)
_ONES = re.compile(rf"\b(?P<number>{_FIGURE}|to|tre|ett?|en)[ -]?er(?:en)?\b")
_PLACE = re.compile(
    rf"\b(?:den|det|the) (?:aller)?(?P<number>{_ORDINAL})\b(?: (?:one|forslag|mulighed|option|plan"
    rf"|proposal|i|af|paa|of)\b)?{_NOT_A_CHOICE}(?! (?:gang|uge|dag|week|day|month|payment|time))"
)
_NO_CHOICE = re.compile(
    r"\b(?:ikke|ik|ikk|ingen|hverken|not|none|neither|nej|no thanks|dont|men|but|hvis|if|hvad"
    r"|hvorfor"
    r"|hvornaar|hvordan|hvilken|hvem|what|why|when|how|which|forskel\w*|difference|undtagen"
    r"|except)\b"
    r"|\b(?:en|et|one) (?:af|of)\b"
)

#: "nej ikke nummer 2", "not the last one".
_REFUSED = re.compile(
    r"(?:(?:nej|no|tak|thanks|men|bare|just)\W+)*(?:ikke|ik|ikk|not) "
    r"(?:den |det |the |nr\.? |nummer |number |no\.? |forslag |option )*"
    rf"(?P<number>{_FIGURE}|{_WORD}|{_ORDINAL})(?: one)?\W*"
)
#: "begge to", "1 og 2", "both please".
_BOTH = re.compile(
    r"(?:(?:ja|yes|jeg|mener|tak|please|i|mean|gerne|det|er)\W+)*"
    r"(?:begge|both|alle|all)(?:\W+(?:dele|to|two|of them|af dem|tak|please))*\W*"
    r"|(?:ja |yes |nr |nummer )?1\W*(?:og|and|&|\+|,|/)?\W*(?:nr |nummer )?2\W*"
)
#: Ways to lay a missed instalment, in the citizen's words.
_TO_THE_END = re.compile(
    r"\b(?:sidst|bagest|bagerst|i enden|slutningen|(?:to|at|in) the end|last)\b"
)
_TO_THE_NEXT = re.compile(r"\b(?:naeste|oveni|sammen med|next|on top)\b")
_WORDS = re.compile(r"[a-z0-9]+")
#: What stands around the words that name a question.
_AROUND = frozenset(
    {
        *("det", "den", "der", "jeg", "mener", "mente", "tak", "ja", "med", "om", "var", "er"),
        *("saa", "altsaa", "the", "that", "it", "i", "mean", "about", "yes"),
    }
)


def parse_choice(text: str, count: int) -> int | None:
    """Return which of `count` proposals is taken, from 1, or None when that is not plain.

    Two numbers, a number that is not on the list, a question, a "men" or an "ikke" are no choice;
    nor are sums, dates and lengths ("2 kr", "om 2 uger").
    """
    folded = " ".join(fold(text[:_LONGEST]).split())
    if _NO_CHOICE.search(folded):
        return None
    found = {
        _place(match["number"], count)
        for pattern in (_ALONE, _NAMED, _ONES, _PLACE)
        for match in pattern.finditer(folded)
    }
    chosen = found.pop() if len(found) == 1 else None
    return chosen if chosen is not None and 1 <= chosen <= count else None


def parse_refused(text: str, count: int) -> int | None:
    """Return which of `count` proposals a short message says no to: "nej, ikke 2"."""
    folded = " ".join(fold(text[:_LONGEST]).split())
    match = _REFUSED.fullmatch(folded)
    if match is None:
        return None
    refused = _place(match["number"], count)
    return refused if refused is not None and 1 <= refused <= count else None


def where_to_lay(text: str) -> Literal["to_the_end", "to_the_next"] | None:
    """Return where a missed instalment is to be laid: last, or on the next; else none."""
    folded = fold(text[:_LONGEST])
    last, after = _TO_THE_END.search(folded), _TO_THE_NEXT.search(folded)
    if bool(last) == bool(after):
        return None
    return "to_the_end" if last else "to_the_next"


def choices_in(text: str, labels: Sequence[str]) -> tuple[int, ...]:
    """Return which of a few questions a citizen means, from 1: a number, its words, or both.

    An answer in words says nothing that the label does not: "det med gebyret" is the one about
    the fee, "gebyret er for højt" is something new.
    """
    folded = " ".join(fold(text[:_LONGEST]).split())
    if _BOTH.fullmatch(folded):
        return tuple(range(1, len(labels) + 1))
    number = parse_choice(text, len(labels))
    if number is not None:
        return (number,)
    said = set(_WORDS.findall(folded)) - _AROUND
    meant = [place for place, label in enumerate(labels, 1) if said and said <= _words_of(label)]
    return (meant[0],) if len(meant) == 1 else ()


def _words_of(label: str) -> set[str]:
    return set(_WORDS.findall(fold(label)))


def _place(word: str, count: int) -> int | None:
    if word in _LAST:
        return count
    if word in _MIDDLE:
        return 2 if count == len(_MIDDLE) - 1 else None
    return _NUMBERS.get(word) or int(word)
