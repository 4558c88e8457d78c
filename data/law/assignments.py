"""Which future claims nobody may assign (transport af fremtidige tilgodehavender)."""

from __future__ import annotations

from datetime import date

from data.law.claim_types import Key
from data.law.dated import Dated, Versions
from data.yaml_files import Block


class AssignmentLaw(Dated):
    """What may not be assigned (uoverdragelige ydelser) from `valid_from` on."""

    forbidden: frozenset[Key]


class Assignments(Block):
    """The law of assignments through time."""

    versions: Versions[AssignmentLaw]

    def on(self, day: date) -> AssignmentLaw:
        """Return the law that holds on `day`."""
        return self.versions.on(day)
