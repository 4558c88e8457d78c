"""What was said between the office and its units, and of what, as a page shows it: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from data.values.ids import StaffId
from data.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.models.cases import Task

#: Where in a task's facts the exchange stands.
SAID: Final = "said"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said (replik): by whom, when, and what is to be corrected."""

    at: datetime
    #: A word of `UnitAnswer`, or the office: `routed`, `replied`, `taken_back`, `reminded`.
    word: str
    text: str
    #: Who said it; none: a rule did.
    by: str | None
    #: The unit that had the task then, and the one it was sent to.
    unit: str | None
    to: str | None
    right_sum: Money | None
    to_correct: str | None


def writers(task: Task) -> list[StaffId]:
    """Return the ids of those who said something."""
    return [StaffId(UUID(line["by"])) for line in task.facts.get(SAID, []) if line.get("by")]


def lines(task: Task, names: Mapping[StaffId, str]) -> list[Line]:
    """Return what was said, the oldest first, with the names of those who said it."""
    return [_line(line, names) for line in task.facts.get(SAID, [])]


def _line(line: Mapping[str, Any], names: Mapping[StaffId, str]) -> Line:
    by, right = line.get("by"), line.get("right_sum")
    return Line(
        at=datetime.fromisoformat(line["at"]),
        word=line["as"],
        text=line.get("text", ""),
        by=names.get(StaffId(UUID(by))) if by else None,
        unit=line.get("unit"),
        to=line.get("to"),
        right_sum=None if right is None else Money(right),
        to_correct=line.get("to_correct"),
    )
