"""Something urgent calls in a real browser: sound, title, notification; until somebody takes it."""

import os
import re

import pytest
from playwright.async_api import async_playwright, expect

from data.notifications import notify
from outreach import handoffs
from tests import make, make_desk
from tests.house.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
URGENT, CALM, SOME = re.compile(r"^\(!1\) HASTER – "), re.compile(r"^(?!\(!1\))"), re.compile(".+")
#: Keeps what the browser is asked to show on the screen.
SHOWN = """
  window.Notification = class {
    static permission = "granted";
    static requestPermission() { return Promise.resolve("granted"); }
    constructor(title, more) { document.body.dataset.shown = `${title} | ${more.body}`; }
    close() {}
  };
"""


@pytest.fixture
async def chromium():
    found = os.environ.get("MINDELIG_CHROMIUM") or (ROOT / ".setup/chromium").read_text().strip()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def open_desk(chromium, address, runtime):
    """Open a page of the desk as Anna, and note what the browser complains of."""
    complaints = []
    person = await make_desk.staff(runtime)

    async def opens(path="/desk", **given):
        context = await chromium.new_context(base_url=address, **given)
        token = await make_desk.session_of(runtime, person)
        place = {"domain": "127.0.0.1", "path": "/desk"}
        await context.add_cookies([{"name": "mindelig_desk", "value": token, **place}])
        page = await context.new_page()
        await page.add_init_script(SHOWN)
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        await page.goto(path)
        return page

    yield opens
    assert complaints == []


@pytest.fixture
def danger(runtime):
    """Let somebody be in danger of their life, and all desks hear of it."""

    async def waits(name="Mette Hansen", severity=0):
        person = await make.citizen(runtime, name=name)
        talk = await make.conversation(runtime, person)
        handoff = await make_desk.handoff(runtime, talk, severity=severity, reason="hard_suicide")
        async with runtime.transaction() as session:
            await notify(session, "albertslund")
        return handoff

    return waits


async def take(runtime, handoff):
    bo = await make_desk.staff(runtime, "bo", name="Bo Dam")
    async with runtime.transaction() as session:
        await handoffs.take(session, runtime, handoff.id, bo)


@pytest.mark.parametrize("path", ["/desk", "/desk/claims"])
async def test_the_title_turns_and_the_bar_speaks_until_somebody_takes_it(
    open_desk, danger, runtime, path
):
    page = await open_desk(path)
    own = await page.title()
    handoff = await danger()
    await expect(page.get_by_text("Det kan gælde liv")).to_be_visible()
    await expect(page).to_have_title(URGENT)
    await expect(page).to_have_title(CALM)
    await expect(page.locator("#alert-spoken")).to_have_text(
        "Henvendelser, der haster: 1. Åbn skrivebordet."
    )
    await take(runtime, handoff)
    await expect(page.get_by_text("Det kan gælde liv")).to_be_hidden()
    await expect(page).to_have_title(own)


async def test_sound_is_turned_on_with_a_click_and_remembered(open_desk, danger):
    page = await open_desk()
    await page.get_by_role("button", name="Slå lyd til").click()
    await expect(page.get_by_role("button", name="Slå lyd fra")).to_have_attribute(
        "aria-pressed", "true"
    )
    await danger()
    await expect(page.locator("#alert-controls")).to_have_attribute("data-sounded", SOME)
    await page.goto("/desk/claims")
    await expect(page.get_by_role("button", name="Slå lyd fra")).to_be_visible()
    await page.get_by_role("button", name="Slå lyd fra").click()
    await expect(page.get_by_role("button", name="Slå lyd til")).to_be_visible()
    await expect(page.get_by_text("Det kan gælde liv")).to_be_visible()


async def test_a_notification_says_how_many_and_names_nobody(open_desk, danger):
    page = await open_desk()
    await danger("Asta Holm")
    await expect(page.locator("body")).to_have_attribute(
        "data-shown",
        "Der er brug for et menneske nu | Henvendelser, der haster: 1. Åbn skrivebordet.",
    )


async def test_the_title_stands_still_for_who_asked_for_less_movement(open_desk, danger):
    page = await open_desk(reduced_motion="reduce")
    await danger()
    await expect(page).to_have_title(URGENT)
    changes = await page.evaluate(
        """() => new Promise((done) => {
          let count = 0;
          new MutationObserver(() => { count += 1; })
            .observe(document.querySelector("title"), { childList: true });
          setTimeout(() => done(count), 2500);
        })"""
    )
    assert changes == 0


async def test_what_can_wait_disturbs_nobody(open_desk, danger):
    page = await open_desk()
    await danger(severity=2)
    await expect(page).to_have_title("(1) Henvendelser – Mindelig")
    await expect(page.locator("body")).not_to_have_attribute("data-shown", SOME)
    await expect(page.locator("#alert-state")).to_have_count(0)
