"""The figures of understanding: precision, recall and F1 of each intent; shares are of one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HARD = "hard_"


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, what it means, and what it was heard as."""

    text: str
    meant: str
    heard: str
    confidence: float = 0.0
    gap: float = 0.0
    ms: float = 0.0
    by_rules: bool = False

    @property
    def is_right(self) -> bool:
        """Whether it was understood."""
        return self.meant == self.heard

    @property
    def is_alarm(self) -> bool:
        """Whether Rasa or the rules take it for a hard case (hård sag)."""
        return self.by_rules or self.heard.startswith(HARD)


@dataclass(frozen=True, slots=True)
class Score:
    """How well one intent is understood, over `count` texts."""

    precision: float
    recall: float
    f1: float
    count: int


def scores(judged: Sequence[Judged]) -> dict[str, Score]:
    """Give the score of each intent that was meant, by name."""
    meant = Counter(one.meant for one in judged)
    heard = Counter(one.heard for one in judged)
    right = Counter(one.meant for one in judged if one.is_right)
    return {
        name: Score(
            right[name] / heard[name] if heard[name] else 0.0,
            right[name] / count,
            2 * right[name] / (count + heard[name]),
            count,
        )
        for name, count in sorted(meant.items())
    }


def accuracy(judged: Sequence[Judged]) -> float:
    """Give the share that is understood."""
    return fmean(one.is_right for one in judged)


def macro_f1(judged: Sequence[Judged]) -> float:
    """Give the mean F1 of the intents."""
    return fmean(score.f1 for score in scores(judged).values())


def alarms(judged: Sequence[Judged]) -> tuple[float, float, float]:
    """Give the shares taken for a hard case: by the rules, by Rasa, by either."""
    return (
        fmean(one.by_rules for one in judged),
        fmean(one.heard.startswith(HARD) for one in judged),
        fmean(one.is_alarm for one in judged),
    )


def outcomes(judged: Sequence[Judged], least: float, gap: float) -> tuple[float, float, float]:
    """Give the shares understood, asked again, and accepted for something else."""
    asked = [one.confidence < least or one.gap < gap for one in judged]
    pairs = list(zip(judged, asked, strict=True))
    right = fmean(one.is_right and not again for one, again in pairs)
    again = fmean(asked)
    return right, again, 1 - right - again


def worst(judged: Sequence[Judged], count: int) -> list[Judged]:
    """Give the texts that were most surely taken for something else."""
    wrong = [one for one in judged if not one.is_right]
    return sorted(wrong, key=lambda one: -one.confidence)[:count]
