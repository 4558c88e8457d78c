"""A call-back that was promised on the telephone stands on the desk, with its number and hours."""

from datetime import date

from data.models.citizens import Channel
from data.municipalities.blocks import Words
from data.municipalities.voice import CallBackSlot
from outreach import call_backs
from outreach.rules.call_back import Slot
from tests import make

PART = CallBackSlot(name=Words(da="om formiddagen", en="x"), opens="09:00", closes="12:00")


async def promised(runtime, talk, day):
    async with runtime.transaction() as session:
        return await call_backs.promise(session, runtime, talk, Slot(day, PART), make.METTE_PHONE)


async def test_the_task_says_whom_to_call_where_and_when(anna, runtime):
    mette = await make.citizen(runtime)
    talk = await make.conversation(runtime, mette, channel=Channel.VOICE)
    task = await promised(runtime, talk, date(2026, 11, 25))
    page = (await anna.get(f"/desk/tasks/{task.id}")).text
    assert make.METTE_PHONE in page
    assert "09.00" in page
    assert "12.00" in page
    assert f"/desk/conversations/{talk.id}" in page


async def test_a_caller_nobody_knows_is_called_back_too(anna, runtime):
    talk = await make.conversation(runtime, None, channel=Channel.VOICE, address="call:CA1")
    task = await promised(runtime, talk, date(2026, 11, 25))
    assert make.METTE_PHONE in (await anna.get(f"/desk/tasks/{task.id}")).text
    assert (await anna.get("/desk/tasks")).status_code == 200


async def test_who_asks_twice_is_called_once_at_the_time_they_said_last(runtime):
    mette = await make.citizen(runtime)
    talk = await make.conversation(runtime, mette, channel=Channel.VOICE)
    first = await promised(runtime, talk, date(2026, 11, 25))
    again = await promised(runtime, talk, date(2026, 11, 26))
    assert first.id == again.id
    assert again.facts["slot_on"] == "2026-11-26"
