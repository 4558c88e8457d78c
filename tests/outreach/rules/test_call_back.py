"""When a caseworker can call back: office days, and parts that are not over."""

from datetime import UTC, date, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given

from data.municipalities.blocks import Words
from data.municipalities.voice import CallBackSlot
from data.values.time import is_bank_day
from outreach.rules.call_back import MOST, next_slots

MORNING = CallBackSlot(name=Words(da="om formiddagen", en="x"), opens="09:00", closes="12:00")
AFTERNOON = CallBackSlot(name=Words(da="om eftermiddagen", en="x"), opens="12:00", closes="15:00")
PARTS = (AFTERNOON, MORNING)


def slots(instant):
    return [(slot.day, slot.part.opens.hour) for slot in next_slots(PARTS, instant)]


def test_early_on_an_office_day_both_its_parts_come_first():
    early = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert slots(early) == [
        (date(2026, 11, 24), 9),
        (date(2026, 11, 24), 12),
        (date(2026, 11, 25), 9),
    ]


def test_a_part_that_is_nearly_over_is_not_promised():
    half_past_eleven = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    assert slots(half_past_eleven)[0] == (date(2026, 11, 24), 12)


def test_after_friday_comes_monday():
    friday_evening = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
    assert slots(friday_evening)[0] == (date(2026, 11, 30), 9)


def test_christmas_is_no_time_to_call():
    before = datetime(2026, 12, 23, 18, 0, tzinfo=UTC)
    assert slots(before)[0] == (date(2026, 12, 28), 9)


@given(st.integers(min_value=0, max_value=4 * 365 * 24))
def test_what_is_promised_is_always_ahead_and_on_an_office_day(hours):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    found = next_slots(PARTS, now)
    assert len(found) == MOST
    assert all(is_bank_day(slot.day) and slot.ends_at > now for slot in found)
    assert found == sorted(found, key=lambda slot: slot.ends_at)
