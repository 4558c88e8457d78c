"""The desk without a mouse: a caseworker's way through, and shortcuts that disturb nobody."""

import re

import pytest
from playwright.async_api import expect

from data.notifications import notify
from tests import make, make_desk
from tests.desk.browsing import open_desk
from tests.house.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

TEMPLATES = ROOT / "desk/templates"
FOCUSED = "document.activeElement.textContent.trim()"


@pytest.fixture
async def desk(address, runtime):
    """Open the desk as somebody; the browser may not complain."""
    async with open_desk(address, runtime) as opened:
        yield opened


@pytest.fixture
async def waiting(runtime):
    """Karen, Mette and Sofie wait, in this order."""
    for number, name in enumerate(("Karen Holm", "Mette Hansen", "Sofie Bech")):
        phone = f"+452030405{number}"
        one = await make.citizen(runtime, name=name, debtor_id=f"010180123{number}", phone=phone)
        talk = await make.conversation(runtime, one, address=phone)
        await make_desk.said(runtime, talk, "Hej, er her nogen?")
        await make_desk.handoff(runtime, talk, severity=number + 1)


@pytest.fixture
async def anna(desk, runtime, waiting):
    page = await desk(await make_desk.staff(runtime))
    await page.goto("/desk")
    return page


async def ready(page):
    """Wait until the keys are listened to."""
    await expect(page.get_by_role("button", name="Tastaturgenveje")).to_be_visible()


async def tab_to(page, words):
    """Press the tabulator until what has these words is reached."""
    for _ in range(60):
        if await page.evaluate(FOCUSED) == words:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(words)


async def test_a_conversation_from_sign_in_to_sign_out_with_no_mouse(desk, runtime, waiting):
    anna = await desk(await make_desk.staff(runtime))
    await anna.context.clear_cookies()
    await anna.goto("/desk")
    keys = anna.keyboard
    await keys.type("anna")
    await keys.press("Tab")
    await keys.type(make_desk.PASSWORD)
    await keys.press("Enter")
    await expect(anna.get_by_role("heading", name="Henvendelser", exact=True)).to_be_visible()
    await ready(anna)
    await keys.press("j")
    await expect(anna.get_by_role("link", name="Karen Holm")).to_be_focused()
    await keys.press("Enter")
    await expect(anna.get_by_role("button", name="Overtag samtalen")).to_be_visible()
    await ready(anna)
    await keys.press("t")
    await expect(anna.get_by_role("heading", name="Du har samtalen")).to_be_visible()
    await ready(anna)
    await keys.press("s")
    await expect(anna.get_by_label("Søg i svartekster")).to_be_focused()
    await keys.type("ringe spørg")
    await expect(anna.locator("#texts-found a")).to_have_count(1)
    await tab_to(anna, "Ring til os")
    await keys.press("Enter")
    await expect(anna.get_by_label("Dit svar")).to_have_value(re.compile("ringe til os"))
    await keys.press("Control+Enter")
    await expect(anna.get_by_text("Svaret er på vej til borgeren")).to_be_visible()
    await ready(anna)
    await keys.press("h")
    await expect(anna.locator("#note")).to_be_focused()
    await keys.type("Karen ringer selv i morgen.")
    await keys.press("Control+Enter")
    await expect(anna.get_by_text("Samtalen er givet tilbage")).to_be_visible()
    await ready(anna)
    await keys.press("g")
    await keys.press("t")
    await expect(anna.get_by_role("heading", name="Opgaver", exact=True)).to_be_visible()
    await tab_to(anna, "Log af")
    await keys.press("Enter")
    await expect(anna.get_by_role("heading", name="Log på")).to_be_visible()


async def test_rows_are_walked_and_the_place_is_kept_when_one_is_taken(anna, runtime):
    await anna.keyboard.press("j")
    await anna.keyboard.press("j")
    await expect(anna.get_by_role("link", name="Mette Hansen")).to_be_focused()
    await tell(runtime)
    await expect(anna.get_by_role("link", name="Mette Hansen")).to_be_focused()
    await anna.get_by_role("link", name="Mette Hansen").evaluate(
        "row => row.closest('tr').remove()"
    )
    await anna.keyboard.press("j")
    await expect(anna.get_by_role("link", name="Sofie Bech")).to_be_focused()
    await anna.keyboard.press("k")
    await expect(anna.get_by_role("link", name="Karen Holm")).to_be_focused()
    await anna.keyboard.press("/")
    await expect(anna.get_by_label("Søg", exact=True)).to_be_focused()


