"""Sums, percentages and days as law files write them, checked when they are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from data.values.money import NOTHING, Money

_LEAP_YEAR = 2000  # so that the 29th of February is a day


def _kroner(given: object) -> Money:
    if isinstance(given, Money):
        return given
    amount = Money.parse(str(given))
    if amount < NOTHING:
        raise ValueError("must be 0 kroner or more")
    return amount


def _month_and_day(text: str) -> str:
    try:
        date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    except ValueError:
        raise ValueError('must be a month and a day such as "06-05", in quotes') from None
    return text


#: A sum written in kroner (kr.), kept in øre; never below zero.
Kroner = Annotated[Money, BeforeValidator(_kroner)]
#: A percentage (procent) from 0 to 100.
Percent = Annotated[Decimal, Field(ge=0, le=100)]
#: Percentage points (procentpoint) of a rate that may be below zero, as the Nationalbank's was.
Points = Annotated[Decimal, Field(ge=-10, le=100)]
#: A day of every year, such as `06-05` (Grundlovsdag).
DayOfYear = Annotated[str, AfterValidator(_month_and_day)]
