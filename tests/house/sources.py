"""Reads the project's own files for the guards."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("data", "outreach", "bot", "desk", "mindelig")
PYTHON_FOLDERS = (*FLOORS, "dialogues", "scripts", "tests", "bench")
MADE_BY_SETUP = ROOT / "desk" / "static" / "vendor"


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below the named folders of the root, in a fixed order."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def written_files() -> Iterator[Path]:
    """Yield every file that people write: not what git ignores."""
    for place in sorted(ROOT.iterdir()):
        if place.is_file():
            yield place
        elif place.name in {*PYTHON_FOLDERS, "requirements", ".ci"}:
            yield from sorted(_below(place))


def _below(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        made = MADE_BY_SETUP in file.parents or "__pycache__" in file.parts
        if file.is_file() and not made:
            yield file


@functools.cache
def tree(file: Path) -> ast.Module:
    """Return the file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def place(file: Path, node: ast.AST | None = None) -> str:
    """Return how a person finds it: path from the root, and line."""
    line = f":{getattr(node, 'lineno', 1)}" if node is not None else ""
    return f"{file.relative_to(ROOT)}{line}"


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a name or an attribute of names, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


def calls(file: Path) -> Iterator[ast.Call]:
    """Yield every call in the file."""
    return (node for node in ast.walk(tree(file)) if isinstance(node, ast.Call))
