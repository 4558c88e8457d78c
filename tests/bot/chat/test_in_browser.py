"""The web chat in a real browser: with and without JavaScript, and on the town's own site."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import pytest
from aiohttp import web
from playwright.async_api import async_playwright, expect

from data.models.citizens import Channel
from data.municipalities.policy import Policies
from outreach.gateways.pickup import Pickup
from tests.bot.chat.conftest import PAGE
from tests.bot.conftest import PROOF
from tests.desk.browsing import QUIET
from tests.desk.conftest import address as address  # noqa: PLC0414 - a fixture
from tests.desk.test_accessibility import AXE, LOOK_AT_IT, TAGS, TOO_WIDE
from tests.house.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

#: Milliseconds; on a busy machine a page takes its time.
PATIENCE = 30_000
#: What a browser remarks in its own words on a refused form, or a page that is not there.
EXPECTED = ("status of 404", "status of 422", "net::ERR_")


@pytest.fixture(scope="module")
async def chromium():
    found = os.environ.get("MINDELIG_CHROMIUM") or (ROOT / ".setup/chromium").read_text().strip()
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        await browser.close()


class TownSite:
    """The municipality's own site, on a port of its own, with one script tag of ours."""

    url = ""
    chat = ""

    async def show(self, _request):
        tag = f'<script src="{self.chat}{PAGE}/widget.js" defer></script>'
        text = (
            f"<!doctype html><html lang='da'><head><title>Kommunen</title>{tag}</head>"
            "<body><main><h1>Velkommen</h1></main></body></html>"
        )
        policy = f"default-src 'none'; script-src {self.chat}; frame-src {self.chat}"
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=text, content_type="text/html", headers=headers)


@pytest.fixture
async def site():
    town = TownSite()
    app = web.Application()
    app.router.add_get("/", town.show)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    town.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield town
    await runner.cleanup()


@pytest.fixture
def chatting(talking, site):
    """The runtime where the town's site may show the window."""
    policy = talking.policies["albertslund"]
    chat = policy.chat.model_copy(update={"sites": (site.url,)})
    policies = [policy.model_copy(update={"chat": chat}), talking.policies["faxe"]]
    return replace(talking, policies=Policies(policies)).equip(carriers={Channel.WEB: Pickup()})


@pytest.fixture
async def come(chromium, address, site):
    """Open the chat in browsers that complain of nothing, and ask nobody but the two sites."""
    opened, complaints = [], []
    site.chat = address

    def note(said):
        if not any(each in said for each in EXPECTED):
            complaints.append(said)

    def asked(request):
        if not request.url.startswith((f"{address}/", f"{site.url}/", "data:")):
            complaints.append(request.url)

    async def another(width=1280, **given):
        context = await chromium.new_context(
            base_url=address, viewport={"width": width, "height": 900}, **given
        )
        await context.add_init_script(path=AXE)
        context.set_default_timeout(PATIENCE)
        context.on("request", asked)
        opened.append(context)
        page = await context.new_page()
        page.on("console", lambda said: note(said.text))
        page.on("pageerror", lambda fault: note(str(fault)))
        return page

    yield another
    for context in opened:
        await context.close()
    assert complaints == []


async def say(page, words, send="Send"):
    """Write a message, and wait until it stands in the chat."""
    await page.locator("#body").fill(words)
    await page.get_by_role("button", name=send, exact=True).click()
    await expect(page.locator(".chat-from-citizen").last).to_contain_text(words)


def answer(page):
    return page.locator(".chat-from-assistant .chat-body").last


async def faults(page):
    found = await page.evaluate(LOOK_AT_IT, TAGS)
    over = await page.evaluate(TOO_WIDE)
    return [f"{page.url}: {each}" for each in [*found, *([f"{over} too wide"] * (over > 0))]]


async def test_an_answer_comes_by_itself_and_a_choice_is_a_press(come, work, claim):
    page = await come()
    await page.goto(PAGE)
    await page.evaluate("window.neverLoadedAgain = true")
    await say(page, "Hej")
    await expect(page.locator(".chat-when").last).to_contain_text("Vi har den")
    await expect(page.locator("#now")).to_have_text("Den digitale assistent skriver ...")
    await work("greeting")
    await expect(answer(page)).to_contain_text("hvem du er")
    await expect(page.locator("#now")).to_be_empty()
    await expect(page.locator("#body")).to_be_focused()
    await page.locator("#choices").get_by_role("button", name="MENNESKE").click()
    await expect(page.locator(".chat-from-citizen .chat-body").last).to_have_text("MENNESKE")
    await work("human")
    await expect(answer(page)).to_contain_text("En medarbejder skriver til dig")
    assert await page.evaluate("window.neverLoadedAgain")
    assert [each["name"] for each in await page.context.cookies()] == ["mindelig_chat"]


