"""Which other ways there are beside a plan (alternativer): never harder than it: pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.values.money import NOTHING, Money
from data.values.time import ONE_DAY, months_after
from outreach.rules.instalments import STEPS, Series, Terms, least_each
from outreach.rules.wish import Every

if TYPE_CHECKING:
    from data.municipalities.policy import Respite
    from outreach.rules.plan_limits import Limits

#: "A month later" in weeks, so that the day of the week stays.
WEEKS_A_MONTH = 4


def gentler(terms: Terms, limits: Limits, until: date | None) -> Terms | None:
    """Return terms that ask for less at a time, down to half, or none.

    All of it at once becomes two halves a month apart. Instalments that come back become half as
    large, or as small as the least allowed and the last day let them be. By no day has more been
    asked for than by the terms themselves.
    """
    if terms.series is not None:
        return _with_less_each(terms, terms.series, limits, until)
    if len(terms.head) > 1:
        return None  # days of the citizen's own: another way is to begin later
    [(day, _)] = terms.head
    first = _half(limits.total)
    return Terms(((day, first), (months_after(day, 1), limits.total - first)))


def _with_less_each(
    terms: Terms, series: Series, limits: Limits, until: date | None
) -> Terms | None:
    head = tuple((day, _half(amount)) for day, amount in terms.head)
    rest = limits.total - sum((amount for _, amount in head), NOTHING)
    amounts = [_half(series.amount)]
    if limits.plans.least_monthly is not None:
        amounts.append(least_each(limits.plans.least_monthly, series.rhythm.every))
    if until is not None:
        room = limits.room(terms, until) - len(head)
        amounts.append(Money(-(-rest.oere // max(room, 1))))
    amount = max(amounts)
    if amount >= series.amount:
        return None
    return Terms(head, Series(series.rhythm, series.start, amount))


def later(terms: Terms, respite: Respite, today: date) -> Terms | None:
    """Return the same a month later, or all of it when payment can wait no longer; or none."""
    if terms.series is None and len(terms.head) == 1:
        [(day, amount)] = terms.head
        latest = today + timedelta(days=respite.assistant_may_grant_days)
        return Terms(((latest, amount),)) if latest > day else None
    head = tuple((months_after(day, 1), amount) for day, amount in terms.head)
    return Terms(head, _a_month_later(terms.series) if terms.series else None)


def _a_month_later(series: Series) -> Series:
    if series.rhythm.every.months:
        start = next(series.days()) + ONE_DAY
    else:
        start = series.start + STEPS[Every.WEEK] * WEEKS_A_MONTH
    return Series(series.rhythm, start, series.amount)


def _half(amount: Money) -> Money:
    return Money(-(-amount.oere // 2))