async def tell(runtime):
    async with runtime.transaction() as session:
        await notify(session, "albertslund")


async def test_letters_are_letters_while_somebody_writes(anna):
    await anna.keyboard.press("/")
    await anna.keyboard.type("jgi?t")
    await expect(anna.get_by_label("Søg", exact=True)).to_have_value("jgi?t")
    await expect(anna.get_by_role("dialog")).to_have_count(0)
    await anna.keyboard.press("Escape")
    await anna.keyboard.press("j")
    await expect(anna.get_by_role("link", name="Karen Holm")).to_be_focused()


async def test_the_sheet_opens_says_all_and_closes(anna):
    await anna.keyboard.press("j")
    await anna.keyboard.press("?")
    sheet = anna.get_by_role("dialog", name="Tastaturgenveje")
    await expect(sheet).to_be_visible()
    await anna.keyboard.press("j")
    await expect(sheet).to_be_visible()
    await anna.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await expect(anna.get_by_role("link", name="Karen Holm")).to_be_focused()


async def test_shortcuts_that_are_turned_off_stay_off_until_they_are_turned_on(anna):
    await anna.keyboard.press("?")
    await anna.get_by_role("link", name="Slå dem fra").press("Enter")
    await expect(anna.locator("body[data-keys=off]")).to_be_attached()
    await ready(anna)
    for key in ("?", "j", "g", "t"):
        await anna.keyboard.press(key)
    assert await anna.evaluate("document.activeElement.tagName") == "BODY"
    await expect(anna.get_by_role("dialog")).to_have_count(0)
    await anna.goto("/desk/tasks")
    await expect(anna.locator("body[data-keys=off]")).to_be_attached()
    await anna.get_by_role("button", name="Tastaturgenveje").press("Enter")
    await anna.get_by_role("link", name="Slå dem til").press("Enter")
    await expect(anna.locator("body[data-keys=on]")).to_be_attached()
    await ready(anna)
    await anna.keyboard.press("g")
    await anna.keyboard.press("i")
    await expect(anna.get_by_role("heading", name="Henvendelser", exact=True)).to_be_visible()


def test_the_sheet_names_each_key_that_a_page_has():
    pages = [file for file in TEMPLATES.rglob("*.html") if file.name != "keys.html"]
    sources = "\n".join(file.read_text(encoding="utf-8") for file in pages)
    sheet = (TEMPLATES / "keys.html").read_text(encoding="utf-8")
    told = {key.lower() for key in re.findall(r'\("(.)", "', sheet)}
    assert set(re.findall(r'data-key="(.)"', sources)) <= told
    letters = re.findall(r'"(\w)"\),\n', (TEMPLATES / "menu.html").read_text(encoding="utf-8"))
    assert len(letters) == len(set(letters)) == 13


async def test_the_menu_folds_without_a_script_and_opens_with_a_key(anna):
    await anna.set_viewport_size({"width": 320, "height": 700})
    await expect(anna.get_by_role("link", name="Borgere")).to_have_count(0)
    await anna.locator(".desk-fold summary").press("Enter")
    await expect(anna.get_by_role("link", name="Borgere")).to_be_visible()


async def test_dark_is_chosen_kept_and_taken_back(anna):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await anna.evaluate(ground)
    await anna.emulate_media(color_scheme="dark")
    dark = await anna.evaluate(ground)
    assert dark != light
    await anna.get_by_role("link", name="Lyst").press("Enter")
    await expect(anna.locator("html[data-look=light]")).to_be_attached()
    assert await anna.evaluate(ground) == light
    await anna.goto("/desk/conversations")
    assert await anna.evaluate(ground) == light
    await anna.get_by_role("link", name="Som din computer").press("Enter")
    await expect(anna.locator("html[data-look=auto]")).to_be_attached()
    assert await anna.evaluate(ground) == dark
