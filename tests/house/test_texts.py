"""Every text that a person reads is there in each language and asks for the same values."""

import ast
import re

import pytest

from desk import texts as desk_texts
from outreach import texts, words
from tests.house.sources import ROOT, calls, dotted, place, python_files

LANGUAGES = texts.LANGUAGES
PLACE = re.compile(r"\{([a-z_]+)\}")
CATALOGUES = {
    (reader, language): catalogue(language).texts
    for reader, catalogue in (
        ("citizen", texts.catalogue),
        ("caseworker", desk_texts.catalogue),
        ("staff", words.catalogue),
    )
    for language in LANGUAGES
}
TEXTS = sorted({(reader, key) for (reader, _), known in CATALOGUES.items() for key in known})
CITIZENS_KEYS = {key for reader, key in TEXTS if reader == "citizen"}
STAFF_KEYS = {key for reader, key in TEXTS if reader == "staff"}
CASEWORKERS_KEYS = {key for reader, key in TEXTS if reader == "caseworker"}

#: What is said in each language that has lines only: who writes, who answers, and how to be safe.
LINES = {
    *("another_language", "still_waiting", "still_waiting_late", "stop"),
    *("hard_case", "hard_discreet", "hard_suicide", "hard_violence", "hard_child"),
}

#: How the program asks for a citizen's text: outright, or by the number of something.
BY_NAME, BY_NUMBER = {"render", "say"}, {"plural", "count"}
IN_A_TEMPLATE = re.compile(r"""\bt(\.plural)?\(\s*["']([a-z_.]+)["']\s*[,)]""")


@pytest.mark.parametrize("catalogue", CATALOGUES, ids="-".join)
def test_no_language_lacks_a_text(catalogue):
    reader, _ = catalogue
    wanted = {key for whose, key in TEXTS if whose == reader}
    assert wanted - CATALOGUES[catalogue].keys() == set()


@pytest.mark.parametrize(("reader", "key"), TEXTS)
def test_a_text_asks_for_the_same_values_in_every_language(reader, key):
    places = {
        language: sorted(set(PLACE.findall(CATALOGUES[reader, language].get(key, ""))))
        for language in LANGUAGES
    }
    assert len({tuple(asked) for asked in places.values()}) == 1, places


def test_every_text_that_the_program_names_exists():
    missing = [
        f"{place(file, call)} {key}"
        for file in python_files("outreach", "bot")
        for call in calls(file)
        for key in keys_named(call)
        if key not in keys_known(file)
    ]
    assert missing == []


def keys_known(file):
    """Return the texts a file may name: staff's words where it opens them, else the citizens'."""
    opens_words = any(dotted(call.func) == "words.catalogue" for call in calls(file))
    return STAFF_KEYS if opens_words else CITIZENS_KEYS


def keys_named(call):
    """Return the keys that a call names outright."""
    kind = dotted(call.func).rpartition(".")[2]
    match call.args:
        case [ast.Constant(value=str(name)), *_] if kind in BY_NAME | BY_NUMBER:
            return keys(name, by_number=kind in BY_NUMBER)
    return []


def keys(name, *, by_number):
    """Return the keys behind a name: two where a number chooses the form."""
    return [f"{name}_one", f"{name}_other"] if by_number else [name]


@pytest.mark.parametrize(
    "template", sorted((ROOT / "desk" / "templates").rglob("*.html")), ids=lambda file: file.name
)
def test_every_text_that_a_page_of_the_desk_names_exists(template):
    named = IN_A_TEMPLATE.findall(template.read_text(encoding="utf-8"))
    wanted = {key for form, name in named for key in keys(name, by_number=bool(form))}
    assert wanted - CASEWORKERS_KEYS == set()


@pytest.mark.parametrize("language", texts.LANGUAGES_OF_LINES)
def test_a_language_of_lines_says_what_a_person_in_any_need_must_hear(language):
    danish = CATALOGUES["citizen", "da"]
    lines = texts.catalogue(language).texts
    assert lines.keys() == LINES
    for key, text in lines.items():
        assert set(PLACE.findall(text)) <= set(PLACE.findall(danish[key])), key


@pytest.mark.parametrize("language", texts.LANGUAGES_OF_LINES)
def test_the_line_in_another_language_says_who_when_and_where_to_call(language):
    places = PLACE.findall(texts.catalogue(language).texts["another_language"])
    assert sorted(places) == ["due", "municipality", "telephone"]


def test_every_folder_of_texts_is_a_language():
    folders = {folder.name for folder in texts.FOLDER.iterdir() if folder.is_dir()}
    assert folders == {*LANGUAGES, *texts.LANGUAGES_OF_LINES}
