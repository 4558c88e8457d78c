"""The page with the telephones: who holds them, what they show, what can be done there."""

import re

import httpx
import pytest
from sqlalchemy import text

from bot.simulator import network
from bot.simulator.refusals import Outbound
from data.models.citizens import Language
from data.values.ids import DebtorKind
from data.values.phone import PhoneNumber
from outreach import rounds  # noqa: F401 - registers the job that a round is
from tests import make
from tests.bot.simulator.conftest import ALBERTSLUND, METTE, eventually

EMILY = "+4570991002"
NORDLYS = "+4570991007"


@pytest.fixture
async def browser(municipality, settings):
    async with httpx.AsyncClient(base_url=settings.public_url) as client:
        yield client


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime, name="Mette Sørensen", debtor_id="1403850000", phone=METTE)
    await make.claim(runtime, person, claim_ref="A-1001")
    return person


@pytest.fixture
async def emily(runtime):
    person = await make.citizen(
        runtime,
        name="Emily Clarke",
        debtor_id="1206900004",
        phone=EMILY,
        language=Language.ENGLISH,
    )
    await make.claim(runtime, person, claim_ref="A-1002", claim_type="fjernvarme")
    return person


async def arrives(runtime, municipality, body, to=METTE):
    async with runtime.transaction() as session:
        await network.accept(session, runtime, Outbound(ALBERTSLUND, to, body))
    municipality.carrier.wake()

    async def screen():
        async with runtime.transaction() as session:
            return [message.body for message in await network.thread(session, to, limit=9)]

    await eventually(screen, lambda shown: body in shown)


def news_address(html):
    [address] = re.findall(r'id="news" hx-get="([^"]+)"', html)
    return address.replace("&amp;", "&")


async def test_an_empty_database_says_how_to_fill_it(browser):
    page = await browser.get("/simulator")
    assert page.status_code == 200
    assert "mindelig up --demo" in page.text


async def test_each_telephone_lies_beside_the_bill_of_its_holder(browser, mette, emily):
    page = await browser.get("/simulator")
    for shown in ("Mette Sørensen", "14.03.1985", "A-1001", "Børnepasning", "1.200 kr."):
        assert shown in page.text
    assert "14.03.1985 A-1001" in page.text  # a suggestion to write
    assert "How much do I owe?" in page.text  # Emily's suggestions are in English
    assert 'lang="da"' in page.text
    assert "Ingen beskeder endnu" in page.text


async def test_the_page_speaks_english_too(browser, mette):
    page = await browser.get("/simulator?lang=en")
    assert "The bill in hand" in page.text
    assert "Childcare" in page.text
    assert "Send a round now" in page.text


async def test_a_business_has_its_cvr_number_on_the_bill(browser, runtime):
    shop = await make.citizen(
        runtime,
        name="Nordlys VVS ApS",
        debtor_id="99000007",
        debtor_kind=DebtorKind.BUSINESS,
        phone=NORDLYS,
    )
    await make.claim(runtime, shop, claim_ref="A-1007", claim_type="erhvervsaffald")
    page = await browser.get("/simulator")
    assert "CVR <strong>99000007</strong>" in page.text


async def test_two_people_share_a_telephone(browser, runtime):
    for name, number in (("Peter Bruun", "3004460005"), ("Lone Bruun", "2503880000")):
        await make.citizen(runtime, name=name, debtor_id=number, phone="+4570991012")
    page = await browser.get("/simulator?show=bruun")
    assert "<h2>Lone Bruun &amp; Peter Bruun</h2>" in page.text


async def test_a_message_comes_up_without_a_new_page_and_nothing_comes_twice(
    browser, runtime, municipality, mette, emily
):
    page = await browser.get("/simulator")
    address = news_address(page.text)
    assert (await browser.get(address)).status_code == 204
    await arrives(runtime, municipality, "Hej Mette. <b>Svar JA</b>")
    news = await browser.get(address)
    assert "Hej Mette. &lt;b&gt;Svar JA&lt;/b&gt;" in news.text
    assert 'id="thread-mette"' in news.text
    assert 'id="thread-emily"' not in news.text
    assert "Nyt på telefonen hos Mette Sørensen" in news.text
    assert (await browser.get(news_address(news.text))).status_code == 204


