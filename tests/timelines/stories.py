"""Reads the timelines (tidslinjer): what a lawyer expects of a claim, day by day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from data.models.cases import Effect
from data.municipalities.blocks import kroner
from data.municipalities.ladders import Fact, Ground
from data.values.money import Money
from data.yaml_files import Block, read

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
NEVER: Final = "never"

Kroner = Annotated[Money, BeforeValidator(kroner)]


class TheClaim(Block):
    """The claim and what is known of its debtor at the start (kravet)."""

    type: str
    principal: Kroner
    due_date: date
    #: None: there is no proof that a bill was sent.
    bill_sent_on: date | None
    pay_instruction: bool = True
    tax_year: int | None = None
    period_end: date | None = None
    #: Whether there is a telephone to write to.
    telephone: bool = True
    benefit: str | None = None
    children_at_home: bool | None = None
    #: Days of the fees on the citizen's other claims of the same kind (renteloven § 9 b).
    other_fees: tuple[date, ...] = ()


class Word(Block):
    """What a caseworker says of a step (skøn)."""

    effect: Effect
    step: str
    ground: Ground | None = None
    until: date | None = None
    facts: frozenset[Fact] = frozenset()


class Event(Block):
    """What happens on a day besides the municipality's own steps (hændelse)."""

    pays: Kroner | None = None
    agrees_to_a_plan: Literal[True] | None = None
    breaks_the_plan: Literal[True] | None = None
    respite_until: date | None = None
    says_it_is_paid: Literal[True] | None = None
    disputes: Literal[True] | None = None
    dispute_answered: Literal[True] | None = None
    frozen: bool | None = None
    benefit: str | None = None
    benefit_ends: Literal[True] | None = None
    social_authorities_told: Literal[True] | None = None
    dies: Literal[True] | None = None
    shelving_ends: Literal[True] | None = None
    payment_files: Literal["stop", "come"] | None = None
    caseworker: Word | None = None
    #: The last co-debtor's letter about this step leaves today, and gives until this day.
    last_letter_leaves: str | None = None
    pay_by: date | None = None

    @model_validator(mode="after")
    def _something(self) -> Event:
        if not self.model_fields_set:
            raise ValueError("nothing happens")
        return self


class AtMunicipality(Block):
    """One municipality's part: what happens there only, and the days that are expected."""

    happens: tuple[dict[date, Event], ...] = ()
    #: Letters to co-debtors that do not leave on the day of the first one.
    late_letters: frozenset[str] = frozenset()
    days: Annotated[tuple[dict[date | Literal["never"], str], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_says_one_thing(self) -> AtMunicipality:
        if any(len(line) != 1 for line in self.happens) or any(len(one) != 1 for one in self.days):
            raise ValueError("each line holds one day")
        days = [day for line in self.days for day in line if isinstance(day, date)]
        if days != sorted(days):
            raise ValueError("the days do not stand in order")
        return self

    @property
    def expected(self) -> list[str]:
        """The expected lines as `walk` writes them."""
        return [
            f"{day}: {words}"
            for line in self.days
            for day, words in line.items()
            if isinstance(day, date)
        ]

    @property
    def never(self) -> list[str]:
        """What must not happen at all; the reason in brackets is left out."""
        return [line[NEVER].partition(" (")[0] for line in self.days if NEVER in line]


class Story(Block):
    """One claim in both municipalities (forløb)."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    why: str
    claim: TheClaim
    #: The walk's first day; it goes on for that many months.
    first_day: date
    months: Annotated[int, Field(ge=18, le=120)] = 18
    #: The municipality's lawyers have confirmed that the supply may close.
    closing_confirmed: bool = False
    happens: tuple[dict[date, Event], ...] = ()
    albertslund: AtMunicipality
    faxe: AtMunicipality

    def at(self, municipality: str) -> AtMunicipality:
        """Return one municipality's part."""
        return self.albertslund if municipality == "albertslund" else self.faxe

    def events(self, municipality: str) -> Iterator[tuple[date, Event]]:
        """Return what happens there, with its day."""
        for line in (*self.happens, *self.at(municipality).happens):
            yield from line.items()


class StoryFile(Block):
    """A file of timelines: what the law says of the type, and the stories."""

    about: str
    stories: Annotated[tuple[Story, ...], Field(min_length=1)]


def all_stories() -> dict[str, Story]:
    """Read every file; by `C04-closure`: the file's first part and the story's key."""
    found: dict[str, Story] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        for story in read(path, StoryFile).stories:
            name = f"{path.stem.partition('_')[0]}-{story.key}"
            assert name not in found, f"{path}: {story.key} stands twice"
            found[name] = story
    return found
