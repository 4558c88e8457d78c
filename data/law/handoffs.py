"""Why a conversation goes to a person, and how soon (overdragelsesårsager)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data.yaml_files import Block, read

PATH = Path(__file__).with_name("handoffs.yml")
DUE = re.compile(r"^(now|same day|\d+ (hour|hours|bank day|bank days))$")


class HandoffReason(Block):
    """One reason (årsag) with its severity (0 life in danger … 3 needs care) and due time."""

    severity: Annotated[int, Field(ge=0, le=3)]
    due: Annotated[str, Field(pattern=DUE.pattern)]
    da: str
    en: str


class HandoffReasons(Block):
    """All reasons besides the hard cases."""

    valid_from: date
    source: str
    verified_on: date
    reasons: dict[str, HandoffReason]

    @classmethod
    def load(cls, path: Path = PATH) -> HandoffReasons:
        """Read the file.

        Raises:
            DataFileError: the file is wrong; with line, key and reason.
        """
        return read(path, cls)
