"""A first message from its round to the telephone, when something comes in between."""

from datetime import date, timedelta

from sqlalchemy import select

from data.models.agreements import Agreement, AgreementState
from data.models.citizens import Channel
from data.models.claims import Claim, ClaimState
from outreach import agreements
from outreach.agreements import Terms
from outreach.citizens import opt_out
from outreach.conversations import receive
from outreach.dispatch import drain
from outreach.rounds import outreach_round
from tests import make


async def test_a_first_message_that_came_too_late_is_decided_anew_by_the_next_round(
    runtime, clock, sms
):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    assert (await outreach_round(runtime, municipality="albertslund")).messages == 1
    clock.travel(timedelta(days=28))  # the sender stood still for four weeks
    assert (await drain(runtime, ["albertslund"])).stood_down == 1
    assert (await outreach_round(runtime, municipality="albertslund")).messages == 1
    await drain(runtime, ["albertslund"])
    assert len(sms.bodies) == 1


async def test_one_who_has_said_stop_since_is_not_written_to_by_the_next_round_either(runtime, sms):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    await outreach_round(runtime, municipality="albertslund")
    async with runtime.transaction() as session:
        await opt_out(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            source="citizen",
        )
    await drain(runtime, ["albertslund"])
    report = await outreach_round(runtime, municipality="albertslund")
    assert (report.messages, dict(report.refused)) == (0, {"opted_out": 1})
    assert sms.bodies == []


async def test_when_the_time_to_wait_is_over_the_claim_is_open_again(runtime, clock):
    person = await make.citizen(runtime)
    owed = await make.claim(runtime, person)
    talk = await make.conversation(
        runtime, person, identity_level=2, identity_at=runtime.clock.now()
    )
    asked = await make.outgoing(runtime, talk)
    async with runtime.transaction() as session:
        terms = Terms([await session.get_one(Claim, owed.id)], respite_until=date(2026, 12, 15))
        offered = await agreements.offer(session, runtime, talk, terms)
        offered.shown_text = "Du kan vente til 15. december. Skriv JA eller NEJ."
        await session.flush()
        await agreements.accept(session, runtime, talk, asked.id)
    await outreach_round(runtime, municipality="albertslund")
    assert await _state(runtime) is ClaimState.IN_RESPITE
    clock.travel(timedelta(days=22))  # 16 December
    await outreach_round(runtime, municipality="albertslund")
    assert await _state(runtime) is ClaimState.OPEN
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Agreement.state))).one() is AgreementState.ENDED


async def _state(runtime):
    async with runtime.transaction() as session:
        return (await session.scalars(select(Claim.state))).one()


async def test_a_type_that_has_left_the_law_file_is_for_people(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person, claim_type="afskaffet")
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    report = await outreach_round(runtime, municipality="albertslund")
    assert dict(report.refused) == {"excluded_type": 1}


async def test_a_citizen_who_has_written_meanwhile_is_not_greeted_as_a_stranger(
    runtime, clock, sms
):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    await outreach_round(runtime, municipality="albertslund")
    clock.travel(timedelta(minutes=1))
    async with runtime.transaction() as session:
        await receive(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            body="hvad skylder jeg",
            vendor_ref="SM1",
        )
    assert (await drain(runtime, ["albertslund"])).stood_down == 1
    assert (await outreach_round(runtime, municipality="albertslund")).messages == 0
    assert sms.bodies == []
