"""A mark out of five is read however it is given, and no other number is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rules.scores import BEST, score_in


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("5", 5),
        ("4!", 4),
        ("fem", 5),
        ("three", 3),
        ("1 tak", 1),
        ("3 ud af 5", 3),
        ("8 ud af 10", 4),
        ("fire/fem", 4),
        ("2 out of 5", 2),
        ("fem stjerner herfra", 5),
        ("10 point", 5),
        ("nul stjerner", 1),
        ("karakter 7", 4),
        ("min bedømmelse er 4", 4),
    ],
)
def test_a_mark_is_read(text, score):
    assert score_in(text) == score


@pytest.mark.parametrize(
    "text",
    [
        "god service",
        "jeg har ventet 3 uger",
        "200 om måneden",
        "12 stjerner",
        "7 ud af 5",
        "1 ud af 2",
        "den 5. december",
        "",
        "20304050",
    ],
)
def test_no_other_number_is_a_mark(text):
    assert score_in(text) is None


@given(st.text(max_size=40))
def test_a_mark_is_always_on_our_scale(text):
    score = score_in(text)
    assert score is None or 1 <= score <= BEST
