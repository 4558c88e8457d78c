"""Copies what the pages need of dkfds and htmx from `node_modules` to `desk/static/vendor`.

dkfds (Det Fælles Designsystem) ships 15 MB of fonts and icons in five formats. A page needs the
style sheets, one script, the WOFF2 fonts and the icons that the style sheets name: under 3 MB.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
TARGET = ROOT / "desk" / "static" / "vendor"

DESK_SHEET = "dkfds.min.css"
SHEETS = (DESK_SHEET, "dkfds-borgerdk.min.css")
PLAIN_COPIES = (
    ("dkfds/dist/js/dkfds.min.js", "dkfds/js/dkfds.min.js"),
    ("dkfds/dist/img/all-svg-icons.svg", "dkfds/img/all-svg-icons.svg"),
    ("dkfds/dist/LICENSE.md", "dkfds/LICENSE.md"),
    ("dkfds/dist/fonts/IBMPlexSans/complete/woff2/license.txt", "dkfds/fonts/license.txt"),
    ("htmx.org/dist/htmx.min.js", "htmx/htmx.min.js"),
    ("htmx.org/LICENSE", "htmx/LICENSE"),
    ("htmx-ext-sse/dist/sse.min.js", "htmx/sse.min.js"),
)

SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=\S*\*/|//# sourceMappingURL=\S*)\s*")
OLD_FONT = re.compile(r"url\([^)]*\.(?:eot|ttf|woff)\)(?: ?format\([^)]*\))?,?")
OTHER_WEIGHT = re.compile(r"@font-face\{[^}]*font-weight:(?:500|700)[^}]*\}")
#: dkfds writes each of its colours out wherever it uses it; named, they can be others in the dark.
COLOUR = re.compile(
    r"#(1a1a1a|454545|707070|8e8e8e|bfbfbf|dcdcdc|f5f5f5|fff|004d99|c00|ffe0e0|358000|ddf7ce"
    r"|fec|febb30|e2f2fb|1b86c3)\b|(?<=:)(purple)\b"
)
LOCAL_URL = re.compile(r"url\([\"']?(\.\./[^)\"'#?]+)")


def slim(sheet: str) -> str:
    """Return a style sheet without source map and with WOFF2 as the only font format.

    Every browser since 2018 reads WOFF2; the first choice in dkfds is EOT, which none does now.
    """
    without_map = SOURCE_MAP.sub("", sheet)
    return OLD_FONT.sub("", without_map).replace(",;", ";").replace(",}", "}")


def lightened(sheet: str) -> str:
    """Return a style sheet with two weights of its font, which browsers take for the others too.

    Each weight is 60 kB over the line: medium becomes regular, and bold becomes semibold.
    """
    return OTHER_WEIGHT.sub("", sheet)


def named(sheet: str) -> str:
    """Return a style sheet whose colours have names, and are what they were until these are set."""
    return COLOUR.sub(lambda found: f"var(--fds-{found[1] or found[2]},{found[0]})", sheet)


def copy(source: Path, target: Path) -> None:
    """Copy one file, its folder made on the way; scripts lose the pointer to their source map."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".js":
        script = source.read_text(encoding="utf-8")
        target.write_text(SOURCE_MAP.sub("", script), encoding="utf-8")
    else:
        shutil.copyfile(str(source), str(target))


def vendor(node_modules: Path = NODE_MODULES, target: Path = TARGET) -> int:
    """Fill `target` afresh and return its size in bytes.

    Raises:
        FileNotFoundError: a package no longer has a file that the pages use.
    """
    making = target.with_name(target.name + ".making")
    shutil.rmtree(str(making), ignore_errors=True)
    for source, name in PLAIN_COPIES:
        copy(node_modules / source, making / name)
    for name in SHEETS:
        sheet = slim((node_modules / "dkfds" / "dist" / "css" / name).read_text(encoding="utf-8"))
        if name == DESK_SHEET:
            sheet = named(lightened(sheet))
        place = making / "dkfds" / "css" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(sheet, encoding="utf-8")
        for part in sorted(set(LOCAL_URL.findall(sheet))):
            inside = part[len("../") :]
            copy(node_modules / "dkfds" / "dist" / inside, making / "dkfds" / inside)
    shutil.rmtree(str(target), ignore_errors=True)
    making.rename(target)
    return sum(file.stat().st_size for file in target.rglob("*") if file.is_file())


if __name__ == "__main__":
    print(f"desk/static/vendor: {vendor() / 1_000_000:.1f} MB")
