"""Files stay short, say what they are, and hold nothing that they must not."""

import ast
import re

import pytest

from tests.house.sources import (
    FLOORS,
    PYTHON_FOLDERS,
    ROOT,
    calls,
    dotted,
    place,
    python_files,
    tree,
    written_files,
)

LONGEST_FILE = 400
#: A migration is history: written once by Alembic, never edited, never split.
HISTORY = ROOT / "data" / "migrations" / "versions"
LONGEST_FUNCTION = 60
#: Put together here, so that this file does not break its own rule.
REGISTRIES = [
    re.compile(rb"(?i)" + name.replace(b".", rb"\."))
    for name in (
        b"pypi." + b"org",
        b"python" + b"hosted.org",
        b"npmjs." + b"org",
        b"npmjs." + b"com",
        b"yarnpkg." + b"com",
        b":_auth" + b"Token",
    )
]
THE_CLOCK = ROOT / "data" / "values" / "time.py"
ASKS_THE_SYSTEM_TIME = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time)$")


def test_every_python_file_says_what_it_is():
    silent = [place(file) for file in python_files(*PYTHON_FOLDERS) if not _docstring(file)]
    assert silent == []


def read_by_people():
    return [file for file in python_files(*PYTHON_FOLDERS) if HISTORY not in file.parents]


def _docstring(file):
    return ast.get_docstring(tree(file))


def test_no_python_file_is_longer_than_a_person_reads_at_once():
    long = {
        place(file): lines
        for file in read_by_people()
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{place(file, node)} {node.name}": length
        for file in read_by_people()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_only_the_clock_asks_for_the_system_time():
    asking = [
        f"{place(file, call)} {dotted(call.func)}"
        for file in python_files(*FLOORS)
        if file != THE_CLOCK
        for call in calls(file)
        if ASKS_THE_SYSTEM_TIME.search(dotted(call.func))
    ]
    assert asking == []


def test_no_file_names_where_packages_come_from():
    naming = [
        f"{place(file)}: {found[0].decode()}"
        for file in written_files()
        for registry in REGISTRIES
        if (found := registry.search(file.read_bytes()))
    ]
    assert naming == []


@pytest.mark.parametrize("file", [".ci/run"])
def test_programs_may_be_run(file):
    assert (ROOT / file).stat().st_mode & 0o111
