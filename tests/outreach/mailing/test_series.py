"""Fees of one series know of each other, whoever sends and whatever dies (renteloven § 9 b)."""

import asyncio
from datetime import date

from sqlalchemy import select, update

from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting
from data.values.money import Money
from outreach.mailing import writing
from tests import make
from tests.outreach.mailing.post import count, decide, late_claim, send, was_reminded


async def two_civil_claims(runtime):
    """Rent of two months, both due their second reminder, with its 100 kr."""
    person = await make.citizen(runtime)
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    for number in (1, 2):
        owed = await late_claim(runtime, person, claim_ref=f"A-{number}", claim_type="fjernvarme")
        await was_reminded(runtime, owed)
    assert (await decide(runtime, "albertslund")).steps == {"reminder:2": 2}


async def fees(runtime):
    async with runtime.transaction() as session:
        return sorted(await session.scalars(select(Letter.fee)))


async def test_two_letters_of_one_series_cost_one_fee(runtime):
    await two_civil_claims(runtime)
    await send(runtime, "albertslund")
    assert await fees(runtime) == [Money(0), Money(10000)]
    assert await count(runtime, Posting) == 1


async def test_two_senders_at_once_charge_one_fee_between_them(runtime):
    await two_civil_claims(runtime)
    await asyncio.gather(*(send(runtime, "albertslund") for _ in range(4)))
    assert await fees(runtime) == [Money(0), Money(10000)]
    assert await count(runtime, Posting) == 1


async def test_a_fee_in_a_letter_that_is_just_leaving_counts_too(runtime):
    """Its posting comes when it has left; another sender must not wait for that."""
    await two_civil_claims(runtime)
    async with runtime.transaction() as session:
        [first, second] = (await writing.take(session, runtime, "albertslund", None)).leaving
        await session.execute(  # the second letter is another sender's
            update(Letter)
            .where(Letter.id == second.letter.id)
            .values(status=LetterStatus.QUEUED, sending_since=None, body=None, pay_by=None,
                    written_on=None, fee=Money(0))
        )  # fmt: skip
    assert await fees(runtime) == [Money(0), Money(10000)]
    assert first.letter.id != second.letter.id
    await send(runtime, "albertslund")
    assert await fees(runtime) == [Money(0), Money(10000)]
