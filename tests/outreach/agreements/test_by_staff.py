"""At the desk: a caseworker proposes, writes down a yes, changes and ends, each with a reason."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data.models.agreements import AgreementChannel, AgreementState
from data.models.audit import AuditEntry
from data.models.claims import Claim, ClaimState
from data.models.conversations import Author, Awaiting, Message, Owner
from data.municipalities.policy import Policies
from data.values.money import Money
from outreach import agreements, circumstances
from outreach.agreements import Refusal, Terms
from outreach.errors import NotFoundError
from outreach.rules.decision import Reason
from tests import make, make_agreements
from tests.make_agreements import SHOWN

TEXT = "Hej Mette. Du betaler 200 kr. om måneden i 6 måneder."
BY_TELEPHONE: dict[str, Any] = {
    "channel": AgreementChannel.VOICE,
    "identity_level": 2,
    "shown_text": SHOWN,
    "reason": "Mette ringede.",
}


@pytest.fixture
def propose(runtime, anna, talk, claims):
    async def put(terms=None, *, staff=anna, text=TEXT, reason="Hun bad om det.", **given):
        async with runtime.transaction() as session:
            return await agreements.propose_by_staff(
                session,
                runtime,
                staff,
                talk,
                terms or make_agreements.plan(claims),
                text=text,
                reason=reason,
                **given,
            )

    return put


@pytest.fixture
def write_down(runtime, anna, mette, claims):
    async def conclude(terms=None, *, staff=anna, **given):
        async with runtime.transaction() as session:
            return await agreements.conclude_by_staff(
                session,
                runtime,
                staff,
                mette.id,
                terms or make_agreements.plan(claims),
                **BY_TELEPHONE | given,
            )

    return conclude


@pytest.fixture
def end(runtime, anna):
    async def stop(agreement, *, staff=anna, reason="Det er aftalt i telefonen."):
        async with runtime.transaction() as session:
            return await agreements.end_by_staff(
                session, runtime, staff, agreement.id, reason=reason
            )

    return stop


# ------------------------------------------------------------------------------ proposing
async def test_a_proposal_lands_as_the_caseworkers_own_message(
    propose, the_one, talk, runtime, acts
):
    made = await propose()
    message = await the_one(Message)
    assert (message.author, message.conversation_id) == (Author.STAFF, talk.id)
    assert message.body.startswith(TEXT)
    assert "Når du siger ja, anerkender du gælden." in message.body
    assert made.shown_text == message.body
    assert (made.state, made.reason) == (AgreementState.OFFERED, "Hun bad om det.")
    assert (await acts())[-1] == "agreement_proposed"
    async with runtime.transaction() as session:
        assert (await session.get(type(talk), talk.id)).awaiting is Awaiting.OFFER


async def test_the_citizens_yes_concludes_it_while_the_caseworker_holds_the_talk(
    propose, change, talk, anna, receive, answers, kept
):
    await change(talk, owner=Owner.STAFF, owner_staff_id=anna.id)
    await propose()
    message = await receive("Ja tak")
    [agreement], owed = await kept()
    assert (agreement.state, agreement.accepted_by) == (AgreementState.ACCEPTED, message.id)
    assert agreement.proposed_by == f"staff:{anna.id}"
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}
    assert (await answers())[-1].startswith("Aftalen er lavet: 1.200 kr. i 6 rater.")


@pytest.mark.parametrize("said", ["ja, men først når jeg har fået løn", "ja?", "nej", "100 kr"])
async def test_anything_but_a_plain_yes_is_for_the_caseworker_to_read(
    propose, change, talk, anna, receive, kept, said
):
    await change(talk, owner=Owner.STAFF, owner_staff_id=anna.id)
    await propose()
    await receive(said)
    assert (await kept())[0][0].state is AgreementState.OFFERED


async def test_a_yes_to_the_assistants_offer_does_not_count_while_a_person_has_the_talk(
    offer, change, talk, anna, receive, kept
):
    await offer()
    await change(talk, owner=Owner.STAFF, owner_staff_id=anna.id)
    await receive("ja")
    assert (await kept())[0][0].state is AgreementState.OFFERED


async def test_no_sum_is_proposed_to_who_has_not_proven_who_they_are(propose, change, talk):
    await change(talk, identity_level=1)
    with pytest.raises(agreements.NotProvenError):
        await propose()


async def test_two_caseworkers_do_not_talk_at_once(propose, change, talk, frida, runtime):
    await change(talk, owner=Owner.STAFF, owner_staff_id=frida.id)
    with pytest.raises(agreements.HeldByOtherError):
        await propose()


async def test_a_proposal_is_made_in_ones_own_municipality(propose, write_down, end, frida):
    with pytest.raises(NotFoundError):
        await propose(staff=frida)
    with pytest.raises(NotFoundError):
        await write_down(staff=frida)
    made = await write_down()
    with pytest.raises(NotFoundError):
        await end(made, staff=frida)


# ---------------------------------------------------------------------- writing down a yes
async def test_a_yes_by_telephone_is_written_down_whole(write_down, kept, clock, anna, acts):
    await write_down()
    [agreement], owed = await kept()
    assert agreement.state is AgreementState.ACCEPTED
    assert (agreement.channel, agreement.identity_level) == (AgreementChannel.VOICE, 2)
    assert (agreement.accepted_at, agreement.shown_text) == (clock.now(), SHOWN)
    assert agreement.proposed_by == f"staff:{anna.id}"
    assert agreement.conversation_id is None
    assert {claim.state for claim in owed} == {ClaimState.IN_PLAN}
    assert (await acts())[-2:] == ["agreement_accepted", "agreement_concluded"]


@pytest.mark.parametrize("channel", [AgreementChannel.LETTER, AgreementChannel.COUNTER])
async def test_a_yes_on_paper_and_in_person_too(write_down, kept, channel):
    await write_down(channel=channel, identity_level=3)
    [agreement], _ = await kept()
    assert (agreement.channel, agreement.identity_level) == (channel, 3)


async def test_each_thing_an_agreement_must_rest_on_is_asked_for(write_down, kept):
    with pytest.raises(agreements.NotProvenError):
        await write_down(identity_level=1)
    with pytest.raises(agreements.ReasonMissingError):
        await write_down(reason="  ")
    with pytest.raises(agreements.AcknowledgementMissingError):
        await write_down(shown_text="200 kr. om måneden. Er det i orden?")
    assert (await kept())[0] == []


async def test_a_form_that_somebody_paid_behind_is_stale(write_down, claims, change):
    terms = make_agreements.plan(claims)
    await change(claims[0], paid=Money(100))
    with pytest.raises(agreements.StaleTermsError):
        await write_down(terms)


async def test_a_refusal_leaves_nothing_behind(write_down, mette, kept, change, clock):
    await change(mette, frozen_at=clock.now(), frozen_because="hard_violence")
    with pytest.raises(agreements.StandsAgainstError) as stopped:
        await write_down()
    assert stopped.value.refusal is Refusal.FROZEN
    found, owed = await kept()
    assert found == []
    assert {claim.state for claim in owed} == {ClaimState.OPEN}


async def test_two_caseworkers_at_once_write_it_down_once(write_down, kept):
    done = await asyncio.gather(write_down(), write_down(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Agreement", "StaleTermsError"]
    assert len((await kept())[0]) == 1


async def test_a_caseworker_changes_an_agreement(write_down, kept, clock):
    first = await write_down()
    clock.travel(timedelta(minutes=1))
    _, owed = await kept()
    await write_down(make_agreements.plan(owed, Money(10000)), replaces=first.id)
    [old, new], _ = await kept()
    assert (old.state, new.state) == (AgreementState.CHANGED, AgreementState.ACCEPTED)


# ------------------------------------------------------------------------- law and limits
async def test_a_caseworker_goes_beyond_the_assistants_mandate(write_down, kept, claims):
    await write_down(make_agreements.plan(claims, Money(1000)))  # 120 months
    assert len((await kept())[0][0].instalments) == 120


@pytest.fixture
def with_limits(runtime):
    """Albertslund with limits it does not have: 250 kr. a month, 24 months."""
    ours = runtime.policies["albertslund"]
    plans = ours.plans.model_copy(update={"least_monthly": Money(25000), "most_months": 24})
    limited = ours.model_copy(update={"plans": plans})
    return replace(runtime, policies=Policies([limited, runtime.policies["faxe"]]))


async def test_beyond_the_municipalitys_limits_only_with_a_reason_on_record(
    with_limits, anna, mette, claims, kept
):
    async def write_down(each, **given):
        async with with_limits.transaction() as session:
            await agreements.conclude_by_staff(
                session,
                with_limits,
                anna,
                mette.id,
                make_agreements.plan(claims, each),
                **BY_TELEPHONE | given,
            )

    with pytest.raises(agreements.NotAllowedError) as refused:
        await write_down(Money(20000))
    assert refused.value.refused.reason is Reason.TOO_SMALL
    with pytest.raises(agreements.NotAllowedError) as refused:
        await write_down(Money(4000))
    assert refused.value.refused.reason is Reason.TOO_LONG
    await write_down(Money(4000), beyond_policy="Hun er sygemeldt.")
    [agreement], _ = await kept()
    assert agreement.reason == "Mette ringede.\nHun er sygemeldt."


async def test_what_the_law_lets_wait_is_never_paid_in_parts(runtime, write_down, mette, anna):
    owed = await make.claim(runtime, mette, claim_ref="A-9", claim_type="kontanthjaelp")
    async with runtime.transaction() as session:
        await circumstances.record_circumstances(
            session, runtime, mette, anna, benefit="kontanthjaelp"
        )
    with pytest.raises(agreements.NotAllowedError) as refused:
        await write_down(make_agreements.plan([owed]), beyond_policy="Hun vil selv.")
    assert refused.value.refused.reason is Reason.STATUTORY_RESPITE
    waits = await write_down(Terms([owed], respite_until=date(2027, 6, 1)))
    assert waits.state is AgreementState.ACCEPTED


async def test_what_has_expired_is_not_agreed_on(runtime, write_down, mette):
    old = await make.claim(runtime, mette, claim_ref="A-9", due_date=date(2021, 1, 4))
    with pytest.raises(agreements.NotAllowedError) as refused:
        await write_down(make_agreements.plan([old]))
    assert refused.value.refused.reason is Reason.TIME_BARRED


async def test_nothing_is_agreed_for_a_day_that_has_gone(write_down, claims):
    with pytest.raises(agreements.NotAllowedError) as refused:
        await write_down(Terms(claims, respite_until=date(2026, 11, 23)))
    assert refused.value.refused.reason is Reason.IN_THE_PAST


# --------------------------------------------------------------------------------- ending
async def test_an_agreement_is_ended_with_its_reason_and_the_claims_are_quiet(
    write_down, end, kept, acts
):
    made = await write_down()
    await end(made)
    [agreement], owed = await kept()
    assert (agreement.state, agreement.broken_at) == (AgreementState.ENDED, None)
    assert agreement.ended_because == "Det er aftalt i telefonen."
    assert {(claim.state, claim.paused_because) for claim in owed} == {
        (ClaimState.OPEN, "agreement_ended")
    }
    assert (await acts())[-1] == "agreement_ended"


async def test_a_proposal_is_taken_off_the_table(propose, end, say_yes):
    made = await propose()
    await end(made)
    assert await say_yes() is Refusal.NO_OFFER


async def test_what_has_ended_is_not_ended_again(write_down, end):
    made = await write_down()
    await end(made)
    with pytest.raises(agreements.NotRunningError):
        await end(made)
    with pytest.raises(agreements.ReasonMissingError):
        await end(made, reason="")


async def test_reason_and_staff_are_on_record(write_down, anna, runtime):
    made = await write_down()
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(AuditEntry).where(AuditEntry.subject_id == str(made.id))
        )
        assert {entry.actor for entry in found} == {f"staff:{anna.id}"}
        assert (await session.get(type(made), made.id)).reason == "Mette ringede."
        assert await session.scalar(select(Claim.state).limit(1)) is ClaimState.IN_PLAN
