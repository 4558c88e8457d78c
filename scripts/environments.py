"""The two Python environments: the application's in the clone, Rasa's shared by all clones."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from scripts import places, pythons, say, stamps
from scripts.uv import NO_NETWORK, uv

if TYPE_CHECKING:
    from pathlib import Path

APP_PYTHON = "3.12"
RASA_PYTHON = "3.10"


def _state(kind: str) -> str:
    """Return the stamp of an environment that has everything in `requirements/<kind>.txt`.

    The place is part of it: the scripts of an environment hold their own path.
    """
    project = (places.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    what_is_installed = project.partition("[tool.ruff]")[0]
    lock = places.REQUIREMENTS / f"{kind}.txt"
    return f"{kind} {stamps.checksum([lock], what_is_installed, str(places.ROOT))}"


def app_is_ready(kind: str) -> bool:
    """Tell whether `.venv` serves for this kind; "dev" holds everything that "app" does."""
    if not (places.VENV / "bin" / "python").exists():
        return False
    return stamps.read(places.VENV / ".complete") in {_state(kind), _state("dev")}


def is_a_developers() -> bool:
    """Tell whether `.venv` was made for developers, perhaps for an older lock: they keep it."""
    return (stamps.read(places.VENV / ".complete") or "").startswith("dev ")


def make_app(kind: str) -> None:
    """Make `.venv` hold exactly what the lock says, and the program `mindelig`.

    Raises:
        MissingError: no interpreter, or a package could not be fetched.
    """
    stamp = places.VENV / ".complete"
    stamps.remove(stamp)
    tool = uv()
    _make_venv(tool, places.VENV, APP_PYTHON)
    _sync(tool, places.VENV, places.REQUIREMENTS / f"{kind}.txt", *_compiled_now())
    command = [str(tool), "pip", "install", "--quiet", "--offline", "--no-deps"]
    command += ["--no-build-isolation", "--python", str(places.VENV / "bin" / "python")]
    mend = "The program itself could not be installed: see the lines above."
    say.run([*command, "--editable", str(places.ROOT)], mend)
    stamps.write(stamp, _state(kind))


def _compiled_now() -> list[str]:
    """Return uv's word for compiling at once, where Python may not keep what it compiles.

    It takes 14 s, and saves each of the program's processes 3 s at every start; elsewhere Python
    compiles what is used, when it is first used. Rasa (10 s a start) is always compiled at once.
    """
    return ["--compile-bytecode"] if os.environ.get("PYTHONDONTWRITEBYTECODE") else []


def rasa_home() -> Path:
    """Return the folder of Rasa's environment: a new lock means a new folder."""
    lock = (places.REQUIREMENTS / "rasa.txt").read_bytes()
    return places.cache() / f"rasa-{hashlib.sha256(lock).hexdigest()[:12]}"


def rasa_is_ready() -> bool:
    """Tell whether Rasa's environment is complete and this clone points at it."""
    home = rasa_home()
    linked = places.VENV_RASA.is_symlink() and places.VENV_RASA.resolve() == home.resolve()
    return linked and _rasa_is_whole(home)


def _rasa_is_whole(home: Path) -> bool:
    return bool(stamps.read(home / ".complete")) and (home / "bin" / "python").exists()


def make_rasa() -> None:
    """Make Rasa's environment, or join the one that another clone has made.

    Raises:
        MissingError: no interpreter, or a package could not be fetched.
    """
    home = rasa_home()
    with stamps.alone(home.with_name(home.name + ".lock")):
        if not _rasa_is_whole(home):
            tool = uv()
            _make_venv(tool, home, RASA_PYTHON)
            _sync(tool, home, places.REQUIREMENTS / "rasa.txt", "--compile-bytecode")
            stamps.write(home / ".complete", home.name)
    _link(places.VENV_RASA, home)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() or link.is_file():
        link.unlink()
    elif link.exists():
        raise say.MissingError(f"{link} is in the way: remove it and run the same command again.")
    link.symlink_to(target, target_is_directory=True)


def _make_venv(tool: Path, folder: Path, version: str) -> None:
    """Make an empty environment, unless one of this version is there and runs."""
    question = "import sys; print('%d.%d' % sys.version_info[:2], sys.prefix)"
    if say.answers([folder / "bin" / "python", "-c", question]) == f"{version} {folder}":
        return
    interpreter = pythons.find(version, tool)
    say.run(
        [tool, "venv", "--quiet", "--clear", "--no-config", "--python", interpreter, folder],
        "The environment could not be made: is there room on the disk?",
    )


def _sync(tool: Path, folder: Path, lock: Path, *more: str) -> None:
    command = [str(tool), "pip", "sync", "--quiet", "--require-hashes", *more]
    command += ["--python", str(folder / "bin" / "python"), str(lock)]
    say.run(command, NO_NETWORK)
