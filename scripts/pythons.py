"""Finding the two interpreters: 3.12 for the application, 3.10 for Rasa."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE_FOUND = (
    "Python {version} is not on this machine and could not be downloaded. Mend it in one of\n"
    "these ways, then run the same command again:\n"
    "    pyenv install {version}\n"
    "    let this machine reach the internet, so that uv can download it\n"
    "    put a python{version} on PATH"
)


def find(version: str, uv: Path) -> Path:
    """Return an interpreter of this version ("3.12") that really runs.

    Looked for in this order: what uv finds, PATH, pyenv's folder; at last uv downloads one.

    Raises:
        MissingError: there is none, and none can be downloaded.
    """
    for candidate in _candidates(version, uv):
        if _is(version, candidate):
            return candidate
    say.line(f"      downloading Python {version}")
    say.run([uv, "python", "install", "--no-bin", version], NONE_FOUND.format(version=version))
    for candidate in _candidates(version, uv):
        if _is(version, candidate):
            return candidate
    raise say.MissingError(NONE_FOUND.format(version=version))


def _candidates(version: str, uv: Path) -> Iterator[Path]:
    known = say.answers([uv, "python", "find", "--system", "--no-python-downloads", version])
    if known:
        yield Path(known)
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from sorted(pyenv.glob(f"{version}.*/bin/python{version}"), key=_patch, reverse=True)


def _patch(interpreter: Path) -> int:
    number = interpreter.parent.parent.name.rpartition(".")[2]
    return int(number) if number.isdigit() else -1


def _is(version: str, interpreter: Path) -> bool:
    """Tell whether the interpreter runs, is CPython, and is of this version."""
    question = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])"
    return say.answers([interpreter, "-c", question]) == f"cpython {version}"
