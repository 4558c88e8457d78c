"""What a caseworker writes: signed, thought over, stopped in time, and never lost."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.citizens import Channel, Citizen
from data.models.conversations import Author, Conversation, Hearer, Message, MessageStatus, Owner
from data.models.handoffs import Handoff, HandoffState
from data.models.staff import Staff
from data.values.time import day_of
from outreach import circumstances, citizens
from outreach.dispatch import run_batch
from tests import make, make_desk
from tests.make_desk import marks_of


@pytest.fixture
async def page(talk, anna):
    """The page of a conversation that Anna has taken over."""
    place = f"/desk/conversations/{talk.id}"
    await anna.send(f"{place}/take")
    return place


@pytest.fixture
def sent(runtime):
    async def look():
        async with runtime.transaction() as session:
            return list(await session.scalars(select(Message).order_by(Message.number)))

    return look


async def write(browser, page, body, **fields):
    return await browser.send(f"{page}/answer", page, body=body, **fields)


@pytest.fixture
def prove(runtime, talk, clock):
    """Let Mette prove who she is."""

    async def proven():
        async with runtime.transaction() as session:
            place = await session.get_one(Conversation, talk.id)
            place.identity_level, place.identity_at = 2, clock.now()

    return proven


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette)


@pytest.fixture
def depart(runtime, clock):
    """Let all leave that may, ten seconds later."""

    async def leave():
        clock.travel(timedelta(seconds=10))
        await run_batch(runtime, "albertslund")

    return leave


async def test_an_answer_waits_a_moment_and_can_be_stopped(anna, page, runtime, clock, sms, sent):
    await write(anna, page, "Jeg sender dig et brev.")
    [message] = await sent()
    await run_batch(runtime, "albertslund")
    assert sms.sent == []
    stopped = await anna.send(f"{page}/stop-answer", page, message=str(message.id))
    shown = (await anna.get(stopped.headers["location"])).text
    assert "Svaret er stoppet" in shown
    assert ">Jeg sender dig et brev.</textarea>" in shown
    clock.travel(timedelta(minutes=1))
    await run_batch(runtime, "albertslund")
    assert sms.sent == []
    [message] = await sent()
    assert (message.status, message.stood_down_because) == (MessageStatus.STOOD_DOWN, "recalled")


async def said_no(session, runtime, talk, _staff):
    await citizens.opt_out(
        session, runtime, municipality=talk.municipality, channel=talk.channel,
        address=talk.address, source="citizen",
    )  # fmt: skip


async def died(session, runtime, talk, staff):
    mette, today = await session.get_one(Citizen, talk.citizen_id), day_of(runtime.clock.now())
    await circumstances.record_death(session, runtime, mette, staff, today, "Besked fra CPR.")


@pytest.mark.parametrize(("happened", "why"), [(said_no, "sagt nej"), (died, "er død")])
async def test_an_answer_that_would_not_leave_is_not_said_to_be_sent(
    anna, page, runtime, talk, sent, happened, why
):
    async with runtime.transaction() as session:
        staff = await session.scalar(select(Staff).where(Staff.username == "anna"))
        await happened(session, runtime, talk, staff)
    refused = await write(anna, page, "Du hører fra mig.")
    assert refused.status_code == 422
    assert why in refused.text.partition("answer-error")[2]
    assert "Du hører fra mig." in refused.text
    assert await sent() == []


async def test_what_has_left_cannot_be_stopped(anna, page, runtime, clock, sms, sent):
    await write(anna, page, "Jeg sender dig et brev.")
    clock.travel(timedelta(seconds=8))
    await run_batch(runtime, "albertslund")
    assert len(sms.sent) == 1
    [message] = await sent()
    late = await anna.send(f"{page}/stop-answer", page, message=str(message.id))
    assert late.status_code == 409
    assert "nåede at blive sendt" in late.text


async def test_a_danger_to_life_does_not_wait(anna, runtime, talk, sms):
    await make_desk.handoff(runtime, talk, severity=0, reason="hard_suicide")
    place = f"/desk/conversations/{talk.id}"
    await anna.send(f"{place}/take")
    await write(anna, place, "Jeg ringer til dig nu.")
    await run_batch(runtime, "albertslund")
    assert len(sms.sent) == 1


async def test_other_words_under_the_same_key_are_shown_and_not_lost(anna, page, sent):
    key = await anna.key(page)
    await write(anna, page, "Det første", key=key)
    same = await write(anna, page, "Det første", key=key)
    assert same.status_code == 303
    other = await write(anna, page, "Det andet", key=key)
    assert other.status_code == 409
    assert "Dit første svar er sendt" in other.text
    assert "Det andet" in other.text
    assert len(await sent()) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Du skylder {sum}.", "må ikke udfyldes, før borgeren er bekræftet"),
        ("Hej {first_name}", "Stedet {first_name} er ikke udfyldt"),
        ("Se {løn}", "Stedet {løn} findes ikke"),
    ],
)
async def test_a_place_that_is_not_filled_is_named_and_nothing_is_sent(anna, page, sent, body, why):
    refused = await write(anna, page, body)
    assert refused.status_code == 422
    assert why in refused.text
    assert body in refused.text
    assert await sent() == []


@pytest.mark.parametrize(
    ("body", "care"),
    [
        ("Du mangler 500 kr.", "amount"),
        ("Du har en depression.", "health"),
        ("Overfør til konto 12345678", "account"),
        ("Det er regningen for børnepasning", "claim_type"),
        ("Se www.albertslund.dk", "link"),
    ],
)
@pytest.mark.usefixtures("claim")
async def test_what_others_may_read_is_asked_about_once(anna, page, sent, prove, body, care):
    asked = await write(anna, page, body)
    assert asked.status_code == 422
    assert re.findall(r'name="seen" value="([^"]+)"', asked.text) == [care]
    assert (await write(anna, page, body, seen=care)).status_code == 422
    assert (await write(anna, page, body, seen=care, confirmed="yes")).status_code == 303
    assert len(await sent()) == 1
    await prove()
    expected = 422 if care == "link" else 303
    assert (await write(anna, page, body)).status_code == expected


async def test_handing_back_tells_the_citizen_and_can_be_undone(
    anna, bo, page, runtime, sms, sent, depart
):
    await write(anna, page, "Hej")
    await anna.send(f"{page}/hand-back", page, note="Aftalt.", may_tell="Sagen venter til jul.")
    *_, back = await sent()
    assert "Nu skriver den digitale assistent igen" in back.body
    text = (await anna.get(page)).text
    assert "Assistenten må fortælle: Sagen venter til jul." in text
    assert "Fortryd, og tag samtalen igen" in text
    assert "Fortryd, og tag samtalen igen" not in (await bo.get(page)).text
    assert (await bo.send(f"{page}/take-back", page)).status_code == 409
    assert (await anna.send(f"{page}/take-back", page)).status_code == 303
    await depart()
    assert [each.body.splitlines()[-1] for each in sms.sent] == ["Hej"]
    async with runtime.transaction() as session:
        handoff = await session.scalar(select(Handoff))
        place = await session.scalar(select(Conversation))
    assert (handoff.state, place.owner) == (HandoffState.TAKEN, Owner.STAFF)


async def test_handing_back_twice_says_that_it_is_done(anna, page):
    for _ in range(2):
        done = await anna.send(f"{page}/hand-back", "/desk", note="Aftalt.")
        assert done.headers["location"].endswith("?done=handed-back")


async def test_all_a_citizens_channels_are_read_as_one(anna, runtime, mette, talk, page, clock):
    chat = await make.conversation(runtime, mette, channel=Channel.TELEGRAM, address="4711")
    other = await make.conversation(runtime, None, address="+4520304059")
    await make_desk.said(runtime, talk, "først på sms")
    clock.travel(timedelta(minutes=1))
    await make_desk.said(runtime, chat, "så på telegram")
    clock.travel(timedelta(minutes=1))
    await make_desk.said(runtime, talk, "og sms igen")
    await make_desk.said(runtime, other, "en helt anden")
    text = (await anna.get(page)).text
    places = [text.index(w) for w in ("først på sms", "så på telegram", "og sms igen")]
    assert places == sorted(places)
    assert "en helt anden" not in text
    assert '<span class="message-channel">Telegram</span>' in text
    alone = (await anna.get(f"/desk/conversations/{other.id}")).text
    assert "en helt anden" in alone
    assert "først på sms" not in alone


async def test_why_it_was_handed_over_is_shown_with_the_message(anna, runtime, talk):
    heard = {"understood_as": "hard_suicide", "understood_by": Hearer.RULE}
    message = await make_desk.said(runtime, talk, "Jeg vil ikke leve længere", **heard)
    await make_desk.handoff(runtime, talk, severity=0, reason="hard_suicide", opened_by=message.id)
    text = (await anna.get(f"/desk/conversations/{talk.id}")).text
    assert "Denne besked udløste henvendelsen" in text
    assert "En regel:" in text
    assert "vil ikke leve" in text[text.index("Ordene var:") :]
    assert f'href="#message-{message.id}"' in text


async def test_a_receipt_says_in_words_what_went_wrong(anna, runtime, talk, page):
    given = {"author": Author.ASSISTANT, "status": MessageStatus.UNDELIVERED}
    await make_desk.said(runtime, talk, "Hej", **given, error_code="30003")
    assert "telefonen er slukket eller uden dækning" in (await anna.get(page)).text


async def test_colleagues_see_who_looks_and_who_writes(anna, bo, runtime, page, clock):
    beat = f"{page}/presence"
    await bo.send(beat, page)
    seen = (await anna.send(beat, page)).text
    assert "Bo Dam ser også på samtalen" in seen
    await bo.send(beat, page, typing="yes")
    text = (await anna.get(page)).text
    assert "Bo Dam skriver …" in text
    marks = marks_of(await anna.get(page))
    clock.travel(timedelta(seconds=31))
    news = (await anna.get(f"{page}/live", params=marks)).text
    assert "Bo Dam" not in news
    assert "part-presence" in news
    async with runtime.transaction() as session:
        assert (await session.scalar(select(Handoff))).touched_at is not None


async def test_who_leaves_is_gone_at_once(anna, bo, page):
    await bo.send(f"{page}/presence", page)
    await bo.send(f"{page}/presence", page, leaving="yes")
    assert "Bo Dam ser" not in (await anna.get(page)).text


async def test_an_open_page_does_not_keep_a_session_awake(anna, page, clock):
    secret = await anna.secret(page)
    for _ in range(4):
        clock.travel(timedelta(hours=4))
        gone = await anna.post(f"{page}/presence", {"csrf_token": secret})
    assert gone.headers["location"].startswith("/desk/sign-in")
