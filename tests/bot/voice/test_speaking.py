"""What is written is said as people say it."""

import re

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bot.voice.speaking import LONGEST, aloud, in_parts
from data.values.money import Money
from outreach.texts import LANGUAGES, catalogue, show


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Du skylder 1.200 kr.", "Du skylder 1200 kroner."),
        ("I alt 1.200,50 kr. Det er alt.", "I alt 1200 kroner og 50 øre. Det er alt."),
        ("300 kr. om måneden", "300 kroner om måneden."),
        ("Et gebyr på 1 kr.", "Et gebyr på 1 krone."),
        ("1.234.567,00 kr. i alt", "1234567 kroner i alt."),
        ("tirsdag 1. december 2026 kl. 10.00", "tirsdag den 1. december 2026 klokken 10."),
        ("kl. 12.30", "klokken 12 30."),
        ("Ring 43 68 68 68 nu", "Ring 43, 68, 68, 68 nu."),
        ("Livslinien 70 201 201.", "Livslinien 70, 20, 12, 01."),
        ("Ring 112.", "Ring 1 1 2."),
        ("Børnetelefonen 116 111", "Børnetelefonen 1 1 6, 1 1 1."),
        ("sagsnummer A-1001", "sagsnummer A, 1 0 0 1."),
        ("31-12-1980", "31 12 1980."),
        ("fx mandag, ca. 5 %", "for eksempel mandag, cirka 5 procent."),
        ("Svar JA, eller skriv MENNESKE.", "Sig ja, eller sig menneske."),
        ("En medarbejder skriver til dig.", "En medarbejder kontakter dig."),
        ("Driller det, så skriv til os. Gem denne besked.", "Driller det, så sig det til os."),
        ("hverdage 10-14", "hverdage fra 10 til 14."),
        ("En linje\n\nEn anden", "En linje. En anden."),
        ("Se https://example.dk nu :-)", "Se nu."),
        ("Hej 😀", "Hej."),
    ],
)
def test_danish_is_said_as_people_say_it(written, said):
    assert aloud(written, "da") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("You owe 1,200.50 kr.", "You owe 1200 kroner and 50 øre."),
        ("Tuesday 1 December 2026 at 15:00", "Tuesday the 1 December 2026 at 3 pm."),
        ("at 10:30", "at 10 30 am."),
        ("Reply YES or write HUMAN.", "Say yes or say human."),
    ],
)
def test_english_is_said_as_people_say_it(written, said):
    assert aloud(written, "en") == said


@pytest.mark.parametrize("language", LANGUAGES)
@given(oere=st.integers(min_value=100, max_value=10**9))
def test_no_sum_keeps_a_sign_that_a_voice_reads_wrong(language, oere):
    said = aloud(f"Det er {show(Money(oere), language)}", language)
    whole, rest = divmod(oere, 100)
    assert f" {whole} kron" in said
    assert (f"{rest} øre" in said) == bool(rest)
    assert "kr." not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_catalogue_is_said_with_a_word_in_capitals_to_be_written(language):
    asked = {"MENNESKE", "HUMAN", "JA", "NEJ", "YES"}
    said = {key: aloud(text, language) for key, text in catalogue(language).texts.items()}
    assert [key for key, text in said.items() if asked & set(text.split())] == []


@pytest.mark.parametrize(("language", "word"), [("da", "skriv"), ("en", "write")])
def test_nobody_on_the_telephone_is_told_to_write_to_the_assistant(language, word):
    texts = catalogue(language).texts
    told = re.compile(
        rf"(?:^|[.,:] ?|så |or ){word}\b(?! til| to| og ring| and call)", re.IGNORECASE
    )
    written = {key for key in texts if key.startswith(("chat.", "telegram", "call.cut_off"))}
    said = {key: aloud(texts[key], language) for key in texts.keys() - written}
    assert [key for key, text in said.items() if told.search(text)] == []


@given(st.text(max_size=9_000))
def test_a_long_text_is_said_in_parts_and_nothing_is_lost(text):
    said = aloud(text, "da")
    parts = list(in_parts(said))
    assert all(len(part) <= LONGEST for part in parts)
    assert "".join("".join(parts).split()) == "".join(said.split())
