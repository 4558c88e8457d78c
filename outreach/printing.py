"""Prints documents as PDF (dokumenter) that a screen reader can read: PDF/UA-1, by Typst.

Typst is one library with nothing to install beside it; it checks the document while it makes it,
and refuses one without title, language or order. The same data gives the same bytes on every
machine: only fonts that the program brings are used.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typst
from fontTools.ttLib import TTFont

from outreach.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FOLDER: Final = Path(__file__).parent.parent / "dialogues" / "letters"
STANDARD: Final = "ua-1"
#: What the templates write in; a letter is shown when both weights have it.
_FACES: Final = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
#: Characters nobody sees: controls, and those that turn the direction of writing.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def as_pdf(template: str, data: Mapping[str, object], at: datetime) -> bytes:
    """Print a template under `dialogues/letters` with its data; `at` is the document's own time.

    Raises:
        TextError: the template asks for what the data does not hold, or would not be accessible.
    """
    compiler = typst.Compiler(
        FOLDER / template,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_showable(data), ensure_ascii=False)},
    )
    whole = at.astimezone(UTC).replace(microsecond=0)  # typst takes no other
    try:
        made = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=whole)
    except typst.TypstError as fault:
        raise TextError(f"{template}: {type(fault).__name__}") from None  # it may quote the data
    if not isinstance(made, bytes):
        raise TextError(f"{template}: gave no document")
    return made


def _showable(value: object) -> object:
    """Return data with each letter our font lacks written by its name, so that none is lost."""
    match value:
        case str():
            return "".join(map(_letter, unicodedata.normalize("NFC", value)))
        case dict():
            return {key: _showable(part) for key, part in value.items()}
        case list() | tuple():
            return [_showable(part) for part in value]
        case _:
            return value


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if ord(letter) in _known_letters():
        return letter
    if unicodedata.category(letter) in _UNSEEN:
        return ""
    return f"[{unicodedata.name(letter, f'U+{ord(letter):04X}')}]"


@cache
def _known_letters() -> frozenset[int]:
    known = []
    for face in _FACES:
        with TTFont(_font_folder() / face, lazy=True) as font:
            known.append(frozenset(font.getBestCmap()))
    shared = frozenset.intersection(*known)
    return frozenset(point for point in shared if unicodedata.category(chr(point)) not in _UNSEEN)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[_font_folder()])


@cache
def _font_folder() -> Path:
    """Return where the DejaVu fonts are: matplotlib brings them, and is not loaded for it."""
    found = find_spec("matplotlib")
    if found is None or not found.submodule_search_locations:  # pragma: no cover
        raise TextError("matplotlib, which brings the fonts, is not installed")
    return Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"
