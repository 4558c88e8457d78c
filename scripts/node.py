"""What comes from npm: the pages' design system and htmx, and Prism for the tests."""

from __future__ import annotations

import shutil

from scripts import places, say, stamps, vendor_static

OLDEST_NODE = 20
NO_NODE = (
    "Node {wanted} or newer is needed{found}. Mend it with\n"
    "    sudo apt-get install nodejs npm\n"
    "or, where the system's Node is older, from your Node version manager; then run the same\n"
    "command again."
)
NO_ANSWER = "Is the network up? Behind a proxy, `npm config set proxy …` tells npm of it."


def _state() -> str:
    files = (
        places.ROOT / "package-lock.json",
        places.ROOT / ".npmrc",
        places.ROOT / "scripts" / "vendor_static.py",
    )
    return stamps.checksum(files)


def is_ready() -> bool:
    """Tell whether the packages of the lock are there and the pages have their files."""
    stamp = places.NODE_MODULES / ".complete"
    return stamps.read(stamp) == _state() and vendor_static.TARGET.is_dir()


def check_node() -> None:
    """Make sure that Node is there and young enough.

    Raises:
        MissingError: it is not.
    """
    found = say.answers(["node", "--version"])
    number = (found or "").lstrip("v").split(".")[0]
    if not number.isdigit() or int(number) < OLDEST_NODE:
        said = f"; this machine has {found}" if found else ""
        raise say.MissingError(NO_NODE.format(wanted=OLDEST_NODE, found=said))
    if shutil.which("npm") is None:
        raise say.MissingError("npm is missing. Mend it with\n    sudo apt-get install npm")


def make() -> None:
    """Install the packages as locked, run none of their scripts, and copy what pages need.

    Raises:
        MissingError: no Node, or a package could not be fetched.
    """
    check_node()
    command = ["npm", "ci", "--ignore-scripts", "--no-progress", "--prefix", str(places.ROOT)]
    say.run(command, NO_ANSWER)
    vendor_static.vendor()
    stamps.write(places.NODE_MODULES / ".complete", _state())
