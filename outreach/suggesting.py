"""Gathers the claims that waiting money may be for, and lets the rule weigh them (forslag)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from data.queries import payments as questions
from data.queries.payments import Asked
from data.values.ids import CitizenId, ClaimId
from data.values.money import Money
from data.values.pay_lines import CARD_71_DIGITS
from data.values.time import day_of
from outreach.rules.suggestions import (
    Candidate,
    Suggestion,
    Unplaced,
    bare,
    digits_of,
    one_off,
    only_digits,
    suggest,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

#: Claims that are weighed for a payment because they share its sum, or a word of a name.
_OF_A_KIND: Final = 20


@dataclass
class _Found:
    """Candidates by what a payment may share with them."""

    by_number: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_sum: dict[tuple[Money, str], list[Candidate]] = field(
        default_factory=lambda: defaultdict(list)
    )
    by_word: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: Candidate) -> None:
        numbers = {bare(number) for number in one.payment_ids}
        for number in {*numbers, bare(only_digits(one.claim_ref)), one.claim_ref}:
            self.by_number[number].append(one)
        words = words_of(one.name)
        for amount in {one.outstanding, *one.next_instalments}:
            for word in {"", *words}:
                self.by_sum[amount, word].append(one)
        for word in words:
            self.by_word[word].append(one)

    def near(self, money: Unplaced) -> list[Candidate]:
        """Return those worth weighing for this payment."""
        numbers = {bare(number) for number in _numbers(money)} | {money.claim_ref or ""}
        near = [one for number in numbers for one in self.by_number.get(number, [])]
        words = words_of(money.payer)
        for kind in (
            *(self.by_sum.get((money.amount, word)) for word in words),
            *(self.by_word.get(word) for word in words),
            self.by_sum.get((money.amount, "")),
        ):
            near += (kind or [])[:_OF_A_KIND]
        return list({one.claim_id: one for one in near}.values())


async def suggestions(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    waiting: Mapping[int, Unplaced],
    *,
    by_name: bool = True,
) -> dict[int, list[Suggestion]]:
    """Return what each waiting payment may be for, the best first; nothing is placed by it.

    `by_name` looks for payers' names alone too, which only pays for the few that a page shows.
    """
    asked = _asked(waiting.values(), by_name=by_name)
    found = await _candidates(session, runtime, municipality, asked)
    return {number: suggest(money, found.near(money)) for number, money in waiting.items()}


def _asked(waiting: Iterable[Unplaced], *, by_name: bool) -> Asked:
    refs: set[str] = set()
    numbers: set[str] = set()
    sums: set[Money] = set()
    words: set[str] = set()
    for money in waiting:
        refs |= {money.claim_ref} if money.claim_ref else set()
        numbers |= _numbers(money)
        if money.payer or by_name:
            sums.add(money.amount)
        words |= words_of(money.payer) if by_name else set()
    numbers |= {number.zfill(CARD_71_DIGITS) for number in numbers}
    return Asked(frozenset(refs), frozenset(numbers), frozenset(sums), frozenset(words))


def _numbers(money: Unplaced) -> set[str]:
    """Return the numbers that a payment may mean; those one slip away come without zeros."""
    own = {money.payment_id, bare(money.payment_id)} if money.payment_id else set()
    near = one_off(money.payment_id) if money.payment_id else frozenset()
    return {*own, *near, *digits_of(money)}


async def _candidates(
    session: AsyncSession, runtime: Runtime, municipality: str, asked: Asked
) -> _Found:
    agreed = await questions.agreements_by_number(session, municipality, asked.numbers)
    rows = await questions.candidates(session, municipality, asked)
    today = day_of(runtime.clock.now())
    plans = await questions.plans_of(session, [row.id for row in rows], today)
    numbers: dict[ClaimId, set[str]] = defaultdict(set)
    for number, claim_ids in agreed.items():
        for claim_id in claim_ids:
            numbers[claim_id].add(number)
    found = _Found()
    for row in rows:
        rates = plans.get(row.id, set())
        own = {row.payment_id, *(number for number, _ in rates), *numbers[row.id]}
        found.add(
            Candidate(
                claim_id=ClaimId(row.id),
                citizen_id=CitizenId(row.citizen_id),
                claim_ref=row.claim_ref,
                payment_ids=frozenset(number for number in own if number),
                outstanding=row.outstanding,
                due_date=row.due_date,
                name=row.name,
                next_instalments=frozenset(amount for _, amount in rates),
            )
        )
    return found
