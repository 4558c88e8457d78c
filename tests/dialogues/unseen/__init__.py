"""Texts that no example may hold: what the classifier is judged by, each list with its meaning."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Said:
    """A text, and the intent it has."""

    text: str
    intent: str

    @property
    def is_hard(self) -> bool:
        """Whether it speaks of a hard case (hård sag)."""
        return self.intent.startswith("hard_")


def _read(pattern: str) -> dict[str, Any]:
    """Read the lists of some files, which share no intent."""
    found: dict[str, Any] = {}
    for file in sorted(HERE.glob(pattern)):
        part = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert not found.keys() & part.keys(), file
        found.update(part)
    return found


def _meant(pattern: str) -> list[Said]:
    """Read lists that stand under the intent they have."""
    return [Said(str(text), intent) for intent, all_ in _read(pattern).items() for text in all_]


def _taken_for(pattern: str) -> list[Said]:
    """Read lists that stand under what they are taken for, each with what it means instead."""
    lists = _read(pattern).values()
    return [Said(str(text), intent) for texts in lists for text, intent in texts.items()]


def _crisis(name: str) -> list[str]:
    lists = _read("crisis.yml")
    return [*lists[name], *lists[f"fresh_{name}"]]


PLAIN = _meant("plain/intents_*.yml")
"""Short and plain, as most texts are, one of the intents that are no hard case."""
PLAIN_HARD = _meant("plain/hard_cases.yml")
PLAIN_LOOK_ALIKES = _taken_for("plain/look_alikes.yml")
INTENTS = _meant("intents/*.yml")
"""In other voices: dialect, youth, newcomers, letters."""
NEIGHBOURS = _taken_for("neighbours.yml")
"""Easily taken for another intent."""
OBLIQUE_HARD = _meant("hard_cases/*.yml")
"""Hard cases between the lines, as hard to hear as they come."""
LOOK_ALIKES = _taken_for("look_alikes/*.yml")
"""Sounds like a hard case in every word, and is not."""
FRESH = _meant("fresh/plain.yml")
"""Written last and apart, as the next three; settings were compared on them (docs/nlu.md)."""
FRESH_HARD = _meant("fresh/hard_cases.yml")
FRESH_LOOK_ALIKES = _meant("fresh/look_alikes.yml")
FRESH_TURNS = _meant("fresh/turns.yml")
"""What is said in the middle of a conversation."""
SEALED_HARD = _meant("sealed/hard_cases.yml")
"""Nothing was changed or chosen after these two were asked."""
SEALED_LOOK_ALIKES = _meant("sealed/look_alikes.yml")
CRISIS = [Said(text, "hard_suicide") for text in _crisis("crisis")]
ORDINARY = _crisis("ordinary")


def everything() -> Iterator[str]:
    """Give every unseen text."""
    lists = (PLAIN, PLAIN_HARD, PLAIN_LOOK_ALIKES, INTENTS, NEIGHBOURS, OBLIQUE_HARD)
    fresh = (FRESH, FRESH_HARD, FRESH_LOOK_ALIKES, FRESH_TURNS)
    for said in (*lists, *fresh, SEALED_HARD, SEALED_LOOK_ALIKES, LOOK_ALIKES, CRISIS):
        yield from (one.text for one in said)
    yield from ORDINARY
