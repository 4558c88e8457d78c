"""A round: who has missed a deadline, and one first message to each who may be written to."""

import asyncio
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from data.models.citizens import Channel, ContactPoint, OptOut
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.conversations import Conversation, Message, MessageKind, MessageStatus
from data.municipalities.policy import Policies
from data.values.money import Money
from data.values.time import StandingClock, at_local
from outreach import citizens, jobs
from outreach.errors import UnknownMunicipalityError
from outreach.rounds import morning_round, outreach_round
from outreach.rules.first_contact import STEP
from tests import make

POLICIES = Policies.load()


@pytest.fixture
async def known_payments(runtime):
    """All payments are known up to yesterday, in both municipalities."""
    for municipality in ("albertslund", "faxe"):
        await make.coverage(runtime, municipality, date(2026, 11, 23))


@pytest.fixture
async def mette(runtime, known_payments):
    return await make.citizen(runtime)


@pytest.fixture
def round_of(runtime):
    """Run a round, and return its report."""

    async def run(municipality="albertslund"):
        return await outreach_round(runtime, municipality=municipality)

    return run


@pytest.fixture
def outbox(runtime):
    """Look at the first messages written so far."""

    async def look():
        async with runtime.transaction() as session:
            return list(await session.scalars(select(Message).order_by(Message.number)))

    return look


async def decisions(runtime):
    """Return what was decided about first messages; the ladder's decisions have their own tests."""
    async with runtime.transaction() as session:
        about = select(Decision).where(Decision.step == STEP).order_by(Decision.claim_id)
        return list(await session.scalars(about))


async def test_A8_a_missed_deadline_becomes_one_message(runtime, mette, round_of, outbox, clock):
    claim = await make.claim(runtime, mette)
    report = await round_of()
    [message] = await outbox()
    assert (report.messages, report.claims, dict(report.refused)) == (1, 1, {})
    assert message.address == make.METTE_PHONE
    assert message.kind is MessageKind.FIRST_CONTACT
    assert message.status is MessageStatus.QUEUED
    assert message.body.startswith("Hej Mette. Albertslund Kommune")
    assert message.not_before == clock.now()
    assert message.useless_after == at_local(date(2026, 12, 1), 19)
    [decision] = await decisions(runtime)
    assert decision.outcome is Outcome.ALLOWED
    assert decision.claim_id == claim.id
    assert decision.message_id == message.id


async def test_F19_several_claims_become_one_message(runtime, mette, round_of, outbox):
    for number in range(3):
        await make.claim(runtime, mette, claim_ref=f"A-{number}", claim_type="vand")
    report = await round_of()
    [message] = await outbox()
    assert (report.messages, report.claims) == (1, 3)
    assert {decision.message_id for decision in await decisions(runtime)} == {message.id}


async def test_F28_a_second_round_writes_nothing(runtime, mette, round_of, outbox):
    await make.claim(runtime, mette)
    await round_of()
    again = await round_of()
    assert (again.messages, again.claims) == (0, 0)
    assert len(await outbox()) == 1


async def test_two_rounds_at_once_write_nothing_twice(runtime, known_payments, round_of, outbox):
    for number in range(20):
        person = await make.citizen(
            runtime, debtor_id=f"01018012{number:02}", phone=f"+45203040{number:02}"
        )
        await make.claim(runtime, person, claim_ref=f"A-{number}")
    reports = await asyncio.gather(*(round_of() for _ in range(4)))
    assert sum(report.messages for report in reports) == 20
    written = await outbox()
    assert len({message.address for message in written}) == len(written) == 20


async def test_a_claim_that_falls_due_later_gets_a_message_of_its_own(
    runtime, mette, round_of, outbox, clock
):
    await make.claim(runtime, mette)
    await round_of()
    later = await make.claim(runtime, mette, claim_ref="A-2", due_date=date(2026, 11, 30))
    clock.travel(timedelta(days=8))
    await make.coverage(runtime, "albertslund", date(2026, 12, 1))
    await round_of()
    assert len(await outbox()) == 2
    assert later.id in {decision.claim_id for decision in await decisions(runtime)}


