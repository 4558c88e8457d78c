"""What the sum consists of is told as soon as there is more in it than the bill."""

from datetime import date

import pytest

from data.models.postings import Posting, PostingKind
from data.values.money import Money
from tests import make
from tests.bot.conftest import PROOF


@pytest.fixture
def post(runtime):
    """Put a posting on a claim, whose `charged` the story has set."""

    async def put(claim, kind, oere, key, **given):
        async with runtime.transaction() as session:
            posting = Posting(
                municipality=claim.municipality,
                claim_id=claim.id,
                kind=kind,
                amount=Money(oere),
                day=date(2026, 11, 23),
                key=key,
                basis="gebyrloven § 2",
                made_by="rule",
                created_at=runtime.clock.now(),
                **given,
            )
            session.add(posting)
        return posting

    return put


async def test_principal_fees_interest_and_what_was_paid_are_told_apart(
    write, runtime, mette, post
):
    claim = await make.claim(runtime, mette, charged=Money(26_200), paid=Money(30_000))
    await post(claim, PostingKind.FEE, 25_000, "fee:reminder:2")
    await post(claim, PostingKind.INTEREST, 1_200, "interest:month:1")
    await write("Hvor meget skylder jeg?", "how_much")
    said = await write(PROOF, "identify")
    assert ": 1.162 kr. Fristen var" in said
    assert (
        "Beløbet er regningen 1.200 kr., gebyr 250 kr., renter 12 kr., minus betalt 300 kr.\n"
        in said
    )


async def test_a_fee_alone_is_told_in_english_too(write, runtime, mette, post):
    claim = await make.claim(runtime, mette, charged=Money(25_000))
    await post(claim, PostingKind.FEE, 25_000, "fee:reminder:2")
    await write("How much do I owe you?", "how_much")
    said = await write(PROOF, "identify")
    assert "That is the bill 1,200 kr., fees 250 kr.\n" in said
    assert "interest" not in said


async def test_a_fee_that_was_waived_is_not_spoken_of(write, runtime, mette, post):
    claim = await make.claim(runtime, mette)
    fee = await post(claim, PostingKind.FEE, 25_000, "fee:reminder:2")
    await post(claim, PostingKind.FEE_WAIVED, -25_000, "waived:1", waives=fee.id)
    await write("Hvor meget skylder jeg?", "how_much")
    said = await write(PROOF, "identify")
    assert ": 1.200 kr." in said
    assert "Beløbet er" not in said


async def test_the_total_holds_the_fees(write, runtime, mette, post):
    claim = await make.claim(runtime, mette, charged=Money(25_000))
    await post(claim, PostingKind.FEE, 25_000, "fee:reminder:2")
    await make.claim(runtime, mette, claim_ref="A-2", principal=Money(30_050))
    await write("Hvor meget skylder jeg?", "how_much")
    assert "I alt: 1.750,50 kr." in await write(PROOF, "identify")


async def test_who_paid_the_bill_but_not_the_fee_still_owes_the_fee(write, runtime, mette, post):
    claim = await make.claim(runtime, mette, charged=Money(25_000), paid=Money(120_000))
    await post(claim, PostingKind.FEE, 25_000, "fee:reminder:2")
    await write("Hvor meget skylder jeg?", "how_much")
    assert ": 250 kr. Fristen var" in await write(PROOF, "identify")
