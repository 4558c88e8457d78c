"""When a claim ends with time (forældelse), and what stops the clock."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from data.law.claim_types import LimitationKind
from data.law.dated import Dated, Versions
from data.law.figures import DayOfYear
from data.yaml_files import Block


class Interruption(StrEnum):
    """What makes a limitation period begin anew (afbrydelse af forældelse)."""

    ACKNOWLEDGEMENT = "acknowledgement"  # the debtor recognises the debt (skylderkendelse)
    COURT_CLAIM = "court_claim"  # sagsanlæg
    ATTACHMENT = "attachment"  # udlæg


class LimitationStart(StrEnum):
    """From which day the years are counted."""

    DUE_DATE = "due_date"
    PERIOD_END = "period_end"


class LimitationLaw(Dated):
    """How many years a claim lives, from where, and what makes them begin anew."""

    years: Annotated[int, Field(ge=1, le=30)]
    counted_from: LimitationStart
    interrupted_by: frozenset[Interruption] = frozenset()


class Roll(Dated):
    """Days besides weekends and holidays on which no period ends (forældelsesloven § 27)."""

    also_closed: tuple[DayOfYear, ...]

    def is_closed(self, day: date) -> bool:
        """Tell whether `day` is one of them."""
        return day.isoformat()[5:] in self.also_closed  # four times as fast as strftime


class Limitation(Block):
    """The law of limitation for each kind."""

    ordinary: Versions[LimitationLaw]
    five_year_lapse: Versions[LimitationLaw]
    roll: Versions[Roll]

    def __getitem__(self, kind: LimitationKind) -> Versions[LimitationLaw]:
        """Return the law of one kind."""
        return {
            LimitationKind.ORDINARY: self.ordinary,
            LimitationKind.FIVE_YEAR_LAPSE: self.five_year_lapse,
        }[kind]
