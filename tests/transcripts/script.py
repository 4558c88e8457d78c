"""What a file of transcripts may say: who the citizen is, what happens, and what is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from data.models.citizens import Language
from data.values.money import Money
from data.yaml_files import Block, read

#: What may happen in a turn.
_ACTS = ("citizen", "picture", "days_pass", "morning", "payment", "staff", "hand_back")
FOLDER = Path(__file__).parents[2] / "dialogues" / "transcripts"

Kroner = Annotated[Money, BeforeValidator(lambda given: Money.parse(str(given)))]
Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
]


class Owed(Block):
    """A claim (krav) of the citizen; `due` is in bank days from the day the transcript begins."""

    ref: str = ""
    type: str = "dagtilbud"
    sum: Kroner = Money(120000)
    due: int = -2
    tax_year: int | None = None
    unit: str | None = None
    #: Whether it has numbers to pay with in the bank (betalingslinje).
    pay_line: bool = False
    bill_sent: bool = True
    #: Whether it is paid by Betalingsservice.
    enrolled: bool = False
    #: What the second reminder cost, six bank days before the transcript begins.
    fee: Kroner | None = None
    #: Whether the state has it to collect.
    handed_over: bool = False


class Given(Block):
    """Who the citizen is before the first word: what is not said is as for Mette Hansen."""

    name: str = "Mette Hansen"
    #: CPR number, or the eight digits of a CVR number; Mette is born on 1 January 1980.
    debtor_id: str = "0101800000"
    claims: tuple[Owed, ...] = (Owed(),)
    #: `proven`: they have said who they are already; `stranger`: nobody knows the number.
    identity: Literal["known", "proven", "stranger"] = "known"
    address_protected: bool = False
    #: What the citizen has written before, in order; its answers are not part of the transcript.
    said_before: tuple[str, ...] = ()


class Payment(Block):
    """Money that comes in (indbetaling), on the first claim unless another is named."""

    sum: Kroner
    claim: str = ""


class Step(Block):
    """One thing that happens, and all that the citizen's telephone and the desk get from it."""

    citizen: str | None = None
    #: A picture comes, without words.
    picture: Literal[True] | None = None
    days_pass: int | None = Field(default=None, ge=1)
    #: The morning's round; payments are known until the bank day before.
    morning: Literal[True] | None = None
    payment: Payment | None = None
    #: A caseworker takes the conversation over, if they do not have it, and answers.
    staff: str | None = None
    #: The caseworker gives the conversation back, with this note.
    hand_back: str | None = None

    #: What the assistant says: one text, or one a message.
    assistant: Texts = ()
    #: Short answers that a chat shows as buttons.
    buttons: tuple[str, ...] = ()
    #: Why the conversation goes to a person, when it does so now.
    handoff: str | None = None

    @model_validator(mode="after")
    def _one_thing_happens(self) -> Self:
        if sum(getattr(self, act) is not None for act in _ACTS) != 1:
            raise ValueError(f"a turn begins with one of {', '.join(_ACTS)}")
        return self

    @property
    def heard(self) -> Heard:
        """What the transcript says comes of it."""
        return Heard(assistant=self.assistant, buttons=self.buttons, handoff=self.handoff)


class Heard(Block):
    """What came of a step."""

    assistant: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    handoff: str | None = None


class Transcript(Block):
    """One conversation (samtale) from its first word to its last."""

    name: str
    language: Language = Language.DANISH
    #: When it begins, in Copenhagen: `2026-12-02T09:00`; a Tuesday morning otherwise.
    begins: str | None = None
    given: Given = Given()
    turns: tuple[Step, ...]


class Scripts(Block):
    """A file of transcripts."""

    transcripts: tuple[Transcript, ...]

    @model_validator(mode="after")
    def _names_are_used_once(self) -> Self:
        names = [each.name for each in self.transcripts]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two transcripts have the name {', '.join(twice)}")
        return self


def files(folder: Path = FOLDER) -> list[Path]:
    """Return the files of transcripts, one folder a municipality, in a fixed order."""
    return sorted(folder.glob("*/*.yml"))


def read_file(path: Path) -> tuple[Transcript, ...]:
    """Read one file.

    Raises:
        DataFileError: it is wrong; with line, key and reason.
    """
    return read(path, Scripts).transcripts
