"""The desk in a real browser: nothing is refused by its own rules, nothing written is lost."""

import os
from datetime import date, timedelta

import pytest
from playwright.async_api import async_playwright, expect
from sqlalchemy import select

from data.models.cases import Task
from data.models.citizens import Citizen
from data.notifications import notify
from data.values.money import Money
from outreach import tasks
from outreach.signing_in import sessions
from tests import make, make_cases, make_desk
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
        # How a page learns that its session has ended, and a form that it was not taken; the
        # browser remarks on both in its own words.
        if "status of 401" not in said and "status of 422" not in said:
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
    # With what is sent around it: that a person writes now, and who.
    await expect(anna.get_by_text("76 tegn · 1 SMS")).to_be_visible()
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
        await sessions.sign_out(session, runtime, token)
    await tell(runtime)
    await anna.get_by_label("Brugernavn").fill("anna")
    await anna.get_by_label("Adgangskode").fill(make_desk.PASSWORD)
    await anna.get_by_role("button", name="Log på").click()
    await expect(anna.get_by_label("Dit svar")).to_have_value("Et langt svar, som ikke må gå tabt")


async def test_a_narrow_screen_shows_all_of_it(desk, runtime, talk):
    await make_desk.handoff(runtime, talk)
    await make_desk.said(runtime, talk, "et-meget-langt-ord-" * 20)
    anna = await desk(await make_desk.staff(runtime), width=320)
    talks = ("/desk/conversations", f"/desk/conversations/{talk.id}")
    for address in ("/desk", *talks, "/desk/understandings?view=all"):
        await anna.goto(address)
        assert await anna.evaluate("document.documentElement.scrollWidth") <= 320


async def tell(runtime):
    async with runtime.transaction() as session:
        await notify(session, "albertslund")


@pytest.fixture
async def claim(runtime, talk, clock):
    """Mette's claim with two letters, a fee, a task, and nobody's word on it yet."""
    async with runtime.transaction() as session:
        mette = await session.get_one(Citizen, talk.citizen_id)
    claim = await make.claim(
        runtime,
        mette,
        payment_id="000000000000018",
        creditor_no="12345678",
        first_contact_at=clock.now() - timedelta(days=30),
        due_date=date(2026, 10, 1),
    )
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    await make_cases.letter(runtime, claim, pay_by=date(2026, 11, 2))
    await make_cases.letter(runtime, claim, "reminder:2", fee=Money(25000))
    await make_cases.fee(runtime, claim)
    async with runtime.transaction() as session:
        await tasks.open_task(session, runtime, claim=claim, kind="assess_hand_over")
    return claim


async def test_a_caseworkers_way_from_a_task_to_a_decision_and_back(desk, runtime, claim):
    anna = await desk(await make_desk.staff(runtime))
    await anna.get_by_role("link", name="Opgaver").click()
    await anna.get_by_role("link", name="Vurder om kravet skal overdrages", exact=True).click()
    await anna.get_by_role("link", name="Gå til kravet").click()
    await expect(anna.get_by_role("heading", name="Børnepasning, A-1001")).to_be_visible()
    await anna.get_by_text("Lad et skridt vente").click()
    form = anna.locator("#act-hold")
    await form.get_by_label("Skridt").select_option(label="Overdragelse til inddrivelse")
    await form.get_by_role("button", name="Lad skridtet vente").click()
    await expect(form.get_by_text("Skriv en begrundelse.")).to_be_visible()
    await expect(form.get_by_label("Skridt")).to_have_value("hand_over:1")
    await form.get_by_label("Begrundelse").fill("Mette er syg til jul.")
    await form.get_by_label("Til og med").fill("2026-12-24")
    await form.get_by_role("button", name="Lad skridtet vente").click()
    await expect(anna.get_by_text("Din afgørelse står nu på sagen")).to_be_visible()
    words = anna.locator("#words")
    await expect(words.get_by_text("Overdragelse til inddrivelse skal vente").first).to_be_visible()
    await expect(words.get_by_text("Mette er syg til jul.")).to_be_visible()
    await anna.get_by_role("link", name="Opgaver").click()
    await expect(anna.get_by_text("Der er ingen åbne opgaver")).to_be_visible()


async def at(runtime, claim):
    """Anna has said why she is at the pages of the claim's citizen."""
    async with runtime.transaction() as session:
        citizen = await session.get_one(Citizen, claim.citizen_id)
    await make_desk.reader(runtime, citizen)


