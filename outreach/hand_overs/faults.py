"""What is wrong with a hand-over, in words: why, and how a caseworker mends it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from data.models.citizens import Language
from data.yaml_files import Block, read

if TYPE_CHECKING:
    from outreach.rules.hand_over_rows import Fault

PATH = Path(__file__).with_name("faults.yml")


class Told(Block):
    """Why a field will not do (begrundelse), and the mend."""

    why: str
    mend: str


class _Words(Block):
    da: Told
    en: Told


class _Faults(Block):
    faults: dict[str, _Words]


@cache
def catalogue() -> dict[str, _Words]:
    """Return the words of every fault by its code.

    Raises:
        DataFileError: the file is wrong.
    """
    return read(PATH, _Faults).faults


def told(fault: Fault, language: Language = Language.ENGLISH) -> Told:
    """Put a fault into words with its facts filled in."""
    words = catalogue()[fault.code]
    spoken = words.da if language is Language.DANISH else words.en
    named = {"field": fault.field, **fault.facts}
    return Told(why=spoken.why.format_map(named), mend=spoken.mend.format_map(named))
