"""A place in a reusable text is filled at its identity level, and never below."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rules.places import LEVELS, Left, Why, fill, left, unknown

VALUES = {name: f"<{name}>" for name in LEVELS}


@pytest.mark.parametrize(("place", "least"), LEVELS.items())
def test_a_place_is_filled_at_its_level_and_not_below(place, least):
    for level in range(4):
        filled = fill(f"Hej {{{place}}}.", VALUES, level)
        assert (f"<{place}>" in filled) is (level >= least)
        assert (left(filled, VALUES, level) == []) is (level >= least)


@given(st.text(st.sampled_from("{}abc sum\n"), max_size=60), st.integers(0, 1))
def test_what_needs_a_proof_never_leaks_without_one(text, level):
    assert "<sum>" not in fill(text, VALUES, level)


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("{løn}", 3, [Left("løn", Why.UNKNOWN)]),
        ("{sum} og { sum }", 1, [Left("sum", Why.LEVEL)]),
        ("{claim}", 2, [Left("claim", Why.EMPTY)]),
        ("{first_name}", 1, [Left("first_name", Why.BY_HAND)]),
        ("{}", 0, [Left("", Why.UNKNOWN)]),
        ("en tekst uden", 0, []),
    ],
)
def test_a_place_that_stands_is_named_with_its_reason(text, level, expected):
    assert left(text, VALUES | {"claim": ""}, level) == expected


def test_a_value_with_braces_is_not_filled_again():
    assert fill("{first_name}", {"first_name": "{sum}", "sum": "500 kr."}, 2) == "{sum}"


def test_who_writes_a_text_is_told_which_places_there_are_not():
    assert unknown("{first_name} {beløb} {sum} {beløb}") == ["beløb"]
