"""What is owed on a claim, in Python and in the database's own words: always the same."""

import pytest
from sqlalchemy import select

from data.models.claims import Claim
from data.queries import claims as claim_queries
from data.values.money import NOTHING, Money
from data.values.time import day_of
from tests import make

CASES = [
    # principal, charged, paid, is it settled, what is outstanding
    (100_000, 0, 0, False, 100_000),
    (100_000, 0, 99_999, False, 1),
    (100_000, 0, 100_000, True, 0),
    (100_000, 25_000, 100_000, False, 25_000),  # the fee is still owed
    (100_000, 25_000, 124_999, False, 1),
    (100_000, 25_000, 125_000, True, 0),
    (100_000, 25_000, 130_000, True, 0),  # too much was paid
]


@pytest.mark.parametrize(("principal", "charged", "paid", "is_settled", "outstanding"), CASES)
async def test_a_claim_is_settled_when_principal_and_charges_are_paid(
    runtime, principal, charged, paid, is_settled, outstanding
):
    mette = await make.citizen(runtime)
    claim = await make.claim(
        runtime, mette, principal=Money(principal), charged=Money(charged), paid=Money(paid)
    )
    assert (claim.owed, claim.is_settled) == (Money(principal + charged), is_settled)
    assert claim.outstanding == Money(outstanding)
    async with runtime.transaction() as session:
        row = (await session.execute(select(Claim.owed, Claim.is_settled))).one()
        found = list(await session.scalars(select(Claim).where(~Claim.is_settled)))
        overdue = await claim_queries.overdue_of(session, mette.id, day_of(runtime.clock.now()))
    assert (row.owed, row.is_settled) == (claim.owed, is_settled)
    assert len(found) == len(overdue) == (0 if is_settled else 1)


async def test_a_new_claim_is_charged_nothing(runtime):
    claim = await make.claim(runtime, await make.citizen(runtime))
    async with runtime.transaction() as session:
        assert (await session.get_one(Claim, claim.id)).charged == NOTHING
