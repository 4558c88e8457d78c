"""One conversation: Mette writes, and Anna and Bo may read her."""

import pytest

from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


@pytest.fixture
async def anna(anna, runtime, mette):
    """Anna, who has said why she opens Mette's pages."""
    await make_desk.reader(runtime, mette)
    return anna


@pytest.fixture
async def bo(bo, runtime, mette):
    """Bo, who has too."""
    await make_desk.reader(runtime, mette, "bo")
    return bo
