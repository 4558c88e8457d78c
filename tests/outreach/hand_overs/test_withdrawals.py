"""What waits for a claim falls away the moment it no longer fits, whoever comes first."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from data.models.agreements import (
    Agreement,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.models.cases import Effect, Override, Task, TaskState
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.hand_overs import HandOver, HandOverState
from data.municipalities.ladders import Ground
from data.values.ids import MessageId, new_id
from outreach import agreements, citizens, claims, conversations, hand_overs, overrides, tasks
from outreach.agreements import Refusal
from outreach.intake.importing import import_payments
from outreach.ladder import ladder_round
from outreach.overrides import NotAllowedError
from outreach.postings import waive
from outreach.rounds import outreach_round
from tests import make, make_cases
from tests.outreach.hand_overs.conftest import TODAY

LATER = TODAY + timedelta(days=7)


@pytest.fixture
async def waiting(town):
    """A claim of 1,200 kr. that leaves in a week, unless something happens."""
    await town.ready(ready_on=LATER)
    return town


async def pay(town, kroner, ref="P-1"):
    path = town.folder / f"{ref}.csv"
    path.write_text(
        "payment_ref;claim_ref;amount;paid_on;covers_until\n"
        f"{ref};F-1;{kroner};24-11-2026;24-11-2026\n",
        encoding="utf-8",
    )
    with await import_payments(town.runtime, path, "faxe") as report:
        return report.counts()


async def offer(town, *, until=None):
    """Put an offer on the table, as the assistant shows it."""
    claim = await town.claim()
    now = town.runtime.clock.now()
    talk = await make.conversation(
        town.runtime, None, municipality="faxe", citizen_id=claim.citizen_id,
        identity_level=2, identity_at=now,
    )  # fmt: skip
    parts = claim.outstanding.split(2) if until is None else []
    days = (date(2026, 12, 1), date(2027, 1, 4))
    kind = AgreementKind.PLAN if until is None else AgreementKind.RESPITE
    await town.save(
        Agreement(
            id=new_id(), municipality="faxe", citizen_id=claim.citizen_id,
            conversation_id=talk.id, kind=kind, state=AgreementState.OFFERED,
            total=claim.outstanding, shown_text="aftalen", offered_at=now,
            expires_at=now + timedelta(days=3), channel=talk.channel, identity_level=2,
            respite_until=until,
            instalments=[
                Instalment(municipality="faxe", number=n, amount=part, due_on=day)
                for n, (part, day) in enumerate(zip(parts, days, strict=False), start=1)
            ],
            claims=[AgreementClaim(municipality="faxe", claim_id=claim.id,
                                   amount=claim.outstanding)],
        )
    )  # fmt: skip
    return talk


async def accept(town, talk):
    async with town.runtime.transaction() as session:
        place = await conversations.lock(session, talk.id)
        return await agreements.accept(session, town.runtime, place, MessageId(new_id()))


async def open_tasks(town):
    return sorted(task.kind for task in await town.all(Task) if task.state is TaskState.OPEN)


async def falls(town, because):
    """It is off the list now, with the reason on it, and the ladder's yes is taken back."""
    now = await town.hand_over()
    decision = await town.decision()
    assert (now.state, now.stopped_because) == (HandOverState.STOPPED, because)
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, because)


# ------------------------------------------------------------------------------- at once
async def test_A11_a_plan_takes_the_claim_off_the_list_at_once(waiting):
    await accept(waiting, await offer(waiting))
    await falls(waiting, "in_plan")


async def test_a_payment_takes_the_claim_off_the_list_at_once(waiting):
    await pay(waiting, "1200")
    await falls(waiting, "paid")


async def test_a_payment_down_to_less_than_the_floor_does_too(waiting):
    await pay(waiting, "1150")
    await falls(waiting, "below_floor")


async def test_a_part_payment_above_the_floor_leaves_it_there(waiting):
    await pay(waiting, "200")
    assert (await waiting.hand_over()).state is HandOverState.WAITING


async def test_an_objection_takes_the_claim_off_the_list_at_once(waiting):
    async with waiting.runtime.transaction() as session:
        claim = await session.get_one(Claim, (await waiting.claim()).id)
        await claims.dispute(session, waiting.runtime, [claim])
    await falls(waiting, "disputed")
    assert await open_tasks(waiting) == ["dispute"]


