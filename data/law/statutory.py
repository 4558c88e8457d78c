"""Plans the law fixes by a table (lovbestemte afdrag), and respites it demands."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from data.law.claim_types import Key
from data.law.dated import Dated
from data.law.figures import Kroner, Percent
from data.law.tables import Table
from data.values.money import Money
from data.yaml_files import Block


class Band(Block):
    """One row of the income table (indkomsttabel): yearly net income up to and including `upto`."""

    upto: Kroner
    percent_without: Percent  # of those who provide for no one (ikke-forsørger)
    percent_with: Percent  # of those who provide for others (forsørger)


class StatutoryLaw(Dated):
    """The table and the respites from `valid_from` on."""

    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    unknown_income_monthly: Kroner
    respite_benefits: frozenset[Key]
    least_income: Kroner | None  # a year, net; below it payment must wait. None: not found

    @field_validator("bands")
    @classmethod
    def _rise(cls, bands: tuple[Band, ...]) -> tuple[Band, ...]:
        sums = [band.upto for band in bands]
        if sums != sorted(set(sums)):
            raise ValueError("the rows must stand with the lowest income first, each once")
        return bands

    def band(self, yearly_net: Money) -> Band | None:
        """Return the row of an income, or none where the known table ends before it."""
        return next((band for band in self.bands if yearly_net <= band.upto), None)


class Statutory(Table[StatutoryLaw]):
    """The statutory table through time; it is indexed (reguleres) each year."""
