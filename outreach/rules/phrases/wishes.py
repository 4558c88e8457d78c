"""Reads what somebody will pay, how often and from when (ønske), out of a whole message.

A message is parted into clauses, and those about debts, wages and chat are left out
(`clauses.py`). What remains is cut where a new sum or day may begin, each part is read alone
(`lumps.py`), and parts that say one thing between them ("200", "d. 1.") are put together again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from data.values.money import NOTHING
from outreach.rules.phrases.calendar import MONTH
from outreach.rules.phrases.clauses import is_chat, offers_in
from outreach.rules.phrases.lumps import Lump, lowest_of_ranges, lump_in, not_before
from outreach.rules.phrases.numbers import plain
from outreach.rules.phrases.rhythms import rhythm_in
from outreach.rules.wish import Every, Rhythm, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from data.values.money import Money

#: No message names more parts than this; a hostile one is not read further.
_MOST_LUMPS = 24
#: Two days a month are, near enough, every 14 days.
_TWICE_A_MONTH = 2
_CUTS = re.compile(
    r" *(?:,(?!\d)|;| - | \+ | & |\bog saa\b|\bog\b|\band then\b|\band\b|\bsamt\b|\beller\b"
    r"|\bor\b|\bplus\b"
    r"|\bderefter\b"
    r"|\bherefter\b|\bdernaest\b|\bbagefter\b|\bsaa\b|\bthen\b|\bafter that\b|\bafterwards\b) *"
    r"(?=\w)(?!(?:en|et|a) (?:halvt?|half)\b)"
    r"|(?<= nu) (?=\d)|(?<= now) (?=\d)"
    r"|(?<=[\d.]) (?=(?:d|den|dn)\b\.? ?\d)"
    r"|(?<=\w)(?<! for)(?<! af)(?<! of) "
    r"(?=(?:resten|the rest|restbeloebet|halvdelen|the other half)\b)"
    r"|(?<=\w)(?<!other)(?<!the)(?<! a)(?<! an) (?=half\b)"
    rf"|(?<=[a-z]) (?=\d\d?\.? ?{MONTH})"
)
_DAY_ALONE = re.compile(r"\d{1,2}$")
_OPENING = re.compile(
    r"\b(?:foerst|foerste|start\w*|begynd\w*|first|initially|til at starte med)\b"
)


def parse_wish(text: str, today: date) -> Wish:
    """Return what a citizen asks for (ønske); what is not said is not guessed.

    No day of a wish is before `today`, and no sum of it is nothing or less.
    """
    said = offers_in(plain(text))
    wish = _assembled(_joined(_lumps(said.offered, today)))
    if wish.amount and wish.rhythm is None and not (wish.days or wish.parts) and said.refused:
        # "kan ikke betale 500 om måneden, men 200": the rhythm still stands.
        return replace(wish, rhythm=rhythm_in(" ; ".join(said.refused)))
    return wish


def _lumps(clauses: Sequence[str], today: date) -> list[Lump]:
    """Cut clauses where a new sum or day may begin, and read each part alone."""
    found: list[Lump] = []
    for clause in clauses:
        parts = _CUTS.split(lowest_of_ranges(clause))[: _MOST_LUMPS - len(found)]
        lumps = [lump for lump in _read(parts, today) if not lump.is_empty]
        if not (all(lump.is_only_a_day for lump in lumps) and is_chat(clause)):
            found += lumps
    return _in_order(found)


def _in_order(lumps: Sequence[Lump]) -> list[Lump]:
    """Let bare days go on from those named before them: after "d. 10", "d. 30" is the next 30th."""
    found: list[Lump] = []
    since = None
    for lump in lumps:
        found.append(not_before(lump, since))
        since = found[-1].day or since
    return found


def _read(parts: Iterable[str], today: date) -> Iterator[Lump]:
    """Read parts one by one; of "d. 1 og 30" the 30 is a day, alone it is a sum, and 2 neither."""
    after_day = False
    for part in parts:
        lump = lump_in(part.strip(), today)
        if _DAY_ALONE.match(part.strip()):
            lump = replace(lump, amount=None) if after_day else replace(lump, day=None)
        yield lump
        after_day = lump.day is not None


def _joined(lumps: Sequence[Lump]) -> list[Lump]:
    """Put parts together again that say one thing between them: "200", then "d. 1."."""
    joined: list[Lump] = []
    for lump in lumps:
        if joined and _belongs(joined[-1], lump):
            joined[-1] = _both(joined[-1], lump)
        else:
            joined.append(lump)
    return joined


def _belongs(first: Lump, second: Lump) -> bool:
    if second.is_rest or second.share or (first.is_rest and second.is_size):
        return False
    if first.day and second.day and first.day != second.day:
        return False
    if first.is_now and second.payday:
        return False
    return not (first.is_size and second.is_size and (first.amount is None or second.is_settled))


def _both(first: Lump, second: Lump) -> Lump:
    text = f"{first.text} {second.text}"
    rhythm = rhythm_in(text) if first.rhythm or second.rhythm or second.day else None
    rhythm = rhythm or first.rhythm or second.rhythm
    amount = first.amount or second.amount
    count = first.count or second.count
    lump = Lump(
        text=text,
        amount=amount,
        share=first.share,
        is_whole=(first.is_whole or second.is_whole) and not amount and not count,
        is_rest=first.is_rest,
        day=first.day or second.day,
        is_now=first.is_now or second.is_now,
        payday=first.payday or second.payday,
        rhythm=rhythm,
        count=count,
    )
    return lump.without_day_of_rhythm()


def _assembled(lumps: Sequence[Lump]) -> Wish:
    """Make one wish of the parts."""
    at = next((number for number, lump in enumerate(lumps) if lump.share), None)
    if at is not None:
        first = lumps[at]
        begun = Wish(first_share=first.share, first_on=first.day)
        return _going_on(begun, [*lumps[:at], *lumps[at + 1 :]], is_last=False)
    sums = [lump for lump in lumps if lump.amount and not lump.is_rest]
    later = [lump for lump in lumps if not lump.amount or lump.is_rest]
    if sums and any(lump.is_rest or (lump.is_whole and lump.day) for lump in later):
        return _going_on(_begun(sums), later, is_last=True)
    if len(sums) > 1:
        return _of_several(sums, later)
    sized = sums or [lump for lump in lumps if lump.amount]  # "resten 500 om måneden"
    return _of_one(sized[0] if sized else None, lumps)


def _begun(sums: Sequence[Lump]) -> Wish:
    """Begin with a first sum, or with several that have their days."""
    parts = _parts(sums)
    if len(parts) > 1:
        return Wish(parts=parts)
    return Wish(first_amount=sums[0].amount, first_on=sums[0].day)


def _parts(sums: Sequence[Lump]) -> tuple[tuple[date, Money], ...]:
    dated = {lump.day: lump.amount for lump in sums if lump.day and lump.amount}
    return tuple(sorted(dated.items()))


def _going_on(begun: Wish, later: Sequence[Lump], *, is_last: bool) -> Wish:
    """Add what comes after a first payment: how much, how often, on which days, in how many."""
    days = {lump.day for lump in later if lump.day} - {begun.first_on}
    wish = replace(
        begun,
        amount=next((lump.amount for lump in later if lump.amount), None),
        rhythm=next((lump.rhythm for lump in later if lump.rhythm), None),
        count=next((lump.count for lump in later if lump.count), None),
        days=tuple(sorted(day for day in days if not begun.first_on or day > begun.first_on)),
        payday=any(lump.payday and not lump.day for lump in later),
    )
    says_when = wish.amount or wish.rhythm or wish.count or wish.days or wish.payday
    is_in_two = any(lump.is_size for lump in later) or is_last
    return wish if says_when or not is_in_two else replace(wish, count=1)


def _of_several(sums: Sequence[Lump], later: Sequence[Lump]) -> Wish:
    """Make a wish of two sums or more: a first one and those after it, or one a day."""
    series = [lump for lump in sums if lump.is_series]
    others = [lump for lump in sums if lump not in series]
    if len(series) > 1:
        least = min(series, key=_amount_of)  # no wish holds two of them
        return _of_one(least, [least, *later])
    if series and others:
        is_said_first = sums[0] is series[0] and not others[0].is_now
        if is_said_first and not others[0].day:
            return _of_one(series[0], [series[0], *later])
        begun = Wish(parts=_parts(others)) if is_said_first else _begun(others)
        return _going_on(begun, [*series, *later], is_last=False)
    parts = _parts(sums)
    if len(parts) > 1 and not series:
        return Wish(parts=parts)
    if sums[0].day or _OPENING.search(sums[0].text):
        begun = Wish(first_amount=sums[0].amount, first_on=sums[0].day)
        return _going_on(begun, [*sums[1:], *later], is_last=False)
    least = min(sums, key=_amount_of)
    return _of_one(least, [least, *later])


def _of_one(sized: Lump | None, lumps: Sequence[Lump]) -> Wish:
    """Make a wish of one sum, or of none: all of it at once, a number of instalments, days."""
    count = next((lump.count for lump in lumps if lump.count), None)
    rhythm = next((lump.rhythm for lump in lumps if lump.rhythm), None)
    days = sorted({lump.day for lump in lumps if lump.day})
    if rhythm and len(days) > 1:
        rhythm, days = _from_one_day(rhythm, days)
    is_whole = any(lump.is_whole or lump.is_rest for lump in lumps)
    return Wish(
        amount=sized.amount if sized else None,
        rhythm=rhythm,
        first_on=days[0] if len(days) == 1 else None,
        days=tuple(days) if len(days) > 1 else (),
        count=count,
        whole=is_whole and sized is None and count is None and rhythm is None,
        payday=any(lump.payday for lump in lumps) and not days and not _has_day(rhythm),
    )


def _from_one_day(rhythm: Rhythm, days: list[date]) -> tuple[Rhythm, list[date]]:
    """Begin a rhythm on one day: "hver fredag fra d. 4." is on the 4th."""
    if rhythm.every is Every.MONTH and len(days) == _TWICE_A_MONTH:
        return Rhythm(Every.FORTNIGHT), days[:1]
    return rhythm, days[-1:]


def _amount_of(lump: Lump) -> Money:
    return lump.amount or NOTHING


def _has_day(rhythm: Rhythm | None) -> bool:
    return rhythm is not None and (rhythm.day_of_month is not None or rhythm.last_bank_day)
