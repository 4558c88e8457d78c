"""A caseworker's word: held, approved, shelved, taken back; each with who, why and until when."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Effect, Override, Task, TaskState
from data.models.claims import Claim, ClaimState
from data.municipalities.ladders import Fact, Ground
from data.values.ids import new_id
from data.values.time import add_bank_days, day_of
from outreach import overrides, tasks
from outreach.errors import NotFoundError
from outreach.rules.decision import Reason
from tests import make, make_desk

THREE_FACTS = frozenset(Fact)


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette)


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def say(runtime, claim, anna):
    async def said(effect, step="all", reason="Efter samtale med borgeren.", **given):
        about, staff = given.pop("claim", claim), given.pop("staff", anna)
        async with runtime.transaction() as session:
            return await overrides.say(
                session,
                runtime,
                claim=about,
                staff=staff,
                effect=effect,
                step=step,
                reason=reason,
                **given,
            )

    return said


@pytest.fixture
def refused(say):
    async def why(*args, **given):
        with pytest.raises(overrides.NotAllowedError) as caught:
            await say(*args, **given)
        return caught.value.refused

    return why


async def revoke(runtime, override, staff, reason="Det var en fejl."):
    async with runtime.transaction() as session:
        return await overrides.revoke(session, runtime, override.id, staff, reason)


async def now_of(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get_one(Claim, claim.id)


async def a_task(runtime, claim, kind):
    async with runtime.transaction() as session:
        return await tasks.open_task(session, runtime, claim=claim, kind=kind)


async def task_of(runtime, task):
    async with runtime.transaction() as session:
        return await session.get_one(Task, task.id)


async def test_A39_any_step_can_be_held_with_a_reason_and_who_and_until_when_is_on_record(
    runtime, clock, say, claim, anna
):
    until = day_of(clock.now()) + timedelta(days=30)
    held = await say(Effect.HOLD, "reminder:1", until=until)
    assert (held.step, held.effect, held.until) == ("reminder:1", Effect.HOLD, until)
    assert (held.staff_id, held.at, held.reason) == (
        anna.id,
        clock.now(),
        "Efter samtale med borgeren.",
    )
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "override_said"))
    assert (entry.actor, entry.subject_id) == (f"staff:{anna.id}", str(claim.id))
    assert entry.facts["until"] == until.isoformat()
    assert entry.facts["effect"] == "hold"


async def test_A39_a_word_without_a_reason_does_not_stand(say):
    with pytest.raises(overrides.ReasonMissingError):
        await say(Effect.HOLD, reason="  ")


async def test_the_same_form_sent_twice_says_it_once(runtime, say):
    said = await asyncio.gather(*(say(Effect.HOLD, "notice:1") for _ in range(4)))
    assert len({each.id for each in said}) == 1
    await say(Effect.HOLD, "notice:1", "En anden grund")
    async with runtime.transaction() as session:
        assert len(list(await session.scalars(select(Override)))) == 2


async def test_a_day_that_has_passed_is_refused(clock, refused):
    yesterday = day_of(clock.now()) - timedelta(days=1)
    assert (await refused(Effect.HOLD, until=yesterday)).reason is Reason.IN_THE_PAST


@pytest.mark.parametrize("step", ["", "vask_op:1", "reminder", "reminder:0", "hand_over:1; drop"])
async def test_a_step_nobody_knows_is_refused(refused, step):
    assert (await refused(Effect.HOLD, step)).reason is Reason.NOT_IN_POLICY


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ClaimState.PAID, Reason.PAID),
        (ClaimState.WRITTEN_OFF, Reason.WRITTEN_OFF),
        (ClaimState.HANDED_OVER, Reason.HANDED_OVER),
    ],
)
async def test_what_is_over_has_no_step_left(runtime, mette, refused, state, reason):
    over = await make.claim(runtime, mette, claim_ref="A-2", state=state)
    assert (await refused(Effect.HOLD, claim=over)).reason is reason


async def test_A24_unwillingness_is_a_persons_assessment_and_answers_its_task(
    runtime, say, claim, anna
):
    task = await a_task(runtime, claim, "assess_hand_over")
    word = await say(Effect.APPROVE, "hand_over:1", ground=Ground.ABLE_BUT_UNWILLING)
    assert word.facts == {"ground": "able_but_unwilling"}
    done = await task_of(runtime, task)
    assert (done.state, done.closed_by, done.note) == (
        TaskState.DONE,
        anna.id,
        "Efter samtale med borgeren.",
    )


async def test_A26_a_hand_over_without_one_of_the_grounds_is_refused(refused):
    assert (await refused(Effect.APPROVE, "hand_over:1")).reason is Reason.NO_GROUND
    wrong = await refused(Effect.APPROVE, "hand_over:1", ground=Ground.UNPAID_REMINDER)
    assert wrong.reason is Reason.NO_GROUND
    assert "A24 (line 36)" in wrong.basis


async def test_a_step_that_a_rule_decides_needs_no_approval(refused):
    answer = await refused(Effect.APPROVE, "reminder:1")
    assert answer.reason is Reason.NOT_IN_POLICY
    assert answer.basis


async def test_a_notice_is_never_skipped_but_a_reminder_may_be(say, refused):
    answer = await refused(Effect.SKIP, "notice:1")
    assert answer.reason is Reason.FORBIDDEN_BY_LAW
    assert answer.basis == "gældsinddrivelsesloven § 2 stk. 4"
    assert (await say(Effect.SKIP, "reminder:1")).effect is Effect.SKIP


async def test_holding_a_step_answers_the_task_that_asked_to_assess_it(runtime, say, claim):
    asked = await a_task(runtime, claim, "assess_hand_over")
    other = await a_task(runtime, claim, "letter_failed")
    await say(Effect.WITHOUT_FEE, "all")
    assert (await task_of(runtime, asked)).state is TaskState.OPEN
    await say(Effect.HOLD, "all")
    assert (await task_of(runtime, asked)).state is TaskState.DONE
    assert (await task_of(runtime, other)).state is TaskState.OPEN


async def test_A18_A19_a_case_rests_with_three_facts_and_until_a_day_to_look_again(
    runtime, say, claim, anna
):
    shelved = await say(Effect.SHELVE, facts=THREE_FACTS)
    assert (await now_of(runtime, claim)).state is ClaimState.SHELVED
    assert shelved.until.isoformat() == "2027-05-24"  # six months, by the policy
    assert shelved.facts == {"facts": ["currently_unable", "dependent_on_service", "willing"]}
    assert (shelved.step, shelved.staff_id) == ("all", anna.id)


@pytest.mark.parametrize("missing", list(Fact))
async def test_A19_without_one_of_the_facts_nothing_is_shelved(runtime, refused, claim, missing):
    answer = await refused(Effect.SHELVE, facts=THREE_FACTS - {missing})
    assert answer.reason is Reason.FACTS_MISSING
    assert "A19" in answer.basis
    assert (await now_of(runtime, claim)).state is ClaimState.OPEN


async def test_a_municipality_without_shelving_refuses_it(runtime, refused):
    frida = await make_desk.staff(runtime, "frida", municipality="faxe")
    frode = await make.citizen(runtime, municipality="faxe", phone=None)
    claim = await make.claim(runtime, frode)
    answer = await refused(Effect.SHELVE, facts=THREE_FACTS, claim=claim, staff=frida)
    assert answer.reason is Reason.NOT_IN_POLICY


async def test_a_claim_in_a_plan_is_not_shelved(runtime, mette, refused):
    planned = await make.claim(runtime, mette, claim_ref="A-2", state=ClaimState.IN_PLAN)
    answer = await refused(Effect.SHELVE, facts=THREE_FACTS, claim=planned)
    assert answer.reason is Reason.IN_PLAN


async def test_ending_a_shelving_opens_the_claim_with_some_quiet_days(
    runtime, clock, say, claim, anna
):
    word = await say(Effect.SHELVE, facts=THREE_FACTS)
    ended = await revoke(runtime, word, anna, "Borgeren har fået arbejde.")
    assert (ended.revoked_by, ended.revoked_at) == (anna.id, clock.now())
    assert ended.revoked_because == "Borgeren har fået arbejde."
    opened = await now_of(runtime, claim)
    assert opened.state is ClaimState.OPEN
    assert opened.paused_until == add_bank_days(day_of(clock.now()), 5)
    async with runtime.transaction() as session:
        acts = set(await session.scalars(select(AuditEntry.act)))
    assert {"override_said", "override_revoked", "claim_reopened", "claim_paused"} <= acts


async def test_what_was_paid_while_it_rested_is_paid_when_it_ends(runtime, say, claim, anna):
    word = await say(Effect.SHELVE, facts=THREE_FACTS)
    async with runtime.transaction() as session:
        owed = await session.get_one(Claim, claim.id)
        owed.paid = owed.principal
    await revoke(runtime, word, anna)
    ended = await now_of(runtime, claim)
    assert (ended.state, ended.paused_until) == (ClaimState.PAID, None)


async def test_A18_a_shelving_never_ends_by_itself_but_asks_to_be_looked_at(
    runtime, clock, say, claim, anna
):
    word = await say(Effect.SHELVE, facts=THREE_FACTS, until=day_of(clock.now()))
    assert await ended_in(runtime, "albertslund") == 0
    clock.travel(timedelta(days=1))
    assert await ended_in(runtime, "faxe") == 0
    assert await ended_in(runtime, "albertslund") == 1
    assert await ended_in(runtime, "albertslund") == 0
    assert (await now_of(runtime, claim)).state is ClaimState.SHELVED
    longer = await say(Effect.SHELVE, facts=THREE_FACTS)
    async with runtime.transaction() as session:
        task = await session.scalar(select(Task).where(Task.kind == "look_again"))
        assert task.state is TaskState.DONE
        assert (await session.get_one(Override, word.id)).revoked_by == anna.id
    assert longer.until > day_of(clock.now())
    assert await ended_in(runtime, "albertslund") == 0


async def ended_in(runtime, municipality):
    async with runtime.transaction() as session:
        return await overrides.end_shelvings(session, runtime, municipality)


async def test_a_word_is_taken_back_once_and_with_a_reason(runtime, say, anna):
    word = await say(Effect.HOLD)
    with pytest.raises(overrides.ReasonMissingError):
        await revoke(runtime, word, anna, " ")
    await revoke(runtime, word, anna)
    with pytest.raises(overrides.RevokedError):
        await revoke(runtime, word, anna)


async def test_another_municipalitys_claims_and_words_are_not_there(runtime, say, claim, anna):
    word = await say(Effect.HOLD)
    frida = await make_desk.staff(runtime, "frida", municipality="faxe")
    with pytest.raises(NotFoundError):
        await say(Effect.HOLD, staff=frida)
    with pytest.raises(NotFoundError):
        await revoke(runtime, word, frida)
    word.id = new_id()
    with pytest.raises(NotFoundError):
        await revoke(runtime, word, anna)
