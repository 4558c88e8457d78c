"""By when a person must answer (svarfrist): pure, from the office's hours and bank days."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data.values.time import (
    ONE_DAY,
    add_bank_days,
    at_local,
    copenhagen,
    is_bank_day,
    next_bank_day,
)

if TYPE_CHECKING:
    from data.municipalities.policy import Office

AT_ONCE = timedelta(minutes=5)
_LENGTH = re.compile(r"^(\d+) (hour|hours|bank day|bank days)$")


def is_due(words: str) -> bool:
    """Tell whether `words` is a way to say a due time: now, 1 hour, same day, 2 bank days."""
    return words in {"now", "same day"} or bool(_LENGTH.match(words))


def due_at(words: str, office: Office, now: datetime) -> datetime:
    """Return the instant by which a person must have answered, in UTC.

    Hours run on the wall clock, day and night; days end when the office closes.

    Raises:
        ValueError: `words` is no due time.
    """
    if words == "now":
        return now + AT_ONCE
    if words == "same day":
        return _end_of_office_day(office, now)
    length = _LENGTH.match(words)
    if length is None:
        raise ValueError(f"{words!r} is no due time")
    count, unit = int(length[1]), length[2]
    if unit.startswith("hour"):
        return now + timedelta(hours=count)
    day = add_bank_days(copenhagen(now).date(), count)
    return at_local(day, office.closes.hour, office.closes.minute)


def is_open(office: Office, now: datetime) -> bool:
    """Tell whether the office is open: on a bank day, within its hours."""
    local = copenhagen(now)
    return is_bank_day(local.date()) and office.opens <= local.time() < office.closes


def _end_of_office_day(office: Office, now: datetime) -> datetime:
    """When the office closes today, or on the next bank day if it has closed already."""
    day = copenhagen(now).date()
    closing = at_local(day, office.closes.hour, office.closes.minute)
    if is_bank_day(day) and now < closing:
        return closing
    return at_local(next_bank_day(day + ONE_DAY), office.closes.hour, office.closes.minute)
