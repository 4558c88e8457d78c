"""Days and hours as Denmark keeps them: holidays, bank days, and both changes of the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.values.time import (
    StandingClock,
    SystemClock,
    add_bank_days,
    at_local,
    copenhagen,
    day_of,
    is_bank_day,
    is_public_holiday,
    next_bank_day,
    parse_instant,
    previous_bank_day,
)

YEARS = range(2024, 2031)
#: Easter Sunday by the calendar of the church (Folkekirken), 2024 to 2030.
EASTER = {
    2024: date(2024, 3, 31),
    2025: date(2025, 4, 20),
    2026: date(2026, 4, 5),
    2027: date(2027, 3, 28),
    2028: date(2028, 4, 16),
    2029: date(2029, 4, 1),
    2030: date(2030, 4, 21),
}
#: Days from Easter Sunday: Maundy Thursday, Good Friday, Easter Monday, Ascension Day, Whit Monday.
MOVING = (-3, -2, 1, 39, 50)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def closed_weekdays(year):
    """Return the weekdays on which Danish banks are closed, by the rule of Finans Danmark."""
    fixed = {date(year, *day) for day in ((1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31))}
    moving = {EASTER[year] + timedelta(days=days) for days in (*MOVING, 40)}
    return {day for day in fixed | moving if day.weekday() < 5}


@pytest.mark.parametrize("year", YEARS)
def test_banks_are_closed_on_exactly_these_weekdays(year):
    first = date(year, 1, 1)
    weekdays = [
        day
        for day in (first + timedelta(days=number) for number in range(366))
        if day.year == year and day.weekday() < 5
    ]
    assert {day for day in weekdays if not is_bank_day(day)} == closed_weekdays(year)


@given(DAYS)
def test_banks_are_never_open_in_a_weekend(day):
    assert not (day.weekday() >= 5 and is_bank_day(day))


@pytest.mark.parametrize("year", YEARS)
def test_the_friday_after_ascension_day_is_no_bank_day_but_people_are_at_work(year):
    friday = EASTER[year] + timedelta(days=40)
    assert friday.weekday() == 4
    assert not is_bank_day(friday)
    assert not is_public_holiday(friday)


@pytest.mark.parametrize("year", YEARS)
def test_great_prayer_day_is_an_ordinary_friday_since_2024(year):
    friday = EASTER[year] + timedelta(days=26)
    assert is_bank_day(friday)
    assert not is_public_holiday(friday)


def test_great_prayer_day_was_a_holiday_until_2023():
    assert is_public_holiday(date(2023, 5, 5))


@pytest.mark.parametrize("year", YEARS)
def test_nobody_is_disturbed_at_christmas(year):
    assert all(is_public_holiday(date(year, 12, day)) for day in (24, 25, 26))


def test_the_week_after_christmas_2026_begins_with_a_bank_day_on_monday():
    assert next_bank_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert next_bank_day(date(2026, 12, 31)) == date(2027, 1, 4)
    assert previous_bank_day(date(2026, 12, 27)) == date(2026, 12, 23)


@given(DAYS)
def test_the_next_bank_day_is_the_first_that_is_one(day):
    found = next_bank_day(day)
    assert is_bank_day(found)
    between = (day + timedelta(days=number) for number in range((found - day).days))
    assert not any(is_bank_day(other) for other in between)


@given(DAYS)
def test_the_previous_bank_day_mirrors_the_next(day):
    found = previous_bank_day(day)
    assert is_bank_day(found)
    assert found <= day <= next_bank_day(day)
    assert next_bank_day(found) == found


@given(DAYS, st.integers(1, 30), st.integers(0, 30))
def test_bank_days_add_up(day, some, more):
    assert add_bank_days(add_bank_days(day, some), more) == add_bank_days(day, some + more)


@given(DAYS)
def test_no_bank_days_later_is_the_day_itself_or_the_first_after_it(day):
    assert add_bank_days(day, 0) == next_bank_day(day)


@given(DAYS, st.integers(1, 40))
def test_so_many_bank_days_lie_between(day, count):
    found = add_bank_days(day, count)
    after = (day + timedelta(days=number) for number in range(1, (found - day).days + 1))
    assert sum(is_bank_day(other) for other in after) == count
    assert is_bank_day(found)


def test_bank_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="-1"):
        add_bank_days(date(2026, 1, 5), -1)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 3, 28), 8),  # the day before the clocks go forward
        (date(2026, 3, 29), 7),
        (date(2026, 10, 24), 7),  # the day before they go back
        (date(2026, 10, 25), 8),
    ],
)
def test_nine_in_the_morning_is_nine_on_the_wall_on_both_sides_of_a_change(day, utc_hour):
    instant = at_local(day, 9)
    assert instant == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert copenhagen(instant).hour == 9


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-12-02T09:00", datetime(2026, 12, 2, 8, tzinfo=UTC)),
        ("2026-07-02T09:00", datetime(2026, 7, 2, 7, tzinfo=UTC)),
        ("2026-12-02", datetime(2026, 12, 2, 8, tzinfo=UTC)),
        ("2026-12-02 14:30", datetime(2026, 12, 2, 13, 30, tzinfo=UTC)),
        ("2026-12-02T09:00+00:00", datetime(2026, 12, 2, 9, tzinfo=UTC)),
        ("2026-12-02T09:00Z", datetime(2026, 12, 2, 9, tzinfo=UTC)),
        # 02.30 is skipped on 29 March: read as 03.30
        ("2026-03-29T02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 02.30 comes twice on 25 October: the first of the two
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_copenhagen_has_it(written, instant):
    assert parse_instant(written) == instant
    assert parse_instant(written).tzinfo is UTC


@pytest.mark.parametrize("written", ["", "i morgen", "2026-13-01", "2026-02-30", "09:00", "2.12."])
def test_what_is_no_time_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        parse_instant(written)


def test_a_day_ends_at_midnight_in_copenhagen_not_in_london():
    assert day_of(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert day_of(datetime(2026, 12, 1, 22, 30, tzinfo=UTC)) == date(2026, 12, 1)


def test_a_standing_clock_moves_only_when_it_is_moved():
    clock = StandingClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.travel(timedelta(hours=3))
    assert clock.now() == datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_clock_set_to_a_day_runs_on_from_there():
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    clock = SystemClock.starting_at(start)
    first = clock.now()
    assert start <= first <= start + timedelta(seconds=10)
    assert clock.now() >= first
