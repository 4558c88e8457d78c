"""What the councils' policies ask of this product, line by line (krav i politikkerne)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from data.yaml_files import Block, DataFileError, line_of, read

FOLDER = Path(__file__).parent
TEXTS = FOLDER.parent


class Settled(StrEnum):
    """Which part of the product carries a requirement; `here` is what the tests prove today."""

    HERE = "here"
    AGREEMENTS = "payments and agreements"
    DIALOGUE = "dialogue"
    DESK = "desk"
    CHANNELS = "telephone and e-mail"
    CAMPAIGNS = "campaigns"
    FOLLOW_UP = "follow-up dashboards"


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must say something")
    return text.strip()


def _in_order(lines: list[int]) -> list[int]:
    if lines != sorted(set(lines)):
        raise ValueError("lines must stand in order, each once")
    return lines


Sentence = Annotated[str, AfterValidator(_said)]
Number = Annotated[str, Field(pattern=r"^[A-Z][1-9][0-9]?$")]
LineNumber = Annotated[int, Field(ge=1)]


class Requirement(Block):
    """One thing that a line of the policy asks for (krav): in English, and for a lawyer in Danish.

    `lines` are counted from 1 in the policy's text.
    """

    lines: Annotated[list[LineNumber], Field(min_length=1), AfterValidator(_in_order)]
    what: Sentence
    da: Sentence
    settled: Settled

    @property
    def is_here(self) -> bool:
        """Tell whether this installation must carry it now."""
        return self.settled is Settled.HERE


class _File(Block):
    requirements: Annotated[dict[Number, Requirement], Field(min_length=1)]


class PolicyText:
    """The municipality's own words (politikkens tekst), line by line."""

    def __init__(self, lines: list[str]) -> None:
        """Take the lines in order."""
        self._lines = lines

    @classmethod
    def load(cls, municipality: str, folder: Path = TEXTS) -> PolicyText:
        """Read the text of one municipality.

        Raises:
            DataFileError: there is no such text, or it is not UTF-8.
        """
        path = folder / f"{municipality}.txt"
        try:
            return cls(path.read_text(encoding="utf-8").split("\n"))
        except OSError as fault:
            raise DataFileError(f"{path}: cannot be read ({fault.strerror})") from None
        except UnicodeDecodeError as fault:
            raise DataFileError(f"{path}: is not UTF-8 ({fault})") from None

    def quote(self, line: int) -> str:
        """Return one line without its indentation and bullet, or nothing where there is none."""
        if not 1 <= line <= len(self._lines):
            return ""
        return self._lines[line - 1].strip().lstrip("•-").strip()


class Register:
    """What one municipality's policy asks for (kravregister), with the words it rests on."""

    def __init__(
        self, municipality: str, requirements: dict[str, Requirement], text: PolicyText
    ) -> None:
        """Take what `load` has read and checked."""
        self.municipality = municipality
        self.requirements = requirements
        self.text = text

    @classmethod
    def load(cls, municipality: str, folder: Path = FOLDER, texts: Path = TEXTS) -> Register:
        """Read one municipality's register, and hold its lines against the policy's text.

        Raises:
            DataFileError: a file is missing or wrong; with file, line, key and reason.
        """
        path = folder / f"{municipality}.yml"
        requirements = read(path, _File).requirements
        text = PolicyText.load(municipality, texts)
        mistakes = [
            f"{path}:{line_of(path, 'requirements', number, 'lines')}: requirements.{number}.lines:"
            f" line {line} of {municipality}.txt is empty"
            for number, requirement in requirements.items()
            for line in requirement.lines
            if not text.quote(line)
        ]
        if mistakes:
            raise DataFileError("\n".join(mistakes))
        return cls(municipality, requirements, text)

    def quotes(self, number: str) -> dict[int, str]:
        """Return the lines a requirement rests on, each with its number in the text."""
        return {line: self.text.quote(line) for line in self.requirements[number].lines}


@cache
def registers() -> dict[str, Register]:
    """Return the registers there are, by municipality; a new municipality need not have one.

    Raises:
        DataFileError: a file is wrong; with file, line, key and reason.
    """
    return {path.stem: Register.load(path.stem) for path in sorted(FOLDER.glob("*.yml"))}
