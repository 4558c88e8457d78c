"""What a walk foresees when a rest ends is what the program does: the same quiet days."""

from dataclasses import replace
from datetime import date

import pytest

from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.values.time import ONE_DAY, at_local
from outreach import cases, circumstances, citizens, disputes
from outreach import claims as claim_acts
from outreach.disputes import DisputeAnswer
from outreach.rules.case import Debtor
from outreach.rules.happenings import Disputed, Learned, Reopened
from outreach.rules.outlook import Walk
from tests import make, make_desk

NOW, THEN = date(2026, 11, 24), date(2026, 12, 3)


@pytest.fixture
async def frida(runtime):
    return await make_desk.staff(runtime, "frida", municipality="faxe")


@pytest.fixture
async def claim(runtime):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode Lund")
    return await make.claim(runtime, frode, claim_type="kontanthjaelp")


async def dispute(runtime, session, claim, frida):
    await claim_acts.dispute(session, runtime, [claim])


async def answer(runtime, session, claim, frida):
    verdict = DisputeAnswer.REJECTED
    await disputes.answer(session, runtime, claim.id, frida, verdict, "Regningen er set efter.")


async def benefit(runtime, session, claim, frida):
    citizen = await session.get_one(Citizen, claim.citizen_id)
    poor = "kontanthjaelp"
    await circumstances.record_circumstances(session, runtime, citizen, frida, benefit=poor)


async def work(runtime, session, claim, frida):
    citizen = await session.get_one(Citizen, claim.citizen_id)
    await circumstances.record_circumstances(session, runtime, citizen, frida, benefit=None)


async def freeze(runtime, session, claim, frida):
    await citizens.freeze(session, runtime, claim.citizen_id, because="crisis")


async def unfreeze(runtime, session, claim, frida):
    citizen = await session.get_one(Citizen, claim.citizen_id)
    await citizens.unfreeze(session, runtime, citizen, frida, "Vi har talt sammen.")


@pytest.mark.parametrize(
    ("rests", "ends", "happenings"),
    [
        (dispute, answer, [Disputed(NOW), Reopened(THEN)]),
        (benefit, work, [Learned(NOW, Debtor(benefit="kontanthjaelp")), Learned(THEN, Debtor())]),
        (freeze, unfreeze, [Learned(NOW, Debtor(is_frozen=True)), Learned(THEN, Debtor())]),
    ],
    ids=["dispute", "benefit", "freeze"],
)
async def test_a_walk_and_the_database_give_the_same_quiet_days(
    runtime, clock, claim, frida, rests, ends, happenings
):
    async def case_on(day):
        clock.instant = at_local(day, 10)
        async with runtime.transaction() as session:
            return (await cases.load(session, runtime, [claim.id]))[claim.id]

    def foreseen_on(day):
        faxe = runtime.policies["faxe"]
        return Walk(before, runtime.law, faxe, NOW, day, happenings).to_the_end().case

    # Somebody else writes first: only the rest is looked at here.
    before = replace(await case_on(NOW), contactable=False)
    for day, act in ((NOW, rests), (THEN, ends)):
        clock.instant = at_local(day, 10)
        async with runtime.transaction() as session:
            await act(runtime, session, await session.get_one(Claim, claim.id), frida)

    known, foreseen = await case_on(THEN), foreseen_on(THEN)
    last = date(2026, 12, 8)  # three bank days after Thursday 3 December
    assert foreseen.state is known.state is ClaimState.OPEN
    assert foreseen.paused_until == known.paused_until == last
    known, foreseen = await case_on(last + ONE_DAY), foreseen_on(last + ONE_DAY)
    assert foreseen.rested_until == known.rested_until == last
