"""All law the rules need, read once at the start (love og bekendtgørelser som data)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from data.law.assignments import Assignments
from data.law.claim_types import ClaimTypes
from data.law.fees import Fees
from data.law.hand_over import HandOver
from data.law.interest import Interest
from data.law.limitation import Limitation
from data.law.paragraphs import Paragraphs
from data.law.state_tools import StateTools
from data.law.statutory import Statutory
from data.yaml_files import read

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Law:
    """The law (loven): every figure with its date, and asked for by the day it is used."""

    claim_types: ClaimTypes
    fees: Fees
    interest: Interest
    limitation: Limitation
    statutory: Statutory
    hand_over: HandOver
    assignments: Assignments
    paragraphs: Paragraphs
    state_tools: StateTools

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self:
        """Read every file of the law.

        Raises:
            DataFileError: a file is wrong; with file, line, key and reason.
        """
        return cls(
            claim_types=read(folder / "claim_types.yml", ClaimTypes),
            fees=read(folder / "fees.yml", Fees),
            interest=read(folder / "interest.yml", Interest),
            limitation=read(folder / "limitation.yml", Limitation),
            statutory=read(folder / "statutory.yml", Statutory),
            hand_over=read(folder / "hand_over.yml", HandOver),
            assignments=read(folder / "assignments.yml", Assignments),
            paragraphs=read(folder / "paragraphs.yml", Paragraphs),
            state_tools=read(folder / "state_tools.yml", StateTools),
        )
