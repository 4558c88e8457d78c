"""Draws an agreement's instalments along its days (tidslinje): places and sizes, for a template.

The template writes them as SVG into the page itself: text keeps the reader's size and colours,
the picture is as wide as the screen, and the page needs no style or script of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.values.money import Money
    from desk.instalments import Look, Row

#: Where the line is, and how high the tallest bar stands on it, in pixels.
LINE: Final = 78
TALLEST: Final = 52
_LOWEST: Final = 8
_BROAD, _NARROW, _MANY = 14, 4, 30
#: The ends of the line, in percent of the width: a bar at an end still has room.
_FROM, _TO = 3.0, 97.0
#: Nearer to an end than this, a word is written towards the middle.
_NEAR: Final = 12.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One instalment: where (percent), how high and how much of it is paid (pixels)."""

    at: float
    height: int
    paid: int
    look: Look
    number: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture of one agreement."""

    first: date
    last: date
    bars: list[Bar]
    #: From where to where an instalment was moved (percent).
    moves: list[tuple[float, float]]
    #: Where money came in (percent).
    payments: list[float]
    today: float | None
    broad: int

    @property
    def today_anchor(self) -> str:
        """Which end of the word stands at today's line, so that it stays in the picture."""
        if self.today is None or _NEAR < self.today < 100 - _NEAR:
            return "middle"
        return "start" if self.today <= _NEAR else "end"


def draw(rows: Sequence[Row], begins: date, today: date | None) -> Timeline:
    """Draw the instalments from the day of the agreement on; `today` none: it is over."""
    days = [row.instalment.due_on for row in rows]
    agreed = [row.instalment.agreed_on for row in rows if row.instalment.agreed_on]
    paid = sorted({piece.paid_on for row in rows for piece in row.pieces})
    every = [begins, *days, *agreed, *paid, *([today] if today else [])]
    first, last = min(every), max(every)
    length = max((last - first).days, 1)

    def at(day: date) -> float:
        return round(_FROM + (_TO - _FROM) * (day - first).days / length, 2)

    largest = max(row.instalment.amount.oere for row in rows)
    return Timeline(
        first=first,
        last=last,
        bars=[_bar(row, at(row.instalment.due_on), largest) for row in rows],
        moves=[
            (at(row.instalment.agreed_on), at(row.instalment.due_on))
            for row in rows
            if row.instalment.agreed_on
        ],
        payments=[at(day) for day in paid],
        today=at(today) if today else None,
        broad=_BROAD if len(rows) <= _MANY else _NARROW,
    )


def _bar(row: Row, at: float, largest: int) -> Bar:
    amount = row.instalment.amount
    height = max(_LOWEST, TALLEST * amount.oere // largest)
    return Bar(at, height, _share(row.covered, amount, height), row.look, row.instalment.number)


def _share(covered: Money, amount: Money, height: int) -> int:
    return min(height, height * covered.oere // amount.oere)
