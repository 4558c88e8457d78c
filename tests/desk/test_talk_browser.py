"""Two browsers and one conversation: who has it is seen at once, and nothing written is lost."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import APIResponse, expect
from sqlalchemy import select

from data.models.conversations import Author, Message
from data.models.handoffs import Handoff, HandoffState
from data.values.ids import new_id
from outreach.signing_in import sessions
from tests import make, make_desk
from tests.desk.browsing import open_desk

pytestmark = [pytest.mark.slow, pytest.mark.browser]

#: Signs that turn the reading, stack up, or would be a page of their own.
HOSTILE = (
    "\u202e\u2067vend om\u2066 <b>fed</b> <script>document.title='væk'</script>"
    " Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324"
    * 3
    + "a"
    + "\u0300\u0316" * 60
    + " &amp; {{ 7*7 }} <img src=x onerror=alert(1)>"
)


@pytest.fixture
async def desk(address, runtime):
    """Open the desk as somebody; the browser may not complain."""
    async with open_desk(address, runtime) as opened:
        yield opened


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


@pytest.fixture
def at_the_page(desk, runtime, mette, talk):
    """Let a caseworker, who has said why, have the page of Mette's conversation open."""

    async def come(username, name):
        person = await make_desk.staff(runtime, username, name=name)
        await make_desk.reading(runtime, person, mette)
        page = await desk(person)
        await page.goto(f"/desk/conversations/{talk.id}")
        return page

    return come


async def answers(runtime):
    async with runtime.transaction() as session:
        query = select(Message.body).where(Message.author == Author.STAFF)
        return list(await session.scalars(query))


async def test_two_fight_for_one_conversation_and_one_gets_it(at_the_page, runtime, talk):
    await make_desk.handoff(runtime, talk)
    anna, bo = await at_the_page("anna", "Anna Berg"), await at_the_page("bo", "Bo Dam")
    await expect(anna.get_by_text("Bo Dam ser også på samtalen")).to_be_visible()
    take = [page.get_by_role("button", name="Overtag samtalen") for page in (anna, bo)]
    await asyncio.gather(*(button.click(no_wait_after=True) for button in take))
    title = re.compile("Du har samtalen|har samtalen")
    for page in (anna, bo):
        await expect(page.get_by_role("heading", name=title)).to_be_visible()
        await expect(page.get_by_role("button", name="Overtag samtalen")).to_have_count(0)
    fields = [await page.get_by_label("Dit svar").count() for page in (anna, bo)]
    assert sorted(fields) == [0, 1]
    loser, winner = (anna, "Bo Dam") if fields[1] else (bo, "Anna Berg")
    await expect(loser.get_by_text(f"{winner} har overtaget samtalen")).to_be_visible()
    async with runtime.transaction() as session:
        [handoff] = await session.scalars(select(Handoff))
    assert handoff.state is HandoffState.TAKEN


async def test_who_writes_is_seen_by_the_other(at_the_page):
    anna, bo = await at_the_page("anna", "Anna Berg"), await at_the_page("bo", "Bo Dam")
    await anna.get_by_role("button", name="Overtag samtalen").click()
    await anna.get_by_label("Dit svar").press_sequentially("Hej Mette")
    await expect(bo.get_by_text("Anna Berg skriver …")).to_be_visible()
    await anna.goto("/desk")
    await expect(bo.get_by_text("Anna Berg skriver …")).to_have_count(0)


async def test_a_line_that_drops_in_the_middle_loses_and_doubles_nothing(at_the_page, runtime):
    anna = await at_the_page("anna", "Anna Berg")
    await anna.get_by_role("button", name="Overtag samtalen").click()
    reached: list[APIResponse] = []

    async def drop(route):
        """Let the first try reach the server, and lose its answer; then nothing gets through."""
        if not reached:
            reached.append(await route.fetch(max_redirects=0))
        await route.abort("connectionreset")

    await anna.route("**/answer", drop)
    await anna.get_by_label("Dit svar").fill("Jeg ringer til dig.")
    await anna.get_by_role("button", name="Send svar").click()
    await expect(anna.get_by_text("Ikke sendt. Din tekst er gemt")).to_be_visible()
    await expect(anna.get_by_label("Dit svar")).to_have_value("Jeg ringer til dig.")
    await anna.unroute("**/answer")
    await anna.reload()
    await expect(anna.get_by_label("Dit svar")).to_have_value("Jeg ringer til dig.")
    await anna.get_by_role("button", name="Send svar").click()
    await expect(anna.get_by_text("Svaret er på vej til borgeren")).to_be_visible()
    await expect(anna.get_by_label("Dit svar")).to_have_value("")
    assert len(await answers(runtime)) == 1


