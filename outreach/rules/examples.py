"""Examples for the assistant to learn from (eksempler): nothing of a person may be in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.phrases.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Characters; a longer example teaches nothing more.
LONGEST = 500
_SHORTEST_NAME = 2
#: Four figures with no more between them than a telephone or CPR number has.
_NUMBER = re.compile(r"\d(?:[ .\-/]?\d){3}")
_MAIL = re.compile(r"\S@|@\S")
_WORD = re.compile(r"[^\W\d_]+")
#: What Rasa reads as more than words: `[400](sum)`, `{"entity": …}`, `/command`.
_MARKUP = re.compile(r"[\[\]{}<>|\\]|^[/#\-\s]+")


def tidy(text: str) -> str:
    """Write an example in one line, and without what Rasa would not read as words."""
    return " ".join(_MARKUP.sub(" ", " ".join(text.split())).split())


def fault_in(text: str, names: Iterable[str]) -> str | None:
    """Tell why an example may not be learnt from: `empty`, `long`, `number`, `mail`, `name`.

    `names` are those of the citizen who wrote it; each part of them is looked for, in any case,
    with or without æøå, and with a genitive s.
    """
    if not _WORD.search(text):
        return "empty"
    if len(text) > LONGEST:
        return "long"
    if _NUMBER.search(text):
        return "number"
    if _MAIL.search(text):
        return "mail"
    return "name" if _parts(names) & _words_of(text) else None


def _parts(names: Iterable[str]) -> set[str]:
    parts = {fold(part) for name in names for part in _WORD.findall(name)}
    return {part for part in parts if len(part) >= _SHORTEST_NAME}


def _words_of(text: str) -> set[str]:
    said = {fold(word) for word in _WORD.findall(text)}
    return said | {word.removesuffix("s") for word in said}


def nlu_file(intent: str, examples: Iterable[str]) -> str:
    """Write a file of `dialogues/nlu`: each example once, in the order of the alphabet."""
    lines = [f"      - {example}" for example in sorted(set(examples), key=str.casefold)]
    head = ['version: "3.1"', "", "nlu:", f"  - intent: {intent}", "    examples: |"]
    return "\n".join([*head, *lines]) + "\n"


def nlu_files(examples: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Write a file a language and intent of `(language, intent, example)`, by its path."""
    found: dict[tuple[str, str], list[str]] = {}
    for language, intent, example in examples:
        found.setdefault((language, intent), []).append(example)
    return {
        f"{language}/{intent}.reviewed.yml": nlu_file(intent, found[language, intent])
        for language, intent in sorted(found)
    }
