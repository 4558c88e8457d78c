"""Set-up installs what is locked, nothing else, and runs on a machine that has nothing yet."""

import ast
import json
import re

import pytest

from scripts import pythons, stamps, vendor_static
from tests.house.sources import ROOT, place, python_files

OLDEST_PYTHON = (3, 9)
LOCKS = ["app", "dev", "rasa", "uv"]
PIN = re.compile(r"^([a-z0-9._-]+(?:\[[a-z0-9,_-]+\])?)==(\S+)", re.MULTILINE)


def pins(name):
    return dict(PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")))


def test_the_tests_run_on_exactly_what_the_program_runs_on():
    assert pins("app").items() <= pins("dev").items()


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_checksums(name):
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements" / f"{name}.txt").read_text())
    packages = [entry for entry in entries if PIN.match(entry)]
    assert packages
    assert [entry for entry in packages if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked(name):
    wishes = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8")
    asked = re.findall(r"^[a-z][a-z0-9-]*", wishes, re.MULTILINE)
    locked = {package.partition("[")[0] for package in pins(name)}
    assert set(asked) <= locked


@pytest.mark.parametrize("folder", [".", "requirements/browser"])
def test_npm_packages_have_checksums_and_no_address(folder):
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


@pytest.mark.parametrize("file", python_files("scripts"), ids=place)
def test_set_up_is_written_for_the_oldest_python_it_may_meet(file):
    ast.parse(file.read_text(encoding="utf-8"), feature_version=OLDEST_PYTHON)


def test_an_interpreter_on_path_that_does_not_run_is_passed_over(tmp_path, monkeypatch):
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    pyenv = tmp_path / "pyenv"
    real = pyenv / "versions" / "3.12.1" / "bin" / "python3.12"
    real.parent.mkdir(parents=True)
    real.write_text("#!/bin/sh\necho cpython 3.12\n")
    real.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(pyenv))

    assert pythons.find("3.12", tmp_path / "no-uv-here") == real


def test_a_stamp_is_void_from_the_moment_work_begins(tmp_path):
    stamp = tmp_path / "part" / ".complete"
    assert stamps.read(stamp) == ""
    stamps.write(stamp, "done")
    assert stamps.read(stamp) == "done"
    stamps.remove(stamp)
    assert stamps.read(stamp) == ""


def test_a_style_sheet_keeps_one_font_format_and_loses_its_map():
    sheet = (
        '@font-face{src:url(../f/A.eot),url(../f/A.woff) format("woff"),'
        'url(../f/A.woff2) format("woff2"),url(../f/A.ttf) format("ttf")}'
        "a{color:red}\n/*# sourceMappingURL=dkfds.min.css.map*/"
    )
    assert vendor_static.slim(sheet) == (
        '@font-face{src:url(../f/A.woff2) format("woff2")}a{color:red}\n'
    )


def test_a_colour_of_the_style_sheet_gets_a_name_and_stays_what_it_was():
    sheet = "#fff1{color:#fff;fill:#1a1a1a;box-shadow:#0003}a:visited{color:purple}"
    assert vendor_static.named(sheet) == (
        "#fff1{color:var(--fds-fff,#fff);fill:var(--fds-1a1a1a,#1a1a1a);box-shadow:#0003}"
        "a:visited{color:var(--fds-purple,purple)}"
    )


def test_a_style_sheet_keeps_two_weights_of_its_font():
    faces = [f"@font-face{{font-family:A;font-weight:{weight}}}" for weight in (400, 500, 600, 700)]
    assert vendor_static.lightened("".join(faces)) == faces[0] + faces[2]