async def test_news_of_a_claim_leave_what_is_being_written(desk, runtime, claim):
    anna = await desk(await make_desk.staff(runtime))
    await at(runtime, claim)
    await anna.goto(f"/desk/claims/{claim.id}")
    await anna.get_by_text("Henlæg sagen").first.click()
    box = anna.locator("#shelve-reason")
    await box.fill("Borgeren er afhængig af")
    async with runtime.transaction() as session:
        await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")
    await expect(anna.get_by_text("Kravet er ændret, siden du åbnede siden.")).to_be_visible()
    await expect(box).to_have_value("Borgeren er afhængig af")
    await anna.get_by_role("link", name="Vis det nye").click()
    await expect(anna.get_by_role("link", name="Et brev kunne ikke sendes")).to_be_visible()
    await anna.get_by_text("Henlæg sagen").first.click()
    await expect(box).to_have_value("Borgeren er afhængig af")


async def test_a_caseworkers_way_from_a_telephone_call_to_an_agreement(desk, runtime, claim):
    bo = await make_desk.staff(runtime, "bo", name="Bo Dam")
    async with runtime.transaction() as session:  # so that Mette is not on Anna's list
        (await session.scalars(select(Task))).one().assigned_to = bo.id
    anna = await desk(await make_desk.staff(runtime))
    await anna.get_by_role("link", name="Borgere").click()
    await anna.get_by_label("Navn, telefon eller sagsnummer").fill("20 30 40 50")
    await anna.get_by_role("button", name="Søg").click()
    await anna.get_by_label("Borgeren henvender sig").check()
    await anna.get_by_label("Skriv det kort").fill("Mette ringer om sin regning.")
    await anna.get_by_role("button", name="Åbn sagen").click()
    await expect(anna.get_by_role("heading", name="Mette Hansen")).to_be_visible()
    await expect(anna.get_by_text("Mette ringer om sin regning.")).to_be_visible()
    await anna.get_by_role("link", name="Ny aftale").click()
    await anna.get_by_label("Hvad kan borgeren betale?").fill("500 om måneden")
    await anna.get_by_role("button", name="Vis forslag").click()
    await anna.get_by_label("Afdragsordning: det, borgeren selv foreslog").check()
    await anna.get_by_label("Borgeren har sagt ja til mig").check()
    await anna.get_by_label("Hvordan", exact=True).select_option(label="Telefon")
    await anna.get_by_label("Hvordan ved du, hvem det er?").select_option("2")
    await anna.get_by_role("button", name="Gem valget").click()
    await expect(anna.get_by_text("Læs teksten op for borgeren")).to_be_visible()
    await anna.get_by_label("Jeg har læst teksten op").check()
    await anna.get_by_label("Begrundelse").fill("Mette ringede.")
    await anna.get_by_role("button", name="Gem valget").click()
    await expect(anna.get_by_text("Aftalen er indgået.")).to_be_visible()
    await expect(anna.get_by_role("img", name="Rater fra 24. nov. 2026")).to_be_visible()
    for width in (320, 1280):
        await anna.set_viewport_size({"width": width, "height": 900})
        assert await anna.evaluate("document.documentElement.scrollWidth") <= width


async def test_news_of_a_citizen_leave_what_is_being_written(desk, runtime, claim):
    anna = await desk(await make_desk.staff(runtime))
    await at(runtime, claim)
    await anna.goto(f"/desk/citizens/{claim.citizen_id}")
    await anna.get_by_text("Handlinger for kravene").click()
    await anna.get_by_text("Afskriv et krav").first.click()
    box = anna.locator("#write-off-reason")
    await box.fill("Boet er")
    async with runtime.transaction() as session:
        await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")
    await expect(anna.get_by_text("Der er sket noget på sagen")).to_be_visible()
    await expect(box).to_have_value("Boet er")


async def test_a_narrow_screen_shows_a_claim_its_tasks_and_hand_overs(desk, runtime, claim):
    await make_cases.hand_over(runtime, claim)
    async with runtime.transaction() as session:
        task = await session.scalar(select(Task))
    anna = await desk(await make_desk.staff(runtime), width=320)
    pages = ["tasks", f"tasks/{task.id}", "claims", "claims?ref=x", "hand-overs", "citizens?q=x"]
    for page in [*pages, "hand-overs?view=files", f"claims/{claim.id}"]:
        await anna.goto(f"/desk/{page}")
        assert await anna.evaluate("document.documentElement.scrollWidth") <= 320, page
    for act in ("hold", "approve", "shelve", "circumstances"):
        await anna.locator(f"#act-{act} summary").click()
    assert await anna.evaluate("document.documentElement.scrollWidth") <= 320
