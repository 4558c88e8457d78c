"""What must hold whenever the bookkeeper looks: every sum to the øre."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from sqlalchemy import select

from data.models.agreements import Agreement, AgreementState, Instalment
from data.models.cases import Task
from data.models.claims import Claim, ClaimState
from data.models.conversations import Message, MessageStatus
from data.models.payments import Allocation, Payment
from data.values.time import day_of
from outreach import ledger
from tests.years import bank_days

#: Where nothing more is asked for: paid here, or in others' hands.
_NOT_ASKED = {
    ClaimState.PAID, ClaimState.DISPUTED, ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF,
    ClaimState.SHELVED,
}  # fmt: skip


async def same(runtime, council, books):
    """Hold every claim, payment and part against the bookkeeper's."""
    async with runtime.transaction() as session:
        claims = await _all(session, Claim, council)
        payments = await _all(session, Payment, council)
        parts = await _all(session, Allocation, council)
    refs = {claim.id: claim.claim_ref for claim in claims}
    stand: Counter[str] = Counter()
    put: Counter[int] = Counter()
    for part in parts:
        stand[refs[part.claim_id]] += part.amount.oere
        put[part.payment_id] += part.amount.oere
    product = {
        claim.claim_ref: (
            claim.principal.oere, claim.charged.oere, claim.paid.oere, claim.outstanding.oere,
            stand[claim.claim_ref],
        )
        for claim in claims
    }  # fmt: skip
    expected = {
        bill.ref: (bill.principal, bill.charged, bill.paid, bill.outstanding, bill.paid)
        for bill in books.bills.values()
    }
    assert _differing(product, expected) == {}
    booked = {
        one.payment_ref: (one.amount.oere, one.allocated.oere, put[one.id]) for one in payments
    }
    known = {one.ref: (one.amount, one.allocated, one.allocated) for one in books.sums.values()}
    assert _differing(booked, known) == {}
    assert books.adds_up()
    for claim in claims:
        fits = claim.state in _NOT_ASKED if not claim.outstanding else True
        assert fits, f"{claim.claim_ref} is {claim.state} with nothing owed"
        assert claim.state is not ClaimState.PAID or not claim.outstanding, claim.claim_ref
    await _even(runtime, council)


async def _all(session, kind, council):
    return list(await session.scalars(select(kind).where(kind.municipality == council)))


def _differing(product, expected):
    return {
        key: {"product": product.get(key), "bookkeeper": expected.get(key)}
        for key in product.keys() | expected.keys()
        if product.get(key) != expected.get(key)
    }


async def _even(runtime, council):
    """The product's own books are even: claims + postings - payments - write-offs."""
    today = day_of(runtime.clock.now())
    async with runtime.transaction() as session:
        found = await ledger.reconcile(
            session, runtime, council, today - timedelta(days=400), today - bank_days.ONE_DAY
        )
    assert found.is_even, found
    total = found.total
    added = total.fees + total.interest + total.waivers + total.write_offs
    assert total.opening + total.claims + added - total.payments == total.closing


async def totals(runtime, council, books):
    """The year's own totals, once its last day is over."""
    today = day_of(runtime.clock.now())
    async with runtime.transaction() as session:
        found = await ledger.reconcile(
            session, runtime, council, today - timedelta(days=400), today - bank_days.ONE_DAY
        )
    total, kept = found.total, books.totals
    assert total.claims.oere == kept["principal"]
    assert (total.waivers.oere, total.write_offs.oere) == (-books.waived, -books.written_off)
    charged = total.fees + total.interest + total.waivers + total.write_offs
    assert charged.oere == kept["charged"]
    assert total.payments.oere == kept["paid"]
    assert total.outstanding.oere == kept["outstanding"]
    assert found.waiting.oere == kept["waiting"]


async def states(runtime, council):
    """How many claims stand how."""
    async with runtime.transaction() as session:
        return Counter(claim.state.value for claim in await _all(session, Claim, council))


async def tasks(runtime, council):
    """How often a person was asked to look at money."""
    async with runtime.transaction() as session:
        return Counter(task.kind for task in await _all(session, Task, council))


async def messages(runtime, council):
    """How many messages of each kind left."""
    async with runtime.transaction() as session:
        return Counter(
            one.kind.value
            for one in await _all(session, Message, council)
            if one.status is MessageStatus.ACCEPTED
        )


async def written(runtime, council):
    """Which messages were written, whether or not they have left."""
    async with runtime.transaction() as session:
        return [one.kind.value for one in await _all(session, Message, council)]


async def balances(runtime, council):
    """What is paid on each claim, øre."""
    async with runtime.transaction() as session:
        found = await _all(session, Claim, council)
        return {claim.claim_ref: claim.paid.oere for claim in found}


async def waiting(runtime, council):
    """What waits for a person, øre."""
    async with runtime.transaction() as session:
        found = await _all(session, Payment, council)
        return sum(one.waiting.oere for one in found)


async def plans(runtime, council):
    """Instalments add up to what was agreed, rise, and fall on days banks are open."""
    async with runtime.transaction() as session:
        agreed = {
            one.id: one
            for one in await _all(session, Agreement, council)
            if one.accepted_at is not None
        }
        rates = defaultdict(list)
        for rate in await _all(session, Instalment, council):
            rates[rate.agreement_id].append(rate)
    for plan in agreed.values():
        own = sorted(rates[plan.id], key=lambda rate: rate.number)
        if not own:
            assert plan.respite_until is not None
            continue
        days = [rate.due_on for rate in own]
        assert sum(rate.amount.oere for rate in own) == plan.total.oere
        assert all(bank_days.is_open(day) for day in days), days
        assert len(set(days)) == len(days)
    return {
        state.value: sum(one.state is state for one in agreed.values()) for state in AgreementState
    }
