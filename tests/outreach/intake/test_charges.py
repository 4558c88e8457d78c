"""Files from the ledger and what stands on a claim besides its principal: fees and interest."""

from datetime import date

import pytest

from data.models.claims import ClaimState
from data.values.money import Money
from tests import make


@pytest.fixture
async def claim(runtime):
    """1,200 kr. and a fee of 250, as the file of claims knows it but for the fee."""
    return await make.claim(
        runtime,
        await make.citizen(runtime, debtor_id="0101801233"),
        charged=Money(25_000),
        due_date=date(2026, 11, 20),
        bill_sent_on=None,
    )


async def test_the_principal_alone_does_not_end_a_claim_with_a_fee(desk, claim):
    await desk.payments("P-1;A-1001;;1200;23-11-2026;")
    after = await desk.claim()
    assert (after.state, after.outstanding) == (ClaimState.OPEN, Money(25_000))


async def test_principal_and_fee_together_end_it_and_a_reversal_opens_it(desk, claim):
    await desk.payments("P-1;A-1001;;1200;23-11-2026;", "P-2;A-1001;;250;23-11-2026;")
    assert (await desk.claim()).state is ClaimState.PAID
    await desk.payments("P-3;A-1001;;-0,01;24-11-2026;")
    assert (await desk.claim()).state is ClaimState.OPEN


async def test_too_much_is_what_goes_beyond_the_fee_too(desk, claim):
    told = await desk.payments("P-1;A-1001;;1450;23-11-2026;")
    assert told.codes == []
    told = await desk.payments("P-2;A-1001;;0,01;23-11-2026;")
    assert told.codes == [(2, "amount", "overpaid")]
    assert "1450.00 kr." in told.problems[0].reason


async def test_a_claims_file_leaves_the_fee_where_it_is(desk, claim):
    await desk.claims({"principal": "1.300,00"})
    after = await desk.claim()
    assert (after.principal, after.charged) == (Money(130_000), Money(25_000))


async def test_a_principal_lowered_to_what_was_paid_leaves_the_fee_to_pay(desk, claim):
    await desk.payments("P-1;A-1001;;500;23-11-2026;")
    await desk.claims({"principal": "500,00"})
    after = await desk.claim()
    assert (after.state, after.outstanding) == (ClaimState.OPEN, Money(25_000))


async def test_a_principal_lowered_until_the_fee_is_covered_too_ends_the_claim(desk, claim):
    await desk.payments("P-1;A-1001;;750;23-11-2026;")
    await desk.claims({"principal": "500,00"})
    assert (await desk.claim()).state is ClaimState.PAID
    await desk.claims({"principal": "500,01"})
    assert (await desk.claim()).state is ClaimState.OPEN
