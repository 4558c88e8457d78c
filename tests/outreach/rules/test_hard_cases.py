"""A hard case is recognised however it is written, and what only sounds like one is let pass."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from data.hard_cases.lexicon import load_lexicon
from outreach.rules.hard_cases import HardCase, recognise

PHRASINGS = Path(__file__).parent / "phrasings"
LEXICON = load_lexicon()
DANISH = yaml.safe_load((PHRASINGS / "hard_cases_da.yml").read_text(encoding="utf-8"))
ENGLISH = yaml.safe_load((PHRASINGS / "hard_cases_en.yml").read_text(encoding="utf-8"))
LOOK_ALIKES = yaml.safe_load((PHRASINGS / "look_alikes.yml").read_text(encoding="utf-8"))["nothing"]
HELD_OUT = [
    yaml.safe_load((PHRASINGS / name).read_text(encoding="utf-8"))
    for name in ("held_out_hard_cases.yml", "held_out_suicide.yml")
]
EVERY = [(key, str(text)) for table in (DANISH, ENGLISH) for key in table for text in table[key]]
OF_LIFE = [
    "jeg vil dø",
    "orker ik mere",
    "jeg tager livet af mig",
    "gider ikke leve mere",
    "min søn vil dø",
    "alle har det bedre uden mig",
    "i want to die",
    "i cant take it anymore",
    "my son wants to die",
]
LETTERS = "abcdefghijklmnoprstuvyæøåÆØÅABCDEF"


def keys(text):
    return [case.key for case in recognise(text, LEXICON)]


@pytest.mark.parametrize(("key", "text"), EVERY)
def test_a_hard_case_is_recognised(key, text):
    assert key in keys(text)


@pytest.mark.parametrize(("key", "text"), EVERY)
def test_capitals_and_missing_danish_letters_change_nothing(key, text):
    plain = text.replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    dropped = text.replace("æ", "e").replace("ø", "o").replace("å", "a")
    assert keys(text.upper()) == keys(plain) == keys(text)
    assert key in keys(dropped)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_sounds_like_a_hard_case_is_none(text):
    assert keys(str(text)) == []


@pytest.mark.parametrize("cry", OF_LIFE)
def test_nothing_said_beside_it_hides_a_cry_for_help(cry):
    hidden = [
        text
        for other in LOOK_ALIKES
        for text in (f"{other}, {cry}", f"{cry}, {other}", f"{other} {cry}", f"{cry}. {other}")
        if "hard_suicide" not in keys(text)
    ]
    assert hidden == []


def test_there_are_a_dozen_phrasings_of_every_case_and_many_look_alikes():
    assert set(DANISH) == set(ENGLISH) == set(LEXICON.kinds)
    assert min(len(texts) for texts in DANISH.values()) >= 12
    assert len(LOOK_ALIKES) >= 60


def test_the_lists_held_back_are_found_nearly_whole():
    given = [(key, text) for table in HELD_OUT for key in table for text in table[key]]
    hard = [(key, text) for key, text in given if key != "nothing"]
    ordinary = [text for key, text in given if key == "nothing"]
    assert sum(key in keys(text) for key, text in hard) / len(hard) >= 0.97
    assert sum(bool(keys(text)) for text in ordinary) / len(ordinary) <= 0.02


def test_the_most_urgent_case_stands_first():
    text = "jeg er gravid, har mistet mit job, han slår mig og jeg vil dø"
    found = keys(text)
    assert found[:2] == ["hard_suicide", "hard_violence"]
    assert found[-1] == "hard_life_event"
    severities = [case.severity for case in recognise(text, LEXICON)]
    assert severities == sorted(severities)


def test_a_cut_is_hard_only_with_children_or_illness_in_the_home():
    assert keys("I har lukket for varmen") == []
    assert keys("I har lukket for varmen og jeg har små børn") == ["hard_utility_cut"]
    assert "hard_utility_cut" in keys("no heating and my son is ill")


def test_who_died_decides_between_the_debtor_and_the_writers_own_loss():
    assert keys("han er død") == ["hard_deceased_debtor"]
    assert keys("Mette er død") == ["hard_deceased_debtor"]
    assert keys("min mor døde i går") == ["hard_bereavement"]
    assert "hard_deceased_debtor" in keys("det vedrører min afdøde mand")


def test_letters_apart_and_words_together_are_read():
    assert keys("d ø d vil jeg være") == ["hard_suicide"]
    assert keys("jegvilikkelevemere") == ["hard_suicide"]
    assert keys("jegvilikkelevmere") == ["hard_suicide"]
    assert keys("Jeg. Kan. Ikke. Mere.") == ["hard_suicide"]
    assert keys("jeg viiiil døøøø") == ["hard_suicide"]
    assert keys("jeg v\u200bil d\u00f8 \U0001f622") == ["hard_suicide"]


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("hej. jeg vil dø. hilsen mette", "vil doe"),
        ("Mette er død", "mette er doed"),
        ("jeg har en vodka og siger farvel nu", "vodka og siger farvel"),  # two signs
        ("ok jeg vil dø og jeg vil ikke leve mere tak", "vil ikke leve mere"),
    ],
)
def test_the_longest_of_the_citizens_own_words_is_kept_for_the_person_who_answers(text, matched):
    assert [case.matched for case in recognise(text, LEXICON)] == [matched]


@pytest.mark.parametrize(
    "text",
    [
        "nie chcę żyć",
        "хочу умереть",
        "أريد أن أموت",
        "Ich will sterben",
        "intihar edeceğim",
        "självmord",
    ],
)
def test_the_plainest_words_in_other_languages_are_read(text):
    assert keys(text) == ["hard_suicide"]


def test_a_citizens_words_do_not_show_in_a_log():
    [case] = recognise("jeg vil dø", LEXICON)
    assert "doe" in case.matched
    assert "doe" not in repr(case)
    assert case == HardCase("hard_suicide", 0, "")


@given(st.text(max_size=1_700))
@example("\x00")
@example("ikke " * 320)
@example("a " * 800)
@example("." * 1_600)
@example("aa" * 800)
def test_any_text_at_all_gets_an_answer(text):
    assert isinstance(recognise(text, LEXICON), list)


@given(st.lists(st.sampled_from([text for _, text in EVERY]) | st.text(LETTERS, max_size=9)))
def test_recognition_does_not_hear_capitals_or_the_form_of_danish_letters(parts):
    text = " ".join(parts)
    folded = text.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    assert keys(text) == keys(text.lower()) == keys(folded)


@pytest.mark.parametrize(
    "text",
    [
        "jeg orker ikke mere " * 80,
        "ikke " * 320,
        "a" * 1_600,
        "d ø d " * 260,
        "livet af mig. " * 110,
    ],
)
def test_a_hostile_message_is_answered_quickly(text):
    started = time.perf_counter()
    recognise(text[:1_600], LEXICON)
    assert time.perf_counter() - started < 1
