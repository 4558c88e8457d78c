"""Figures with a date: which version of a rule holds on a day, and how sure we are of it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field, RootModel, model_validator

from data.yaml_files import Block, Source


class Confidence(StrEnum):
    """How sure a figure is (sikkerhed)."""

    FOUND = "found"  # read in a public source
    DERIVED = "derived"  # computed from figures that were found
    KNOWN = "known"  # general knowledge, not verified
    PROPOSED = "proposed"  # our own proposal, to be confirmed


class Dated(Block):
    """A rule or figure as it reads from `valid_from` on.

    `verified_on` is none until a person of the municipality has held it against the source.
    """

    valid_from: date
    source: Source
    verified_on: date | None = None
    confidence: Confidence


class Versions[Figure: Dated](RootModel[Annotated[list[Figure], Field(min_length=1)]]):
    """The versions of one figure, oldest first; each holds until the next begins."""

    @model_validator(mode="after")
    def _in_order(self) -> Versions[Figure]:
        days = [version.valid_from for version in self.root]
        if days != sorted(set(days)):
            raise ValueError("versions must stand oldest first, each with a valid_from of its own")
        return self

    @cached_property
    def _starts(self) -> list[date]:
        return [version.valid_from for version in self.root]

    def on(self, day: date) -> Figure:
        """Return the version that holds on `day`.

        A day before the first version is judged by the first: older law is not known here, and a
        claim that old is time-barred.
        """
        return self.root[max(0, bisect_right(self._starts, day) - 1)]
