"""CPR numbers and diagnoses are hidden; what proves who writes, and names, stay (H22)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sensitive.words import load_diagnoses
from data.yaml_files import DataFileError
from outreach.identity import read_evidence
from outreach.rules.phrases import mask
from outreach.rules.sensitive import CPR, HEALTH, cpr_like, hide, is_masked, readable

TODAY = date(2026, 11, 24)
SPELLINGS = [
    "311280-1234",
    "3112801234",
    "311280 1234",
    "311280 - 1234",
    "311280/1234",
    "311280\u20131234",
    "31 12 80 1234",
    "31 12 80 12 34",
    "31.12.80-1234",
    "31-12-80 1234",
    "31-12-1980-1234",
    "31/12/80-1234",
    "311280.1234",
    "31.12.1980.1234",
    "311280_1234",
    "311280\t1234",
    "\uff13\uff11\uff11\uff12\uff18\uff10-1234",
    "cpr: 311280-1234.",
    "mit cpr nummer er 3112801234, hilsen Mette",
]


@pytest.mark.parametrize("written", SPELLINGS)
@pytest.mark.parametrize("ref", ["", " sag A-1001", " A 1001 tak", ", faktura 20261001"])
def test_H22_of_a_cpr_number_the_birth_date_stays_and_proves_as_before(written, ref):
    hidden = hide(written + ref, year=2026)
    assert hidden.kinds == {CPR}
    assert "1234" not in hidden.text
    assert is_masked(hidden.text)
    kept = read_evidence(hidden.text, TODAY)
    raw = read_evidence(written + ref, TODAY)
    assert kept.births == raw.births == {"1980-12-31"}
    assert {"A1001", "20261001"} & (kept.refs | kept.numbers) == {"A1001", "20261001"} & (
        raw.refs | raw.numbers
    )


@pytest.mark.parametrize(
    "written",
    [
        "jeg betaler 01.12.26 1500",
        "311280 1500 kr",
        "011226 1200",
        "faktura 0101801234",
        "sagsnr. 0101801234",
        "konto 1234 0101801234",
        "ring 20 10 40 50",
        "+45 20304050",
        "01-01-1980 A-1001",
        "01/12-2026",
        "200 kr om måneden fra 01.12.2026 til 31.12.2026",
        "4512801234",
        "011380-1234",
    ],
)
def test_dates_sums_telephones_and_case_numbers_stay(written):
    assert hide(written, year=2026).text == written


def test_H22_twelve_figures_without_a_break_are_hidden_too():
    hidden = hide("311219801234", year=2026)
    assert (hidden.text, hidden.kinds) == ("31121980-xxxx", frozenset({CPR}))
    assert read_evidence(hidden.text, TODAY).births == {"1980-12-31"}


def test_what_is_a_birth_date_and_a_case_number_of_ours_stays():
    assert cpr_like("010180 1001", 2026) == ["0101801001"]
    assert hide("010180 1001", year=2026, known=["0101801001"]).text == "010180 1001"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("jeg har brystkræft", "jeg har [sygdom]"),
        ("Min SKIZOFRENI driller", "Min [sygdom] driller"),
        ("har MS og adhd", "har [sygdom] og [sygdom]"),
        ("diagnose F32.1", "diagnose [sygdom]"),
        ("I have diabetes and cancer", "I have [sygdom] and [sygdom]"),
        ("it is schizophrenia", "it is [illness]"),
        ("my arthritis", "my [illness]"),
        ("leukaemi", "[sygdom]"),
    ],
)
def test_H22_a_diagnosis_becomes_a_neutral_word(written, kept):
    hidden = hide(written, year=2026)
    assert hidden.text == kept
    assert hidden.kinds == {HEALTH}


@pytest.mark.parametrize(
    "written",
    [
        "jeg har ingen kræfter",
        "Ms Hansen here",
        "kolonihave og kolde hænder",
        "jeg er syg og gravid",
        "Bernt Als",
        "A-1001",
        "add my number",
    ],
)
def test_words_that_only_look_like_a_diagnosis_stay(written):
    assert hide(written, year=2026).text == written


def test_a_citizens_own_name_is_no_diagnosis():
    assert hide("Hej, Jens Kræft her", year=2026, names=["Jens Kræft"]).text.endswith("Kræft her")


@pytest.mark.parametrize(
    "written", [*SPELLINGS, "jeg har brystkræft og MS", "311280-xxxx [sygdom]"]
)
def test_H22_rasa_sees_neither(written):
    seen = mask(hide(written, year=2026).text, [])
    assert seen == mask(seen, [])
    assert not any(secret in seen for secret in ("1234", "xxxx", "kræft", "MS", "["))
    assert "brystkræft" not in mask(written, [])


def test_signs_nobody_sees_go_and_joined_ones_stay():
    assert readable("a\x00b\u202ec\u200bd\ud800e\n") == "abcde\n"
    assert readable("👩‍👧 نمی‌خواهم") == "👩‍👧 نمی‌خواهم"


@given(st.text(max_size=400))
def test_any_text_can_be_hidden_twice(text):
    once = hide(text, year=2026)
    assert hide(once.text, year=2026).kinds == frozenset()


def test_a_word_too_short_to_hide_is_named(tmp_path):
    (tmp_path / "da.yml").write_text("instead: sygdom\nwords: [ms]\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="'ms' is too short"):
        load_diagnoses(tmp_path)
