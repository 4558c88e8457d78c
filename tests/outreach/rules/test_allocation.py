"""Money is split to the øre, in the order that law and policy say, and taken back the same way."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.models.claims import ClaimState
from data.municipalities.policy import Order
from data.values.money import NOTHING, Money
from outreach.rules.allocation import (
    Part,
    Share,
    allocate,
    in_order,
    pass_on,
    state_after,
    take_back,
)

FIRST = date(2026, 1, 1)
SUMS = st.integers(0, 10**9).map(Money)
SHARES = st.lists(
    st.builds(
        lambda number, room, day, law: Share(UUID(int=number), room, FIRST + timedelta(day), law),
        st.integers(1, 10**6), SUMS, st.integers(0, 900), st.booleans(),
    ),
    min_size=1, max_size=12, unique_by=lambda share: share.ref,
)  # fmt: skip
ORDERS = st.lists(st.sampled_from(list(Order)), min_size=1, unique=True)


def total(parts):
    return sum((part.amount for part in parts), NOTHING)


@given(st.integers(1, 10**10).map(Money), SHARES)
def test_the_parts_add_up_and_only_the_last_gets_more_than_it_has_room_for(amount, shares):
    parts = {part.ref: part.amount for part in allocate(amount, shares)}
    assert total(allocate(amount, shares)) == amount
    for share in shares[:-1]:
        assert parts.get(share.ref, NOTHING) <= share.room
    left = amount
    for share in shares[:-1]:  # nobody gets anything while an earlier one is not full
        assert parts.get(share.ref, NOTHING) == min(left, share.room)
        left -= parts.get(share.ref, NOTHING)


@given(st.lists(st.integers(1, 10**7).map(Money), min_size=1, max_size=6), SHARES, st.randoms())
def test_the_order_in_which_money_comes_does_not_count(sums, shares, chance):
    def stand(amounts):
        paid = dict.fromkeys((share.ref for share in shares), NOTHING)
        for amount in amounts:
            left = [
                Share(share.ref, share.room - paid[share.ref], share.due_date) for share in shares
            ]
            for part in allocate(amount, left):
                paid[part.ref] += part.amount
        return paid

    mixed = list(sums)
    chance.shuffle(mixed)
    assert stand(sums) == stand(mixed)


@st.composite
def comings(draw):
    """Claims in their order, and money for all of them or for one, as it comes in."""
    shares = draw(SHARES)
    to = st.sampled_from([None, *(share.ref for share in shares)])
    return shares, draw(st.lists(st.tuples(st.integers(1, 10**9).map(Money), to), max_size=8))


class Standing:
    """What stands on claims: by their own reference, and of a payment for all of them."""

    def __init__(self, shares):
        self.shares = shares
        self.own = dict.fromkeys((share.ref for share in shares), NOTHING)
        self.shared = dict(self.own)

    def left(self):
        """What each has room for; below zero: what is too much."""
        return {s.ref: s.room - self.own[s.ref] - self.shared[s.ref] for s in self.shares}

    def rooms(self):
        left = self.left()
        return [Share(s.ref, max(left[s.ref], NOTHING), s.due_date) for s in self.shares]

    def take(self, amount, ref):
        if ref is not None:
            self.own[ref] += amount
            return
        for part in allocate(amount, sorted(self.rooms(), key=lambda share: bool(share.room))):
            self.shared[part.ref] += part.amount

    def pass_on(self):
        for share in self.shares:
            too_much = min(-self.left()[share.ref], self.shared[share.ref])
            for part in pass_on(share.ref, too_much, self.rooms()):
                self.shared[part.ref] += part.amount
        return self

    def lacks(self):
        return {ref: max(left, NOTHING) for ref, left in self.left().items()}


@given(comings())
def test_passed_on_none_has_too_much_of_it_while_another_lacks_and_no_oere_is_lost(come):
    shares, money = come
    standing = Standing(shares)
    for amount, ref in money:
        standing.take(amount, ref)
    before = sum(standing.shared.values(), NOTHING)
    left = standing.pass_on().left()
    assert sum(standing.shared.values(), NOTHING) == before
    assert all(stands >= NOTHING for stands in standing.shared.values())
    too_much = [ref for ref in left if left[ref] < NOTHING < standing.shared[ref]]
    assert not too_much or all(lack <= NOTHING for lack in left.values())


@given(comings(), st.randoms(), st.booleans())
def test_passed_on_every_claim_lacks_the_same_whatever_came_first(come, chance, each_time):
    shares, money = come
    first, second = Standing(shares), Standing(shares)
    for amount, ref in money:
        first.take(amount, ref)
    for amount, ref in chance.sample(money, len(money)):
        second.take(amount, ref)
        if each_time:
            second.pass_on()
    assert first.pass_on().lacks() == second.pass_on().lacks()


@given(SHARES, ORDERS)
def test_every_order_keeps_every_claim_and_is_the_same_whoever_asks(shares, order):
    ordered = in_order(shares, order)
    assert sorted(share.ref for share in ordered) == sorted(share.ref for share in shares)
    assert in_order(shares[::-1], order) == ordered


@pytest.mark.parametrize(
    ("order", "first"),
    [(Order.OLDEST_DUE, 1), (Order.PREFERENTIAL, 3), (Order.SMALLEST, 2), (Order.LARGEST, 3)],
)
def test_the_policys_first_word_decides(order, first):
    shares = [
        Share(UUID(int=1), Money(500), FIRST),
        Share(UUID(int=2), Money(100), FIRST + timedelta(1)),
        Share(UUID(int=3), Money(900), FIRST + timedelta(2), is_preferential=True),
    ]
    assert in_order(shares, (order,))[0].ref == UUID(int=first)


@given(st.integers(1, 10**10).map(Money), SHARES)
def test_what_was_put_is_taken_back_whole_and_the_last_comes_first(amount, shares):
    put = allocate(amount, shares)
    back = take_back(amount, put)
    assert back == [Part(part.ref, -part.amount) for part in reversed(put)]


@given(st.integers(1, 10**9).map(Money), SHARES)
def test_no_more_is_taken_back_than_stands(amount, shares):
    stands = [Part(share.ref, share.room) for share in shares]
    back = take_back(amount, stands)
    assert -total(back) == min(amount, total(stands))


def test_money_without_a_claim_is_a_fault():
    with pytest.raises(ValueError, match="on 0 claims"):
        allocate(Money(1), [])


@pytest.mark.parametrize(
    ("state", "paid", "then"),
    [
        (ClaimState.OPEN, 100, ClaimState.PAID),
        (ClaimState.IN_PLAN, 99, ClaimState.IN_PLAN),
        (ClaimState.IN_RESPITE, 100, ClaimState.PAID),
        (ClaimState.PAID, 99, ClaimState.OPEN),
        (ClaimState.DISPUTED, 100, ClaimState.DISPUTED),
        (ClaimState.HANDED_OVER, 100, ClaimState.HANDED_OVER),
        (ClaimState.WRITTEN_OFF, 100, ClaimState.WRITTEN_OFF),
    ],
)
def test_where_a_claim_stands_once_so_much_is_paid(state, paid, then):
    assert state_after(state, Money(100), Money(paid)) is then
