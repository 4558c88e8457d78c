"""Our own copy of uv, at the version and checksum in `requirements/uv.txt`."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING

from scripts import places, say, stamps

if TYPE_CHECKING:
    from pathlib import Path

LOCK = places.REQUIREMENTS / "uv.txt"
NO_NETWORK = (
    "Is the network up? Behind a proxy, set HTTPS_PROXY; with a package index of your own,\n"
    "set PIP_INDEX_URL and UV_INDEX_URL. Then run the same command again."
)
NO_PIP = (
    "This Python ({python}) has neither venv nor pip, which set-up starts from. Mend it with\n"
    "    sudo apt-get install python3-venv\n"
    "and run the same command again."
)


def version() -> str:
    """Return the version of uv that the project is locked to."""
    found = re.search(r"^uv==([0-9.]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise say.MissingError(f"{LOCK} names no uv: restore it from git.")
    return found.group(1)


def uv() -> Path:
    """Return our uv, fetched first if this machine has never had it.

    A `uv` that happens to be on PATH is not used: it may be of any age, or a pyenv shim that
    answers "command not found".

    Raises:
        MissingError: Python has no way to install packages, or the network does not answer.
    """
    folder = places.cache() / f"uv-{version()}"
    program = folder / "bin" / "uv"
    if stamps.read(folder / ".complete") and program.exists():
        return program
    with stamps.alone(places.cache() / "uv.lock"):
        if not stamps.read(folder / ".complete") or not program.exists():
            say.line(f"      fetching uv {version()}")
            _fetch(folder)
            stamps.write(folder / ".complete", version())
    return program


def _fetch(folder: Path) -> None:
    shutil.rmtree(str(folder), ignore_errors=True)
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    install += ["-r", str(LOCK)]
    if _has("ensurepip") or not _has("pip"):
        _make_venv(folder)
        say.run([folder / "bin" / "python", "-m", "pip", *install], NO_NETWORK)
    else:
        say.run([sys.executable, "-m", "pip", *install, "--target", folder], NO_NETWORK)
    if say.answers([folder / "bin" / "uv", "--version"]) is None:
        raise say.MissingError(f"uv was installed in {folder} but does not run on this machine.")


def _has(module: str) -> bool:
    return say.answers([sys.executable, "-c", f"import {module}"]) is not None


def _make_venv(folder: Path) -> None:
    command = [sys.executable, "-m", "venv", str(folder)]
    if say.answers(command, patience=120) is not None:
        return
    shutil.rmtree(str(folder), ignore_errors=True)
    apt_install("python3-venv")
    if say.answers(command, patience=120) is None:
        raise say.MissingError(NO_PIP.format(python=sys.executable))


def apt_install(package: str) -> None:
    """Install a Debian package if we may without asking for a password; else do nothing."""
    if shutil.which("apt-get") is None:
        return
    become: list[str] = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if become and say.answers(["sudo", "-n", "true"]) is None:
        return
    say.line(f"      installing the system package {package}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    command = [*become, "apt-get", "install", "-y", "--no-install-recommends", package]
    try:
        say.run(command, "", quiet)
    except say.MissingError:
        # A new machine has no package lists yet.
        say.answers([*become, "apt-get", "update"], patience=300)
        say.answers(["env", "DEBIAN_FRONTEND=noninteractive", *command], patience=900)
