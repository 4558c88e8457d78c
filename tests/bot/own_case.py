"""A citizen asks about their own case: first told in general, then of the case once proven."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from data.models.citizens import Citizen
from tests import make
from tests.bot.conftest import PROOF

if TYPE_CHECKING:
    from data.models.claims import Claim
    from outreach.runtime import Runtime

#: A bill with a payment line, sent in time: what a step and a fee ask for.
BILLED = {"payment_id": "18", "creditor_no": "81234567"}


async def owes(runtime: Runtime, municipality: str = "albertslund", **given: Any) -> Claim:
    """Let Mette of this municipality owe 1,200 kr., be written to today, and payments be known."""
    person = await make.citizen(runtime, municipality=municipality)
    await make.coverage(runtime, municipality, date(2026, 11, 23))
    written = {"first_contact_at": runtime.clock.now()}
    return await make.claim(runtime, person, **{**BILLED, **written, **given})


async def owes_too(runtime: Runtime, owed: Claim, **given: Any) -> Claim:
    """Let the same citizen owe another claim, that they were written to about today."""
    async with runtime.transaction() as session:
        person = await session.get_one(Citizen, owed.citizen_id)
    written = {"first_contact_at": runtime.clock.now()}
    return await make.claim(runtime, person, **{**BILLED, **written, **given})


async def told(write: Any, text: str, intent: str, to: str = "albertslund") -> tuple[str, str]:
    """Ask, prove who it is, and return what was said in general and then of the case."""
    general = await write(text, intent, to=to)
    return general, await write(PROOF, "identify", to=to)
