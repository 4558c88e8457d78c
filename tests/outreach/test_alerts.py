"""The person on duty is called about what nobody takes, until somebody does, and none is lost."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data.models.alerts import Alert
from data.models.audit import AuditEntry
from data.models.handoffs import Handoff
from data.municipalities.policy import Policies
from data.values.phone import PhoneNumber
from outreach import alerts, handoffs
from outreach.alerts import call_on_duty
from outreach.runtime import SendOutcome, SendResult
from outreach.takeovers import return_forgotten
from outreach.texts import gsm7_segments
from tests import make, make_desk

ON_DUTY = PhoneNumber.parse("+4520999999")
NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # half past eleven in the evening
MINUTE = timedelta(minutes=1)


def on_duty(runtime, *municipalities, **changes):
    """Let these municipalities have somebody on duty, called again after ten minutes."""
    changes = {"on_call": ON_DUTY, "call_again_minutes": 10, "calls_close_together": 3} | changes
    known = [runtime.policies[key] for key in runtime.policies.keys]
    manned = [
        each.model_copy(update={"desk": each.desk.model_copy(update=changes)})
        if each.key in municipalities
        else each
        for each in known
    ]
    return replace(runtime, policies=Policies(manned))


@pytest.fixture
def manned(runtime):
    return on_duty(runtime, "albertslund")


@pytest.fixture
def night(clock):
    clock.instant = NIGHT
    return clock


@pytest.fixture
def wait(runtime):
    async def waits(number=1, **given):
        municipality = given.pop("municipality", "albertslund")
        person = await make.citizen(
            runtime,
            municipality=municipality,
            debtor_id=f"01018012{number:02d}",
            phone=f"+45203040{number:02d}",
        )
        talk = await make.conversation(runtime, person, address=f"+45203040{number:02d}")
        values = {"severity": 1, "reason": "hard_eviction"} | given
        return await make_desk.handoff(runtime, talk, **values)

    return waits


async def rows(runtime):
    async with runtime.transaction() as session:
        found = await session.scalars(select(Alert).order_by(Alert.handoff_id, Alert.number))
        return [(row.number, row.result) for row in found]


async def test_by_night_somebody_is_called_at_once_and_hears_nothing_of_the_citizen(
    manned, night, wait, sms
):
    await wait()
    assert await call_on_duty(manned) == 1
    [sent] = sms.sent
    assert (sent.to, sent.sender) == (ON_DUTY, manned.policies["albertslund"].senders.sms)
    assert "1 henvendelse haster" in sent.body
    assert "24. november kl. 23.30" in sent.body
    assert not any(word in sent.body for word in ("Mette", "http", "20304050", "sæt"))
    assert gsm7_segments(sent.body)[0] == 1
    assert await rows(manned) == [(1, "accepted")]


async def test_it_calls_again_until_somebody_takes_it(manned, night, wait, sms, runtime):
    waits = await wait()
    for _ in range(25):
        await call_on_duty(manned)
        night.travel(MINUTE)
    assert len(sms.sent) == 3
    person = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, waits.id, person)
    night.travel(timedelta(hours=1))
    assert await call_on_duty(manned) == 0


async def test_taken_after_the_first_call_there_is_no_second(manned, night, wait, sms, runtime):
    waits = await wait()
    await call_on_duty(manned)
    person = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, waits.id, person)
    night.travel(timedelta(hours=1))
    assert await call_on_duty(manned) == 0
    assert len(sms.sent) == 1


async def test_after_so_many_calls_it_calls_once_an_hour_until_somebody_takes_it(
    manned, night, wait, sms
):
    await wait()
    at = [minute for minute in range(0, 150, 10) if await rings(manned, night)]
    assert at == [0, 10, 20, 80, 140]
    assert [number for number, _ in await rows(manned)] == [1, 2, 3, 4, 5]
    assert len(sms.sent) == 5


async def rings(manned, night):
    """Tell whether the person on duty is called now; ten minutes go by."""
    called = await call_on_duty(manned)
    night.travel(10 * MINUTE)
    return called


async def test_one_that_was_taken_and_forgotten_calls_anew(manned, night, wait, sms, runtime):
    waits = await wait(severity=0, reason="hard_suicide")
    for _ in range(4):
        await call_on_duty(manned)
        night.travel(10 * MINUTE)
    person = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, waits.id, person)
    night.travel(manned.policies["albertslund"].desk.forgotten_after + MINUTE)
    assert await return_forgotten(manned) == 1
    assert await call_on_duty(manned) == 1
    assert len(sms.sent) == 4


async def test_several_make_one_call_and_a_new_one_calls_at_once(manned, night, wait, sms):
    await wait(1)
    await wait(2, severity=0, reason="hard_suicide")
    assert await call_on_duty(manned) == 1
    assert "2 henvendelser haster" in sms.sent[0].body
    night.travel(MINUTE)
    await wait(3)
    assert await call_on_duty(manned) == 1
    assert "3 henvendelser haster" in sms.sent[1].body
    assert len(await rows(manned)) == 3


async def test_what_can_wait_wakes_nobody(manned, night, wait, sms):
    await wait(1, severity=2)
    await wait(2, severity=3)
    assert await call_on_duty(manned) == 0
    assert sms.sent == []


async def test_in_office_hours_the_desk_itself_alerts(manned, wait, sms):
    await wait(1)
    await wait(2, severity=0, reason="hard_suicide")
    assert await call_on_duty(manned) == 0
    assert sms.sent == []


async def test_a_life_in_danger_that_the_desk_leaves_past_its_time_rings_by_day_too(
    manned, wait, sms, clock
):
    await wait(severity=0, reason="hard_suicide", due_at=clock.now() + 5 * MINUTE)
    clock.travel(6 * MINUTE)
    assert await call_on_duty(manned) == 0
    await handoffs.escalate(manned)
    assert await call_on_duty(manned) == 1
    assert len(sms.sent) == 1


async def test_on_a_saturday_the_office_is_closed_all_day(manned, wait, sms, clock):
    clock.travel(timedelta(days=4))
    await wait()
    assert await call_on_duty(manned) == 1


@pytest.mark.parametrize("result", [SendResult.REFUSED_FOR_NOW, SendResult.UNKNOWN])
async def test_what_may_not_have_arrived_is_sent_again_by_the_next_round(
    manned, night, wait, sms, result
):
    await wait()
    sms.answers = [SendOutcome(result, error_code="20500")]
    await call_on_duty(manned)
    assert sms.sent == []
    night.travel(MINUTE)
    assert await call_on_duty(manned) == 1
    assert len(sms.sent) == 1


async def test_a_number_that_takes_no_sms_is_tried_again_later_and_is_on_record(
    manned, night, wait, sms
):
    await wait()
    sms.answers = [SendOutcome(SendResult.REFUSED_FOR_GOOD, error_code="21614")]
    await call_on_duty(manned)
    night.travel(MINUTE)
    assert await call_on_duty(manned) == 0
    assert await rows(manned) == [(1, "refused_for_good")]


async def test_a_process_that_dies_before_it_hears_of_the_call_has_it_made_again(
    manned, night, wait, sms
):
    class DeadLine(Exception):  # noqa: N818 - the machine dies
        pass

    class Dying:
        async def send(self, *_given, **_more):
            raise DeadLine

    await wait()
    with pytest.RaisesGroup(DeadLine):
        await call_on_duty(replace(manned, sms=Dying()))
    assert await rows(manned) == [(1, None)]
    night.travel(MINUTE)
    assert await call_on_duty(manned) == 1
    assert await rows(manned) == [(1, "accepted")]


async def test_two_rounds_at_once_make_one_call(manned, night, wait, sms):
    await wait()
    calls = await asyncio.gather(*(call_on_duty(manned) for _ in range(3)))
    assert sum(calls) == 1
    assert len(sms.sent) == 1


async def test_each_municipality_calls_its_own_from_its_own_number(runtime, night, wait, sms):
    other = PhoneNumber.parse("+4520888888")
    both = on_duty(on_duty(runtime, "albertslund"), "faxe", on_call=other)
    await wait(1)
    await wait(2, municipality="faxe")
    assert await call_on_duty(both) == 2
    senders = {each.to: each.sender for each in sms.sent}
    policies = both.policies
    assert senders == {
        ON_DUTY: policies["albertslund"].senders.sms,
        other: policies["faxe"].senders.sms,
    }


async def test_a_fault_at_one_municipality_keeps_no_other_asleep(runtime, night, wait, sms):
    class Flaky:
        async def send(self, sender, *given, **more):
            if sender == runtime.policies["albertslund"].senders.sms:
                raise OSError("the line is dead")
            return await sms.send(sender, *given, **more)

    both = on_duty(on_duty(runtime, "albertslund"), "faxe")
    await wait(1)
    await wait(2, municipality="faxe")
    with pytest.RaisesGroup(OSError):
        await call_on_duty(replace(both, sms=Flaky()))
    assert [each.sender for each in sms.sent] == [runtime.policies["faxe"].senders.sms]


async def test_where_nobody_is_on_duty_nobody_is_called(runtime, night, wait, sms):
    await wait()
    assert await call_on_duty(runtime) == 0
    assert await rows(runtime) == []


async def test_without_a_gateway_the_call_is_on_record_as_not_made(manned, night, wait):
    await wait()
    assert await call_on_duty(replace(manned, sms=None)) == 0
    assert await rows(manned) == [(1, None)]


async def test_every_call_is_on_record(manned, night, wait, runtime):
    waits = await wait()
    await call_on_duty(manned)
    async with runtime.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "on_call_alerted"))
        assert (await session.get(Handoff, waits.id)).severity == 1
    assert (entry.subject_id, entry.facts["number"]) == (str(waits.id), 1)
    assert entry.facts["result"] == "accepted"
    assert ON_DUTY.e164 not in str(entry.facts)


def test_many_are_counted_in_the_words_of_the_alert(runtime):
    said = alerts.text(runtime.policies["faxe"], 12, NIGHT)
    assert "12 henvendelser haster" in said
    assert gsm7_segments(said)[0] == 1
