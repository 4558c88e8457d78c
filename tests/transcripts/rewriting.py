"""Writes what is said now into the files of transcripts; all that people wrote stays as it is.

Only the lines of `assistant`, `buttons` and `handoff` are exchanged, so comments, quotes and order
are kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.transcripts.script import Heard

_OUTCOMES = {"assistant", "buttons", "handoff"}


@dataclass(frozen=True)
class _Change:
    """Lines `first` up to, and without, `end` give way to others."""

    first: int
    end: int
    lines: tuple[str, ...] = ()


def rewrite(path: Path, played: Mapping[str, Sequence[Heard]]) -> None:
    """Put what was heard, by the transcript's name, in the place of what was written."""
    lines = path.read_text(encoding="utf-8").split("\n")
    changes = list(_changes("\n".join(lines), played))
    for change in sorted(changes, key=lambda each: (each.first, each.end), reverse=True):
        lines[change.first : change.end] = change.lines
    path.write_text("\n".join(lines), encoding="utf-8")


def _changes(text: str, played: Mapping[str, Sequence[Heard]]) -> Iterator[_Change]:
    for transcript in _entries(yaml.compose(text, Loader=yaml.SafeLoader))["transcripts"].value:
        entries = _entries(transcript)
        heard = played.get(entries["name"].value, ())
        for step, outcome in zip(entries["turns"].value, heard, strict=False):
            yield from _of_step(step, outcome)


def _entries(mapping: yaml.Node | None) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in mapping.value} if mapping else {}


def _of_step(step: yaml.MappingNode, heard: Heard) -> Iterator[_Change]:
    """Take the old outcome's lines out, and write the new one behind what happens."""
    acts = [value for key, value in step.value if key.value not in _OUTCOMES]
    for key, value in step.value:
        if key.value in _OUTCOMES:
            yield _Change(key.start_mark.line, _end(value))
    behind = max(_end(value) for value in acts)
    yield _Change(behind, behind, tuple(_written(heard, " " * step.start_mark.column)))


def _end(value: yaml.Node) -> int:
    """Return the line after a value; what follows a block text begins in a line of its own."""
    inner = list(chain.from_iterable(value.value)) if isinstance(value, yaml.MappingNode) else None
    inner = value.value if isinstance(value, yaml.SequenceNode) else inner
    if inner and not value.flow_style:  # type: ignore[attr-defined]
        return max(_end(each) for each in inner)
    is_block = isinstance(value, yaml.ScalarNode) and value.style in {"|", ">"}
    return int(value.end_mark.line) + (0 if is_block else 1)


def _written(heard: Heard, indent: str) -> Iterator[str]:
    if len(heard.assistant) == 1:
        yield from _text(f"{indent}assistant: ", heard.assistant[0], indent + "  ")
    elif heard.assistant:
        yield f"{indent}assistant:"
        for text in heard.assistant:
            yield from _text(f"{indent}  - ", text, indent + "    ")
    if heard.buttons:
        yield f"{indent}buttons: {_in_a_row(heard.buttons)}"
    if heard.handoff:
        yield f"{indent}handoff: {heard.handoff}"


def _text(before: str, text: str, indent: str) -> Iterator[str]:
    """Write a text in lines as it is sent; an odd one, that YAML would change, in quotes."""
    lines = text.split("\n")
    is_plain = text.replace("\n", "").isprintable() and lines[0][:1].strip() and lines[-1].strip()
    if not is_plain:
        yield before + json.dumps(text, ensure_ascii=False)
        return
    yield f"{before}|-"
    yield from (f"{indent}{line}" if line else "" for line in lines)


def _in_a_row(words: Iterable[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)
