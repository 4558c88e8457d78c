"""What people should not send, or send too much of: a sensible answer each, and nothing lost."""

from datetime import timedelta

from data.models.citizens import Channel
from data.models.conversations import Message, MessageStatus
from outreach import conversations, jobs
from outreach.dispatch import drain
from tests import make

MANY = 50


async def test_H22_a_cpr_number_proves_who_writes_and_they_are_asked_not_to_send_it(
    write, claim, the_one
):
    await write("Hvad skylder jeg?", "how_much")
    said = await write("010180-1234 A-1001", "identify")
    assert "1.200" in said
    assert "Skriv ikke CPR-nummer" in said
    assert said.index("1.200") < said.index("Skriv ikke CPR")


async def test_H22_they_are_asked_once_a_day(write, claim, clock):
    assert "Skriv ikke CPR" in await write("010180-1234", "is_this_scam")
    assert "Skriv ikke CPR" not in await write("jeg hedder 010180-1234", "is_this_scam")
    clock.travel(timedelta(days=1))
    assert "Skriv ikke CPR" in await write("det er 010180-1234", "is_this_scam")


async def test_H22_the_words_in_a_hard_case_stand_alone(write, claim):
    assert "CPR" not in await write("010180-1234 mærkelig hilsen", "hard_suicide")


async def test_fifty_messages_in_a_minute_are_answered_in_order(
    talking, rasa, postgres, runtime, sms
):
    await make.citizen(runtime)
    for number in range(MANY):
        async with talking.transaction() as session:
            await conversations.receive(
                session,
                talking,
                municipality="albertslund",
                channel=Channel.SMS,
                address=make.METTE_PHONE,
                body=f"Er det svindel, spørger jeg for gang nummer {number}",
                vendor_ref=f"SM{number:02}",
            )
        rasa.turns.append(["action_is_this_scam"])
    app = jobs.make_app(talking, postgres)
    async with app.open_async():
        await app.run_worker_async(wait=False, install_signal_handlers=False)
    await drain(talking, ["albertslund"])
    assert len(sms.bodies) == MANY
    order = [asked["metadata"]["message_id"] for asked in rasa.asked]
    async with runtime.transaction() as session:
        messages = [await session.get(Message, message_id) for message_id in order]
    assert [message.number for message in messages] == sorted(m.number for m in messages)
    assert {message.status for message in messages} == {MessageStatus.HANDLED}
