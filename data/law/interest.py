"""What late payment may cost in interest (rente), per regime and from which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from data.law.claim_types import Regime
from data.law.dated import Dated, Versions
from data.law.figures import Percent, Points
from data.law.tables import Table
from data.yaml_files import Block


class InterestKind(StrEnum):
    """How interest is counted (renteberegning)."""

    PER_STARTED_MONTH = "per_started_month"
    REFERENCE_PLUS = "reference_plus"
    NONE = "none"


class MonthlyRate(Dated):
    """A percentage for each month begun (pr. påbegyndt måned)."""

    percent: Percent


class ReferenceRate(Dated):
    """The Nationalbank's lending rate (udlånsrente) of a half-year, percent a year."""

    percent: Points


class Supplement(Dated):
    """What the law adds to the reference rate (tillæg), percentage points a year."""

    points: Points


class PerStartedMonth(Block):
    """Interest by the month, where the council has decided it (gebyrloven § 3)."""

    kind: Literal[InterestKind.PER_STARTED_MONTH]
    rates: Versions[MonthlyRate]

    def on(self, day: date) -> Decimal:
        """Return the percentage for a month that begins on `day`."""
        return self.rates.on(day).percent


class ReferencePlus(Block):
    """Interest by the day: a reference rate that changes each half-year, and a supplement."""

    kind: Literal[InterestKind.REFERENCE_PLUS]
    supplements: Versions[Supplement]
    references: Table[ReferenceRate]

    def on(self, day: date) -> Decimal:
        """Return the percentage a year that holds on `day` (procesrente)."""
        return self.references.on(day).percent + self.supplements.on(day).points

    def changes(self, first: date, last: date) -> list[date]:
        """Return the days after `first`, up to and including `last`, on which the rate changes."""
        versions = (*self.references.versions.root, *self.supplements.root)
        return sorted({one.valid_from for one in versions if first < one.valid_from <= last})


class NoInterest(Block):
    """No interest (ingen rente)."""

    kind: Literal[InterestKind.NONE]

    def on(self, day: date) -> Decimal:
        """Return zero."""
        return Decimal(0)


type InterestLaw = PerStartedMonth | ReferencePlus | NoInterest


class Interest(Block):
    """The law of interest for each regime."""

    udpantning: PerStartedMonth
    civil: ReferencePlus
    none: NoInterest

    def of(self, regime: Regime) -> InterestLaw:
        """Return the law of one regime."""
        laws: dict[Regime, InterestLaw] = {
            Regime.UDPANTNING: self.udpantning,
            Regime.CIVIL: self.civil,
            Regime.NONE: self.none,
        }
        return laws[regime]
