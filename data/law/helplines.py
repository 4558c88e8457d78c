"""Telephone lines for people in need (hjælpelinjer), dated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from data.yaml_files import Block, read

PATH = Path(__file__).with_name("helplines.yml")


class Helpline(Block):
    """One line (hjælpelinje) and where its number is from."""

    number: str
    source: str
    name: str = ""


class Helplines(Block):
    """All lines, with when they were last checked."""

    valid_from: date
    verified_on: date
    confidence: str
    source: str
    lines: dict[str, Helpline]

    @classmethod
    def load(cls, path: Path = PATH) -> Helplines:
        """Read the file.

        Raises:
            DataFileError: the file is wrong; with line, key and reason.
        """
        return read(path, cls)

    def for_texts(self) -> dict[str, str]:
        """Return the numbers as texts know them: `line_emergency`, `line_suicide` and so on."""
        return {f"line_{key}": line.number for key, line in self.lines.items()}