async def test_a_round_leaves_other_municipalities_alone(runtime, mette, round_of, outbox):
    await make.claim(runtime, mette)
    report = await round_of("faxe")
    assert report.messages == 0
    assert await outbox() == []


async def test_a_municipality_nobody_knows_is_a_fault(round_of):
    with pytest.raises(UnknownMunicipalityError, match="odense"):
        await round_of("odense")


# Who is not written to, and why.


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"paid": Money(120000)}, "paid"),
        ({"paid": Money(130000)}, "paid"),
        ({"state": ClaimState.IN_PLAN}, "in_plan"),
        ({"state": ClaimState.DISPUTED}, "disputed"),
        ({"state": ClaimState.SHELVED}, "shelved"),
        ({"state": ClaimState.HANDED_OVER}, "handed_over"),
        ({"state": ClaimState.IN_RESPITE, "respite_until": date(2027, 1, 4)}, "in_respite"),
        ({"claim_type": "krisecenter"}, "excluded_type"),
        ({"claim_type": "mellemkommunal"}, "excluded_type"),
        ({"bill_sent_on": None}, "no_bill"),
        ({"due_date": date(2026, 11, 23), "bill_sent_on": None}, "no_bill"),
        ({"paused_until": date(2026, 11, 24), "paused_because": "said_paid"}, "paused"),
    ],
)
async def test_a_claim_is_refused_with_its_reason(runtime, mette, round_of, outbox, given, reason):
    await make.claim(runtime, mette, **given)
    report = await round_of()
    assert dict(report.refused) == {reason: 1}
    assert await outbox() == []
    [decision] = await decisions(runtime)
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, reason)


@pytest.mark.parametrize("state", [ClaimState.PAID, ClaimState.WRITTEN_OFF])
async def test_what_is_settled_is_not_even_asked_about(runtime, mette, round_of, state):
    await make.claim(runtime, mette, state=state)
    report = await round_of()
    assert (report.messages, sum(report.refused.values())) == (0, 0)


async def test_a_frozen_citizen_is_left_in_peace(runtime, known_payments, round_of, clock):
    frozen = await make.citizen(runtime, frozen_at=clock.now(), frozen_because="hard_illness")
    await make.claim(runtime, frozen)
    assert dict((await round_of()).refused) == {"frozen": 1}


async def test_a_citizen_without_a_telephone_is_counted(runtime, known_payments, round_of):
    await make.claim(runtime, await make.citizen(runtime, phone=None))
    assert dict((await round_of()).refused) == {"no_address": 1}


async def test_a_number_that_was_wrong_is_not_used_again(runtime, mette, round_of):
    await make.claim(runtime, mette)
    async with runtime.transaction() as session:
        await citizens.distrust(
            session,
            runtime,
            municipality="albertslund",
            channel=Channel.SMS,
            address=make.METTE_PHONE,
            because="wrong_person",
        )
    assert dict((await round_of()).refused) == {"number_distrusted": 1}


async def test_the_newest_number_that_is_trusted_is_used(runtime, mette, round_of, outbox, clock):
    await make.claim(runtime, mette)
    async with runtime.transaction() as session:
        for address in ("+4520304051", "+4520304052"):
            session.add(
                ContactPoint(
                    municipality="albertslund",
                    citizen_id=mette.id,
                    channel="sms",
                    address=address,
                    created_at=clock.now(),
                    distrusted_at=clock.now() if address.endswith("2") else None,
                    distrusted_because="unreachable" if address.endswith("2") else None,
                )
            )
    await round_of()
    assert [message.address for message in await outbox()] == ["+4520304051"]


