"""What the law asks before a claim leaves for enforcement (overdragelse til inddrivelse)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from data.law.claim_types import Code
from data.law.dated import Dated, Versions
from data.law.figures import Kroner
from data.values.recipients import Recipient
from data.yaml_files import Block, Source


class HandOverField(StrEnum):
    """A field a recipient must be given (stamdata)."""

    CLAIM_REF = "claim_ref"
    CODE = "code"  # fordringstypekode
    PRINCIPAL = "principal"  # hovedstol
    OUTSTANDING = "outstanding"  # restgæld
    PERIOD_START = "period_start"
    PERIOD_END = "period_end"
    DUE_DATE = "due_date"  # forfaldsdato
    LAST_DAY_TO_PAY = "last_day_to_pay"  # sidste rettidige betalingsdag
    LIMITATION_DATE = "limitation_date"  # forældelsesdato
    DESCRIPTION = "description"  # beskrivelse, with no more than the recipient needs
    DEBTOR_IDS = "debtor_ids"  # CPR or CVR of every debtor who is liable (hæftere)
    JUDGMENT_DATE = "judgment_date"  # doms- eller forligsdato, where there is one


class Notice(Block):
    """The notice before a hand-over (underretning)."""

    written: bool
    each_co_debtor: bool
    channel: str
    source: Source


class RecipientLaw(Block):
    """What one recipient takes and must be given."""

    da: str
    en: str
    #: Whom a citizen calls about what is there; none: the municipality itself.
    telephone: Annotated[str, Field(pattern=r"^[0-9]{2}( [0-9]{2}){3}$")] | None = None
    required: Annotated[tuple[HandOverField, ...], Field(min_length=1)]
    optional: tuple[HandOverField, ...] = ()
    only_preferential: bool = False
    source: Source


class EntryFilter(Block):
    """What the state's system refuses for one code (indgangsfilter)."""

    most_principal: Kroner
    source: Source


class HandOverLaw(Dated):
    """The law of hand-overs from `valid_from` on."""

    least_total: Kroner  # principal, interest and fees together
    add_ons_exempt: bool  # fees and interest on a claim handed over before have no floor
    notice: Notice
    recipients: dict[Recipient, RecipientLaw]
    entry_filters: dict[Code, EntryFilter]
    warn_months_left: Annotated[int, Field(ge=0, le=36)]  # nearer to limitation: it is told
    #: The description of a claim whose type alone says too much (databeskyttelse).
    sensitive_description: str

    @field_validator("recipients")
    @classmethod
    def _each_one(cls, given: dict[Recipient, RecipientLaw]) -> dict[Recipient, RecipientLaw]:
        missing = [recipient.value for recipient in Recipient if recipient not in given]
        if missing:
            raise ValueError(f"must describe {', '.join(missing)} too")
        return given


class HandOver(Block):
    """The law of hand-overs through time."""

    versions: Versions[HandOverLaw]

    def on(self, day: date) -> HandOverLaw:
        """Return the law that holds on `day`."""
        return self.versions.on(day)
