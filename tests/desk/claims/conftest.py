"""Mette's late claim, its page at the desk, and what is sent from there."""

from datetime import timedelta

import pytest

from data.values.time import day_of
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette, clock):
    await make.coverage(runtime, "albertslund", day_of(clock.now()) - timedelta(days=1))
    return await make.claim(
        runtime, mette, payment_id="000000000000018", creditor_no="12345678", first_contact_at=None
    )


@pytest.fixture
def page(claim):
    return f"/desk/claims/{claim.id}"


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
