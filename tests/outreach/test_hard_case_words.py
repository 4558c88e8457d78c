"""Each hard case (hård sag) has its own words in both languages, and the right ones first."""

import re

import pytest

from data.hard_cases.lexicon import load_lexicon
from outreach.texts import catalogue, gsm7_segments

KINDS = load_lexicon().kinds
LANGUAGES = ("da", "en")
#: The latest hour is written in this many words; numbers as they are dated in data/law.
DUE = {"da": "onsdag 25. november 2026 kl. 15.00", "en": "Wednesday 25 November 2026 at 15:00"}
OF_DEBT = re.compile(
    r"regning|betal|gæld|\bsag|skyld|beløb|penge|\bkr\b|\bdebt|\bowe|\bpay|\bbill|\bcase\b|money",
    re.IGNORECASE,
)
LONGEST = 2


def words(runtime, key, language):
    return catalogue(language).render(
        key, due=DUE[language], telephone="43 68 68 68", municipality="Faxe", **runtime.helplines
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KINDS)
def test_every_hard_case_has_its_own_words(runtime, key, language):
    said = words(runtime, key, language)
    others = [words(runtime, other, language) for other in (*KINDS, "hard_case") if other != key]
    assert said not in others


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key, kind in KINDS.items() if kind.severity <= 1])
def test_where_life_home_or_safety_is_at_stake_debt_is_not_spoken_of(runtime, key, language):
    assert not OF_DEBT.search(words(runtime, key, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [*KINDS, "hard_case", "hard_discreet", "keep_private"])
def test_the_words_are_short_enough_for_two_messages(runtime, key, language):
    assert gsm7_segments(words(runtime, key, language)) <= (LONGEST, True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["hard_violence", "hard_child", "hard_secret_address"])
def test_nobody_calls_before_it_is_safe(runtime, key, language):
    said = words(runtime, key, language)
    assert re.search("Må vi ringe|May we call", said)
    assert not re.search("kontakter dig|contacts you", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_discreet_words_give_nothing_away(runtime, language):
    said = words(runtime, "hard_discreet", language)
    assert not re.search(r"\d|vold|fare|hjælp|ring|violence|danger|help|call", said)


def test_the_numbers_come_from_dated_data(runtime):
    for key, line in (
        ("hard_suicide", "70 201 201"),
        ("hard_violence", "1888"),
        ("hard_child", "116 111"),
        ("hard_addiction", "80 200 500"),
        ("hard_identity_theft", "114"),
    ):
        assert line in words(runtime, key, "da")
        assert line not in catalogue("da").texts[key]