async def test_what_is_written_on_a_telephone_goes_to_its_own_municipality(
    browser, municipality, mette
):
    sent = await browser.post(
        "/simulator/phones/mette/messages", data={"body": "JA"}, headers={"HX-Request": "true"}
    )
    assert (sent.status_code, sent.headers["hx-trigger"]) == (204, "news")
    await municipality.told(texts=1)
    [text] = municipality.texts
    assert (text["From"], text["To"], text["Body"]) == (METTE, ALBERTSLUND, "JA")


async def test_a_picture_is_sent_and_shown(browser, municipality, mette):
    await browser.post("/simulator/phones/mette/messages", data={"picture": "true"})
    await municipality.told(texts=1)
    assert municipality.texts[0]["NumMedia"] == "1"
    assert "[billede]" in (await browser.get("/simulator")).text


async def test_the_telephone_says_when_the_municipality_did_not_take_it(
    browser, municipality, runtime, mette
):
    municipality.status, municipality.answer = 403, "wrong signature"
    await browser.post("/simulator/phones/mette/messages", data={"body": "JA"})
    page = await eventually(lambda: browser.get("/simulator"), lambda page: "403" in page.text)
    assert "Kommunens system tog ikke imod: 403 wrong signature" in page.text


async def test_without_scripts_the_form_leads_back_to_the_same_telephones(browser, mette):
    sent = await browser.post(
        "/simulator/phones/mette/messages",
        data={"body": "JA"},
        headers={"Referer": f"{browser.base_url}/simulator?lang=en&show=mette"},
    )
    assert sent.status_code == 303
    assert sent.headers["location"] == "/simulator?lang=en&show=mette"


async def test_a_telephone_that_is_not_there_cannot_write(browser):
    sent = await browser.post("/simulator/phones/nobody/messages", data={"body": "JA"})
    assert sent.status_code == 404


async def test_more_than_a_text_holds_is_not_sent(browser, municipality, mette):
    sent = await browser.post("/simulator/phones/mette/messages", data={"body": "a" * 1601})
    assert sent.status_code == 422


async def test_another_sites_page_cannot_write_for_a_citizen(browser, mette):
    sent = await browser.post(
        "/simulator/phones/mette/messages",
        data={"body": "STOP"},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert sent.status_code == 403


async def test_the_page_tells_when_citizens_may_be_written_to(browser, clock, mette):
    assert "må skrive til borgere nu" in (await browser.get("/simulator")).text
    clock.instant = clock.instant.replace(hour=20)
    page = await browser.get("/simulator")
    assert "onsdag 25. november 2026 kl. 09.00" in page.text


async def test_a_round_is_queued_once_for_each_municipality(browser, runtime):
    for _ in range(2):
        sent = await browser.post("/simulator/round", headers={"HX-Request": "true"})
        assert sent.status_code == 204
    async with runtime.transaction() as session:
        queued = await session.execute(
            text("select task_name, args ->> 'municipality' from procrastinate_jobs order by 2")
        )
    assert [tuple(row) for row in queued] == [
        ("outreach_round", "albertslund"),
        ("outreach_round", "faxe"),
    ]


async def test_the_page_has_no_script_or_style_of_its_own_inside(browser, mette):
    page = await browser.get("/simulator")
    assert not re.search(r"<style|style=|<script(?! src=)| on[a-z]+=", page.text)
    assert page.headers["cache-control"] == "no-store"
    for file in ("simulator.css", "simulator.js"):
        assert (await browser.get(f"/simulator/static/{file}")).status_code == 200


def test_every_number_of_the_page_is_a_telephone():
    assert PhoneNumber(METTE).national() == "70 99 10 01"
