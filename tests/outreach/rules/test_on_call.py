"""When the telephone of the person on duty rings, and when it does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.municipalities.desk import Desk
from outreach.rules.on_call import LastCall, calls_now, next_call

NOW = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
DESK = Desk(
    on_call=None,
    call_again_minutes=10,
    calls_close_together=3,
    forgotten_after_minutes=45,
    source="a test",
)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("severity", "is_open", "is_escalated", "calls"),
    [
        (0, False, False, True),
        (1, False, False, True),
        (2, False, True, False),
        (0, True, False, False),
        (0, True, True, True),
        (1, True, True, False),
    ],
)
def test_who_calls_by_night_and_who_by_day(severity, is_open, is_escalated, calls):
    assert calls_now(severity, is_open=is_open, is_escalated=is_escalated) is calls


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, 1),
        (LastCall(1, NOW - 9 * MINUTE, "accepted"), None),
        (LastCall(1, NOW - 10 * MINUTE, "accepted"), 2),
        (LastCall(3, NOW - 59 * MINUTE, "accepted"), None),
        (LastCall(3, NOW - 60 * MINUTE, "accepted"), 4),
        (LastCall(1, NOW - MINUTE, "refused_for_good"), None),
        (LastCall(1, NOW - 10 * MINUTE, "refused_for_good"), 2),
        (LastCall(3, NOW - MINUTE, "refused_for_now"), 3),
        (LastCall(1, NOW - MINUTE, "unknown"), 2),
        (LastCall(3, NOW - MINUTE, "unknown"), None),
        (LastCall(2, NOW - MINUTE, None), 2),
        (LastCall(2, NOW - MINUTE / 2, None), None),
    ],
)
def test_it_rings_again_until_somebody_takes_it_and_a_lost_call_does_not_count(last, expected):
    assert next_call(last, DESK, NOW) == expected


def test_what_was_taken_and_forgotten_rings_as_often_again_as_what_is_new():
    last = LastCall(3, NOW - 30 * MINUTE, "accepted")
    assert next_call(last, DESK, NOW, times_returned=1) == 4
    assert next_call(replace(last, number=6), DESK, NOW, times_returned=1) is None
