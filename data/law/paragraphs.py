"""Where a rule stands, in the words a citizen is told (hjemmel)."""

from __future__ import annotations

from data.law.claim_types import Regime
from data.law.dated import Dated, Versions
from data.yaml_files import Block


class Paragraph(Dated):
    """A paragraph of a law as it is named from `valid_from` on (lovhenvisning)."""

    da: str
    en: str

    def of(self, language: str) -> str:
        """Return its name in `language` (`da` or `en`)."""
        return self.en if language == "en" else self.da


class Paragraphs(Block):
    """The paragraphs that answers rest on."""

    fee_udpantning: Versions[Paragraph]
    fee_civil: Versions[Paragraph]
    interest_udpantning: Versions[Paragraph]
    interest_civil: Versions[Paragraph]
    notice: Versions[Paragraph]
    hand_over: Versions[Paragraph]
    child_benefit: Versions[Paragraph]

    def of_fee(self, regime: Regime) -> Versions[Paragraph] | None:
        """Return what allows a fee (gebyr) under a regime; none: nothing does."""
        known = {Regime.UDPANTNING: self.fee_udpantning, Regime.CIVIL: self.fee_civil}
        return known.get(regime)

    def of_interest(self, regime: Regime) -> Versions[Paragraph] | None:
        """Return what allows interest (renter) under a regime; none: nothing does."""
        known = {Regime.UDPANTNING: self.interest_udpantning, Regime.CIVIL: self.interest_civil}
        return known.get(regime)
