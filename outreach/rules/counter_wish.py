"""How a wish goes on from what was said before (modforslag): "hellere 150", "den 15.": pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from outreach.rules.instalments import due_days
from outreach.rules.wish import Every, Rhythm, Wish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.values.money import Money
    from outreach.rules.instalments import Rate

#: The longest way a day is rolled to one on which banks are open (Easter, Christmas).
_ROLLED = timedelta(days=6)
#: Below this no rhythm shows in the instalments themselves.
_FEW = 3


def wish_of(rates: Sequence[Rate], rhythm: Rhythm | None) -> Wish:
    """Return what one would have had to say to get these instalments, rising by day."""
    if len(rates) == 1:
        return Wish(whole=True, first_on=rates[0].due_on)
    if rhythm is None:
        return Wish(parts=tuple((rate.due_on, rate.amount) for rate in rates))
    begins = _begins(rates[0].due_on, rhythm)
    if len(rates) >= _FEW and rates[0].amount != rates[1].amount:
        return Wish(
            first_amount=rates[0].amount,
            first_on=rates[0].due_on,
            amount=rates[1].amount,
            rhythm=rhythm,
        )
    return Wish(amount=rates[0].amount, rhythm=rhythm, first_on=begins)


def _begins(first: date, rhythm: Rhythm) -> date:
    """Return the day of the rhythm that was rolled to `first`."""
    if not rhythm.every.months or (rhythm.day_of_month is None and not rhythm.last_bank_day):
        return first
    return next(due_days(rhythm, first - _ROLLED))


def carried_on(before: Wish, now: Wish) -> Wish:
    """Return what is wished for by two messages: the later one rules, the earlier fills in.

    "hver 14. dag", then "200": 200 kr. every other week. A plan of 200 a month, then "hellere den
    15.": 200 on the 15th. "300 nu", then "200 om måneden": 300 first.
    """
    if now.is_empty or before.is_empty:
        return before if now.is_empty else now
    if now.parts or now.days or now.whole:
        return _when(before, now) if now.whole else now
    if now.amount or now.count or now.first_amount or now.first_share:
        return _other_size(before, now)
    return _other_days(before, now)


def with_another_sum(before: Wish, old: Money, new: Money) -> Wish | None:
    """Return a wish in which one sum is another: "kan de 500 blive 700", of three named days.

    The day after the last of them takes what is left. None: no sum that stands alone is the old.
    """
    if before.first_amount == old:
        return replace(before, first_amount=new)
    if [amount for _, amount in before.parts].count(old) != 1:
        return None
    parts = [(day, new if amount == old else amount) for day, amount in before.parts]
    if before.parts[-1][1] == old:
        return replace(before, parts=tuple(parts))
    return replace(before, parts=tuple(parts[:-1]), days=(parts[-1][0],))


def _when(before: Wish, now: Wish) -> Wish:
    """All of it at once: on the day said now, else on the one said before."""
    named = now.first_on or now.payday
    return now if named else replace(now, first_on=before.first_on, payday=before.payday)


def _other_size(before: Wish, now: Wish) -> Wish:
    kept = _as_first_payment(before, now)
    comes_first = now.first_amount or now.first_share
    goes_on = not (now.amount or now.count)
    first_on = now.first_on or (None if comes_first else kept.first_on)
    return replace(
        now,
        amount=kept.amount if goes_on else now.amount,
        count=kept.count if goes_on else now.count,
        first_amount=now.first_amount if comes_first else kept.first_amount,
        first_share=now.first_share if comes_first else kept.first_share,
        first_on=first_on,
        rhythm=now.rhythm or _for_day(kept.rhythm, None if comes_first else now.first_on),
        payday=now.payday or (kept.payday and first_on is None),
    )


def _as_first_payment(before: Wish, now: Wish) -> Wish:
    """Read a sum with a day and no rhythm as a first payment, where a sum a month follows."""
    is_once = before.amount and before.first_on and not (before.rhythm or before.count)
    if is_once and now.amount and now.rhythm and now.first_on is None:
        return Wish(first_amount=before.amount, first_on=before.first_on)
    return before


def _other_days(before: Wish, now: Wish) -> Wish:
    """Keep the sums, and take the new rhythm, day or payday."""
    begins = before.first_amount or before.first_share
    if begins and not (before.amount or before.count or now.rhythm):
        days = (now.first_on,) if now.first_on else ()
        return replace(before, days=days, whole=now.payday, payday=now.payday)
    if now.rhythm is not None:
        same = before.rhythm is not None and before.rhythm.every is now.rhythm.every
        first_on = now.first_on or (before.first_on if before.first_amount or same else None)
        if now.rhythm.day_of_month and not before.first_amount:
            # "fra januar", then "den 5. passer bedst": not sooner than was asked for
            first_on = now.first_on or (before.first_on and before.first_on - _ROLLED)
        kept = replace(before, whole=False, parts=(), days=(), payday=now.payday)
        return replace(kept, rhythm=now.rhythm, first_on=first_on)
    kept = replace(before, parts=(), days=())
    rhythm = _for_day(before.rhythm, now.first_on)
    if now.payday:
        rhythm = _by_payday(before.rhythm)
    return replace(kept, rhythm=rhythm, first_on=now.first_on, payday=now.payday)


def _by_payday(rhythm: Rhythm | None) -> Rhythm | None:
    """Let what came back come back on payday, so many months apart as before."""
    if rhythm is None:
        return None
    every = rhythm.every if rhythm.every.months else Every.MONTH
    return Rhythm(every, last_bank_day=True)


def _for_day(rhythm: Rhythm | None, day: date | None) -> Rhythm | None:
    """Let a monthly rhythm follow a new first day: "hellere den 15."."""
    if rhythm is None or day is None or not rhythm.every.months:
        return rhythm
    return Rhythm(rhythm.every)
