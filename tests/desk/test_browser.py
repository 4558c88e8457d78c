"""The desk in a real browser: nothing is refused by its own rules, nothing written is lost."""

import os

import pytest
from playwright.async_api import async_playwright, expect

from data.notifications import notify
from outreach import staff as staff_cases
from tests import make, make_desk
from tests.house.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
async def chromium():
    found = os.environ.get("MINDELIG_CHROMIUM") or (ROOT / ".setup/chromium").read_text().strip()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def desk(chromium, address, runtime):
    """Open the desk as somebody, and note what the browser complains of."""
    complaints = []

    def note(said):
        # How a page learns that its session has ended; the browser remarks on it in its own words.
        if "status of 401" not in said:
            complaints.append(said)

    async def open_desk(person, width=1280):
        context = await chromium.new_context(
            base_url=address, viewport={"width": width, "height": 900}
        )
        token = await make_desk.session_of(runtime, person)
        place = {"domain": "127.0.0.1", "path": "/desk"}
        await context.add_cookies([{"name": "mindelig_desk", "value": token, **place}])
        page = await context.new_page()
        page.on("console", lambda said: note(said.text))
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        await page.goto("/desk")
        return page

    yield open_desk
    assert complaints == []


@pytest.fixture
async def talk(runtime):
    return await make.conversation(runtime, await make.citizen(runtime))


async def test_news_come_by_themselves_and_sweep_nothing_away(desk, runtime, talk):
    anna = await desk(await make_desk.staff(runtime))
    bo = await desk(await make_desk.staff(runtime, "bo", name="Bo Dam"))
    await expect(anna.get_by_text("Ingen venter lige nu")).to_be_visible()
    await make_desk.handoff(runtime, talk)
    await tell(runtime)
    await expect(anna).to_have_title("(1) Henvendelser – Mindelig")
    await anna.get_by_role("link", name="Mette Hansen").click()
    await bo.get_by_role("link", name="Mette Hansen").click()
    await anna.get_by_role("button", name="Overtag samtalen").click()
    await expect(bo.get_by_role("heading", name="Anna Berg har samtalen")).to_be_visible()
    box = anna.get_by_label("Dit svar")
    await box.fill("Hej Mette, jeg")
    await make_desk.said(runtime, talk, "Er der nogen?")
    await tell(runtime)
    await expect(anna.get_by_role("log").get_by_text("Er der nogen?")).to_be_visible()
    await expect(box).to_have_value("Hej Mette, jeg")
    await expect(anna.get_by_text("14 tegn · 1 SMS")).to_be_visible()
    await anna.get_by_role("button", name="Send svar").click()
    await expect(bo.get_by_role("log").get_by_text("Hej Mette, jeg")).to_be_visible()
    await expect(box).to_have_value("")


async def test_a_session_that_ends_keeps_what_was_being_written(desk, runtime, talk):
    person = await make_desk.staff(runtime)
    anna = await desk(person)
    await anna.goto(f"/desk/conversations/{talk.id}")
    await anna.get_by_role("button", name="Overtag samtalen").click()
    await anna.get_by_label("Dit svar").fill("Et langt svar, som ikke må gå tabt")
    token = next(c["value"] for c in await anna.context.cookies() if c["name"] == "mindelig_desk")
    async with runtime.transaction() as session:
        await staff_cases.sign_out(session, runtime, token)
    await tell(runtime)
    await anna.get_by_label("Brugernavn").fill("anna")
    await anna.get_by_label("Adgangskode").fill(make_desk.PASSWORD)
    await anna.get_by_role("button", name="Log på").click()
    await expect(anna.get_by_label("Dit svar")).to_have_value("Et langt svar, som ikke må gå tabt")


async def test_a_narrow_screen_shows_all_of_it(desk, runtime, talk):
    await make_desk.handoff(runtime, talk)
    await make_desk.said(runtime, talk, "et-meget-langt-ord-" * 20)
    anna = await desk(await make_desk.staff(runtime), width=320)
    for address in ("/desk", "/desk/conversations", f"/desk/conversations/{talk.id}"):
        await anna.goto(address)
        assert await anna.evaluate("document.documentElement.scrollWidth") <= 320


async def tell(runtime):
    async with runtime.transaction() as session:
        await notify(session, "albertslund")
