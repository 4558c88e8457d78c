"""Makers of terms: instalments on bank days, and what is offered on claims."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.values.money import Money
from outreach import agreements
from outreach.agreements import Terms
from outreach.rules.instalments import Series, lay_out
from outreach.rules.instalments import Terms as Layout
from outreach.rules.wish import Every, Rhythm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.models.claims import Claim
    from outreach.rules.instalments import Rate

SHOWN = "Du betaler i alt 1.200 kr. i 6 rater. Når du siger ja, anerkender du gælden. Skriv JA."
TWO_HUNDRED = Money(20000)
FIRST_OF_DECEMBER = date(2026, 12, 1)
MONTHLY = Rhythm(Every.MONTH, 1)


def rates(
    total: Money, each: Money, *, first: date = FIRST_OF_DECEMBER, every: Every = Every.MONTH
) -> tuple[Rate, ...]:
    """Make instalments of `each` that add up to `total`, monthly from the first of December."""
    layout = Layout((), Series(Rhythm(every), first, each))
    return lay_out(layout, total, first - timedelta(days=1))


def plan(claims: Sequence[Claim], each: Money = TWO_HUNDRED, **given: object) -> Terms:
    """Make the terms of a plan on what may be agreed on for these claims."""
    laid = rates(agreements.total_of(claims), each, **given)  # type: ignore[arg-type]
    return Terms(claims, rates=laid, rhythm=MONTHLY)
