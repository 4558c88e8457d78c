"""Reads YAML into a checked model, and names the file, the line and the mend of a mistake."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, field_validator

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import ValidationInfo

#: How the commonest mistakes are mended, by pydantic's name of them.
_MENDS: Final = {
    "extra_forbidden": ": nobody knows this key; correct its name, or take it out",
    "missing": ": write it in",
}


class DataFileError(Exception):
    """A file of law or policy (datafil) is wrong; each line of the text names one mistake."""

    code = "data_file"


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("must say where the figure comes from")
    return text


#: Where a figure comes from (kilde): a paragraph, a policy line, or that it is our own proposal.
Source = Annotated[str, AfterValidator(_named)]


class _Loader(yaml.SafeLoader):
    """Reads a day there is not (2026-02-30) as words, so that the model can tell its line."""


def _day(loader: _Loader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


def _is_number(wanted: object) -> bool:
    return wanted in (int, Decimal) or any(map(_is_number, get_args(wanted)))


class Block(BaseModel):
    """A part of a data file: frozen, and no key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _yes_is_no_figure(cls, given: object, info: ValidationInfo) -> object:
        """Refuse YAML's `yes` and `off` where a number stands; they would become 1 and 0."""
        wanted = cls.model_fields[info.field_name or ""].annotation
        if isinstance(given, bool) and _is_number(wanted):
            raise ValueError("must be a number, not yes or no, on or off")
        return given


def read[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    """Read and check one file.

    Raises:
        DataFileError: the file is missing, no YAML, or breaks the model; with line numbers.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        given = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
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


def line_of(path: Path, *place: str | int) -> int:
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
        reason = error["msg"].removeprefix("Value error, ") + _MENDS.get(error["type"], "")
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
