"""Two things at once about the same bills: one of them comes first, and nothing is half done."""

import asyncio

from data.models.agreements import AgreementChannel, AgreementState
from data.models.claims import Claim, ClaimState
from data.values.money import Money
from outreach import agreements
from outreach.agreements import Refusal, StaleTermsError
from tests import make_agreements
from tests.make_agreements import SHOWN


async def test_a_payment_that_is_being_booked_comes_before_the_yes(
    offer, say_yes, kept, runtime, claims
):
    await offer()
    async with runtime.transaction() as session:
        claim = await session.get(Claim, claims[0].id, with_for_update=True)
        answer = asyncio.create_task(say_yes())  # it sets out while the payment is not over
        claim.paid = Money(20000)
        await session.flush()
    assert await answer is Refusal.CHANGED
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.SUPERSEDED
    assert {claim.state for claim in owed} == {ClaimState.OPEN}


async def test_a_yes_and_a_caseworkers_note_of_it_make_one_agreement(
    offer, say_yes, kept, runtime, anna, mette, claims
):
    await offer()

    async def write_down():
        async with runtime.transaction() as session:
            return await agreements.conclude_by_staff(
                session,
                runtime,
                anna,
                mette.id,
                make_agreements.plan(claims),
                channel=AgreementChannel.VOICE,
                identity_level=2,
                shown_text=SHOWN,
                reason="Mette ringede.",
            )

    done: list[object] = await asyncio.gather(say_yes(), write_down(), return_exceptions=True)
    heard, written = done
    found, owed = await kept()
    assert sum(one.state is AgreementState.ACCEPTED for one in found) == 1
    assert heard is Refusal.CHANGED or isinstance(written, StaleTermsError)
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}


async def test_two_changes_of_one_agreement_leave_one(offer, say_yes, kept, runtime, anna, mette):
    await offer()
    running = await say_yes()
    _, owed = await kept()

    async def change_to(each):
        async with runtime.transaction() as session:
            return await agreements.conclude_by_staff(
                session,
                runtime,
                anna,
                mette.id,
                make_agreements.plan(owed, each),
                channel=AgreementChannel.VOICE,
                identity_level=2,
                shown_text=SHOWN,
                reason="Mette ringede.",
                replaces=running.id,
            )

    done = await asyncio.gather(
        change_to(Money(10000)), change_to(Money(30000)), return_exceptions=True
    )
    [late] = [one for one in done if isinstance(one, BaseException)]
    assert isinstance(late, agreements.StandsAgainstError)
    assert late.refusal is Refusal.CHANGED
    found, _ = await kept()
    assert sorted(one.state for one in found) == ["accepted", "changed"]
