"""The register of requirements is checked line by line, as every data file is."""

import shutil
from pathlib import Path

import pytest

from data.municipalities.requirements import FOLDER, TEXTS, PolicyText, Register
from data.yaml_files import DataFileError


@pytest.fixture
def copy(tmp_path):
    shutil.copy(TEXTS / "albertslund.txt", tmp_path)
    return Path(shutil.copy(FOLDER / "albertslund.yml", tmp_path))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "lines: [5]",
            "lines: [6]",
            ":6: requirements.A1.lines: line 6 of alb",
        ),
        ("lines: [5]", "lines: [900]", "line 900 of albertslund.txt is empty"),
        ("lines: [5, 9]", "lines: [9, 5]", "lines must stand in order, each once"),
        ("lines: [5]", "lines: []", ":6: requirements.A1.lines: List should have at least 1"),
        ("lines: [5]", "lines: [0]", ":6: requirements.A1.lines.0: Input should be greater"),
        ("  A1:", "  Q100:", "String should match pattern"),
        ("  A2:", "  A1:", "A1 stands twice"),
        (
            "    settled: here",
            "    settled: soon",
            "requirements.A1.settled: Input should be 'here'",
        ),
        ("    settled: here", "    setled: here", "requirements.A1.setled: Extra inputs"),
    ],
)
def test_a_mistake_in_the_register_is_told_with_its_line(copy, tmp_path, right, wrong, said):
    text = copy.read_text(encoding="utf-8")
    assert right in text
    copy.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as refused:
        Register.load("albertslund", tmp_path, tmp_path)
    assert said in str(refused.value)
    assert "albertslund.yml" in str(refused.value)


def test_a_missing_policy_text_is_named(copy, tmp_path):
    (tmp_path / "albertslund.txt").unlink()
    with pytest.raises(DataFileError, match=r"albertslund\.txt: cannot be read"):
        Register.load("albertslund", tmp_path, tmp_path)


def test_a_policy_text_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "albertslund.txt").write_bytes("Opkrævning".encode("latin-1"))
    with pytest.raises(DataFileError, match="is not UTF-8"):
        PolicyText.load("albertslund", tmp_path)


def test_a_line_is_quoted_without_its_bullet_and_a_missing_one_is_nothing():
    text = PolicyText.load("albertslund")
    assert text.quote(36).startswith("efter en skønsmæssig vurdering")
    assert text.quote(3) == "Opkrævningspolitik"
    assert [text.quote(line) for line in (0, 2, 52)] == ["", "", ""]
