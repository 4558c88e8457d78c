"""What a reminder may cost (rykkergebyr), per regime and from which day."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from data.law.claim_types import Regime
from data.law.dated import Dated, Versions
from data.law.figures import Kroner
from data.yaml_files import Block


class FeeLaw(Dated):
    """The bounds of reminder fees (rykkergebyrer) from `valid_from` on."""

    max_fee: Kroner
    max_count: Annotated[int, Field(ge=0, le=100)] | None  # none: no number is set by law
    min_gap_days: Annotated[int, Field(ge=0, le=366)]
    enforcement_notice_max: Kroner | None = None  # tilsigelse to the municipality's own udlæg


class Fees(Block):
    """The law of fees for each regime."""

    udpantning: Versions[FeeLaw]
    civil: Versions[FeeLaw]
    none: Versions[FeeLaw]

    def __getitem__(self, regime: Regime) -> Versions[FeeLaw]:
        """Return the law of one regime."""
        return {
            Regime.UDPANTNING: self.udpantning,
            Regime.CIVIL: self.civil,
            Regime.NONE: self.none,
        }[regime]
