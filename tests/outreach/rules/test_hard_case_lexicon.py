"""The lexicon of hard cases is data, and a mistake in it is named with its place."""

import shutil
from pathlib import Path

import pytest

import data.hard_cases
from data.hard_cases.lexicon import load_lexicon
from data.phrases.patterns import PatternError, read_pattern
from data.yaml_files import DataFileError

FOLDER = Path(data.hard_cases.__file__).parent


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "hard_cases"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def break_line(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_phrase_that_is_none_is_named_with_its_line_and_case(folder):
    line = break_line(folder / "da.yml", "- identitetstyveri ;", "- .. identitetstyveri ;")
    with pytest.raises(
        DataFileError, match=rf"da\.yml:{line}: '\.\. identitetstyveri.*in hard_identity_theft"
    ):
        load_lexicon(folder)


def test_a_class_nobody_made_is_named(folder):
    break_line(folder / "en.yml", "CHILD ..1 havent", "CHILDREN ..1 havent")
    with pytest.raises(DataFileError, match="there is no class CHILDREN"):
        load_lexicon(folder)


def test_a_case_without_phrases_in_one_language_is_named(folder):
    break_line(folder / "en.yml", "  hard_threat:", "  hard_treat:")
    with pytest.raises(DataFileError, match="hard_threat, hard_treat"):
        load_lexicon(folder)


def test_a_deadline_nobody_knows_is_named_with_its_line(folder):
    line = break_line(folder / "cases.yml", "due: 1 hour", "due: soonish")
    with pytest.raises(DataFileError, match=rf"cases\.yml:{line}: .*due"):
        load_lexicon(folder)


def test_a_missing_list_of_words_is_named(folder):
    (folder / "real_words.txt").unlink()
    with pytest.raises(DataFileError, match="real_words"):
        load_lexicon(folder)


def test_every_case_has_a_name_for_staff_and_a_source():
    lexicon = load_lexicon()
    assert all(kind.da and kind.en for kind in lexicon.kinds.values())
    assert "confirmed by the municipality" in lexicon.source
    assert min(lexicon.kinds, key=lexicon.rank) == "hard_suicide"


@pytest.mark.parametrize(
    "source", ["", "..", "..3 dør", "dør ..", "kan? dør", "dør mere?", "BØRN", "a%b"]
)
def test_the_notation_refuses_what_is_no_phrase(source):
    with pytest.raises(PatternError):
        read_pattern(source, {})
