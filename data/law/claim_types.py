"""The claim types (kravtyper) and what the law says of each, from which day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data.law.dated import Confidence, Dated, Versions
from data.values.time import months_after
from data.yaml_files import Block, read

PATH = Path(__file__).with_name("claim_types.yml")


class Regime(StrEnum):
    """Which law decides fees and interest (gebyr- og renteregime)."""

    UDPANTNING = "udpantning"  # claims with udpantningsret: gebyrloven
    CIVIL = "civil"  # claims without: renteloven
    NONE = "none"  # no law found that allows a fee or interest


class PlanKind(StrEnum):
    """Who decides a plan for the type: the municipality's policy, or a table in law."""

    POLICY = "policy"
    STATUTORY = "statutory"


class Closure(StrEnum):
    """Whether the service may be shut off (lukning) for a claim of the type."""

    NEVER = "never"
    LEGAL_GATE = "legal_gate"  # only where the municipality's lawyers have confirmed the right
    ALLOWED = "allowed"


class LimitationKind(StrEnum):
    """After which rule a claim ends with time (forældelse)."""

    ORDINARY = "ordinary"
    FIVE_YEAR_LAPSE = "five_year_lapse"  # bortfald


Code = Annotated[str, Field(pattern=r"^[A-ZÆØÅ]{7}$")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


class TypeLaw(Dated):
    """What the law says of one claim type from `valid_from` on."""

    regime: Regime
    plan: PlanKind
    preferential: bool = False  # fortrinsberettiget: pant in the property
    #: How long after the due date the preference lasts; none: no end is known.
    preference_months: Annotated[int, Field(ge=1, le=600)] | None = None
    closure: Closure = Closure.NEVER
    reminder_offers_plan: bool = False  # a reminder must offer instalments
    set_off: tuple[Key, ...] = ()  # what may be set off (modregning) beside the general rules
    limitation: LimitationKind = LimitationKind.ORDINARY
    codes: tuple[Code, ...] = ()  # the state's fordringstypekoder, the usual one first
    fee_codes: tuple[Code, ...] = ()  # and those of the fees (gebyrer) on such a claim
    interest_codes: tuple[Code, ...] = ()  # and those of the interest (renter)
    last_tax_year: int | None = None  # the state collects what is of a later year

    def prefers(self, due: date, today: date) -> bool:
        """Tell whether a claim due on `due` has preference today (fortrinsret); it ends with time.

        Source: ejendomsskatteloven § 4 stk. 5 (two years and three months).
        """
        months = self.preference_months
        return self.preferential and (months is None or today <= months_after(due, months))


class ClaimType(Block):
    """One kind of claim (kravtype): its names, and the law of it through time."""

    da: str
    en: str
    aliases: tuple[str, ...]
    sensitive: bool = False
    automated: bool = True
    law: Versions[TypeLaw]

    def on(self, day: date) -> TypeLaw:
        """Return the law of the type that holds on `day`."""
        return self.law.on(day)


_FOR_PEOPLE = ClaimType(
    da="Krav",
    en="Claim",
    aliases=(),
    sensitive=True,
    automated=False,
    law=Versions[TypeLaw](
        [
            TypeLaw(
                valid_from=date(1970, 1, 1),
                source="no longer in the file",
                confidence=Confidence.PROPOSED,
                regime=Regime.NONE,
                plan=PlanKind.STATUTORY,
            )
        ]
    ),
)


class ClaimTypes(Block):
    """All claim types."""

    types: Annotated[dict[Key, ClaimType], Field(min_length=1)]

    @classmethod
    def load(cls, path: Path = PATH) -> ClaimTypes:
        """Read the file.

        Raises:
            DataFileError: the file is wrong; with line, key and reason.
        """
        return read(path, cls)

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for key, kind in self.types.items():
            for name in (*kind.aliases, kind.da):
                names.setdefault(name.casefold(), key)
        return names

    def key_of(self, name: str) -> str | None:
        """Find the key for a key or a Danish name, or none."""
        folded = name.strip().casefold()
        return folded if folded in self.types else self._by_name.get(folded)

    def __getitem__(self, key: str) -> ClaimType:
        """Return one type; one that has left the file since its claims came in is for people."""
        return self.types.get(key, _FOR_PEOPLE)
