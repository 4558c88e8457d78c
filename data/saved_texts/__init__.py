"""The reusable answers a municipality begins with (svartekster), a file a language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data.yaml_files import Block, read

_HERE = Path(__file__).parent
LANGUAGES = ("da", "en")


class StartingText(Block):
    """One answer; in `body` stand places of `outreach/rules/places.py`."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    tags: tuple[str, ...] = ()
    body: Annotated[str, Field(min_length=1)]


class StartingTexts(Block):
    """All answers of one language."""

    texts: Annotated[tuple[StartingText, ...], Field(min_length=1)]


@cache
def starting_texts(language: str) -> tuple[StartingText, ...]:
    """Read the texts of a language.

    Raises:
        DataFileError: the file is wrong; with line, key and reason.
    """
    return read(_HERE / f"{language}.yml", StartingTexts).texts
