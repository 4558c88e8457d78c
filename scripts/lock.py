"""Locks the requirements: every package, its version and its checksums, and no address.

python3 -m scripts.lock              what stands in *.in, keeping locked versions
python3 -m scripts.lock --upgrade    the newest that fit, but none younger than a week
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scripts import environments, places, pythons, say
from scripts.uv import NO_NETWORK, uv

if TYPE_CHECKING:
    from pathlib import Path

# A week gives time for others to find a poisoned release.
COOLING = ["--exclude-newer", "1 week"]


def lock(name: str, python: Path, *more: str) -> None:
    """Write `requirements/<name>.txt` from `requirements/<name>.in`.

    Raises:
        MissingError: no versions fit together, or the network does not answer.
    """
    command = [str(uv()), "pip", "compile", "--quiet", "--generate-hashes", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--python", str(python), *more]
    # Run from inside, so that the comments in the lock name no path of this machine.
    command += [f"{name}.in", "--output-file", f"{name}.txt"]
    say.run(command, NO_NETWORK, folder=places.REQUIREMENTS)
    say.line(f"requirements/{name}.txt: {_pins(places.REQUIREMENTS / f'{name}.txt')} packages")


def _pins(locked: Path) -> int:
    lines = locked.read_text(encoding="utf-8").splitlines()
    return sum("==" in line and not line.startswith((" ", "#")) for line in lines)


def main() -> None:
    """Lock all four files; `--upgrade` looks for newer versions."""
    upgrade = ["--upgrade", *COOLING] if "--upgrade" in sys.argv else []
    with say.to_a_person():
        app = pythons.find(environments.APP_PYTHON, uv())
        rasa = pythons.find(environments.RASA_PYTHON, uv())
        lock("uv", app)
        lock("app", app, *upgrade)
        # The tests run on exactly what the program runs on.
        lock("dev", app, "--constraint", "app.txt", *upgrade)
        lock("rasa", rasa, "--override", "rasa-override.txt", *upgrade)


if __name__ == "__main__":
    main()
