"""Finds conversations by what a caseworker has at hand; a CPR number is not searched for."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, or_

from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.conversations import Conversation
from data.queries.refs import is_ref

#: Digits of a telephone number that are worth looking for.
_LEAST_DIGITS: Final = 4
_LEAST_LETTERS: Final = 2
_LETTER: Final = re.compile(r"[^\W\d_]")
_TELEPHONE: Final = re.compile(r"\+?[\d ().-]+")
_NO_DIGIT: Final = re.compile(r"\D")
_DIGIT: Final = re.compile(r"\d")
#: A day of birth (of a replacement number too), and four digits: `010180-1234`, `0101801234`.
_CPR: Final = re.compile(
    r"(?<![\d+])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d{2}[- ]?\d{4}(?!\d)"
)


def names_cpr(words: str) -> bool:
    """Tell whether a search holds what may be a CPR number; it stays out of addresses and logs."""
    return _CPR.search(words) is not None


def in_conversation(municipality: str, words: str) -> ColumnElement[bool]:
    """Ask for a name, a telephone or a case number; `Conversation` and `Citizen` must be joined."""
    ways: list[ColumnElement[bool]] = []
    if _DIGIT.search(words):
        # Asked of each row, where few are left; PostgreSQL reads all claims once where many are.
        ours = and_(Claim.citizen_id == Conversation.citizen_id, is_ref(words))
        ways.append(exists().where(ours, Claim.municipality == municipality))
    if len(_LETTER.findall(words)) >= _LEAST_LETTERS:
        each = (Citizen.name.icontains(word, autoescape=True) for word in words.split())
        ways.append(and_(*each))
    digits = _NO_DIGIT.sub("", words)
    if len(digits) >= _LEAST_DIGITS and _TELEPHONE.fullmatch(words):
        ways.append(Conversation.address.contains(digits))
    return or_(false(), *ways)
