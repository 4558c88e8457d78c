"""Signing in at the municipality's own provider: the real oidc-provider as a process of its own."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit, urlunsplit

import httpx
import pytest
from sqlalchemy import select, update

from data.models.audit import AuditEntry
from data.models.staff import SignInFlow, SignInMethod, Staff, StaffSession
from data.settings import load
from outreach import staff as people
from tests import make_desk
from tests.conftest import TUESDAY_MORNING
from tests.real.provider import SECRET, AtProvider, RealProvider

pytestmark = [pytest.mark.slow]

LEAVE = "/desk/sign-in/with/albertslund"
WAY_LOST = "Turen til kommunens login"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One provider for all stories; a story that stops it starts it again."""
    started = RealProvider(tmp_path_factory.mktemp("provider") / "log", TUESDAY_MORNING)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def more():
    """What a story's municipality has written besides; overridden by parametrize."""
    return "    adds_people: true\n"


@pytest.fixture
def settings(tmp_path, postgres, running, more):
    """An installation whose Albertslund has a provider of its own."""
    file = tmp_path / "providers.yml"
    file.write_text(
        "municipalities:\n  albertslund:\n"
        f"    issuer: {running.issuer}\n    client_id: mindelig\n    client_secret: {SECRET}\n"
        "    roles:\n      claim: groups\n"
        "      map: {MD-sagsbehandler: [caseworker], MD-leder: [head, administrator]}\n"
        f"{more}"
    )
    return load(home=tmp_path / "home", database_url=postgres, providers=file)


@pytest.fixture
async def there():
    async with httpx.AsyncClient() as client:
        yield AtProvider(client)


@pytest.fixture
def browser(browsers):
    return browsers()


async def way_back(browser, there, login="ida", start=LEAVE):
    left = await browser.get(start)
    assert left.status_code == 303, left.text
    return await there.sign_in(left.headers["location"], login)


def with_(address, **changed):
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=str(httpx.QueryParams(kept))))


async def everyone(runtime):
    async with runtime.transaction() as session:
        return await people.everyone(session)


async def test_the_whole_way_in_and_out(browser, there, runtime):
    offered = await browser.get("/desk/sign-in?next=/desk/claims")
    assert f'href="{LEAVE}?next=/desk/claims"' in offered.text
    back = await way_back(browser, there, start=f"{LEAVE}?next=/desk/claims")
    led = await browser.get(back)
    assert (led.status_code, led.headers["location"]) == (303, "/desk/claims")
    page = await browser.get("/desk/claims")
    assert "Ida Holm" in page.text

    gone = await browser.send("/desk/sign-out", "/desk/claims")
    onwards = gone.headers["refresh"].removeprefix("0; url=")
    assert gone.status_code == 200
    assert (await browser.get("/desk")).status_code == 303
    home = await there.sign_out(onwards)
    assert urlsplit(home).path == "/desk/sign-in"
    assert "Du er logget af" in (await browser.get(home)).text
    left = await browser.get(LEAVE)
    asked = await there.client.get(left.headers["location"])
    assert "/interaction/" in asked.headers["location"]


