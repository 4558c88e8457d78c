"""What steps, reasons and decisions are called (begreber i ord), a file a language under `words/`.

One place for all that staff read of them: the desk, `mindelig explain` and `mindelig simulate`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from outreach.errors import TextError
from outreach.texts import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).with_name("words")


@cache
def catalogue(language: str) -> Catalogue:
    """Read a language's file once; nested keys are joined by dots.

    Raises:
        TextError: the file is missing or holds something else than texts.
    """
    path = FOLDER / f"{language}.yml"
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise TextError(f"{path} cannot be read: {fault}") from None
    return Catalogue(language, dict(_flat(path, "", given)))


def _flat(path: Path, prefix: str, given: object) -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        yield prefix, given
    elif isinstance(given, dict):
        for key, value in given.items():
            yield from _flat(path, f"{prefix}.{key}" if prefix else str(key), value)
    else:
        raise TextError(f"{path}: {prefix or 'the file'} must hold texts")


def of_step(name: str, language: str) -> str:
    """Name a step (skridt) such as `reminder:2`; nothing for a claim as a whole."""
    kind, _, number = name.partition(":")
    if not kind:
        return ""
    return catalogue(language).render(f"step.{kind}", number=number)


def of_reason(reason: str, language: str) -> str:
    """Say in a sentence why something is not done; one no longer known is shown as it stands."""
    words = catalogue(language)
    key = f"reason.{reason}"
    return words.render(key) if key in words.texts else reason


def known(group: str, word: str, language: str) -> str:
    """Name a word of a group (`state`, `effect`, `fact`); one without words is shown as it is."""
    words = catalogue(language)
    key = f"{group}.{word}"
    return words.render(key) if key in words.texts else word
