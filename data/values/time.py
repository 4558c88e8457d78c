"""The clock, Copenhagen, and the days Danish banks are open (bankdage)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import holidays

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

ONE_DAY = timedelta(days=1)
FIRST_WEEKEND_DAY = 5  # Saturday, as date.weekday() counts
_MONTHS_A_YEAR = 12
_AFTER_ASCENSION = timedelta(days=40)  # the Friday after the 39th day after Easter Sunday
_ALWAYS_CLOSED = ((1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31))  # month and day


class Clock(Protocol):
    """Tells the time (ur); the only place the program may ask."""

    def now(self) -> datetime:
        """Return the instant it is, aware, in UTC."""


@dataclass(frozen=True)
class SystemClock:
    """The machine's own clock, moved by `ahead` (zero outside demos and trials)."""

    ahead: timedelta = timedelta()

    @classmethod
    def starting_at(cls, start: datetime) -> SystemClock:
        """Make a clock that shows `start` now and runs on from there."""
        return cls(start.astimezone(UTC) - datetime.now(UTC))

    def now(self) -> datetime:
        """Return the instant it is, aware, in UTC."""
        return datetime.now(UTC) + self.ahead


@dataclass
class StandingClock:
    """A clock that stands still until it is moved (for `--as-of` and for tests)."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant it stands at, aware, in UTC."""
        return self.instant.astimezone(UTC)

    def travel(self, length: timedelta) -> None:
        """Move the hands by `length`."""
        self.instant += length


def copenhagen(instant: datetime) -> datetime:
    """Show an instant as the clock on the wall in Copenhagen shows it."""
    return instant.astimezone(COPENHAGEN)


def day_of(instant: datetime) -> date:
    """Return the day it is in Copenhagen at `instant`."""
    return copenhagen(instant).date()


def parse_instant(text: str) -> datetime:
    """Read `2026-12-02T09:00` (Copenhagen time unless an offset is given) or `2026-12-02` (09.00).

    An hour that the spring change skips is read as the hour after it; one that the autumn change
    repeats is read as the first of the two.

    Raises:
        ValueError: the text is no such time.
    """
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time such as 2026-12-02T09:00") from None
    if "T" not in text and " " not in text.strip():
        given = given.replace(hour=9)
    if given.tzinfo is None:
        given = given.replace(tzinfo=COPENHAGEN)
    return given.astimezone(UTC)


@lru_cache(maxsize=256)
def _closed_days(year: int) -> frozenset[date]:
    """Public holidays, and the other weekdays banks close.

    Source: Finans Danmark's bank calendar (the Friday after Ascension Day, Constitution Day,
    24 and 31 December); public holidays from the `holidays` library, which knows that Store
    Bededag ended with 2023. Of years it does not know (after 2100) the days that never move.
    """
    public = holidays.country_holidays("DK", years=year, language="da")
    easter = (day for day, name in public.items() if name == "Påskedag")
    also = {day + _AFTER_ASCENSION for day in easter}
    return frozenset(public.keys()) | also | {date(year, *day) for day in _ALWAYS_CLOSED}


@lru_cache(maxsize=8192)
def is_public_holiday(day: date) -> bool:
    """Tell whether `day` is a public holiday (helligdag), not counting ordinary Sundays.

    Christmas Eve is one here: shops must close (lukkeloven § 1), and nobody is at work.
    """
    christmas_eve = (day.month, day.day) == (12, 24)
    return christmas_eve or day in holidays.country_holidays("DK", years=day.year, language="da")


@lru_cache(maxsize=8192)
def is_bank_day(day: date) -> bool:
    """Tell whether Danish banks settle payments on `day` (bankdag)."""
    return day.weekday() < FIRST_WEEKEND_DAY and day not in _closed_days(day.year)


def next_bank_day(day: date) -> date:
    """Return `day` itself if it is a bank day, else the first bank day after it."""
    while not is_bank_day(day):
        day += ONE_DAY
    return day


def previous_bank_day(day: date) -> date:
    """Return `day` itself if it is a bank day, else the last bank day before it."""
    while not is_bank_day(day):
        day -= ONE_DAY
    return day


def add_bank_days(day: date, count: int) -> date:
    """Return the `count`th bank day after `day` (zero: `day`, rolled to a bank day).

    Raises:
        ValueError: `count` is below zero.
    """
    if count < 0:
        raise ValueError(f"cannot add {count} bank days")
    if count == 0:
        return next_bank_day(day)
    for _ in range(count):
        day = next_bank_day(day + ONE_DAY)
    return day


def months_after(day: date, months: int) -> date:
    """Return the same day so many months on, or the month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the instant the wall clock in Copenhagen shows that hour on `day`, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=COPENHAGEN).astimezone(UTC)
