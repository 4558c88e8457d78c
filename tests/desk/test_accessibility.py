"""Every page and state of the desk, held against WCAG 2.2 AA by axe-core in a real browser."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright

from data.models.staff import Role
from tests import make_desk, make_town
from tests.desk.browsing import QUIET
from tests.desk.test_routes import ROUTES
from tests.desk.walk import EMPTY, NO_PAGE, PAGES
from tests.house.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

AXE = ROOT / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK_AT_IT = """async tags => {
    document.querySelectorAll('main details').forEach(fold => { fold.open = true; });
    const found = await axe.run(document, {
        runOnly: {type: 'tag', values: tags},
        rules: {'target-size': {enabled: true}},
        resultTypes: ['violations'],
    });
    return found.violations.flatMap(fault => fault.nodes.map(
        node => `${fault.id}: ${node.target} ${node.failureSummary.split('\\n')[1] ?? ''}`));
}"""
#: How far a page goes beyond the screen, with all that is folded on it unfolded.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def town(runtime):
    return await make_town.town(runtime)


@pytest.fixture
async def chromium():
    found = os.environ.get("MINDELIG_CHROMIUM") or (ROOT / ".setup/chromium").read_text().strip()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
def looking(chromium, address, runtime):
    """Let people look at the desk each in a browser of their own, all with the same eyes."""

    @asynccontextmanager
    async def eyes(people, language="da", look="light", width=1280):
        opened = {}
        for name, person in people.items():
            context = await chromium.new_context(
                base_url=address, viewport={"width": width, "height": 900}
            )
            await context.add_init_script(path=AXE)
            kept = {"mindelig_desk_lang": language, "mindelig_desk_look": look}
            if person is not None:
                kept["mindelig_desk"] = await make_desk.session_of(runtime, person)
            place = {"domain": "127.0.0.1", "path": "/desk"}
            await context.add_cookies(
                [{"name": key, "value": value, **place} for key, value in kept.items()]
            )
            opened[name] = await context.new_page()
        yield opened
        for page in opened.values():
            await page.context.close()

    return eyes


async def seen(town, pages, shown):
    """Bring a page to its state; return what is wrong with it."""
    page = pages[shown.who]
    if shown.who is None:
        kept = [one for one in await page.context.cookies() if one["name"] != "mindelig_desk"]
        await page.context.clear_cookies()
        await page.context.add_cookies(kept)
    answer = await page.goto(shown.asked.format(**town.ids), wait_until="domcontentloaded")
    assert answer.status == shown.status, shown.name
    if shown.act is not None:
        await shown.act(page)
    faults = await page.evaluate(LOOK_AT_IT, TAGS)
    over = await page.evaluate(TOO_WIDE)
    return [f"{shown.name}: {fault}" for fault in [*faults, *([f"{over} too wide"] * (over > 0))]]


def test_every_page_is_looked_at():
    asked = {path for method, path in ROUTES if method == "GET"}
    assert asked - NO_PAGE == {shown.route for shown in PAGES}
    assert asked >= NO_PAGE


async def test_the_eyes_see(looking):
    async with looking({None: None}) as pages:
        await pages[None].goto("/desk/sign-in")
        await pages[None].evaluate("document.body.innerHTML += '<img src=x><button></button>'")
        faults = await pages[None].evaluate(LOOK_AT_IT, TAGS)
    assert {fault.partition(":")[0] for fault in faults} == {"button-name", "image-alt"}


@pytest.mark.parametrize(
    ("language", "look", "width"),
    [("da", "light", 1280), ("en", "dark", 1280), ("da", "light", 320), ("en", "dark", 320)],
)
async def test_no_page_shuts_anybody_out(town, looking, language, look, width):
    people = {"anna": town.anna, "ulla": town.ulla, None: None}
    walk = [shown for shown in PAGES if shown.is_main or width > 320]
    faults = []
    async with looking(people, language, look, width) as pages:
        for shown in walk:
            faults += await seen(town, pages, shown)
    assert faults == []


async def test_on_its_first_morning_every_list_says_what_to_do(runtime, looking):
    anna = await make_desk.staff(runtime, roles=list(Role), unit=make_town.UNIT)
    faults, silent = [], []
    async with looking({"anna": anna}) as pages:
        for address in EMPTY:
            answer = await pages["anna"].goto(address, wait_until="domcontentloaded")
            assert answer.status == 200, address
            faults += await pages["anna"].evaluate(LOOK_AT_IT, TAGS)
            told = pages["anna"].locator(".empty p")
            if not await told.count() or not (await told.first.inner_text()).strip():
                silent.append(address)
    assert (faults, silent) == ([], [])
