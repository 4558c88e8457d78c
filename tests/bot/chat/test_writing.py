"""A citizen without JavaScript writes on the web: answered, kept once, and refused kindly."""

import asyncio
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from starlette.requests import Request

from bot.chat.sessions import sender_of
from data.models.conversations import Direction, Message, MessageStatus, Owner
from data.models.handoffs import Handoff
from data.models.web_chats import WebChat
from outreach import conversations, handoffs, presences, web_chats
from outreach.web_chats import AT_MOST_A_MINUTE
from tests import make_desk
from tests.bot.conftest import PROOF


async def messages(runtime, direction=Direction.IN):
    async with runtime.transaction() as session:
        query = select(Message).where(Message.direction == direction).order_by(Message.number)
        return list(await session.scalars(query))


async def test_the_first_page_says_what_answers_and_how_to_reach_a_person(browser, runtime):
    page = await browser.page()
    assert "digitale assistent. Den er en computer (AI). Den er ikke et menneske." in page
    assert "43 68 68 68" in page
    assert await messages(runtime) == []


async def test_a_question_is_answered_on_the_page_and_counts_as_delivered(
    browser, runtime, work, claim
):
    sent = await browser.write("Hej")
    assert (sent.status_code, sent.headers["location"]) == (303, "/chat/albertslund#write")
    assert "Den digitale assistent skriver" in await browser.page()
    await work("greeting")
    [answer] = await messages(runtime, Direction.OUT)
    assert answer.status is MessageStatus.ACCEPTED
    page = await browser.page()
    assert "Først må jeg vide, hvem du er" in page
    assert "skriver ..." not in page
    [answer] = await messages(runtime, Direction.OUT)
    assert answer.status is MessageStatus.DELIVERED
    await browser.write(PROOF)
    await work("identify")
    assert "1.200" in await browser.page()


async def test_one_form_sent_twice_is_one_message(browser, runtime):
    form = await browser.form()
    for _ in range(2):
        await browser.client.post("/chat/albertslund/messages", data={**form, "body": "Hej"})
    assert [each.body for each in await messages(runtime)] == ["Hej"]


async def test_other_words_in_a_form_sent_before_are_not_lost(browser, runtime):
    form = await browser.form()
    for body in ("Hej", "Hej igen"):
        await browser.client.post("/chat/albertslund/messages", data={**form, "body": body})
    assert [each.body for each in await messages(runtime)] == ["Hej", "Hej igen"]


@pytest.mark.parametrize("act", ["messages", "language", "code", "resume", "end"])
async def test_the_address_of_a_form_opened_again_leads_to_the_page(browser, act):
    back = await browser.client.get(f"/chat/albertslund/{act}?lang=en")
    assert (back.status_code, back.headers["location"]) == (303, "/chat/albertslund?lang=en")


async def test_two_forms_of_one_page_at_once_begin_one_chat(browser, talks, runtime):
    form = await browser.form()
    await asyncio.gather(
        *(
            browser.client.post(
                "/chat/albertslund/messages",
                data={**form, "key": str(uuid4()), "body": f"Hej {number}"},
            )
            for number in range(4)
        )
    )
    assert len(await talks()) == 1
    assert len(await messages(runtime)) == 4


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("   ", 422, "Der stod ikke noget i feltet"),
        ("å" * 1501, 422, "lidt for langt"),
    ],
)
async def test_what_cannot_be_taken_comes_back_with_what_was_written(
    browser, runtime, body, status, told
):
    refused = await browser.write(body)
    assert refused.status_code == status
    assert told in refused.text
    assert body.strip() in refused.text
    assert await messages(runtime) == []


async def test_the_longest_message_with_odd_letters_is_taken_whole(browser, runtime):
    odd = "\x00<b>&amp;{{7*7}}🙂\r\n" + "ø" * 1400
    assert (await browser.write(odd)).status_code == 303
    [kept] = await messages(runtime)
    assert kept.body == odd.replace("\x00", "").replace("\r\n", "\n")
    page = await browser.page()
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;amp;{{7*7}}" in page


