"""What a unit that owns a claim may answer (svar fra fagcenter), and what each answer asks for.

The unit knows the bill, the collections office decides (F2, F18): an answer closes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.values.money import NOTHING

if TYPE_CHECKING:
    from data.values.money import Money

DISPUTE: Final = "dispute"


class UnitAnswer(StrEnum):
    """How a unit answered (fagcentrets svar)."""

    UPHELD = "upheld"  # the citizen is right: the claim falls (medhold)
    UPHELD_IN_PART = "upheld_in_part"  # the sum is corrected (delvist medhold)
    REJECTED = "rejected"  # the claim is right (ikke medhold)
    DONE = "done"  # the bill was sent, the detail was found (udført)
    NOT_OURS = "not_ours"  # another unit owns it (ikke vores)
    QUESTION = "question"  # something must be known first (spørgsmål)


#: These give the task back without an answer to what was asked.
WITHOUT_ANSWER: Final = frozenset({UnitAnswer.NOT_OURS, UnitAnswer.QUESTION})
_OF_A_DISPUTE: Final = (UnitAnswer.UPHELD, UnitAnswer.UPHELD_IN_PART, UnitAnswer.REJECTED)
_OF_ALL: Final = (UnitAnswer.NOT_OURS, UnitAnswer.QUESTION)


@dataclass(frozen=True, slots=True)
class Given:
    """A unit's answer as it was given: why, and what is to be corrected."""

    answer: UnitAnswer
    reasons: str
    #: What the claim should have been, øre; for a dispute upheld in part.
    right_sum: Money | None = None
    to_correct: str = ""


def choices(kind: str) -> tuple[UnitAnswer, ...]:
    """Return what a unit may answer to a task of a kind."""
    return (*(_OF_A_DISPUTE if kind == DISPUTE else (UnitAnswer.DONE,)), *_OF_ALL)


def faults(given: Given, kind: str, owed: Money) -> dict[str, str]:
    """Return what is missing or wrong in an answer, by field; nothing: it can be taken.

    Args:
        given: the answer.
        kind: what was asked, a key of `data/law/tasks.yml`.
        owed: the claim's principal with all that was charged on it, øre.
    """
    found: dict[str, str] = {}
    if given.answer not in choices(kind):
        found["answer"] = "missing"
    if not given.reasons.strip():
        found["reasons"] = "missing"
    if given.answer is UnitAnswer.UPHELD_IN_PART:
        if given.right_sum is None:
            found["right_sum"] = "missing"
        elif not NOTHING < given.right_sum < owed:
            found["right_sum"] = "part"
        if not given.to_correct.strip():
            found["to_correct"] = "missing"
    return found
