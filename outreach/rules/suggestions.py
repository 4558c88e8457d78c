"""Which claim money may be for that names none (forslag); a person decides, never this rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, utils

from data.values.pay_lines import CARD_71_DIGITS, check_digit_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from data.values.ids import CitizenId, ClaimId
    from data.values.money import Money

#: A caseworker is shown so many, the best first.
AT_MOST: Final = 5
#: How alike two names are, of 100: the order of the words does not count.
ALIKE: Final = 88.0
#: A bill is fresh in mind for so long.
_RECENT: Final = timedelta(days=45)
#: Shorter runs of digits in a text are amounts, dates and house numbers.
_LEAST_DIGITS: Final = 4
_RUN: Final = re.compile(r"\d(?:[ .-]?\d)*")
_DIGITS: Final = re.compile(r"\d+")
_LEAST_LETTERS: Final = 3
_NO_DIGIT: Final = re.compile(r"\D")


class Why(StrEnum):
    """Why a claim is suggested (begrundelse)."""

    NAMED = "named"  # the reference or number is the claim's own, yet something speaks against it
    ID_ONE_OFF = "id_one_off"  # one digit, or two swapped, from the claim's payment id
    REF_IN_TEXT = "ref_in_text"
    SAME_SUM = "same_sum"
    NEXT_INSTALMENT = "next_instalment"
    NAME = "name"
    RECENT = "recent"


_WEIGHT: Final = {
    Why.NAMED: 100,
    Why.ID_ONE_OFF: 60,
    Why.REF_IN_TEXT: 50,
    Why.SAME_SUM: 30,
    Why.NEXT_INSTALMENT: 30,
    Why.NAME: 30,
    Why.RECENT: 5,
}
_SURE: Final = frozenset({Why.NAMED, Why.ID_ONE_OFF, Why.REF_IN_TEXT})
_SUM: Final = frozenset({Why.SAME_SUM, Why.NEXT_INSTALMENT})


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Money that stands on no claim (uplaceret betaling), as it was given."""

    amount: Money
    paid_on: date
    payment_id: str | None = None
    claim_ref: str | None = None
    payer: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim that the money may be for (muligt krav)."""

    claim_id: ClaimId
    citizen_id: CitizenId
    claim_ref: str
    payment_ids: frozenset[str]
    outstanding: Money
    due_date: date
    name: str
    next_instalments: frozenset[Money] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A claim that money may be for, and why (forslag)."""

    candidate: Candidate
    why: tuple[Why, ...]

    @property
    def score(self) -> int:
        """How much speaks for it."""
        return sum(_WEIGHT[each] for each in self.why)

    @property
    def is_strong(self) -> bool:
        """Whether the citizen may well have paid, so that nobody should be chased meanwhile."""
        why = set(self.why)
        return bool(why & _SURE) or (bool(why & _SUM) and Why.NAME in why)


def suggest(money: Unplaced, candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Return the claims that money may be for, at most five, the best first."""
    near = one_off(money.payment_id) if money.payment_id else frozenset()
    runs = digits_of(money)
    found = [
        Suggestion(one, why)
        for one in candidates
        if (why := tuple(_reasons(money, one, near, runs))) and set(why) != {Why.RECENT}
    ]
    found.sort(key=lambda one: (-one.score, one.candidate.due_date, one.candidate.claim_ref))
    return found[:AT_MOST]


def _reasons(
    money: Unplaced, one: Candidate, near: frozenset[str], runs: frozenset[str]
) -> Iterator[Why]:
    own = {bare(number) for number in one.payment_ids}
    asked = bare(money.payment_id) if money.payment_id else None
    if money.claim_ref == one.claim_ref or asked in own:
        yield Why.NAMED
    elif own & near:
        yield Why.ID_ONE_OFF
    elif bare(only_digits(one.claim_ref)) in runs or own & runs:
        yield Why.REF_IN_TEXT
    if money.amount == one.outstanding:
        yield Why.SAME_SUM
    elif money.amount in one.next_instalments:
        yield Why.NEXT_INSTALMENT
    if money.payer and are_alike(money.payer, one.name):
        yield Why.NAME
    if abs(money.paid_on - one.due_date) <= _RECENT:
        yield Why.RECENT


def are_alike(payer: str, name: str) -> bool:
    """Tell whether a payer's name is near a citizen's."""
    return fuzz.token_sort_ratio(payer, name, processor=utils.default_process) >= ALIKE


def bare(number: str) -> str:
    """Return a payment id without its leading zeros, which ledgers and banks drop."""
    return number.lstrip("0")


@lru_cache(maxsize=4096)
def one_off(payment_id: str) -> frozenset[str]:
    """Return the payment ids that one slip makes of this one: a digit wrong, two swapped.

    Where a check digit is known only those are kept that it fits. They come without leading zeros.
    """
    whole = payment_id.zfill(CARD_71_DIGITS)
    is_checked = len(payment_id) <= CARD_71_DIGITS
    slips = {
        whole[:at] + digit + whole[at + 1 :] for at in range(len(whole)) for digit in "0123456789"
    }
    slips |= {
        whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :] for at in range(len(whole) - 1)
    }
    slips.discard(whole)
    return frozenset(bare(slip) for slip in slips if not is_checked or check_digit_holds(slip))


def digits_of(money: Unplaced) -> frozenset[str]:
    """Return the runs of digits in what the payer wrote that may be a reference.

    Those that begin with zeros come without them too.
    """
    said = " ; ".join(filter(None, (money.text, money.claim_ref)))
    runs = {only_digits(run) for run in _RUN.findall(said)} | {*_DIGITS.findall(said)}
    runs |= {bare(run) for run in runs}
    return frozenset(run for run in runs if len(run) >= _LEAST_DIGITS)


def words_of(name: str | None) -> frozenset[str]:
    """Return the words of a name that are long enough to look for."""
    said = utils.default_process(name or "")
    return frozenset(word for word in said.split() if len(word) >= _LEAST_LETTERS)


def only_digits(text: str) -> str:
    """Return the digits of a text."""
    return _NO_DIGIT.sub("", text)
