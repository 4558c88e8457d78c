"""Claims that are due a letter, and the post it goes by."""

from datetime import date

import pytest

from tests import make
from tests.outreach.mailing.post import Post, late_claim, was_reminded


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def runtime(runtime, post):
    return runtime.equip(post=post)


@pytest.fixture
async def faxe_claim(runtime):
    """A claim in Faxe that is due its only reminder: no fee, and the notice stands on it."""
    person = await make.citizen(runtime, municipality="faxe")
    await make.coverage(runtime, "faxe", date(2026, 11, 23))
    return await late_claim(runtime, person)


@pytest.fixture
async def costly_claim(runtime):
    """A claim in Albertslund that is due its second reminder: 250 kr."""
    person = await make.citizen(runtime)
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    owed = await late_claim(runtime, person)
    await was_reminded(runtime, owed)
    return owed