async def test_a_form_of_another_site_is_refused_and_what_was_written_stays(browser, runtime):
    await browser.page()
    forged = await browser.client.post(
        "/chat/albertslund/messages", data={"csrf_token": "0" * 64, "body": "Betal til mig"}
    )
    assert forged.status_code == 403
    assert "blevet for gammel" in forged.text
    assert "Betal til mig" in forged.text
    assert await messages(runtime) == []


async def test_another_browsers_secret_is_of_no_use(browser, browsers, runtime):
    other = browsers()
    form = await other.form()
    await browser.page()
    refused = await browser.client.post("/chat/albertslund/messages", data={**form, "body": "Hej"})
    assert refused.status_code == 403
    assert await messages(runtime) == []


async def test_nobody_writes_faster_than_people_do(browser, runtime, clock):
    for number in range(AT_MOST_A_MINUTE):
        assert (await browser.write(f"Hej {number}")).status_code == 303
    refused = await browser.write("Og en til")
    assert refused.status_code == 429
    assert "lidt for hurtigt" in refused.text
    assert "Og en til" in refused.text
    clock.travel(timedelta(minutes=2))
    assert (await browser.write("Og en til")).status_code == 303


async def test_too_much_from_one_network_is_stopped_and_another_is_not(browsers, runtime, clock):
    async with runtime.transaction() as session:
        await web_chats.is_too_much(
            session, runtime, "albertslund", "203.0.113.7", web_chats.AT_MOST_AN_HOUR
        )
    crowded, other = browsers(), browsers()
    crowded.client.headers["X-Forwarded-For"] = "198.51.100.1, 203.0.113.7"
    other.client.headers["X-Forwarded-For"] = "198.51.100.2"
    refused = await crowded.write("Hej")
    assert (refused.status_code, "for meget fra dit net" in refused.text) == (429, True)
    assert (await other.write("Hej")).status_code == 303
    clock.travel(timedelta(hours=1))
    assert (await crowded.write("Hej")).status_code == 303


async def test_a_form_that_is_far_too_large_is_not_read(browser):
    refused = await browser.write("x" * 40_000)
    assert (refused.status_code, "for meget på én gang" in refused.text) == (413, True)


@pytest.mark.parametrize(
    "path", ["/chat/nowhere", "/chat/nowhere/embed", "/chat/nowhere/widget.js"]
)
async def test_a_municipality_that_is_not_here_has_no_chat(browser, path):
    answer = await browser.client.get(path)
    assert (answer.status_code, "Her er der ikke nogen side" in answer.text) == (404, True)


async def test_stop_and_a_hard_case_are_heard_as_by_sms(browser, runtime, work, talks):
    await browser.write("Jeg vil ikke leve mere")
    await work()
    [talk] = await talks()
    assert talk.owner is Owner.NOBODY
    page = await browser.page()
    assert "112" in page
    assert "En af os svarer dig her" in page
    await browser.write("STOP")
    await work()
    assert "START" in await browser.page()


async def test_short_answers_are_buttons_and_a_press_is_an_answer(browser, runtime, work):
    await browser.write("Hej")
    await work("greeting")
    page = await browser.page()
    assert 'name="choice" value="MENNESKE"' in page
    await browser.write("", choice="MENNESKE")
    await work("human")
    heard = [each.body for each in await messages(runtime)]
    assert heard == ["Hej", "MENNESKE"]
    assert "En medarbejder skriver til dig" in await browser.page()


async def test_who_asks_for_a_person_with_words_in_the_field_keeps_them(browser, runtime):
    pressed = await browser.write("Jeg er blevet syg", choice="MENNESKE")
    assert pressed.status_code == 200
    assert "Jeg er blevet syg</textarea>" in pressed.text
    assert [each.body for each in await messages(runtime)] == ["MENNESKE"]


