"""Mette's late claim, Anna who may waive, and what stands posted."""

from datetime import date

import pytest
from sqlalchemy import select

from data.models.claims import Claim
from data.models.postings import Posting
from outreach import postings
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    """1,200 kr. for childcare, late since 15 September, with how to pay."""
    return await make.claim(
        runtime,
        mette,
        due_date=date(2026, 9, 15),
        payment_id="000000000000018",
        creditor_no="12345678",
    )


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def waive(runtime):
    async def once(posting_id, staff, reason="Regningen kom for sent"):
        async with runtime.transaction() as session:
            return await postings.waive(session, runtime, posting_id, staff, reason)

    return once


@pytest.fixture
def now(runtime):
    """The claim as it stands."""

    async def look(claim):
        async with runtime.transaction() as session:
            return await session.get_one(Claim, claim.id)

    return look


@pytest.fixture
def posted(runtime):
    """All postings, oldest first."""

    async def look():
        async with runtime.transaction() as session:
            return list(await session.scalars(select(Posting).order_by(Posting.id)))

    return look
