"""Mette with two claims, a plan on them, and her page at the desk."""

from datetime import UTC, date, datetime

import pytest

from data.models.agreements import AgreementClaim, Instalment
from data.models.claims import Claim, ClaimState
from tests import make, make_desk

#: When the plan was agreed: three weeks before the story's own day.
AGREED = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
DAYS = [date(2026, 11, 9), date(2026, 11, 16), date(2026, 12, 1), date(2027, 1, 4)]


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    """Childcare, 1,200 kr."""
    return await make.claim(runtime, mette, due_date=date(2026, 10, 1))


@pytest.fixture
async def talk(runtime, mette):
    now = runtime.clock.now()
    return await make.conversation(runtime, mette, identity_level=2, identity_at=now)


@pytest.fixture
def page(mette):
    return f"/desk/citizens/{mette.id}"


@pytest.fixture
async def plan(runtime, clock, talk, claim):
    """Four instalments of 300 kr. agreed three weeks ago, the first two on days that are over."""
    return await agree(runtime, clock, talk, claim)


async def agree(runtime, clock, talk, claim, **given):
    now = clock.now()
    clock.travel(AGREED - now)
    covered = AgreementClaim(
        municipality=claim.municipality, claim_id=claim.id, amount=claim.outstanding, position=1
    )
    agreed = await make_desk.plan(
        runtime, talk, parts=len(DAYS), total=claim.outstanding, claims=[covered], **given
    )
    async with runtime.transaction() as session:
        for number, day in enumerate(DAYS, start=1):
            (await session.get_one(Instalment, (agreed.id, number))).due_on = day
        (await session.get_one(Claim, claim.id)).state = ClaimState.IN_PLAN
    clock.travel(now - AGREED)
    return agreed


@pytest.fixture
def send(anna, page):
    async def sent(act, **fields):
        data = {"csrf_token": await anna.secret(page), **fields}
        return await anna.client.post(f"{page}/{act}", data=data)

    return sent


@pytest.fixture
async def at_mettes(runtime, anna, mette):
    """Anna has said why she is at Mette's pages."""
    return await make_desk.reader(runtime, mette)
