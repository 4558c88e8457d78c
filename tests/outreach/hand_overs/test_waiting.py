"""A caseworker can stop a claim until it has left, and no round proposes it again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.cases import Effect, Override, Task, TaskState
from data.models.claims import Claim, ClaimState, Outcome
from data.models.hand_overs import HandOver, HandOverState
from data.municipalities.ladders import Ground, StepKind
from data.values.recipients import Recipient
from outreach import hand_overs
from outreach.errors import NotFoundError
from outreach.hand_overs import AlreadyFiledError, ReasonMissingError
from outreach.ladder import ladder_round
from outreach.rules.ladder import Move
from tests.outreach.hand_overs.conftest import TODAY

MOVE = Move(
    StepKind.HAND_OVER,
    "hand_over:1",
    "F21 (line 37)",
    to=Recipient.STATE,
    ground=Ground.UNPAID_REMINDER,
    ready_on=TODAY + timedelta(days=7),
)


async def stop(town, staff, reason="aftalt pr. telefon"):
    async with town.runtime.transaction() as session:
        waiting = (await town.all(HandOver))[0]
        return await hand_overs.stop(session, town.runtime, waiting.id, staff, reason)


async def propose(town, owed, move=MOVE):
    async with town.runtime.transaction() as session:
        claim = await session.get_one(Claim, owed.id)
        await hand_overs.propose(session, town.runtime, [(claim, move)])
        waiting = select(HandOver).where(HandOver.state == HandOverState.WAITING)
        return (await session.scalars(waiting)).one()


async def test_a_claim_is_proposed_once(town):
    owed = await town.ready(ready_on=TODAY + timedelta(days=3))
    again = await propose(town, owed)
    assert again.ready_on == TODAY + timedelta(days=3)
    assert len(await town.all(HandOver)) == 1


async def test_what_was_stopped_can_be_proposed_anew(town):
    owed = await town.ready()
    await town.set_claim(state=ClaimState.DISPUTED)
    await town.file()
    anew = await propose(town, owed)
    assert (anew.state, anew.ready_on) == (HandOverState.WAITING, TODAY + timedelta(days=7))


async def test_only_a_hand_over_is_proposed(town):
    owed = await town.ready()
    with pytest.raises(ValueError, match="hands nothing over"):
        await propose(town, owed, Move(StepKind.REMINDER, "reminder:1", ""))


async def test_F21_a_caseworker_stops_it_in_the_quiet_period(town):
    await town.ready(ready_on=TODAY + timedelta(days=3))
    staff = await town.staff()
    await stop(town, staff)
    stopped = await town.hand_over()
    assert (stopped.state, stopped.stopped_by) == (HandOverState.STOPPED, staff.id)
    assert stopped.stopped_because == "aftalt pr. telefon"
    assert (await town.claim()).state is ClaimState.OPEN


async def test_A39_the_word_stands_on_record_and_no_round_proposes_it_again(town, clock):
    await town.ready(ready_on=TODAY + timedelta(days=3))
    await stop(town, await town.staff())
    [word] = await town.all(Override)
    assert (word.effect, word.step, word.reason) == (
        Effect.HOLD, "hand_over:1", "aftalt pr. telefon",
    )  # fmt: skip
    assert (await town.decision()).outcome is Outcome.REFUSED
    for _ in range(3):
        clock.travel(timedelta(days=5))
        await ladder_round(town.runtime, municipality="faxe")
        await town.file()
    assert [one.state for one in await town.all(HandOver)] == [HandOverState.STOPPED]


async def test_the_round_proposes_again_what_a_rule_stopped_once_it_fits_again(town, clock):
    await town.ready()
    await town.set_claim(state=ClaimState.DISPUTED)
    await town.file()
    await town.set_claim(state=ClaimState.OPEN)
    await ladder_round(town.runtime, municipality="faxe")
    anew = await town.hand_over("waiting")
    assert anew.ready_on > TODAY


async def test_what_has_left_can_no_longer_be_stopped(town):
    await town.ready()
    await town.file()
    with pytest.raises(AlreadyFiledError):
        await stop(town, await town.staff())
    assert (await town.hand_over()).state is HandOverState.FILED


async def test_a_stop_says_why(town):
    await town.ready()
    with pytest.raises(ReasonMissingError):
        await stop(town, await town.staff(), "  ")
    assert (await town.hand_over()).state is HandOverState.WAITING


async def test_another_municipalitys_list_is_none_of_theirs(town):
    await town.ready()
    with pytest.raises(NotFoundError):
        await stop(town, await town.staff(municipality="albertslund"))


async def test_what_lacks_a_field_can_be_stopped_too(town):
    await town.ready(period_start=None)
    await town.file()
    await stop(town, await town.staff())
    [task] = await town.all(Task)
    assert (await town.hand_over()).state is HandOverState.STOPPED
    assert (task.state, task.note) == (TaskState.DONE, "aftalt pr. telefon")


async def test_a_claim_paid_meanwhile_is_stopped_without_a_word_to_hold_it(town):
    await town.ready()
    await town.set_claim(state=ClaimState.PAID)
    await stop(town, await town.staff())
    assert await town.all(Override) == []


async def test_the_list_names_what_waits_and_the_first_to_leave_first(town):
    person = await town.debtor()
    await town.ready(person, ref="F-1", ready_on=TODAY + timedelta(days=5))
    await town.ready(person, ref="F-2", ready_on=TODAY + timedelta(days=1))
    async with town.runtime.transaction() as session:
        found = await hand_overs.listed(session, "faxe")
        others = await hand_overs.listed(session, "albertslund")
    assert [(one.claim_ref, one.citizen) for one in found] == [
        ("F-2", "Mette Hansen"),
        ("F-1", "Mette Hansen"),
    ]
    assert others == []