async def test_a_citizen_who_says_it_is_paid_is_believed_for_now(waiting):
    async with waiting.runtime.transaction() as session:
        claim = await session.get_one(Claim, (await waiting.claim()).id)
        await claims.pause(
            session, waiting.runtime, [claim], until=TODAY + timedelta(days=3), because="said_paid"
        )
    await falls(waiting, "paused")


async def test_a_freeze_takes_the_claim_off_the_list_at_once(waiting):
    async with waiting.runtime.transaction() as session:
        claim = await waiting.claim()
        await citizens.freeze(session, waiting.runtime, claim.citizen_id, because="hard_illness")
    await falls(waiting, "frozen")


async def test_a_caseworkers_hold_takes_the_claim_off_the_list_at_once(waiting):
    staff = await waiting.staff()
    async with waiting.runtime.transaction() as session:
        await overrides.say(
            session, waiting.runtime, claim=await waiting.claim(), staff=staff, effect=Effect.HOLD,
            step="all", reason="talt med borgeren", until=TODAY + timedelta(days=2),
        )  # fmt: skip
    await falls(waiting, "held_by_caseworker")


async def test_a_waived_fee_that_settles_the_claim_takes_it_off_the_list(waiting):
    fee = await make_cases.fee(waiting.runtime, await waiting.claim())
    await pay(waiting, "1100")
    assert (await waiting.hand_over()).state is HandOverState.WAITING
    staff = await waiting.staff()
    await pay(waiting, "100", ref="P-2")
    async with waiting.runtime.transaction() as session:
        await waive(session, waiting.runtime, fee.id, staff, "forkert")
    await falls(waiting, "paid")


async def test_a_question_about_a_claim_that_was_paid_is_closed_and_asked_anew_later(waiting):
    async with waiting.runtime.transaction() as session:
        for kind in ("assess_hand_over", "dispute"):
            claim = await waiting.claim()
            await tasks.open_task(session, waiting.runtime, claim=claim, kind=kind)
    await pay(waiting, "1200")
    assert await open_tasks(waiting) == ["dispute"]
    [closed] = [task for task in await waiting.all(Task) if task.state is TaskState.DONE]
    assert (closed.note, closed.closed_by) == ("paid", None)


# ------------------------------------------------------------------------- what is over again
async def test_a_respite_over_before_the_day_gives_new_quiet_days(waiting, clock):
    """It must not leave the morning after the citizen's time to pay is over."""
    runtime = waiting.runtime
    await accept(waiting, await offer(waiting, until=LATER - timedelta(days=1)))
    clock.travel(timedelta(days=7))
    await make.coverage(runtime, "faxe", LATER - timedelta(days=1))
    await outreach_round(runtime, municipality="faxe")
    assert (await waiting.claim()).state is ClaimState.OPEN
    assert (await waiting.file()).number is None
    clock.travel(timedelta(days=6))
    await make.coverage(runtime, "faxe", LATER + timedelta(days=5))
    assert (await ladder_round(runtime, municipality="faxe")).steps == {"hand_over:1": 1}
    again = await waiting.hand_over("waiting")
    assert again.ready_on > LATER + timedelta(days=6)


async def test_what_was_missed_at_the_moment_is_caught_when_the_day_comes(waiting, clock):
    """A rest that began and ended in the quiet days, and took nothing off the list."""
    await waiting.set_claim(paused_until=TODAY + timedelta(days=1), paused_because="said_paid")
    clock.travel(timedelta(days=7))
    await make.coverage(waiting.runtime, "faxe", LATER)
    filing = await waiting.file()
    assert (filing.number, [reason.value for _, reason in filing.stopped]) == (None, ["too_early"])


async def test_nothing_leaves_before_the_payments_of_its_quiet_days_are_known(waiting, clock):
    clock.travel(timedelta(days=7))
    filing = await waiting.file()
    assert (filing.number, filing.uncovered) == (None, ["F-1"])
    await make.coverage(waiting.runtime, "faxe", LATER - timedelta(days=1))
    assert (await waiting.file()).number == 1


# --------------------------------------------------------------------------- one yes, one step
async def test_A24_an_approval_is_good_for_one_hand_over(town):
    await town.ready(claim_type="rottegebyr", to="bailiff", ready_on=LATER)
    staff = await town.staff()
    [leaving] = await town.all(HandOver)
    async with town.runtime.transaction() as session:
        stopped = await hand_overs.stop(session, town.runtime, leaving.id, staff, "vent")
    assert stopped.state is HandOverState.STOPPED
    [hold] = [each for each in await town.all(Override) if each.effect is Effect.HOLD]
    async with town.runtime.transaction() as session:
        await overrides.revoke(session, town.runtime, hold.id, staff, "alligevel")
    assert (await ladder_round(town.runtime, municipality="faxe")).refused == {
        "needs_caseworker": 1
    }
    assert await open_tasks(town) == ["assess_hand_over"]


