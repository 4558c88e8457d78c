"""The claim types (kravtyper) and what the law says of each."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from data.yaml_files import Block, read

PATH = Path(__file__).with_name("claim_types.yml")


class PlanKind(StrEnum):
    """Who decides a plan for the type: the municipality's policy, or a table in law."""

    POLICY = "policy"
    STATUTORY = "statutory"


class ClaimType(Block):
    """One kind of claim (kravtype)."""

    da: str
    en: str
    aliases: list[str]
    plan: PlanKind
    source: str
    sensitive: bool = False
    automated: bool = True
    last_tax_year: int | None = None


_FOR_PEOPLE = ClaimType(
    da="Krav",
    en="Claim",
    aliases=[],
    plan=PlanKind.STATUTORY,
    source="no longer in the file",
    sensitive=True,
    automated=False,
)


class ClaimTypes(Block):
    """All claim types, with where the figures come from."""

    valid_from: date
    source: str
    verified_on: date
    confidence: str
    types: dict[str, ClaimType]

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