async def test_the_line_comes_back_and_the_answer_is_sent_by_itself(at_the_page, runtime):
    anna = await at_the_page("anna", "Anna Berg")
    await anna.get_by_role("button", name="Overtag samtalen").click()
    await anna.route("**/answer", lambda route: route.abort("internetdisconnected"))
    await anna.get_by_label("Dit svar").fill("Jeg ringer til dig.")
    await anna.get_by_role("button", name="Send svar").click()
    await expect(anna.get_by_role("button", name="Prøv igen nu")).to_be_visible()
    assert await answers(runtime) == []
    await anna.unroute("**/answer")
    await expect(anna.get_by_text("Svaret er på vej til borgeren")).to_be_visible(timeout=20_000)
    assert len(await answers(runtime)) == 1


async def test_a_session_that_ends_in_an_answer_gives_the_text_back(at_the_page, runtime):
    anna = await at_the_page("anna", "Anna Berg")
    await anna.get_by_role("button", name="Overtag samtalen").click()
    await anna.get_by_label("Dit svar").fill("Et langt svar, som ikke må gå tabt")
    token = next(c["value"] for c in await anna.context.cookies() if c["name"] == "mindelig_desk")

    async def end_the_session(route):
        async with runtime.transaction() as session:
            await sessions.sign_out(session, runtime, token)
        await route.continue_()

    await anna.route("**/answer", end_the_session, times=1)
    await anna.get_by_role("button", name="Send svar").click()
    await anna.get_by_label("Brugernavn").fill("anna")
    await anna.get_by_label("Adgangskode").fill(make_desk.PASSWORD)
    await anna.get_by_role("button", name="Log på").click()
    await expect(anna.get_by_label("Dit svar")).to_have_value("Et langt svar, som ikke må gå tabt")
    assert await answers(runtime) == []
    await anna.get_by_role("button", name="Send svar").click()
    await expect(anna.get_by_text("Svaret er på vej til borgeren")).to_be_visible()
    assert len(await answers(runtime)) == 1


async def test_a_reusable_text_is_found_and_used_with_the_keyboard(at_the_page):
    anna = await at_the_page("anna", "Anna Berg")
    await anna.get_by_role("button", name="Overtag samtalen").click()
    await anna.get_by_text("Brug en svartekst").press("Enter")
    await anna.get_by_label("Søg i svartekster").fill("ringe spørg")
    await expect(anna.locator("#texts-found a")).to_have_count(1)
    await anna.get_by_role("link", name="Ring til os").press("Enter")
    box = anna.get_by_label("Dit svar")
    await expect(box).to_be_focused()
    await expect(box).to_have_value(re.compile(r"ringe til os på .*\d\d.*Spørg gerne efter Anna"))
    await box.fill("Vi ses \N{EN DASH} Anna")
    await expect(anna.get_by_text("På grund af tegnet \N{EN DASH}")).to_be_visible()
    await anna.get_by_role("button", name="Skift til almindelige tegn").click()
    await expect(box).to_have_value("Vi ses - Anna")


async def test_hostile_signs_are_text_and_stay_in_their_box(at_the_page, runtime, talk):
    await make_desk.said(runtime, talk, HOSTILE)
    anna = await at_the_page("anna", "Anna Berg")
    body = anna.locator(".message-body").first
    assert await body.evaluate("e => e.textContent.trim()") == HOSTILE.strip()
    assert await body.locator("b, script, img").count() == 0
    assert "væk" not in await anna.title()
    over = (
        "e => getComputedStyle(e).overflow + getComputedStyle(e.querySelector('bdi')).unicodeBidi"
    )
    assert await body.evaluate(over) == "hiddenisolate"
    assert await anna.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_ten_thousand_messages_open_at_their_end_and_scroll_on(at_the_page, runtime, talk):
    now = runtime.clock.now()
    shared = {
        "municipality": "albertslund",
        "conversation_id": talk.id,
        "direction": "in",
        "author": "citizen",
        "kind": "inbound",
        "channel": talk.channel,
        "address": talk.address,
        "status": "handled",
    }
    async with runtime.transaction() as session:
        for number in range(10_000):
            at = now - timedelta(seconds=10_000 - number)
            shared["created_at"] = shared["not_before"] = shared["status_at"] = at
            words = {"body": f"besked-{number:04d}.", "dedupe_key": f"m{number}"}
            session.add(Message(id=new_id(), **shared, **words))
    anna = await at_the_page("anna", "Anna Berg")
    at_end = "box => box.scrollHeight - box.scrollTop - box.clientHeight"
    await expect(anna.get_by_text("besked-9999.")).to_be_attached()
    assert await anna.locator("#thread").evaluate(at_end) < 40
    await anna.get_by_role("link", name="Vis tidligere beskeder").scroll_into_view_if_needed()
    first = anna.get_by_text("besked-9940.")
    before = await first.bounding_box()
    await anna.get_by_role("link", name="Vis tidligere beskeder").click()
    await expect(anna.get_by_text("besked-9880.")).to_be_attached()
    after = await first.bounding_box()
    assert abs(before["y"] - after["y"]) < 60
    await make_desk.said(runtime, talk, "noget nyt", created_at=now)
    await anna.get_by_role("link", name="Vis tidligere beskeder").click()
    await expect(anna.get_by_text("besked-9820.")).to_be_attached()
    assert await anna.get_by_text("besked-9900.").count() == 1
