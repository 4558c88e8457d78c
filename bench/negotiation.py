"""From what a citizen said to proposals; beside a bare loop that makes as many instalments."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from data.law.law import Law
from data.municipalities.policy import Policies
from data.values.money import Money
from data.values.time import months_after
from outreach.rules.instalments import MOST_INSTALMENTS, lay_out
from outreach.rules.negotiation import Owed, negotiate
from outreach.rules.wish import Every, Rhythm, Wish

if TYPE_CHECKING:
    from data.municipalities.policy import Policy
    from outreach.rules.negotiation import Negotiated

ROUNDS = 20
_TODAY = date(2026, 11, 24)
_WISHES = (
    Wish(amount=Money.kroner(200)),
    Wish(amount=Money.kroner(100), rhythm=Rhythm(Every.WEEK)),
    Wish(amount=Money.kroner(300), rhythm=Rhythm(Every.MONTH, last_bank_day=True)),
    Wish(count=12),
    Wish(first_share=Fraction(1, 2), first_on=_TODAY, days=(date(2027, 2, 1),)),
    Wish(amount=Money.kroner(200), first_amount=Money.kroner(500), first_on=_TODAY),
    Wish(whole=True, payday=True),
)
#: As many instalments as a plan can have.
_LONGEST = Wish(amount=Money.kroner(1))
_TYPES = ("dagtilbud", "bibliotek", "fjernvarme")


type Talk = tuple[list[Owed], Wish, Policy]


def measure() -> list[tuple[str, str]]:
    """Negotiate every wish about one to three claims, with interest in agreements and without."""
    law, (albertslund, faxe, with_interest) = Law.load(), _policies()
    owed = [_owed(number) for number in range(3)]
    plain = product([albertslund, faxe], _WISHES, range(1, 4))
    talks = [(owed[:claims], wish, policy) for policy, wish, claims in plain]
    costly = [(owed, wish, with_interest) for wish in _WISHES]
    longest = [([replace(owed[0], amount=Money.kroner(MOST_INSTALMENTS))], _LONGEST, albertslund)]
    answers, bare = _timed(talks, law)
    return [
        (f"negotiation, an answer ({len(answers):,}; asked: under 5 ms)", _told(answers)),
        ("as many instalments in a bare loop", _told(bare)),
        ("three claims that bear interest meanwhile", _told(_timed(costly, law)[0])),
        ("the longest plan there can be", _told(_timed(longest, law)[0])),
    ]


def _timed(talks: list[Talk], law: Law) -> tuple[list[float], list[float]]:
    """Return the seconds of each answer, and of a bare loop beside it."""
    answers, bare = list[float](), list[float]()
    for _ in range(ROUNDS):
        for owed, wish, policy in talks:
            lay_out.cache_clear()
            began = time.perf_counter()
            found = negotiate(owed, wish, policy, law, _TODAY)
            answered = time.perf_counter()
            _bare(found)
            bare.append(time.perf_counter() - answered)
            answers.append(answered - began)
    return answers, bare


def _policies() -> list[Policy]:
    """Both municipalities, and one of them as if its council had decided on interest."""
    known = Policies.load()
    plain = known["albertslund"]
    runs_on = plain.interest.model_copy(update={"charged": True, "in_agreements": True})
    return [plain, known["faxe"], plain.model_copy(update={"interest": runs_on})]


def _owed(number: int) -> Owed:
    due = date(2026, 11, 2) - timedelta(days=40 * number)
    return Owed(f"A-{number}", _TYPES[number], Money.kroner(1200), due)


def _bare(found: Negotiated) -> list[tuple[date, int]]:
    """Part the sums over months: no bank days, no law, no limits, no other ways."""
    return [
        (months_after(_TODAY, number), one.total.oere // len(one.rates))
        for one in found.proposals
        for number in range(len(one.rates))
    ]


def _told(values: list[float]) -> str:
    worst = sorted(values)[int(len(values) * 0.95)]
    return f"median {statistics.median(values) * 1000:.3f} ms, 95 % {worst * 1000:.3f} ms"
