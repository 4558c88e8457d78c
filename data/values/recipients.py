"""Who takes a claim over for enforcement (modtager af overdragne krav)."""

from __future__ import annotations

from enum import StrEnum


class Recipient(StrEnum):
    """Who takes a claim over: the state's debt agency, or the municipality's own bailiff."""

    STATE = "state"  # Gældsstyrelsen
    BAILIFF = "bailiff"  # pantefogeden