async def test_the_language_is_chosen_on_the_page_and_spoken_by_the_assistant(browser, work, talks):
    assert "computer (AI) and not a human being" in await browser.page("?lang=en")
    form = await browser.form("?lang=en")
    there = "/chat/albertslund/messages?lang=en"
    assert f'action="{there}"' in await browser.page("?lang=en")
    refused = await browser.client.post(there, data={**form, "body": " "})
    assert "There was nothing in the field" in refused.text
    await browser.client.post(there, data={**form, "body": "hello there"})
    await work("greeting")
    assert "who you are" in await browser.page()
    await browser.post("language", language="da")
    [talk] = await talks()
    assert talk.language.value == "da"
    assert "Din besked" in await browser.page()


async def test_one_answer_a_message_and_no_row_for_who_only_looks(browser, runtime):
    await browser.page()
    await browser.page()
    async with runtime.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(WebChat)) == 0


async def test_the_cookie_is_the_only_one_and_closed_to_scripts(browser):
    answer = await browser.client.get("/chat/albertslund")
    [cookie] = answer.headers.get_list("set-cookie")
    assert re.fullmatch(
        r"mindelig_chat=[\w-]{43}; HttpOnly; Path=/chat/albertslund; SameSite=Lax", cookie
    )
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert policy.endswith("frame-ancestors 'none'")


async def test_the_window_may_stand_on_the_towns_own_site_alone(browsers):
    answer = await browsers().client.get("/chat/albertslund/embed")
    assert answer.headers["content-security-policy"].endswith(
        "frame-ancestors https://albertslund.dk"
    )


async def test_a_person_who_has_it_is_shown_by_first_name_while_writing_and_after(
    browser, runtime, work, talks
):
    await browser.write("Hej")
    await work("human")
    [talk] = await talks()
    anna = await make_desk.staff(runtime)
    async with runtime.transaction() as session:
        [waiting] = await session.scalars(select(Handoff))
        await handoffs.take(session, runtime, waiting.id, anna)
        held = await conversations.lock(session, talk.id)
        await presences.beat(session, runtime, held, anna, is_typing=True)
    assert "Anna skriver ..." in await browser.page()
    async with runtime.transaction() as session:
        await presences.beat(session, runtime, held, anna, is_typing=False)
        await handoffs.answer(session, runtime, waiting.id, anna, "Hej, hvad kan jeg gøre?")
    await work()
    page = await browser.page()
    assert "En af os har din sag og svarer dig her." in page
    assert "Anna fra kommunen" in page
    assert "Hej, hvad kan jeg gøre?" in page
    assert "Berg" not in page.replace("Anna Berg, Albertslund Kommune", "")


def seen(host, *told):
    headers = [(b"x-forwarded-for", line.encode()) for line in told]
    return sender_of(Request({"type": "http", "client": (host, 1), "headers": headers}))


@pytest.mark.parametrize(
    ("told", "sender"),
    [
        (["80.62.1.7"], "80.62.1.7"),
        (["80.62.1.7:51234"], "80.62.1.7"),
        (["198.51.100.1", "80.62.1.7"], "80.62.1.7"),
        (["198.51.100.1, 198.51.100.2", "198.51.100.3, 80.62.1.7"], "80.62.1.7"),
        (["2001:db8:1:2:3::4"], "2001:db8:1:2::/64"),
        (["[2001:db8:1:2:3::4]"], "2001:db8:1:2::/64"),
        (["[2001:db8:1:2:3::4]:51234"], "2001:db8:1:2::/64"),
        ([], "10.0.0.1"),
        ([""], "10.0.0.1"),
    ],
)
async def test_the_proxys_own_word_tells_who_sends(told, sender):
    assert seen("10.0.0.1", *told) == sender


async def test_one_customer_with_many_addresses_is_one_network():
    assert seen("2001:db8:1:2:3::4") == seen("2001:db8:1:2:ffff::9") != seen("2001:db8:1:3::4")
    assert seen("127.0.0.1", "::ffff:80.62.1.7") == seen("80.62.1.7") == "80.62.1.7"
    assert seen("80.62.1.7", "80.62.1.8") == "80.62.1.7"
    assert seen("10.0.0.1", "not an address") == "not an address"
