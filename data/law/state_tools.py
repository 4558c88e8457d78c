"""What the state may do to collect a claim (inddrivelsesmidler): general, never about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.law.dated import Dated, Versions
from data.law.figures import Percent
from data.yaml_files import Block

if TYPE_CHECKING:
    from datetime import date


class StateToolsLaw(Dated):
    """The limits of the state's tools from `valid_from` on."""

    #: Percent of the net income that may be withheld at most (lønindeholdelse).
    wage_withholding_most: Percent


class StateTools(Block):
    """The state's tools through time."""

    versions: Versions[StateToolsLaw]

    def on(self, day: date) -> StateToolsLaw:
        """Return the limits that hold on `day`."""
        return self.versions.on(day)
