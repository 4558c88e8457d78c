"""Reads YAML into a checked model, and names the file, the line and the mend of a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from pathlib import Path


class DataFileError(Exception):
    """A file of law or policy (datafil) is wrong; each line of the text names one mistake."""

    code = "data_file"


class Block(BaseModel):
    """A part of a data file: frozen, and no key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    """Read and check one file.

    Raises:
        DataFileError: the file is missing, no YAML, or breaks the model; with line numbers.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        given = yaml.safe_load(text)
    except OSError as fault:
        raise DataFileError(f"{path}: cannot be read ({fault.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise DataFileError(f"{path}{_where(fault)}") from None
    doubled = _doubled_keys(node)
    if doubled:
        raise DataFileError(
            "\n".join(f"{path}:{line}: {key} stands twice" for line, key in doubled)
        )
    if not isinstance(given, dict):
        raise DataFileError(f"{path}:1: the file must hold keys and values")
    try:
        return model.model_validate(given)
    except ValidationError as fault:
        raise DataFileError("\n".join(_mistakes(path, node, fault))) from None


def _where(fault: Exception) -> str:
    mark = getattr(fault, "problem_mark", None)
    if mark is None:
        return f": is not YAML in UTF-8 ({fault})"
    return f":{mark.line + 1}: column {mark.column + 1}: {getattr(fault, 'problem', fault)}"


def line_of(path: Path, *place: str) -> int:
    """Return the line on which a key of a file that was read stands, counted from 1."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    return _line(node, place)


def _doubled_keys(node: yaml.Node | None) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                found.append((key.start_mark.line + 1, str(key.value)))
            seen.add(key.value)
            found += _doubled_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            found += _doubled_keys(value)
    return found


def _mistakes(path: Path, node: yaml.Node | None, fault: ValidationError) -> list[str]:
    lines = []
    for error in fault.errors():
        place = ".".join(str(part) for part in error["loc"])
        reason = error["msg"].removeprefix("Value error, ")
        given = error.get("input")
        shown = f" (here: {given!r})" if isinstance(given, str | int | float | bool) else ""
        lines.append(f"{path}:{_line(node, error['loc'])}: {place}: {reason}{shown}")
    return lines


def _line(node: yaml.Node | None, place: tuple[Any, ...]) -> int:
    """Return the line the deepest known part of `place` stands on, counted from 1."""
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
        ):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line
