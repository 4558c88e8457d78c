"""Figures said one by one are read as figures; words of a sentence stay words."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from outreach.rules.phrases.spoken_figures import in_figures

WORDS = {
    "da": ("nul", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}


@pytest.mark.parametrize(
    ("said", "figures"),
    [
        ("nul tre nul fire firs", "030480"),
        ("enogtredive tolv firs", "311280"),
        ("zero three zero four eighty", "030480"),
        ("A et nul nul et", "a 1001"),
        ("A bindestreg 1 0 0 1", "a 1001"),
        ("31, 12, 80", "311280"),
        ("010180", "010180"),
        ("hvad skylder jeg", "hvad skylder jeg"),
        ("en af os to", "1 af os 2"),
        ("den 3. april 1980", "den 3 april 1980"),
    ],
)
def test_figures_are_read_as_they_are_said(said, figures):
    assert in_figures(said) == figures


@pytest.mark.parametrize("language", WORDS)
@given(figures=st.text("0123456789", min_size=3, max_size=12))
def test_any_number_read_out_figure_by_figure_is_found(language, figures):
    said = " ".join(WORDS[language][int(figure)] for figure in figures)
    assert in_figures(said) == figures
