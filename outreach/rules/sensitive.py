"""Hides what nobody should send us: CPR numbers and diagnoses (følsomme oplysninger, H22).

Source: databeskyttelsesloven § 11 (CPR) and GDPR article 9 (health). Of a CPR number the birth
date stays, because it proves who writes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.phrases.folding import fold
from data.sensitive.words import load_diagnoses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CPR = "cpr"
HEALTH = "health"
#: What stands in place of the last four figures of a CPR number.
_TAIL = "-xxxx"
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
#: Blanks, ends of lines and of paragraphs: nobody hides a number by writing on the next line.
_BLANKS = frozenset({"Zs", "Zl", "Zp"})
_DAY = r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"  # 61 to 91: a temporary CPR number
_MONTH = r"(?:0[1-9]|1[0-2])"
#: What comes after is a sum of money, and the figures before it are a date.
_NO_SUM = r"(?!\d|[.,]\d| ?,-| ?(?:kr|dkk|kroner)\b)"
_BORN = rf"(?<![\d+])(?P<born>{_DAY}[ ./-]?{_MONTH}[ ./-]?(?:(?:18|19|20)\d\d|\d\d))"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"{_BORN}(?: {{0,2}}[-/] {{0,2}}|[._])(?P<last>\d{{4}}){_NO_SUM}",
        rf"(?<![\d+])(?P<born>{_DAY}{_MONTH}(?:(?:19|20)\d\d|\d\d))(?P<last>\d{{4}})(?!\d)",
        rf"{_BORN}(?P<blank> {{1,4}})(?P<last>\d\d ?\d\d){_NO_SUM}",
    )
)
#: Years from last year on: a date in them is a day to pay on, and what follows it a sum.
_COMING_YEARS = range(-1, 10)
#: The number after these words is a number of ours, or of a bank's.
_OTHER_NUMBER = re.compile(
    r"\b(?:faktura|sag|regning|krav|kunde|konto|bill|case|invoice|ref|account|customer|tlf|telefon"
    r"|mobil|phone)\w*(?: ?(?:nr|nummer|number|no)\b)?[.: ]*(?:er |is )?(?:\d{4} ?)?$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: A code of the classification of diseases (ICD-10, SKS): "F32.1", and "DF321" after its name.
_CODE = re.compile(
    r"\bD?[A-TV-Z]\d{2}\.\d{1,2}\b|(?<=icd)[- ]?10?[: ]*[A-Z]{1,2}\d{2,4}\b"
    r"|(?:(?<=diagnose )|(?<=diagnosis )|(?<=diagnosekode ))[A-Z]{1,2}\d{2,4}\b"
)
_HIDDEN = re.compile(
    r"\d" + _TAIL + "|" + "|".join(rf"\[{each.instead}\]" for each in load_diagnoses())
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text without what was hidden in it, and of which kinds that was."""

    text: str
    kinds: frozenset[str] = frozenset()


def readable(text: str) -> str:
    """Take away the signs that nobody sees and no table may hold: NUL, controls, overrides.

    Joiners stay: emojis and some alphabets are written with them.
    """
    kept = (letter for letter in text if letter in "\n\t\u200c\u200d" or not _is_unseen(letter))
    return "".join(kept)


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs"}


def hide(text: str, *, year: int, names: Iterable[str] = (), known: Collection[str] = ()) -> Hidden:
    """Hide CPR numbers and diagnoses.

    Args:
        text: what a citizen wrote.
        year: the year it is: "01-12-26 1500" is then a day to pay on, and a sum.
        names: the citizen's own, in which no word is a diagnosis.
        known: ten figures that only look like a CPR number, as `cpr_like` returned them.
    """
    without_cpr = text
    for found in reversed(_cpr_numbers(text, year)):
        if _figures(found) not in known:
            start, end = found.span()
            born = text[start : found.end("born")]
            without_cpr = without_cpr[:start] + born + _TAIL + without_cpr[end:]
    plain = without_diagnoses(without_cpr, names)
    kinds = {CPR: without_cpr != text, HEALTH: plain != without_cpr}
    return Hidden(plain, frozenset(kind for kind, is_there in kinds.items() if is_there))


def cpr_like(text: str, year: int) -> list[str]:
    """Return the ten figures of what is a CPR number, or a birth date and a case number."""
    numbers = _cpr_numbers(text, year)
    return [_figures(found) for found in numbers if found["last"] == found.group()[-4:]]


def is_masked(text: str) -> bool:
    """Tell whether something was hidden in a text that we have stored."""
    return _HIDDEN.search(text) is not None


def _cpr_numbers(text: str, year: int) -> list[re.Match[str]]:
    """Find CPR numbers in any usual spelling, each once, in order."""
    plain = "".join(_plain(letter) for letter in text)
    taken: list[re.Match[str]] = []
    for found in (found for shape in _SHAPES for found in shape.finditer(plain)):
        is_new = all(
            found.end() <= other.start() or other.end() <= found.start() for other in taken
        )
        if is_new and not _is_other(found, plain, year):
            taken.append(found)
    return sorted(taken, key=lambda match: match.start())


def _is_other(found: re.Match[str], plain: str, year: int) -> bool:
    """Tell whether the figures are a number of ours, or a day to come and a sum."""
    if _OTHER_NUMBER.search(plain[: found.start()]):
        return True
    if not found.groupdict().get("blank"):
        return False
    return int(_figures(found)[4:6]) - year % 100 in _COMING_YEARS


def _plain(letter: str) -> str:
    """Return a figure of any alphabet as 0 to 9, and any dash or blank as the plain one."""
    figure = unicodedata.decimal(letter, None)
    if figure is not None:
        return str(figure)
    if letter in "\n\r\t" or unicodedata.category(letter) in _BLANKS:
        return " "
    return _DASHES.get(letter) or letter


def _figures(found: re.Match[str]) -> str:
    """Return day, month, two figures of the year and the last four."""
    born = re.sub(r"\D", "", found["born"])
    return born[:4] + born[-2:] + re.sub(r"\D", "", found["last"])


def without_diagnoses(text: str, names: Iterable[str]) -> str:
    """Put a neutral word in place of each diagnosis and each code of one."""
    own = {fold(part) for name in names for part in _WORD.findall(name)}

    def instead(match: re.Match[str]) -> str:
        word = match.group()
        if fold(word) in own or fold(word).removesuffix("s") in own:
            return word
        given = next((each.instead for each in load_diagnoses() if each.names(word)), None)
        return f"[{given}]" if given else word

    first = load_diagnoses()[0].instead
    return _WORD.sub(instead, _CODE.sub(f"[{first}]", text))
