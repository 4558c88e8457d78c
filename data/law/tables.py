"""Figures that get a new row at set times: rates each half-year, incomes each year."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from data.law.dated import Dated, Versions
from data.values.time import months_after
from data.yaml_files import Block


class Table[Figure: Dated](Block):
    """The rows of a figure that is renewed (reguleres) every so many months."""

    renewed_every_months: Annotated[int, Field(ge=1, le=60)]
    versions: Versions[Figure]

    def on(self, day: date) -> Figure:
        """Return the row that holds on `day`; the newest one holds until there is another."""
        return self.versions.on(day)

    def is_due_on(self) -> date:
        """Return the day from which a newer row than the newest should be here."""
        return months_after(self.versions.root[-1].valid_from, self.renewed_every_months)
