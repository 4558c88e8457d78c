"""What an explanation says of a running plan: what comes, what is missed, and what follows."""

from __future__ import annotations

from datetime import date

import pytest

from outreach import citizens
from outreach.explain import explain
from outreach.rules.decision import Reason
from outreach.telling import tell
from tests import make


@pytest.fixture
async def frida(runtime):
    return await make.citizen(runtime, municipality="faxe", name="Frida Holm")


@pytest.fixture
def told(runtime):
    """The explanation of a claim, and the lines on where it stands now."""

    async def look(claim):
        async with runtime.transaction() as session:
            about = await explain(session, runtime, await session.merge(claim))
        [now] = [one for one in tell(about, "da").sections if one.key == "now"]
        return about, [line.text for line in now.lines]

    return look


async def test_a_running_plan_that_nobody_pays_is_found_broken_and_the_ladder_goes_on(
    frida, owed, in_plan, told, see
):
    claim = await owed(frida)
    await in_plan(claim)
    about, lines = await told(await see.claim(claim))
    assert about.now.reason is Reason.IN_PLAN
    foreseen = [(event.day, event.step) for event in about.ahead]
    # Five bank days of grace and the day the file tells; five of the way back, and that day.
    assert (date(2026, 12, 9), "plan_missed") in foreseen
    assert (date(2026, 12, 17), "plan_broken") in foreseen
    assert {"reminder:1", "hand_over:1"} <= {step for _, step in foreseen}
    assert "Næste rate er 400 kr. tirsdag 1. december 2026." in lines
    assert (
        "Kommer der ikke flere penge, er aftalen misligholdt torsdag 17. december 2026."
        " Derefter kommer 1. rykker tidligst"
    ) in " ".join(lines)


async def test_what_is_missed_and_until_when_it_can_be_made_good_is_told(
    frida, owed, in_plan, pay, told, see, mornings
):
    claim = await owed(frida)
    await in_plan(claim)
    await pay(claim, 10000)
    await mornings(date(2026, 12, 1), date(2026, 12, 9), council="faxe")
    about, lines = await told(await see.claim(claim))
    assert "så fristen er ikke begyndt" in " ".join(lines)  # the message has just left
    await mornings(date(2026, 12, 10), date(2026, 12, 10), council="faxe")
    about, lines = await told(await see.claim(claim))
    assert about.plan.missed[0].way_back_ends == date(2026, 12, 16)
    assert (
        "Af raten tirsdag 1. december 2026 mangler 300 kr. Den kan betales til og med"
        " onsdag 16. december 2026, og så tæller den ikke imod aftalen."
    ) in lines
    assert about.plan.breaks_on == date(2026, 12, 17)


async def test_a_plan_at_rest_says_so_and_is_not_foreseen_broken(
    runtime, frida, owed, in_plan, told, see
):
    claim = await owed(frida)
    await in_plan(claim)
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, frida.id, because="hard_illness")
    about, lines = await told(await see.claim(claim))
    assert about.plan.breaks_on is None
    assert any("Aftalen er sat i bero siden tirsdag 24. november 2026" in line for line in lines)
