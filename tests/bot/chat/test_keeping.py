"""A chat is found again by its own browser alone, goes along by code, is kept, and ends."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data.models.web_chats import WebChat, WebChatSender
from outreach.web_chats import STANDS
from tests import pdf
from tests.bot.conftest import PROOF


async def count(runtime, kind):
    async with runtime.transaction() as session:
        return await session.scalar(select(func.count()).select_from(kind))


@pytest.fixture
async def begun(browser, work, claim):
    """Mette has shown who she is."""
    await browser.write("Hej")
    await work("greeting")
    await browser.write(PROOF)
    await work("identify")
    return browser


def code_in(page):
    return page.partition('chat-code-letters">')[2].partition("<")[0]


async def test_the_chat_is_there_again_when_the_page_is(begun):
    assert "1.200" in await begun.page()


async def test_nobody_else_sees_it_by_guessing(begun, browsers, talks, runtime):
    [talk] = await talks()
    for guess in (talk.address, str(talk.id), "a" * 43, "", "../../etc"):
        other = browsers()
        other.client.cookies.set("mindelig_chat", guess, domain="127.0.0.1")
        page = await other.page()
        assert "1.200" not in page
        assert (await other.client.get("/chat/albertslund/news")).status_code == 204
        assert (await other.client.get("/chat/albertslund/events")).status_code == 204
        assert (await other.client.get("/chat/albertslund/conversation.txt")).status_code == 404
    assert await count(runtime, WebChat) == 1


async def test_one_towns_chat_is_not_anothers(begun, browsers):
    token = begun.client.cookies["mindelig_chat"]
    faxe = browsers("/chat/faxe")
    faxe.client.cookies.set("mindelig_chat", token, domain="127.0.0.1")
    assert "1.200" not in await faxe.page()


async def test_a_code_takes_it_to_another_device_once(begun, browsers, work):
    shown = await begun.post("code")
    code = code_in(shown.text)
    assert len(code) == 9
    telephone = browsers()
    taken = await telephone.post("resume", code=code.upper())
    assert taken.status_code == 303
    assert "1.200" in await telephone.page()
    assert "1.200" in await begun.page()
    assert telephone.client.cookies["mindelig_chat"] != begun.client.cookies["mindelig_chat"]
    third = browsers()
    refused = await third.post("resume", code=code)
    assert (refused.status_code, "Koden virker ikke" in refused.text) == (422, True)
    assert "1.200" not in await third.page()


async def test_wrong_codes_close_the_door_for_that_place(begun, browsers):
    code = code_in((await begun.post("code")).text)
    thief = browsers()
    thief.client.headers["X-Forwarded-For"] = "203.0.113.9"
    for _ in range(3):
        assert (await thief.post("resume", code="aaaa-aaaa")).status_code == 422
    assert (await thief.post("resume", code=code)).status_code == 422
    assert (await browsers().post("resume", code=code)).status_code == 303


async def test_a_code_of_a_chat_that_is_not_there_is_not_made(browser):
    assert (await browser.post("code")).status_code == 409


async def test_the_conversation_is_kept_as_text(begun):
    answer = await begun.client.get("/chat/albertslund/conversation.txt")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "Dig:\nHej" in answer.text
    assert "Digital assistent:\n" in answer.text


async def test_who_ends_it_leaves_nothing_on_the_screen(begun, browsers, runtime, talks):
    code = code_in((await begun.post("code")).text)
    telephone = browsers()
    await telephone.post("resume", code=code)
    left = await begun.post("end")
    assert left.headers["location"] == "/chat/albertslund?lang=da&ended=true"
    assert "mindelig_chat" not in begun.client.cookies
    assert "Du har sluttet her" in await begun.page("?ended=true")
    assert "1.200" not in await begun.page()
    assert "1.200" not in await telephone.page()
    assert await count(runtime, WebChat) == 0
    assert len(await talks()) == 1


async def test_the_code_that_was_shown_opens_no_chat_that_was_ended(begun, browsers):
    code = code_in((await begun.post("code")).text)
    await begun.post("end")
    telephone = browsers()
    refused = await telephone.post("resume", code=code)
    assert (refused.status_code, "Koden virker ikke" in refused.text) == (422, True)
    assert "1.200" not in await telephone.page()


async def test_words_written_into_a_chat_that_is_over_are_not_lost(begun, clock, runtime):
    form = await begun.form()
    clock.travel(STANDS + timedelta(minutes=1))
    refused = await begun.client.post(
        "/chat/albertslund/messages", data={**form, "body": "Jeg vil gerne betale"}
    )
    assert refused.status_code == 409
    assert "Jeg vil gerne betale" in refused.text
    assert "1.200" not in refused.text
    assert (await begun.write("Jeg vil gerne betale")).status_code == 303
    assert "1.200" not in await begun.page()
    assert await count(runtime, WebChat) == 1


async def test_addresses_are_forgotten_after_the_hour(begun, clock, runtime, browsers):
    assert await count(runtime, WebChatSender) == 1
    clock.travel(timedelta(hours=2))
    await browsers().write("Hej")
    assert await count(runtime, WebChatSender) == 1


async def test_the_plan_is_drawn_for_whom_it_is_and_its_paper_opens(
    begun, agreed, mette, talks, clock
):
    [talk] = await talks()
    page = await begun.page()
    assert "Din aftale: 1.200 kr." in page
    assert page.count("chat-rate-coming") == 6
    paper = page.partition('href="/chat/albertslund/agreements/')[2].partition('"')[0]
    answer = await begun.client.get(f"/chat/albertslund/agreements/{paper}")
    assert pdf.read(answer.content).language == "da"
    clock.travel(timedelta(days=2))
    assert "Din aftale" not in await begun.page()
    assert talk.citizen_id == mette.id
