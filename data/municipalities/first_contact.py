"""When a missed deadline becomes a first message, and which ways are tried (straks-kontakt)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from data.yaml_files import Block, Source


class Way(StrEnum):
    """A way to reach who is not in contact with us yet (kontaktvej)."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    LETTER_LIST = "letter_list"  # the ledger's own people send a letter


class FirstContact(Block):
    """When a missed deadline becomes a message, and in which order ways are tried (straks-kontakt).

    A way stands open where the installation has it: a number for calls, a sender of e-mail. What
    is not open is passed over.
    """

    bank_days_after_deadline: Annotated[int, Field(ge=1, le=30)]
    needs_payment_file: bool
    #: The order after a message that did not come through (rækkefølge).
    channels: Annotated[tuple[Way, ...], Field(min_length=1)]
    #: How often one is called before the next way is tried; never twice on one day.
    most_calls: Annotated[int, Field(ge=1, le=5)] = 1
    useless_after_bank_days: Annotated[int, Field(ge=1, le=60)]
    exclude_claim_types: frozenset[str]
    source: Source

    @model_validator(mode="after")
    def _ends_with_the_list(self) -> FirstContact:
        if len(set(self.channels)) < len(self.channels):
            raise ValueError("channels: names a way twice")
        if Way.SMS not in self.channels:
            raise ValueError("channels: sms is missing, and the first message is an SMS")
        if Way.LETTER_LIST in self.channels[:-1]:
            raise ValueError("channels: letter_list is where it ends, so it comes last")
        return self
