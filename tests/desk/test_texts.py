"""Both languages say the same things, and everything that is said is written."""

import re
from datetime import timedelta

import pytest

from desk.texts import LANGUAGES, Words, catalogue
from tests.house.sources import ROOT

KEYS = {language: set(catalogue(language).texts) for language in LANGUAGES}
PLACES = re.compile(r"\{([a-z_]+)\}")
DESK = ROOT / "desk"
SOURCES = "\n".join(
    file.read_text(encoding="utf-8") for file in [*DESK.rglob("*.html"), *DESK.glob("*.py")]
)
NAMED = re.compile(r"""\bt\(\s*["']([a-z_.]+)["']""")
COUNTED = re.compile(r"""counted\(\s*["']([a-z_.]+)["']""")
#: Groups whose words come from the tables: `t.known("group", word)`, `t("group." ~ word)` in a
#: template, `t(f"group.{word}")` in a module.
GROUPS = re.compile(
    r"""known\(\s*["']([a-z_.]+)["']|t\(\s*["']([a-z_.]+[._])["'] ?~"""
    r"""|\bt\(\s*f["']([a-z_.]+[._])\{"""
)


def test_both_languages_have_the_same_texts():
    assert KEYS["da"] ^ KEYS["en"] == set()


def test_a_text_asks_for_the_same_in_both_languages():
    apart = [key for key in KEYS["da"] if places("da", key) != places("en", key)]
    assert apart == []


def places(language, key):
    return set(PLACES.findall(catalogue(language).texts[key]))


def test_every_text_that_a_page_names_exists():
    named = {key for key in NAMED.findall(SOURCES) if not key.endswith((".", "_"))}
    counted = {f"{key}_{form}" for key in COUNTED.findall(SOURCES) for form in ("one", "other")}
    assert (named | counted) - KEYS["da"] == set()


def test_every_text_is_used():
    counted = {f"{key}_{form}" for key in COUNTED.findall(SOURCES) for form in ("one", "other")}
    groups = tuple("".join(one) for one in GROUPS.findall(SOURCES))
    literal = {key for key in KEYS["da"] if f'"{key}"' in SOURCES or f"'{key}'" in SOURCES}
    unused = {key for key in KEYS["da"] - counted - literal if not key.startswith(groups)}
    assert unused == set()


@pytest.mark.parametrize(
    ("ahead", "danish", "english"),
    [
        (timedelta(), "i dag kl. 10.00", "today at 10:00"),
        (timedelta(days=1), "i morgen kl. 10.00", "tomorrow at 10:00"),
        (timedelta(days=-1), "i går kl. 10.00", "yesterday at 10:00"),
        (timedelta(days=7), "1. dec. kl. 10.00", "1 Dec at 10:00"),
        (timedelta(days=60), "23. jan. 2027 kl. 10.00", "23 Jan 2027 at 10:00"),
    ],
)
def test_a_moment_is_said_as_people_say_it(runtime, clock, ahead, danish, english):
    now = clock.now()
    assert Words("da", now, runtime).moment(now + ahead) == danish
    assert Words("en", now, runtime).moment(now + ahead) == english


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-5), "under 1 min."),
        (timedelta(seconds=59), "under 1 min."),
        (timedelta(minutes=12), "12 min."),
        (timedelta(hours=2), "2 t."),
        (timedelta(hours=26, minutes=5), "26 t. 5 min."),
        (timedelta(days=3, hours=1), "3 dage"),
    ],
)
def test_a_length_is_said_in_the_units_that_matter(runtime, clock, length, said):
    assert Words("da", clock.now(), runtime).length(length) == said
