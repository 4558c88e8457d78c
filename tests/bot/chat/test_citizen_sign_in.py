"""A citizen proves who they are with MitID: the real oidc-provider as a process of its own."""

import httpx
import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.conversations import Conversation
from data.models.staff import SignInFlow
from data.settings import load
from outreach import identity, web_chats
from outreach.web_chats import AT_MOST_AN_HOUR
from tests import make
from tests.bot.chat.conftest import PAGE
from tests.conftest import TUESDAY_MORNING
from tests.real.provider import SECRET, AtProvider, RealProvider

pytestmark = [pytest.mark.slow]

SURE = "https://data.gov.dk/concept/core/nsis/Substantial"
PEOPLE = {
    "mette": {"name": "Mette Hansen", "cpr": "010180-1234", "loa": SURE},
    "unsure": {"name": "Mette Hansen", "cpr": "0101801234", "loa": "low"},
    "nobody": {"name": "Bo Juul", "cpr": "0202801234", "loa": SURE},
    "young": {"name": "Emil Hansen", "cpr": "0503154234", "loa": SURE},
}
LEAVE = f"{PAGE}/mitid"
PROVEN, FAILED = "nu ved jeg, hvem du er", "Det lykkedes ikke at se, hvem du er"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One provider for all stories."""
    log = tmp_path_factory.mktemp("citizens") / "log"
    started = RealProvider(log, TUESDAY_MORNING, people=dict(PEOPLE))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def settings(tmp_path, postgres, running):
    """An installation whose Albertslund lets citizens sign in."""
    file = tmp_path / "providers.yml"
    file.write_text(
        "citizens:\n  albertslund:\n"
        f"    issuer: {running.issuer}\n    client_id: mindelig\n    client_secret: {SECRET}\n"
        f"    level_claim: loa\n    levels: [{SURE}]\n"
    )
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        providers=file,
        public_url="http://127.0.0.1:8000",
    )


@pytest.fixture
async def mette(runtime):
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.fixture
async def there():
    async with httpx.AsyncClient() as client:
        yield AtProvider(client)


@pytest.fixture
def sign_in(browser, there, work):
    """Go to the provider from the chat, sign in, come back, and read the chat."""

    async def go(login):
        left = await browser.client.get(LEAVE)
        assert left.status_code == 303, left.text
        back = await there.sign_in(left.headers["location"], login)
        done = await browser.client.get(back)
        assert (done.status_code, done.headers["location"]) == (303, PAGE)
        await work()
        return await browser.page()

    return go


@pytest.fixture
def talk(runtime):
    async def look():
        async with runtime.transaction() as session:
            return (await session.scalars(select(Conversation))).one()

    return look


async def test_who_signs_in_is_known_at_level_3(sign_in, talk, runtime, mette):
    assert PROVEN in await sign_in("mette")
    place = await talk()
    assert (place.citizen_id, identity.level(place, runtime)) == (mette.id, 3)
    async with runtime.transaction() as session:
        acts = set(await session.scalars(select(AuditEntry.act)))
        assert await session.scalar(select(SignInFlow)) is None
    assert "identity_proven" in acts


@pytest.mark.parametrize("login", ["unsure", "nobody", "young"])
async def test_who_is_not_surely_one_of_the_citizens_is_answered_alike(
    sign_in, talk, runtime, mette, login
):
    await make.citizen(runtime, debtor_id="0503154234", name="Emil Hansen", phone=None)
    assert FAILED in await sign_in(login)
    place = await talk()
    assert (place.citizen_id, place.identity_level) == (None, 0)


async def test_a_way_back_works_once_and_in_the_chat_that_left_only(
    browsers, there, talk, runtime, mette, work
):
    ours, another = browsers(), browsers()
    left = await ours.client.get(LEAVE)
    back = await there.sign_in(left.headers["location"], "mette")
    await another.write("hej")
    await another.client.get(back)
    assert (await ours.client.get(back)).status_code == 303
    await work("greeting")
    async with runtime.transaction() as session:
        levels = list(await session.scalars(select(Conversation.identity_level)))
    assert levels == [0, 0]


async def test_who_changes_their_mind_there_goes_on_in_the_chat(browser, there, talk, mette, work):
    left = await browser.client.get(LEAVE)
    await browser.client.get(await there.refuse(left.headers["location"]))
    await work()
    assert FAILED in await browser.page()
    assert (await talk()).identity_level == 0


async def test_they_sign_in_anew_even_where_somebody_just_did(browser):
    left = await browser.client.get(LEAVE)
    assert httpx.URL(left.headers["location"]).params["prompt"] == "login"


async def test_who_comes_too_often_is_not_sent_there(browser, runtime, talks):
    async with runtime.transaction() as session:
        await web_chats.is_too_much(session, runtime, "albertslund", "127.0.0.1", AT_MOST_AN_HOUR)
    refused = await browser.client.get(LEAVE)
    assert (refused.status_code, "for meget fra dit net" in refused.text) == (429, True)
    async with runtime.transaction() as session:
        assert await session.scalar(select(SignInFlow)) is None
    assert await talks() == []


async def test_the_page_leads_there_where_there_is_a_provider(browser, browsers):
    assert f'href="{LEAVE}"' in await browser.page()
    assert "/mitid" not in await browsers("/chat/faxe").page()


async def test_a_municipality_without_a_provider_has_no_such_page(browser):
    assert (await browser.client.get("/chat/faxe/mitid")).status_code == 404


async def test_when_the_provider_is_down_the_chat_says_so(browser, running, mette, work):
    running.stop()
    try:
        left = await browser.client.get(LEAVE)
        assert left.headers["location"] == PAGE
        await work()
        assert FAILED in await browser.page()
    finally:
        running.start()
