"""A citizen has written, and the assistant has made something of it."""

from __future__ import annotations

import pytest

from data.models.conversations import Hearer
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


@pytest.fixture
def wrote(runtime, talk):
    """Let the citizen have written something that Rasa understood so, with this confidence."""

    async def write(body, understood_as="how_much", confidence=0.4, **given):
        heard = {"understood_by": Hearer.RASA, "confidence": confidence} if understood_as else {}
        place = given.pop("talk", talk)
        return await make_desk.said(
            runtime, place, body, understood_as=understood_as, **heard | given
        )

    return write