async def test_what_is_written_while_the_message_is_on_its_way_stays(come, claim):
    page = await come()
    held = asyncio.Event()

    async def wait(route):
        await held.wait()
        await route.continue_()

    await page.goto(PAGE)
    await page.route("**/messages*", wait)
    await page.locator("#body").fill("Hej")
    await page.locator("#body").press("Enter")
    await page.locator("#body").press_sequentially(" og tak")
    held.set()
    await expect(page.locator(".chat-from-citizen .chat-body").last).to_have_text("Hej")
    await expect(page.locator("#body")).to_have_value("og tak")


async def test_without_javascript_it_is_the_same_by_form(come, work, claim):
    page = await come(java_script_enabled=False)
    await page.goto(PAGE)
    await say(page, "Hej")
    await work("greeting")
    await page.get_by_role("link", name="Se nye svar").click()
    await expect(answer(page)).to_contain_text("hvem du er")
    await say(page, PROOF)
    await work("identify")
    await page.get_by_role("link", name="Se nye svar").click()
    await expect(answer(page)).to_contain_text("1.200")
    await page.get_by_role("button", name="Slut her").click()
    await expect(page.locator("#notice")).to_contain_text("Du har sluttet her")
    await expect(page.locator(".chat-message")).to_have_count(0)


async def test_after_a_reload_it_is_there_and_so_is_what_was_begun(come, work, claim):
    page = await come()
    await page.goto(PAGE)
    await say(page, "Hej")
    await work("greeting")
    await expect(answer(page)).to_contain_text("hvem du er")
    await page.locator("#body").press_sequentially("Jeg kan ikke")
    await page.reload()
    await expect(answer(page)).to_contain_text("hvem du er")
    await expect(page.locator("#body")).to_have_value("Jeg kan ikke")


async def test_a_code_takes_it_along_and_ended_here_it_is_gone_there(come, work, claim):
    page, telephone = await come(), await come(width=320)
    await page.goto(PAGE)
    await say(page, "Hej")
    await work("greeting")
    await page.get_by_role("button", name="Få en kode").click()
    code = await page.locator(".chat-code-letters").inner_text()
    await telephone.goto(PAGE)
    await telephone.get_by_label("Har du en kode").fill(code)
    await telephone.get_by_role("button", name="Gå videre med koden").click()
    await expect(answer(telephone)).to_contain_text("hvem du er")
    await say(telephone, "Jeg skriver fra min telefon")
    await expect(page.locator(".chat-from-citizen").last).to_contain_text("fra min telefon")
    await telephone.get_by_role("button", name="Slut her").click()
    await expect(page.locator("#notice")).to_contain_text("Du har sluttet her")
    await expect(page.locator(".chat-message")).to_have_count(0)


async def test_the_window_on_the_towns_own_site(come, site, work, claim):
    page = await come()
    await page.goto(site.url)
    seen = await faults(page)
    await page.get_by_role("button", name="Skriv med os").press("Enter")
    window = page.frame_locator("iframe")
    await say(window, "Hej")
    await work("greeting")
    await expect(answer(window)).to_contain_text("hvem du er")
    seen += await faults(page.frames[-1])
    await window.locator("#body").press("Escape")
    await expect(page.locator("iframe")).to_be_hidden()
    opener = page.get_by_role("button", name="Skriv med os")
    await expect(opener).to_be_focused()
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await opener.press("Enter")
    await expect(answer(window)).to_contain_text("hvem du er")
    await page.get_by_role("button", name="Luk vinduet").press("Escape")
    await expect(page.locator("iframe")).to_be_hidden()
    assert seen == []


@pytest.mark.parametrize(
    ("language", "send", "look", "width"),
    [
        ("da", "Send", "light", 1280),
        ("en", "Send", "dark", 1280),
        ("en", "Send", "light", 320),
        ("da", "Send", "dark", 320),
    ],
)
async def test_nobody_is_shut_out(come, work, agreed, language, send, look, width):
    page = await come(width, color_scheme=look)
    await page.goto(f"{PAGE}?lang={language}")
    seen = await faults(page)
    await page.locator("#resume-code").fill("aaaa-aaaa")
    await page.locator("#resume button").click()
    await expect(page.locator("#notice")).to_be_visible()
    seen += await faults(page)
    await say(page, "Hej", send)
    await work("greeting")
    await expect(page.locator("#choices button").first).to_be_visible()
    await say(page, PROOF, send)
    await work("identify")
    await expect(page.locator(".chat-rate").first).to_be_visible()
    seen += await faults(page)
    await page.locator("form[action*='/code'] button").click()
    await expect(page.locator(".chat-code-letters")).to_be_visible()
    seen += await faults(page)
    await page.goto(f"/chat/nowhere?lang={language}")
    seen += await faults(page)
    assert seen == []
