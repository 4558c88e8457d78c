"""What is said of a plan: before an instalment, after a missed one, and to whom nothing is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from data.models.agreements import AgreementState
from data.models.citizens import Channel, Citizen, ContactPoint, Language, OptOut
from data.models.conversations import Conversation, MessageKind, Owner
from data.values.time import at_local
from outreach.dispatch import drain
from outreach.rounds import outreach_round
from outreach.runtime import SendOutcome, SendResult
from tests import make, make_desk

FRIDAY_BEFORE = date(2026, 11, 27)  # 1 December is the Tuesday after


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


REMINDER = (
    "Hej Mette. Husk din aftale med Albertslund Kommune. Næste dag er 1. december. Driller det,"
    " så skriv til os inden, eller ring 43 68 68 68. STOP = ingen sms"
)


async def test_two_bank_days_before_an_instalment_the_citizen_is_reminded_once(
    mette, owed, in_plan, mornings, sms, see
):
    plan = await in_plan(await owed(mette))
    await mornings(date(2026, 11, 25), date(2026, 11, 26))
    assert sms.sent == []
    await mornings(date(2026, 11, 27), date(2026, 12, 1))
    [reminder] = sms.sent
    assert reminder.body == REMINDER
    assert (await see.plan(plan)).instalments[0].reminded_at == at_local(FRIDAY_BEFORE, 7)


async def test_an_english_reader_is_written_to_in_english(runtime, owed, in_plan, morning, sms):
    await in_plan(await owed(await make.citizen(runtime, language=Language.ENGLISH)))
    await morning(FRIDAY_BEFORE)
    [reminder] = sms.sent
    assert reminder.body.startswith("Hi Mette. The next date in your agreement with Albertslund")


async def test_two_plans_with_one_day_make_one_message(mette, owed, in_plan, morning, see, sms):
    for ref in ("A-1", "A-2"):
        await in_plan(await owed(mette, claim_ref=ref, payment_id=None))
    await morning(FRIDAY_BEFORE)
    assert len(sms.sent) == 1
    assert sorted(await see.written(), key=str) == [
        ("plan_reminder", "accepted", None),
        ("plan_reminder", "stood_down", "said_already"),
    ]


async def test_two_missed_on_one_day_make_one_message_and_both_have_been_told(
    mette, owed, in_plan, mornings, see, sms
):
    plans = [
        await in_plan(await owed(mette, claim_ref=ref, payment_id=None)) for ref in ("A-1", "A-2")
    ]
    await mornings(date(2026, 12, 9), date(2026, 12, 10))
    assert len(sms.sent) == 1
    for plan in plans:
        assert (await see.plan(plan)).instalments[0].missed_at is not None


async def test_who_shares_a_telephone_is_not_named(runtime, mette, owed, in_plan, morning, sms):
    await in_plan(await owed(mette))
    await make.citizen(runtime, debtor_id="0404804567", name="Peter Hansen")
    await morning(FRIDAY_BEFORE)
    assert [one.body for one in sms.sent] == [REMINDER.replace("Hej Mette.", "Hej.")]


@pytest.mark.parametrize("means", ["no_phone", "opted_out"])
async def test_who_cannot_be_written_to_is_told_by_a_person(
    runtime, owed, in_plan, mornings, see, sms, means
):
    phone = None if means == "no_phone" else make.METTE_PHONE
    mette = await make.citizen(runtime, phone=phone)
    if means == "opted_out":
        async with runtime.transaction() as session:
            session.add(
                OptOut(
                    municipality="albertslund",
                    channel=Channel.SMS,
                    address=make.METTE_PHONE,
                    at=runtime.clock.now(),
                    source="sms",
                )
            )
    plan = await in_plan(await owed(mette))
    await mornings(date(2026, 11, 27), date(2026, 12, 11))
    assert sms.sent == []
    [(kind, facts)] = await see.tasks()
    reason = "no_address" if means == "no_phone" else "opted_out"
    assert (kind, facts["instalment"], facts["because"]) == ("plan_missed", 1, reason)
    assert (await see.plan(plan)).instalments[0].missed_at == at_local(date(2026, 12, 9), 7)


async def test_a_word_that_could_not_be_delivered_goes_to_a_person(
    mette, owed, in_plan, mornings, see, sms
):
    plan = await in_plan(await owed(mette))
    sms.answers.append(SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code="30005"))
    await mornings(date(2026, 12, 9), date(2026, 12, 9))
    assert await see.tasks() == []
    await mornings(date(2026, 12, 10), date(2026, 12, 10))
    [(kind, facts)] = await see.tasks()
    assert (kind, facts["because"]) == ("plan_missed", "30005")
    # the way back begins when a person knows
    assert (await see.plan(plan)).instalments[0].missed_at == at_local(date(2026, 12, 10), 7)


async def test_a_plan_in_faxe_is_not_broken_before_the_citizen_or_a_person_was_told(
    runtime, owed, in_plan, mornings, clock, see
):
    """The gateway is down for weeks: the way back has not begun."""
    frida = await make.citizen(runtime, municipality="faxe")
    plan = await in_plan(await owed(frida))
    for day in (date(2026, 12, 9), date(2026, 12, 30), date(2027, 1, 29)):
        clock.instant = at_local(day, 7)
        await make.coverage(runtime, "faxe", day - timedelta(days=1))
        await outreach_round(runtime, municipality="faxe")
        assert (await see.plan(plan)).state is AgreementState.ACCEPTED


async def test_a_word_that_came_to_be_useless_on_its_way_goes_to_a_person(
    runtime, mette, owed, in_plan, clock, see
):
    plan = await in_plan(await owed(mette))
    for day, drained in ((date(2026, 12, 9), False), (date(2027, 1, 20), True)):
        clock.instant = at_local(day, 7)
        await make.coverage(runtime, "albertslund", day - timedelta(days=1))
        if drained:  # the gateway is back after six weeks
            clock.instant = at_local(day, 10)
            await drain(runtime, ["albertslund"])
        await outreach_round(runtime, municipality="albertslund")
    assert ("plan_missed", "stood_down", "useless_now") in await see.written()
    [(kind, facts)] = await see.tasks()
    assert (kind, facts["because"]) == ("plan_missed", "useless_now")
    first, *_ = (await see.plan(plan)).instalments
    assert first.missed_at == at_local(date(2027, 1, 20), 10)
    assert (await see.plan(plan)).state is AgreementState.ACCEPTED


# ------------------------------------------------------------------------------- the last look
@pytest.fixture
def waiting(mette, owed, in_plan, morning):
    """A reminder that was written at seven and may leave from nine."""

    async def write():
        claim = await owed(mette)
        plan = await in_plan(claim)
        await morning(FRIDAY_BEFORE, hour=8)
        return claim, plan

    return write


@pytest.fixture
def nine(runtime, clock, see):
    async def leave(*, hour=10):
        clock.instant = at_local(FRIDAY_BEFORE, hour)
        await drain(runtime, ["albertslund"])
        return await see.written()

    return leave


async def test_it_waits_for_the_contact_window(waiting, nine):
    await waiting()
    assert await nine(hour=8) == [("plan_reminder", "queued", None)]
    assert await nine() == [("plan_reminder", "accepted", None)]


async def test_who_has_paid_meanwhile_is_left_in_peace(waiting, nine, pay):
    claim, _ = await waiting()
    await pay(claim, 40000)
    assert await nine() == [("plan_reminder", "stood_down", "paid")]


async def test_a_plan_that_has_ended_is_spoken_of_no_more(waiting, nine, pay):
    claim, _ = await waiting()
    await pay(claim, 120000)
    assert await nine() == [("plan_reminder", "stood_down", "plan_over")]


async def test_a_plan_at_rest_is_not_spoken_of(runtime, waiting, nine):
    _, plan = await waiting()
    async with runtime.transaction() as session:
        known = await session.get_one(type(plan), plan.id)
        known.suspended_on, known.suspended_because = FRIDAY_BEFORE, "respite"
    assert await nine() == [("plan_reminder", "stood_down", "plan_rests")]


async def test_nothing_is_said_to_a_frozen_citizen(runtime, mette, waiting, nine):
    await waiting()
    async with runtime.transaction() as session:
        known = await session.get_one(Citizen, mette.id)
        known.frozen_at, known.frozen_because = runtime.clock.now(), "hard_illness"
    assert await nine() == [("plan_reminder", "stood_down", "frozen")]


async def test_nothing_is_said_beside_a_person(runtime, waiting, nine):
    await waiting()
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
        talk.owner, talk.owner_staff_id = Owner.STAFF, anna.id
    assert await nine() == [("plan_reminder", "stood_down", "held_by_human")]


async def test_a_distrusted_number_is_not_written_to(runtime, mette, waiting, nine):
    await waiting()
    async with runtime.transaction() as session:
        await session.execute(
            update(ContactPoint).values(
                distrusted_at=runtime.clock.now(), distrusted_because="wrong_person"
            )
        )
    assert await nine() == [("plan_reminder", "stood_down", "number_distrusted")]


async def test_one_message_a_day_and_answers_go_first(runtime, waiting, nine, sms):
    """A first contact has been made this morning: the reminder waits until tomorrow."""
    await waiting()
    async with runtime.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
    await make.outgoing(
        runtime,
        talk,
        kind=MessageKind.FIRST_CONTACT,
        status="sent",
        sending_since=runtime.clock.now(),
    )
    await make.outgoing(runtime, talk, body="Svar")
    written = await nine()
    assert [one.body for one in sms.sent] == ["Svar"]
    assert ("plan_reminder", "queued", None) in written