async def test_what_is_asked_of_the_provider(browser):
    left = urlsplit((await browser.get(LEAVE)).headers["location"])
    asked = {name: values[0] for name, values in parse_qs(left.query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile"
    assert asked["redirect_uri"].endswith("/desk/sign-in/with/albertslund/back")
    assert "prompt" not in asked
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


async def test_who_comes_has_no_password_and_the_roles_of_their_groups(browser, there, runtime):
    await browser.get(await way_back(browser, there))
    [ida] = await everyone(runtime)
    assert (ida.username, ida.password_hash, ida.roles) == ("ida", None, ["caseworker"])
    async with runtime.transaction() as session:
        kept = await session.scalar(select(StaffSession))
        entries = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert kept.method is SignInMethod.PROVIDER
    assert [entry.act for entry in entries] == ["staff_added", "signed_in"]
    assert (await browser.get("/desk/me/password")).status_code == 404
    assert (await browser.get("/desk/me/second-factor")).status_code == 404


async def test_the_second_time_they_are_the_same_person(browser, there, runtime):
    for _ in range(2):
        browser.client.cookies.clear()
        await browser.get(await way_back(browser, there))
    assert len(await everyone(runtime)) == 1


async def test_a_group_that_is_ours_no_more_takes_its_role(browser, there, runtime):
    await browser.get(await way_back(browser, there))
    [ida] = await everyone(runtime)
    async with runtime.transaction() as session:
        held = await people.named(session, "ida")
        await people.give_roles(session, runtime, held, ["auditor"], None)
    await browser.get(await way_back(browser, there))
    assert (await everyone(runtime))[0].roles == ida.roles == ["caseworker"]


async def test_a_state_that_is_not_ours_opens_nothing(browser, there, runtime):
    back = await way_back(browser, there)
    refused = await browser.get(with_(back, state="gættet"))
    assert refused.status_code == 403
    assert WAY_LOST in refused.text
    assert await everyone(runtime) == []


async def test_another_browser_cannot_use_the_way_back(browser, browsers, there, runtime):
    back = await way_back(browser, there)
    other = browsers()
    assert (await other.get(back)).status_code == 403
    assert "mindelig_desk" not in other.client.cookies
    assert (await browser.get(back)).status_code == 303


async def test_a_way_back_leads_in_once(browser, there):
    cookies = {}
    back = await way_back(browser, there)
    cookies.update(browser.client.cookies)
    assert (await browser.get(back)).status_code == 303
    browser.client.cookies.clear()
    for name, value in cookies.items():
        browser.client.cookies.set(name, value, domain="127.0.0.1", path="/desk")
    replayed = await browser.get(back)
    assert replayed.status_code == 403
    assert WAY_LOST in replayed.text


async def test_a_token_with_another_nonce_is_refused(browser, there, runtime):
    back = await way_back(browser, there)
    async with runtime.transaction() as session:
        await session.execute(update(SignInFlow).values(nonce="en anden"))
    refused = await browser.get(back)
    assert refused.status_code == 403
    assert "gav ikke adgang" in refused.text
    assert await everyone(runtime) == []


async def test_a_code_that_was_asked_for_by_somebody_else_is_refused(browser, there, runtime):
    back = await way_back(browser, there)
    async with runtime.transaction() as session:
        await session.execute(update(SignInFlow).values(code_verifier="x" * 43))
    assert (await browser.get(back)).status_code == 403


async def test_an_answer_of_another_issuer_is_refused(browser, there):
    back = await way_back(browser, there)
    assert (await browser.get(with_(back, iss="https://ond.example"))).status_code == 403


async def test_an_answer_without_its_issuer_is_refused_by_who_names_it(browser, there):
    back = await way_back(browser, there)
    assert (await browser.get(with_(back, iss=None))).status_code == 403


async def test_an_expired_code_opens_nothing(browser, there, running):
    back = await way_back(browser, there)
    await there.client.get(f"{running.issuer}/travel/61")
    refused = await browser.get(back)
    assert refused.status_code == 403
    assert "gav ikke adgang" in refused.text


async def test_a_way_that_took_too_long_is_lost(browser, there, clock):
    back = await way_back(browser, there)
    clock.travel(timedelta(minutes=10))
    assert WAY_LOST in (await browser.get(back)).text


async def test_who_changes_their_mind_at_the_provider_is_told_so(browser, there):
    left = await browser.get(LEAVE)
    refused = await browser.get(await there.refuse(left.headers["location"]))
    assert refused.status_code == 403
    assert "gav ikke adgang" in refused.text


async def test_a_provider_that_is_down_is_a_plain_page(browser, there, running):
    back = await way_back(browser, there)
    running.stop()
    down = [await browser.get(back), await browser.get(LEAVE)]
    running.start()
    assert [page.status_code for page in down] == [503, 503]
    assert all("svarer ikke lige nu" in page.text for page in down)


async def test_signing_out_works_while_the_provider_is_down(browser, there, running):
    await browser.get(await way_back(browser, there))
    secret = await browser.secret("/desk/me")
    running.stop()
    gone = await browser.post("/desk/sign-out", {"csrf_token": secret})
    running.start()
    assert (gone.status_code, gone.headers["location"]) == (303, "/desk/sign-in?signed-out")


async def test_new_keys_of_the_provider_count_at_once(browser, there, running):
    await browser.get(await way_back(browser, there))
    running.stop()
    running.start()
    there.client.cookies.clear()
    assert (await browser.get(await way_back(browser, there))).status_code == 303


async def test_who_has_none_of_our_groups_is_told_whom_to_ask(browser, there, runtime):
    refused = await browser.get(await way_back(browser, there, "ole"))
    assert refused.status_code == 403
    assert "du har ingen rolle her" in refused.text
    assert await everyone(runtime) == []


@pytest.mark.parametrize("more", [""])
async def test_who_was_not_added_is_told_whom_to_ask(browser, there, runtime):
    refused = await browser.get(await way_back(browser, there))
    assert refused.status_code == 403
    assert "du er ikke oprettet her" in refused.text
    assert await everyone(runtime) == []


@pytest.mark.parametrize("more", [""])
async def test_who_was_added_without_a_password_is_found_by_their_username(browser, there, runtime):
    await make_desk.staff(runtime, "ida", password_hash=None)
    assert (await browser.get(await way_back(browser, there))).status_code == 303
    [ida] = await everyone(runtime)
    assert (ida.subject, ida.issuer is None) == ("ida", False)


@pytest.mark.parametrize("more", [""])
@pytest.mark.parametrize("given", [{}, {"municipality": "faxe", "password_hash": None}])
async def test_a_username_of_somebody_else_gives_nobody_their_place(browser, there, runtime, given):
    await make_desk.staff(runtime, "ida", **given)
    assert (await browser.get(await way_back(browser, there))).status_code == 403
    assert [each.subject for each in await everyone(runtime)] == [None]


async def test_a_username_that_is_taken_does_not_keep_anybody_out(browser, there, runtime):
    await make_desk.staff(runtime, "ida", municipality="faxe")
    assert (await browser.get(await way_back(browser, there))).status_code == 303
    [new, old] = await everyone(runtime)
    assert (old.username, old.subject) == ("ida", None)
    assert new.username.startswith("albertslund.")


async def test_who_is_disabled_is_not_let_in_by_the_provider(browser, there, runtime):
    await browser.get(await way_back(browser, there))
    async with runtime.transaction() as session:
        await people.disable(session, runtime, "ida")
    refused = await browser.get(await way_back(browser, there))
    assert refused.status_code == 403
    assert "Din adgang her er lukket" in refused.text


async def test_no_password_opens_an_account_of_the_provider(browser, there, runtime):
    await browser.get(await way_back(browser, there))
    browser.client.cookies.clear()
    for password in ("", "None", make_desk.PASSWORD):
        assert (await browser.sign_in("ida", password)).status_code in {401, 422}


async def test_a_municipality_without_a_provider_has_no_such_door(browser):
    assert (await browser.get("/desk/sign-in/with/faxe")).status_code == 404
    assert (await browser.get("/desk/sign-in/with/faxe/back?state=x&code=y")).status_code == 404


async def test_an_administrator_demoted_by_the_provider_stays_one_if_the_last(
    browser, there, runtime
):
    await browser.get(await way_back(browser, there))
    async with runtime.transaction() as session:
        ida = (await session.scalars(select(Staff))).one()
        await people.give_roles(session, runtime, ida, ["administrator"], None)
    await browser.get(await way_back(browser, there))
    assert (await everyone(runtime))[0].roles == ["administrator", "caseworker"]
