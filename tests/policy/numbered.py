"""Finds the tests that prove a requirement: those whose name carries its number."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.house.sources import ROOT, python_files, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A part of a name between two underscores: `test_A12_…`, `test_A20_F22_…`.
NUMBER = re.compile(r"[A-Z][1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class NumberedTest:
    """A test that proves one or more requirements (bevis), and where it stands."""

    file: str
    name: str
    line: int
    numbers: tuple[str, ...]

    @property
    def node(self) -> str:
        """What pytest calls it, without its parameters."""
        return f"{self.file}::{self.name}"

    @property
    def sentence(self) -> str:
        """The name as people read it."""
        words = self.name.removeprefix("test_").split("_")
        return " ".join(word for word in words if word not in self.numbers)


def numbered_tests() -> list[NumberedTest]:
    """Return every test with a number in its name, file by file."""
    return [test for file in python_files("tests") for test in _in(file)]


def _in(file: Path) -> Iterator[NumberedTest]:
    for node in tree(file).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            numbers = tuple(part for part in node.name.split("_") if NUMBER.fullmatch(part))
            if node.name.startswith("test_") and numbers:
                place = str(file.relative_to(ROOT))
                yield NumberedTest(place, node.name, node.lineno, numbers)


def by_requirement() -> dict[str, list[NumberedTest]]:
    """Return the tests of each number that a test carries."""
    found: dict[str, list[NumberedTest]] = {}
    for test in numbered_tests():
        for number in test.numbers:
            found.setdefault(number, []).append(test)
    return found
