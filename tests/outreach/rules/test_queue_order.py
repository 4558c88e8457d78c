"""Whom a good duty manager takes first: rules alone, worked examples and laws that always hold."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.ids import HandoffId
from outreach.rules.queue_order import Band, Waiting, place

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def waiting(number=1, severity=3, waited=HOUR, left=HOUR, returned=0):
    return Waiting(HandoffId(UUID(int=number)), severity, NOW - waited, NOW + left, returned)


def first(*some):
    return min(some, key=lambda each: place(each, NOW)).id.int


def test_a_life_in_danger_comes_before_all_that_is_late():
    life = waiting(1, severity=0, left=5 * HOUR)
    late = waiting(2, severity=1, left=-50 * HOUR)
    assert first(life, late) == 1


def test_of_two_lives_in_danger_the_one_due_first():
    assert first(waiting(1, 0, left=2 * HOUR), waiting(2, 0, left=HOUR)) == 2


def test_a_life_that_was_taken_and_forgotten_comes_before_another():
    assert first(waiting(1, 0, left=HOUR), waiting(2, 0, left=2 * HOUR, returned=1)) == 2


def test_what_is_late_comes_before_what_is_in_time():
    assert first(waiting(1, severity=1, left=HOUR), waiting(2, severity=3, left=-HOUR)) == 2


def test_of_two_late_ones_the_more_severe_then_the_one_late_the_longest():
    assert first(waiting(1, 3, left=-9 * HOUR), waiting(2, 2, left=-HOUR)) == 2
    assert first(waiting(1, 2, left=-HOUR), waiting(2, 2, left=-2 * HOUR)) == 2


def test_a_forgotten_one_stands_at_the_top_of_its_severity():
    back = waiting(1, 2, left=5 * HOUR, returned=1)
    assert first(back, waiting(2, 2, left=-HOUR)) == 1
    assert first(back, waiting(2, 1, left=-HOUR)) == 2
    assert first(back, waiting(2, 1, left=HOUR)) == 1


def test_in_time_the_share_that_is_left_counts_and_severity_weighs_it():
    eviction = waiting(1, severity=1, waited=3 * HOUR, left=3 * HOUR)
    question = waiting(2, severity=3, waited=20 * HOUR, left=5 * HOUR)
    assert first(eviction, question) == 1
    soon = waiting(3, severity=3, waited=24 * HOUR, left=HOUR)
    assert first(eviction, soon) == 3


def test_equal_ones_are_taken_in_the_order_they_are_due_and_came():
    assert first(waiting(1, waited=2 * HOUR, left=2 * HOUR), waiting(2)) == 2
    assert first(waiting(2), waiting(1)) == 1


@pytest.mark.parametrize(
    ("left", "late", "soon"),
    [
        (timedelta(hours=1, microseconds=1), False, False),
        (HOUR, False, True),
        (timedelta(microseconds=1), False, True),
        (timedelta(), True, False),
    ],
)
def test_the_last_quarter_is_amber_and_what_is_due_is_late(left, late, soon):
    one = waiting(waited=4 * HOUR - left, left=left)
    assert (one.is_late(NOW), one.is_soon(NOW)) == (late, soon)


def test_one_that_had_no_time_at_all_is_late_and_no_fault():
    assert place(waiting(waited=timedelta(), left=timedelta()), NOW)[0] is Band.BROKEN_PROMISE


LENGTHS = st.timedeltas(timedelta(0), timedelta(days=30))
SOME = st.builds(
    waiting,
    number=st.integers(1, 10**9),
    severity=st.integers(0, 3),
    waited=LENGTHS,
    left=st.timedeltas(-timedelta(days=9), timedelta(days=30)),
    returned=st.integers(0, 2),
)


@given(SOME, SOME)
def test_nothing_ever_comes_before_a_life_in_danger(one, other):
    if one.severity == 0 and other.severity != 0:
        assert place(one, NOW) < place(other, NOW)


@given(SOME, LENGTHS)
def test_waiting_longer_never_moves_one_back(one, passed):
    assert place(one, NOW + passed)[:2] <= place(one, NOW)[:2]
