"""A conversation: read, taken over by exactly one, answered, handed back."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.citizens import Channel, OptOut
from data.models.conversations import Author, Conversation, Message, MessageStatus, Owner
from data.models.handoffs import Handoff, HandoffState
from tests import make, make_desk
from tests.make_desk import marks_of


@pytest.fixture
async def page(talk):
    return f"/desk/conversations/{talk.id}"


async def test_the_thread_says_who_wrote_what_and_what_became_of_it(
    anna, runtime, talk, page, clock
):
    await make_desk.said(runtime, talk, "Hej Mette, din regning mangler.", author=Author.ASSISTANT)
    clock.travel(timedelta(minutes=1))
    await make_desk.said(runtime, talk, "Hvad skylder jeg?")
    clock.travel(timedelta(minutes=1))
    await make_desk.said(
        runtime,
        talk,
        "Svaret",
        author=Author.ASSISTANT,
        status=MessageStatus.STOOD_DOWN,
        stood_down_because="paid",
    )
    text = (await anna.get(page)).text
    assert (
        text.index("din regning mangler") < text.index("Hvad skylder jeg?") < text.index("Svaret")
    )
    assert "Leveret" in text
    assert "kravet er betalt" in text
    assert "i dag kl. 10.00" in text


async def test_what_a_citizen_writes_is_text_and_nothing_else(anna, runtime, talk, page):
    ugly = (
        "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} & \u202egnp z\u0335\u0321"
    )
    await make_desk.said(runtime, talk, ugly)
    text = (await anna.get(page)).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert 'dir="auto"' in text


async def test_a_name_from_the_ledger_is_text_too(anna, runtime):
    person = await make.citizen(
        runtime, name='<b>"Mette"</b>', debtor_id="0202802222", phone="+4520304051"
    )
    talk = await make.conversation(runtime, person, address="+4520304051")
    await make_desk.reader(runtime, person)
    await make_desk.handoff(runtime, talk, summary="<i>kort</i>")
    text = (await anna.get(f"/desk/conversations/{talk.id}")).text
    assert "<b>" not in text
    assert "<i>kort" not in text


async def test_the_card_shows_claims_plans_and_what_to_be_careful_of(
    anna, runtime, mette, talk, page, clock
):
    await make.claim(runtime, mette)
    await make.claim(runtime, mette, claim_ref="A-1002", claim_type="vand")
    await make_desk.plan(runtime, talk)
    async with runtime.transaction() as session:
        person = await session.merge(mette)
        person.frozen_at, person.frozen_because = clock.now(), "hard_illness"
        session.add(
            OptOut(
                municipality="albertslund",
                channel=Channel.SMS,
                address=make.METTE_PHONE,
                at=clock.now(),
                source="citizen",
            )
        )
    text = (await anna.get(page)).text
    for words in (
        "Børnepasning",
        "Vand",
        "I alt ubetalt: 2.400 kr.",
        "Vis 3 rater",
        "400 kr.",
        "alvorlig sygdom",
        "Har sagt nej tak",
        "20 30 40 50",
    ):
        assert words.casefold() in text.casefold()
    assert mette.debtor_id not in text


async def test_an_unknown_sender_has_no_card_to_leak(anna, runtime):
    talk = await make.conversation(runtime, None, address="+4520304052")
    text = (await anna.get(f"/desk/conversations/{talk.id}")).text
    assert "Vi ved ikke, hvem det er" in text


@pytest.mark.parametrize("act", ["", "/live", "/take", "/answer", "/hand-back"])
async def test_another_municipalitys_conversation_does_not_exist(anna, runtime, act):
    person = await make.citizen(runtime, municipality="faxe", name="Frode")
    talk = await make.conversation(runtime, person)
    await make_desk.handoff(runtime, talk)
    address = f"/desk/conversations/{talk.id}{act}"
    if act in {"", "/live"}:
        answer = await anna.get(address)
    else:
        answer = await anna.send(address, body="Hej", note="Hej")
    assert answer.status_code == 404
    assert "Frode" not in answer.text
    async with runtime.transaction() as session:
        assert (await session.scalar(select(Handoff))).state is HandoffState.WAITING


@pytest.mark.parametrize(
    "guess", ["0b0e3c1a-5d52-4f0e-9a57-3c1f0d5b7a11", "1", "..%2f..", "%00", "x" * 3000]
)
async def test_a_guessed_address_leads_nowhere(anna, guess):
    answer = await anna.get(f"/desk/conversations/{guess}")
    assert answer.status_code == 404
    assert "Siden findes ikke" in answer.text


async def test_taking_over_silences_the_assistant_and_opens_the_answer_box(
    anna, runtime, talk, page
):
    await make_desk.handoff(runtime, talk)
    assert "Send svar" not in (await anna.get(page)).text
    taken = await anna.send(f"{page}/take")
    assert taken.status_code == 303
    text = (await anna.get(taken.headers["location"])).text
    assert "Du har nu samtalen" in text
    assert "Send svar" in text
    async with runtime.transaction() as session:
        assert (await session.get_one(Conversation, talk.id)).owner is Owner.STAFF


async def test_of_two_at_once_one_gets_it_and_the_other_is_told_who(anna, bo, runtime, talk, page):
    await make_desk.handoff(runtime, talk)
    secrets = [await anna.secret(), await bo.secret()]
    answers = await asyncio.gather(
        anna.post(f"{page}/take", {"csrf_token": secrets[0]}),
        bo.post(f"{page}/take", {"csrf_token": secrets[1]}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    winner = "Anna Berg" if answers[0].status_code == 303 else "Bo Dam"
    assert f"{winner} har overtaget samtalen" in loser.text
    assert "Send svar" not in loser.text
    async with runtime.transaction() as session:
        handoffs = list(await session.scalars(select(Handoff)))
    assert [handoff.state for handoff in handoffs] == [HandoffState.TAKEN]


async def test_two_at_once_also_where_nothing_was_handed_over(anna, bo, runtime, talk, page):
    secrets = [await anna.secret(), await bo.secret()]
    answers = await asyncio.gather(
        anna.post(f"{page}/take", {"csrf_token": secrets[0]}),
        bo.post(f"{page}/take", {"csrf_token": secrets[1]}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    async with runtime.transaction() as session:
        handoff = await session.scalar(select(Handoff))
    assert (handoff.reason, handoff.state) == ("caseworker", HandoffState.TAKEN)


async def test_an_answer_goes_out_on_the_citizens_channel_in_the_caseworkers_name(
    anna, runtime, talk, page
):
    await anna.send(f"{page}/take")
    sent = await anna.send(
        f"{page}/answer",
        page,
        body="Hej Mette\r\nJeg ringer\x00 til dig.",
        key=await anna.key(page),
    )
    assert sent.status_code == 303
    text = (await anna.get(sent.headers["location"])).text
    assert "Anna Berg, sagsbehandler" in text
    async with runtime.transaction() as session:
        message = await session.scalar(select(Message))
    assert message.body == (
        "Nu skriver du med et menneske: Anna fra Albertslund Kommune."
        "\n\nHej Mette\nJeg ringer til dig."
    )
    assert (message.author, message.status) == (Author.STAFF, MessageStatus.QUEUED)


async def test_a_double_click_sends_one_answer(anna, runtime, talk, page):
    await anna.send(f"{page}/take")
    fields = {"csrf_token": await anna.secret(), "body": "Hej", "key": await anna.key(page)}
    answers = await asyncio.gather(*(anna.post(f"{page}/answer", fields) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    async with runtime.transaction() as session:
        assert len(list(await session.scalars(select(Message)))) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("   ", "Skriv et svar"),
        ("x" * 1531, "Svaret er for langt"),
        ("Dit cpr-nummer er 010180-1234, ikke?", "ligner et cpr-nummer"),
    ],
)
async def test_an_answer_that_is_not_sent_is_kept_in_its_field(
    anna, runtime, talk, page, body, why
):
    await anna.send(f"{page}/take")
    refused = await anna.send(f"{page}/answer", page, body=body)
    assert refused.status_code == 422
    assert why in refused.text
    assert body.strip() in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(Message)) is None


async def test_a_number_like_a_cpr_number_is_sent_when_the_caseworker_says_so(
    anna, runtime, talk, page
):
    await anna.send(f"{page}/take")
    sent = await anna.send(f"{page}/answer", page, body="0101801234", seen="cpr", confirmed="yes")
    assert sent.status_code == 303


async def test_who_does_not_hold_it_cannot_answer_and_keeps_the_text(anna, bo, runtime, talk, page):
    await anna.send(f"{page}/take")
    refused = await bo.send(f"{page}/answer", "/desk", body="Min lange tekst")
    assert refused.status_code == 409
    assert "Anna Berg har overtaget" in refused.text
    assert "Min lange tekst" in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(Message)) is None


async def test_handing_back_wakes_the_assistant_and_keeps_the_note(anna, runtime, talk, page):
    await make_desk.handoff(runtime, talk)
    await anna.send(f"{page}/take")
    assert (await anna.send(f"{page}/hand-back", page, note=" ")).status_code == 422
    back = await anna.send(f"{page}/hand-back", page, note="Aftalt <henstand> til jul.")
    text = (await anna.get(back.headers["location"])).text
    assert "givet tilbage til assistenten" in text
    assert "Aftalt &lt;henstand&gt; til jul." in text
    assert "Send svar" not in text
    async with runtime.transaction() as session:
        assert (await session.get_one(Conversation, talk.id)).owner is Owner.ASSISTANT
    again = await anna.send(f"{page}/hand-back", "/desk", note="En gang til")
    assert again.status_code == 409


async def test_what_is_being_written_is_not_swept_away_by_news(anna, runtime, talk, page):
    await anna.send(f"{page}/take")
    marks = marks_of(await anna.get(page))
    await make_desk.said(runtime, talk, "En besked mere")
    news = (await anna.get(f"{page}/live", params=marks)).text
    assert "En besked mere" in news
    assert "part-answer" not in news


async def test_a_long_thread_opens_at_its_end(anna, runtime, talk, page, clock):
    async with runtime.transaction() as session:
        now = clock.now()
        for number in range(250):
            session.add(
                Message(
                    **{
                        **vars_of(talk),
                        "body": f"besked-{number:03d}.",
                        "created_at": now + timedelta(seconds=number),
                        "dedupe_key": str(number),
                        "not_before": now,
                        "status_at": now,
                    }
                )
            )
    text = (await anna.get(page)).text
    assert "besked-249." in text
    assert "besked-190." in text
    assert "besked-189." not in text
    shown = await earlier(anna, page, text)
    assert "besked-189." in shown
    assert "besked-130." in shown
    assert "besked-190." not in shown
    assert "besked-070." in await earlier(anna, page, shown)
    for odd in ("9" * 6000, "x_y", "-1_-1", "99999999999999999_1", "1_%00"):
        assert (await anna.get(f"{page}?before={odd}")).status_code == 200


async def earlier(browser, page, text):
    """Follow the link to what is older, as a page of its own and as a part of this one."""
    [place] = set(re.findall(r"\?before=([0-9_]+)", text))
    part = (await browser.get(f"{page}/earlier/live?before={place}")).text
    whole = (await browser.get(f"{page}?before={place}")).text
    assert re.findall(r"besked-\d+", part) == re.findall(r"besked-\d+", whole)
    assert "Vis de nyeste beskeder" in whole
    return part


def vars_of(talk):
    return {
        "municipality": talk.municipality,
        "conversation_id": talk.id,
        "direction": "in",
        "author": "citizen",
        "kind": "inbound",
        "channel": talk.channel,
        "address": talk.address,
        "status": MessageStatus.HANDLED,
    }


async def test_the_address_of_an_act_leads_back_to_the_conversation(anna, page):
    led = await anna.get(f"{page}/answer")
    assert (led.status_code, led.headers["location"]) == (303, page)


async def test_what_was_said_with_whom_the_number_belonged_to_before_is_not_shown(
    anna, runtime, mette, talk, page
):
    before = await make.citizen(runtime, name="Ole Før", debtor_id="0202801234", phone=None)
    await make_desk.said(runtime, talk, "Jeg er indlagt igen.", citizen_id=before.id)
    await make_desk.said(runtime, talk, "Hvem er I?", citizen_id=None)
    await make_desk.said(runtime, talk, "Det er Mette.", citizen_id=mette.id)
    text = (await anna.get(page)).text
    assert "Jeg er indlagt igen." not in text
    assert "Hvem er I?" in text
    assert "Det er Mette." in text