async def test_a_no_is_a_no_in_its_own_municipality_only(runtime, mette, round_of, outbox, clock):
    await make.claim(runtime, mette)
    in_faxe = await make.citizen(runtime, municipality="faxe")
    await make.claim(runtime, in_faxe)
    async with runtime.transaction() as session:
        no = OptOut(channel="sms", address=make.METTE_PHONE, at=clock.now(), source="citizen")
        no.municipality = "albertslund"
        session.add(no)
    assert dict((await round_of()).refused) == {"opted_out": 1}
    assert (await round_of("faxe")).messages == 1


async def test_A8_nobody_is_written_to_before_the_payment_file_covers_the_deadline(
    runtime, round_of, outbox
):
    await make.claim(runtime, await make.citizen(runtime))
    assert dict((await round_of()).refused) == {"payments_not_covered": 1}
    await make.coverage(runtime, "albertslund", date(2026, 11, 19))
    assert dict((await round_of()).refused) == {"payments_not_covered": 1}
    await make.coverage(runtime, "albertslund", date(2026, 11, 20))
    assert (await round_of()).messages == 1


async def test_a_refusal_is_weighed_again_and_its_last_facts_are_kept(
    runtime, mette, round_of, clock
):
    claim = await make.claim(runtime, mette, bill_sent_on=None)
    await round_of()
    async with runtime.transaction() as session:
        (await session.get(Claim, claim.id)).bill_sent_on = date(2026, 11, 1)
    clock.travel(timedelta(days=1))
    report = await round_of()
    assert report.messages == 1
    [decision] = await decisions(runtime)
    assert (decision.outcome, decision.reason) == (Outcome.ALLOWED, None)
    assert decision.decided_at == clock.now()


async def test_one_claim_that_may_not_be_written_about_does_not_stop_the_other(
    runtime, mette, round_of, outbox
):
    await make.claim(runtime, mette, claim_ref="A-1", claim_type="krisecenter")
    await make.claim(runtime, mette, claim_ref="A-2")
    report = await round_of()
    assert (report.messages, report.claims, dict(report.refused)) == (1, 1, {"excluded_type": 1})
    assert len(await outbox()) == 1


async def test_decisions_keep_the_facts_and_nothing_of_the_person(runtime, mette, round_of):
    await make.claim(runtime, mette)
    await make.claim(runtime, mette, claim_ref="A-2", bill_sent_on=None)
    await round_of()
    for decision in await decisions(runtime):
        kept = str(decision.facts)
        assert "2026-11-20" in kept
        assert not any(secret in kept for secret in ("Mette", "Hansen", "2030", "0101", "1200"))


async def test_a_number_two_people_share_gets_one_message_without_a_name(
    runtime, known_payments, round_of, outbox
):
    for debtor, name in (("0101801234", "Mette Hansen"), ("0202801234", "Jens Hansen")):
        person = await make.citizen(runtime, debtor_id=debtor, name=name)
        await make.claim(runtime, person, claim_ref=f"A-{debtor}")
    await round_of()
    [message] = await outbox()
    assert not {"Mette", "Jens"} & set(re.findall(r"\w+", message.body))
    async with runtime.transaction() as session:
        [talk] = await session.scalars(select(Conversation))
        decisions = (await session.scalars(select(Decision).where(Decision.step == STEP))).all()
    assert talk.citizen_id is None
    assert {decision.message_id for decision in decisions} == {message.id}
    assert len(decisions) == 2


