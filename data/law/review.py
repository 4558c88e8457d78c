"""Which figures of the law a person should look at: not verified, or out of date (eftersyn)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from data.law.dated import Versions
from data.law.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.law.dated import Dated
    from data.law.law import Law

#: A figure verified longer ago than this is held against its source anew.
VERIFIED_HOLDS = timedelta(days=365)

#: Keys of the files that tell a person nothing.
_SAY_NOTHING = frozenset({"types", "law", "versions"})

type Part = Versions[Any] | Table[Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A version of one figure (tal med dato), and by which name a person finds it in its file."""

    name: str
    version: Dated

    def is_verified(self) -> bool:
        """Tell whether a person has held it against its source."""
        return self.version.verified_on is not None

    def is_old(self, today: date) -> bool:
        """Tell whether that was more than a year ago."""
        verified = self.version.verified_on
        return verified is not None and today - verified > VERIFIED_HOLDS

    def __str__(self) -> str:
        """Name it with its day, how sure we are of it, and where it is from."""
        one = self.version
        return f"{self.name} from {one.valid_from} ({one.confidence}): {one.source}"


@dataclass(frozen=True, slots=True)
class Review:
    """One file of the law (lovfil): all its figures, and the tables that miss their newest row."""

    file: str
    figures: tuple[Figure, ...]
    late: tuple[str, ...]

    def unverified(self) -> list[Figure]:
        """Return the figures nobody has held against their source."""
        return [figure for figure in self.figures if not figure.is_verified()]

    def old(self, today: date) -> list[Figure]:
        """Return the figures whose verification is more than a year old."""
        return [figure for figure in self.figures if figure.is_old(today)]


def review(law: Law, today: date) -> list[Review]:
    """Look through every file of the law as it is on `today`."""
    return [_review(field.name, getattr(law, field.name), today) for field in fields(law)]


def _review(file: str, block: BaseModel, today: date) -> Review:
    parts = list(_parts(block, ""))
    figures = tuple(
        Figure(name or file, version) for name, part in parts for version in _versions(part).root
    )
    late = tuple(
        f"{name or file} since {part.is_due_on()}"
        for name, part in parts
        if isinstance(part, Table) and part.is_due_on() <= today
    )
    return Review(f"{file}.yml", figures, late)


def _versions(part: Part) -> Versions[Any]:
    return part.versions if isinstance(part, Table) else part


def _parts(value: object, name: str) -> Iterator[tuple[str, Part]]:
    """Yield each figure in a part of a file with the keys that lead to it."""
    if isinstance(value, Versions | Table):
        yield name, value
    elif isinstance(value, BaseModel):
        for key in type(value).model_fields:
            yield from _parts(getattr(value, key), _joined(name, key))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _parts(part, _joined(name, key))


def _joined(name: str, key: str) -> str:
    return name if key in _SAY_NOTHING else f"{name}.{key}".removeprefix(".")
