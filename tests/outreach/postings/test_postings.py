"""A fee stands on a claim once, is taken off by people, and moves with the claim."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from data.models.audit import AuditEntry
from data.models.cases import Task
from data.models.claims import Claim, ClaimState
from data.models.postings import Posting, PostingKind
from data.queries import postings as questions
from data.values.money import NOTHING, Money
from outreach import postings
from outreach.errors import NotFoundError
from outreach.postings import AlreadyWaivedError, NotAChargeError, ReasonMissingError
from tests import make_desk

FEE = Money(25_000)
YESTERDAY = date(2026, 11, 23)


@pytest.fixture
def charge(runtime):
    async def once(claim, step="reminder:2", fee=FEE):
        async with runtime.transaction() as session:
            return await postings.charge_fee(
                session, runtime, claim, step=step, fee=fee, basis="gebyrloven § 2"
            )

    return once


async def change(runtime, claim, **values):
    async with runtime.transaction() as session:
        await session.execute(update(Claim).where(Claim.id == claim.id).values(**values))


# Fees.


async def test_a_fee_stands_on_the_claim_with_what_it_rests_on(charge, claim, now):
    fee = await charge(claim)
    assert (fee.kind, fee.amount, fee.key) == (PostingKind.FEE, FEE, "fee:reminder:2")
    assert (fee.basis, fee.made_by, fee.day) == ("gebyrloven § 2", "rule", date(2026, 11, 24))
    after = await now(claim)
    assert (after.charged, after.outstanding) == (FEE, Money(145_000))


async def test_the_callers_own_claim_shows_the_new_sum(runtime, claim):
    async with runtime.transaction() as session:
        loaded = await session.get_one(Claim, claim.id)
        await postings.charge_fee(
            session, runtime, loaded, step="reminder:2", fee=FEE, basis="gebyrloven § 2"
        )
        assert loaded.outstanding == Money(145_000)


async def test_the_same_step_charges_once_and_another_again(charge, claim, now):
    await charge(claim)
    assert await charge(claim) is None
    assert (await now(claim)).charged == FEE
    assert await charge(claim, step="reminder:3") is not None
    assert (await now(claim)).charged == FEE * 2


async def test_two_letters_at_once_charge_one_fee(charge, claim, now):
    tries = await asyncio.gather(charge(claim), charge(claim))
    assert [fee is None for fee in tries].count(True) == 1
    assert (await now(claim)).charged == FEE


@pytest.mark.parametrize("fee", [NOTHING, Money(-1)])
async def test_a_reminder_without_a_fee_posts_nothing(charge, claim, posted, fee):
    assert await charge(claim, fee=fee) is None
    assert await posted() == []


@pytest.mark.parametrize(
    "ended",
    [
        {"state": ClaimState.PAID, "paid": Money(120_000)},
        {"paid": Money(120_000)},
        {"state": ClaimState.HANDED_OVER},
        {"state": ClaimState.WRITTEN_OFF},
    ],
)
async def test_a_claim_that_has_ended_is_charged_nothing(runtime, charge, claim, posted, ended):
    await change(runtime, claim, **ended)
    assert await charge(claim) is None
    assert await posted() == []


async def test_a_fee_whose_letter_is_undone_is_undone_too(runtime, claim, now, posted):
    async with runtime.transaction() as session:
        await postings.charge_fee(
            session, runtime, claim, step="reminder:2", fee=FEE, basis="gebyrloven § 2"
        )
        await session.rollback()
    assert ((await now(claim)).charged, await posted()) == (NOTHING, [])


async def test_a_fee_is_on_record(runtime, charge, claim):
    fee = await charge(claim)
    async with runtime.transaction() as session:
        entry = (await session.scalars(select(AuditEntry))).one()
    assert (entry.act, entry.subject_id, entry.actor) == ("fee_posted", str(claim.id), "assistant")
    assert entry.facts == {"posting": fee.id, "key": "fee:reminder:2", "oere": 25_000}


# Waivers.


async def test_a_caseworker_takes_a_fee_off_again_with_a_reason(charge, waive, claim, anna, now):
    fee = await charge(claim)
    waiver = await waive(fee.id, anna)
    assert (waiver.kind, waiver.amount, waiver.waives) == (PostingKind.FEE_WAIVED, -FEE, fee.id)
    assert (waiver.basis, waiver.made_by) == ("Regningen kom for sent", f"staff:{anna.id}")
    assert (await now(claim)).charged == NOTHING


async def test_a_charge_is_waived_once(charge, waive, claim, anna, now):
    fee = await charge(claim)
    await waive(fee.id, anna)
    with pytest.raises(AlreadyWaivedError):
        await waive(fee.id, anna)
    assert (await now(claim)).charged == NOTHING


async def test_two_caseworkers_at_once_waive_once(runtime, charge, waive, claim, anna, now):
    fee = await charge(claim)
    other = await make_desk.staff(runtime, "ida")
    tries = await asyncio.gather(waive(fee.id, anna), waive(fee.id, other), return_exceptions=True)
    assert sorted(type(one).__name__ for one in tries) == ["AlreadyWaivedError", "Posting"]
    assert (await now(claim)).charged == NOTHING


async def test_a_waiver_is_not_waived(charge, waive, claim, anna):
    waiver = await waive((await charge(claim)).id, anna)
    with pytest.raises(NotAChargeError):
        await waive(waiver.id, anna)


@pytest.mark.parametrize("reason", ["", "  \n"])
async def test_a_waiver_says_why(charge, waive, claim, anna, reason):
    fee = await charge(claim)
    with pytest.raises(ReasonMissingError):
        await waive(fee.id, anna, reason)


async def test_another_municipalitys_charge_is_not_to_be_found(runtime, charge, waive, claim):
    fee = await charge(claim)
    with pytest.raises(NotFoundError):
        await waive(fee.id, await make_desk.staff(runtime, "bo", municipality="faxe"))
    with pytest.raises(NotFoundError):
        await waive(fee.id + 1, await make_desk.staff(runtime, "ida"))


async def test_a_waived_fee_is_not_charged_again(charge, waive, claim, anna):
    await waive((await charge(claim)).id, anna)
    assert await charge(claim) is None


@pytest.mark.parametrize("state", [ClaimState.OPEN, ClaimState.IN_PLAN])
async def test_a_claim_of_which_only_the_fee_was_left_is_paid(
    runtime, charge, waive, claim, anna, now, state
):
    fee = await charge(claim)
    await change(runtime, claim, state=state, paid=Money(120_000))
    await waive(fee.id, anna)
    assert (await now(claim)).state is ClaimState.PAID


async def test_a_disputed_claim_waits_for_its_answer(runtime, charge, waive, claim, anna, now):
    fee = await charge(claim)
    await change(runtime, claim, state=ClaimState.DISPUTED, paid=Money(120_000))
    await waive(fee.id, anna)
    assert (await now(claim)).state is ClaimState.DISPUTED


async def test_a_respite_ends_with_what_it_was_for(runtime, charge, waive, claim, anna, now):
    fee = await charge(claim)
    await change(
        runtime,
        claim,
        state=ClaimState.IN_RESPITE,
        respite_until=date(2026, 12, 1),
        paid=Money(120_000),
    )
    await waive(fee.id, anna)
    after = await now(claim)
    assert (after.state, after.respite_until) == (ClaimState.PAID, None)


async def test_the_recipient_of_a_claim_handed_over_must_write_it_down(
    runtime, charge, waive, claim, anna
):
    fee = await charge(claim)
    await change(runtime, claim, state=ClaimState.HANDED_OVER)
    waiver = await waive(fee.id, anna)
    async with runtime.transaction() as session:
        task = (await session.scalars(select(Task))).one()
    assert (task.kind, task.claim_id, task.facts) == (
        "write_down",
        claim.id,
        {"posting": waiver.id},
    )


async def test_the_table_itself_refuses_a_second_waiver(runtime, charge, waive, claim, anna):
    waiver = await waive((await charge(claim)).id, anna)
    with pytest.raises(IntegrityError):
        async with runtime.transaction() as session:
            session.add(
                Posting(
                    municipality="albertslund",
                    claim_id=claim.id,
                    kind=PostingKind.FEE_WAIVED,
                    amount=-FEE,
                    day=YESTERDAY,
                    key="again",
                    basis="x",
                    waives=waiver.waives,
                    made_by="x",
                    created_at=runtime.clock.now(),
                )
            )


# What a claim's charges consist of.


async def test_charges_are_told_apart_and_less_what_was_waived(runtime, charge, waive, claim, anna):
    await charge(claim)
    await waive((await charge(claim, step="reminder:3")).id, anna)
    async with runtime.transaction() as session:
        session.add(
            Posting(
                municipality="albertslund",
                claim_id=claim.id,
                kind=PostingKind.INTEREST,
                amount=Money(3_600),
                day=YESTERDAY,
                key="interest:month:1",
                basis="gebyrloven § 3",
                made_by="rule",
                created_at=runtime.clock.now(),
            )
        )
    async with runtime.transaction() as session:
        found = await questions.charges_of(session, [claim.id])
        history = await questions.of_claim(session, claim.id)
    assert found == {claim.id: questions.Charges(fees=FEE, interest=Money(3_600))}
    assert [one.kind.value for one in history] == ["fee", "fee", "fee_waived", "interest"]