async def test_a_round_by_hand_stands_in_the_time_it_is_given(runtime, mette, outbox):
    await make.claim(runtime, mette, due_date=date(2026, 12, 1))
    await make.coverage(runtime, "albertslund", date(2026, 12, 1))
    early = await outreach_round(runtime, municipality="albertslund")
    assert early.messages == 0
    assert sum(early.refused.values()) == 0
    as_of = runtime.at(StandingClock(at_local(date(2026, 12, 2), 9)))
    assert (await outreach_round(as_of, municipality="albertslund")).messages == 1
    [message] = await outbox()
    assert message.not_before == at_local(date(2026, 12, 2), 9)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (at_local(date(2026, 11, 24), 7), at_local(date(2026, 11, 24), 9)),
        (at_local(date(2026, 11, 27), 21), at_local(date(2026, 11, 30), 9)),
        (at_local(date(2026, 12, 24), 10), at_local(date(2026, 12, 28), 9)),
        (at_local(date(2027, 3, 27), 12), at_local(date(2027, 3, 30), 9)),  # Easter 2027
    ],
)
async def test_a_message_written_out_of_hours_waits(runtime, mette, outbox, clock, now, leaves):
    await make.claim(runtime, mette)
    clock.instant = now
    await outreach_round(runtime, municipality="albertslund")
    [message] = await outbox()
    assert message.not_before == leaves


async def test_the_morning_round_rests_when_the_banks_do(runtime, mette, outbox, clock):
    await make.claim(runtime, mette)
    clock.instant = at_local(date(2026, 12, 24), 9)
    await morning_round(runtime, municipality="albertslund")
    assert await outbox() == []
    clock.instant = at_local(date(2026, 12, 28), 9)
    await morning_round(runtime, municipality="albertslund")
    assert len(await outbox()) == 1


async def test_a_round_wakes_the_dispatcher_once(runtime, known_payments, round_of):
    for number in range(3):
        person = await make.citizen(
            runtime, debtor_id=f"01018012{number:02}", phone=f"+45203040{number:02}"
        )
        await make.claim(runtime, person, claim_ref=f"A-{number}")
    await round_of()
    async with runtime.transaction() as session:
        waiting = await session.execute(
            text("select task_name, queueing_lock, args from procrastinate_jobs")
        )
    assert [tuple(row) for row in waiting] == [
        ("dispatch", "dispatch:albertslund", {"municipality": "albertslund"})
    ]


async def test_the_round_is_a_job_the_worker_knows():
    assert {"outreach_round", "morning_round"} <= jobs.REGISTRY.keys()


@pytest.mark.slow
async def test_a_round_of_more_than_one_batch_reaches_everybody_once(
    runtime, known_payments, round_of, clock
):
    async with runtime.transaction() as session:
        await session.execute(
            text(
                "insert into citizens (id, municipality, debtor_id, debtor_kind, name, language,"
                " address_protected, created_at, updated_at) select gen_random_uuid(),"
                " 'albertslund', lpad(n::text, 10, '0'), 'person', 'Borger', 'da', false,"
                " :now, :now"
                " from generate_series(1, 2100) n"
            ),
            {"now": clock.now()},
        )
        await session.execute(
            text(
                "insert into contact_points (municipality, citizen_id, channel, address, source,"
                " created_at) select municipality, id, 'sms', '+45' || right(debtor_id, 8),"
                " 'ledger', created_at from citizens"
            )
        )
        await session.execute(
            text(
                "insert into claims (id, municipality, citizen_id, claim_ref, claim_type,"
                " principal, paid, due_date, bill_sent_on, betalingsservice, state, created_at,"
                " updated_at)"
                " select gen_random_uuid(), municipality, id, debtor_id || '-' || n, 'vand', 10000,"
                " 0, '2026-11-20', '2026-11-01', false, 'open', created_at, created_at"
                " from citizens, generate_series(1, 2) n"
            )
        )
    report = await round_of()
    assert (report.messages, report.claims) == (2100, 4200)
    assert (await round_of()).messages == 0
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 2100


async def filings_queued(runtime):
    async with runtime.transaction() as session:
        named = text("select count(*) from procrastinate_jobs where task_name = 'file_hand_overs'")
        return await session.scalar(named)


async def test_F21_after_the_mornings_round_what_waited_long_enough_is_filed(runtime, clock):
    await morning_round(runtime, municipality="faxe")
    assert await filings_queued(runtime) == 1
    clock.instant = at_local(date(2026, 12, 25), 9)  # banks are closed
    await morning_round(runtime, municipality="albertslund")
    assert await filings_queued(runtime) == 1
