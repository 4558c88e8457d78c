"""What a person must look at on a claim, how soon, and whose it is (opgavetyper)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data.yaml_files import Block, Source, read

PATH = Path(__file__).with_name("tasks.yml")


class Answers(StrEnum):
    """Who answers a task: the collections office, or the unit that owns the claim."""

    OWN = "own"
    OWNER = "owner"


class TaskKind(Block):
    """One kind of task (opgavetype) with its due time in bank days."""

    due_bank_days: Annotated[int, Field(ge=0, le=60)]
    unit: Answers
    da: str
    en: str


class UnitTimes(Block):
    """What holds while a unit that owns claims is to answer (fagcentrets frister)."""

    #: Bank days the collections office has to act on a unit's answer.
    office_bank_days: Annotated[int, Field(ge=0, le=60)]
    #: Bank days after its deadline on which a unit's silence goes to its head.
    escalated_after_bank_days: Annotated[int, Field(ge=1, le=60)]
    #: What a unit may see, and by which right (behandlingsgrundlag).
    basis: Source


class TaskKinds(Block):
    """All kinds of tasks."""

    valid_from: date
    source: Source
    verified_on: date
    units: UnitTimes
    kinds: dict[str, TaskKind]

    @classmethod
    def load(cls, path: Path = PATH) -> TaskKinds:
        """Read the file.

        Raises:
            DataFileError: the file is wrong; with line, key and reason.
        """
        return read(path, cls)
