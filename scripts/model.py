"""The dialogue model: trained once for what `config.yml` and `dialogues/` say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts import places, say, stamps

if TYPE_CHECKING:
    from pathlib import Path

#: What Rasa learns from; the texts in `responses` are not among it.
PARTS = ("components", "domain", "nlu", "rules", "stories")
STAMP = places.STATE / "model"


def _sources() -> list[Path]:
    """Return the files that the model is made from, in a fixed order."""
    root = places.ROOT / "dialogues"
    found = [file for part in PARTS for file in sorted((root / part).rglob("*.*"))]
    kept = [file for file in found if file.suffix in {".yml", ".py"}]
    return [places.ROOT / "config.yml", places.REQUIREMENTS / "rasa.txt", *kept]


def _state() -> str:
    return stamps.checksum(_sources())


def is_ready() -> bool:
    """Tell whether a model of exactly these dialogues was trained; `mindelig up` looks again."""
    kept = any((places.cache() / "models").glob("*.tar.gz"))
    return kept and stamps.read(STAMP) == _state()


def make() -> None:
    """Train the model, unless the program finds that what it has still fits.

    Raises:
        MissingError: the training failed.
    """
    program = places.VENV / "bin" / "mindelig"
    say.run([program, "train", "--if-changed"], "The dialogue model could not be trained.")
    stamps.write(STAMP, _state())