async def test_nobody_approves_a_step_of_a_claim_that_stands_still(town):
    await town.ready(claim_type="rottegebyr", to="bailiff", state=ClaimState.IN_PLAN)
    staff = await town.staff()
    async with town.runtime.transaction() as session:
        with pytest.raises(NotAllowedError, match="in_plan"):
            await overrides.say(
                session, town.runtime, claim=await town.claim(), staff=staff, effect=Effect.APPROVE,
                step="hand_over:1", reason="betaler ikke", ground=Ground.UNPAID_REMINDER,
            )  # fmt: skip


# ------------------------------------------------------------------------------ at the same time
async def test_a_yes_and_the_filing_at_once_never_both_get_the_claim(town):
    for attempt in range(4):
        ref = f"R-{attempt}"
        person = await town.debtor(number=f"01018012{attempt}0")
        await town.ready(person, ref=ref)
        now = town.runtime.clock.now()
        claim = await town.claim(ref)
        talk = await make.conversation(
            town.runtime, None, municipality="faxe", citizen_id=claim.citizen_id,
            identity_level=2, identity_at=now, address=f"+452030405{attempt}",
        )  # fmt: skip
        await town.save(
            Agreement(
                id=new_id(), municipality="faxe", citizen_id=claim.citizen_id,
                conversation_id=talk.id, kind=AgreementKind.RESPITE,
                state=AgreementState.OFFERED, total=claim.outstanding, shown_text="aftalen",
                offered_at=now, expires_at=now + timedelta(days=3), channel=talk.channel,
                identity_level=2, respite_until=LATER,
                claims=[AgreementClaim(municipality="faxe", claim_id=claim.id,
                                       amount=claim.outstanding)],
            )
        )  # fmt: skip
        said, _ = await asyncio.gather(accept(town, talk), town.file())
        after = await town.claim(ref)
        [leaving] = [one for one in await town.all(HandOver) if one.claim_id == claim.id]
        if isinstance(said, Refusal):
            assert (after.state, leaving.state) == (ClaimState.HANDED_OVER, HandOverState.FILED)
        else:
            assert (after.state, leaving.state) == (ClaimState.IN_RESPITE, HandOverState.STOPPED)


async def test_an_objection_to_a_claim_that_leaves_at_that_moment_does_not_take_it_back(town):
    """It was read as ours, and is the state's when the objection is written down."""
    await town.ready()
    async with town.runtime.transaction() as session:
        claim = await session.get_one(Claim, (await town.claim()).id)
        assert claim.state is ClaimState.OPEN
        assert (await town.file()).number == 1
        await claims.dispute(session, town.runtime, [claim])
    assert (await town.claim()).state is ClaimState.HANDED_OVER
    assert await open_tasks(town) == ["dispute"]


async def test_a_payment_and_the_filing_at_once_leave_books_that_agree(town):
    await town.ready()
    await asyncio.gather(pay(town, "1200"), town.file())
    claim, leaving = await town.claim(), await town.hand_over()
    if leaving.state is HandOverState.FILED:
        assert claim.state is ClaimState.HANDED_OVER
        assert await open_tasks(town) == ["write_down"]
    else:
        assert (claim.state, leaving.state) == (ClaimState.PAID, HandOverState.STOPPED)


async def test_a_round_and_a_payment_at_once_leave_no_paid_claim_on_the_list(town):
    await town.ready()
    async with town.runtime.transaction() as session:
        await session.execute(delete(HandOver))
        await session.execute(delete(Decision).where(Decision.step == "hand_over:1"))
    await asyncio.gather(pay(town, "1200"), ladder_round(town.runtime, municipality="faxe"))
    assert (await town.claim()).state is ClaimState.PAID
    assert all(one.state is HandOverState.STOPPED for one in await town.all(HandOver))


async def test_four_rounds_and_an_objection_at_once_decide_once(town):
    await town.ready(ready_on=LATER)

    async def object_():
        async with town.runtime.transaction() as session:
            claim = await session.get_one(Claim, (await town.claim()).id)
            await claims.dispute(session, town.runtime, [claim])

    await asyncio.gather(
        object_(), *(ladder_round(town.runtime, municipality="faxe") for _ in range(4))
    )
    await falls(town, "disputed")
