"""When banks are open, written down from the calendar and not from the product."""

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
_SATURDAY = 5
#: Weekdays on which Danish banks are closed, from Finans Danmark's calendars.
_CLOSED_BY_YEAR = {
    2026: [(12, 24), (12, 25), (12, 31)],
    2027: [(1, 1), (3, 25), (3, 26), (3, 29), (5, 6), (5, 7), (5, 17), (12, 24), (12, 31)],
    2028: [(4, 13), (4, 14), (4, 17), (5, 25), (5, 26), (6, 5), (12, 25), (12, 26)],
    2029: [
        (1, 1),
        (3, 29),
        (3, 30),
        (4, 2),
        (5, 10),
        (5, 11),
        (5, 21),
        (6, 5),
        (12, 24),
        (12, 25),
        (12, 26),
        (12, 31),
    ],
}
CLOSED = {date(year, month, day) for year, days in _CLOSED_BY_YEAR.items() for month, day in days}
LAST_KNOWN = date(2029, 12, 31)


def is_open(day):
    assert day <= LAST_KNOWN, f"{day} is beyond the calendar written down here"
    return day.weekday() < _SATURDAY and day not in CLOSED


def open_from(day):
    """The day itself, or the first after it on which banks are open."""
    while not is_open(day):
        day += ONE_DAY
    return day


def after(day, count=1):
    """So many days later on which banks are open."""
    for _ in range(count):
        day = open_from(day + ONE_DAY)
    return day


def before(day):
    day -= ONE_DAY
    while not is_open(day):
        day -= ONE_DAY
    return day


def walk(first, last):
    """Every day on which banks are open, both counted."""
    day = open_from(first)
    while day <= last:
        yield day
        day = after(day)
