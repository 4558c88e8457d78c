"""What steps, reasons and decisions are called (begreber i ord), a file a language under `words/`.

One place for all that staff read of them: the desk, `mindelig explain` and `mindelig simulate`.
"""

from __future__ import annotations

from pathlib import Path

from outreach.texts import Catalogue, read

FOLDER = Path(__file__).with_name("words")


def catalogue(language: str) -> Catalogue:
    """Return a language's words.

    Raises:
        TextError: the file is missing or holds something else than texts.
    """
    return read(FOLDER, language)


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
