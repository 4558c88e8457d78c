"""The second factor at the desk: set up once, asked for each time, and no code twice."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.staff import Staff, StaffSession
from data.settings import load
from outreach.rules import one_time_codes as codes
from tests import make_desk
from tests.make_desk import code_now

WRONG = "Koden er forkert eller brugt"
LOCKED = "Efter fem forkerte forsøg"


@pytest.fixture
def settings(tmp_path, postgres):
    """An installation as a municipality gets it: a password alone is not enough."""
    return load(home=tmp_path / "home", database_url=postgres)


@pytest.fixture
async def browser(runtime, browsers):
    await make_desk.staff(runtime)
    return browsers()


@pytest.fixture
async def enrolled(browser, runtime):
    """Anna with a telephone, signed out; the codes she wrote down."""
    await browser.sign_in()
    return await enrol(browser, runtime)


async def enrol(browser, runtime):
    await browser.get("/desk/me/second-factor")
    shown = await browser.send(
        "/desk/me/second-factor", "/desk/me/second-factor", code=await code_now(runtime)
    )
    assert shown.status_code == 200, shown.text
    await browser.send("/desk/sign-out", "/desk/me")
    return re.findall(r'<code class="secret">([a-z0-9-]{11})</code>', shown.text)


async def give(browser, code, there="/desk"):
    page = "/desk/sign-in/code"
    return await browser.send(page, page, code=code, next=there)


async def of(runtime, table):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(table)))


async def test_the_first_sign_in_leads_to_the_telephone_before_anything_else_opens(browser):
    await browser.sign_in()
    for page in ("/desk", "/desk/claims", "/desk/me", "/desk/me/password", "/desk/events"):
        led = await browser.get(page)
        assert led.status_code == 303
        assert led.headers["location"].startswith("/desk/me/second-factor?next=")
    refused = await browser.get("/desk/live", headers={"HX-Request": "true"})
    assert (refused.status_code, refused.text) == (401, "")
    page = await browser.get("/desk/me/second-factor")
    assert "Sæt engangskoder op først" in page.text
    assert 'src="data:image/svg+xml' in page.text
    assert 'href="/desk/claims"' not in page.text


async def test_who_has_not_set_it_up_can_sign_out(browser):
    await browser.sign_in()
    assert (await browser.send("/desk/sign-out", "/desk/me/second-factor")).status_code == 303


async def test_the_secret_stays_the_same_until_its_first_code(browser):
    await browser.sign_in()
    first, second = [await browser.get("/desk/me/second-factor") for _ in range(2)]
    secret = re.compile(r'<code class="secret">([A-Z2-7 ]+)</code>')
    assert secret.findall(first.text) == secret.findall(second.text) != []


async def test_a_wrong_first_code_takes_nothing_into_use(browser, runtime):
    await browser.sign_in()
    page = "/desk/me/second-factor"
    refused = await browser.send(page, page, code="000000")
    assert (refused.status_code, WRONG in refused.text) == (422, True)
    assert [person.totp_since for person in await of(runtime, Staff)] == [None]


async def test_ten_recovery_codes_are_shown_once_and_only_their_traces_kept(enrolled, runtime):
    [anna] = await of(runtime, Staff)
    assert len(set(enrolled)) == len(anna.recovery_codes) == 10
    assert not {code.replace("-", "") for code in enrolled} & set(anna.recovery_codes)


async def test_the_secret_is_encrypted_under_the_installations_key(enrolled, runtime, settings):
    [anna] = await of(runtime, Staff)
    assert len(anna.totp_secret) == 12 + codes.SECRET_BYTES + 16
    other = load(home=settings.home / "other", database_url=settings.database_url)
    assert make_desk.unsealed(runtime, anna) is not None
    assert make_desk.unsealed(replace(runtime, settings=other), anna) is None
    anna.id, mine = settings, anna.id
    assert make_desk.unsealed(runtime, anna) is None
    assert mine != anna.id


async def test_password_and_code_open_the_desk(browser, enrolled, runtime, clock):
    clock.travel(timedelta(seconds=30))
    asked = await browser.sign_in(next="/desk/claims")
    assert asked.headers["location"] == "/desk/sign-in/code?next=/desk/claims"
    led = await give(browser, await code_now(runtime), "/desk/claims")
    assert (led.status_code, led.headers["location"]) == (303, "/desk/claims")
    assert (await browser.get("/desk")).status_code == 200


async def test_a_password_alone_opens_nothing(browser, enrolled):
    await browser.sign_in()
    for page in ("/desk", "/desk/me", "/desk/me/second-factor", "/desk/events"):
        led = await browser.get(page)
        assert led.headers["location"].startswith("/desk/sign-in/code?next=")
    secret = await browser.secret("/desk/sign-in/code")
    for form in ("/desk/me/second-factor/remove", "/desk/me/sessions"):
        led = await browser.post(form, {"csrf_token": secret, "code": "x", "ended": "others"})
        assert led.headers["location"].startswith("/desk/sign-in/code")


async def test_the_sessions_secret_changes_with_the_code(browser, enrolled, runtime, clock):
    clock.travel(timedelta(seconds=30))
    await browser.sign_in()
    half = browser.client.cookies["mindelig_desk"]
    await give(browser, await code_now(runtime))
    whole = browser.client.cookies["mindelig_desk"]
    assert half != whole
    browser.hold(half)
    assert (await browser.get("/desk")).headers["location"].startswith("/desk/sign-in?next=")


async def test_no_code_opens_twice(browser, enrolled, runtime, clock):
    await browser.sign_in()
    used_to_set_up = await code_now(runtime)
    assert WRONG in (await give(browser, used_to_set_up)).text
    clock.travel(timedelta(seconds=30))
    code = await code_now(runtime)
    assert (await give(browser, code)).status_code == 303
    browser.client.cookies.clear()
    await browser.sign_in()
    assert WRONG in (await give(browser, code)).text


async def test_five_wrong_codes_lock_the_door_also_with_right_passwords_between(
    browser, enrolled, runtime, clock
):
    for _ in range(2):
        await browser.sign_in()
        for _ in range(2):
            assert WRONG in (await give(browser, "000000")).text
        browser.client.cookies.clear()
    await browser.sign_in()
    assert LOCKED in (await give(browser, "000000")).text
    assert LOCKED in (await browser.sign_in()).text
    assert await of(runtime, StaffSession) == []
    clock.travel(timedelta(minutes=16))
    await browser.sign_in()
    assert (await give(browser, await code_now(runtime))).status_code == 303
    acts = [entry.act for entry in await of(runtime, AuditEntry)]
    assert "sign_in_locked" in acts


async def test_a_right_password_waits_ten_minutes_for_its_code(browser, enrolled, runtime, clock):
    await browser.sign_in()
    secret = await browser.secret("/desk/sign-in/code")
    clock.travel(timedelta(minutes=10))
    late = {"csrf_token": secret, "code": await code_now(runtime)}
    led = await browser.post("/desk/sign-in/code", late)
    assert led.headers["location"].startswith("/desk/sign-in?next=")


async def test_a_code_needs_our_own_form(browser, enrolled, runtime, clock):
    clock.travel(timedelta(seconds=30))
    await browser.sign_in()
    fields = {"code": await code_now(runtime), "csrf_token": "gættet"}
    assert (await browser.post("/desk/sign-in/code", fields)).status_code == 403


async def test_without_a_password_there_is_no_page_for_the_code(browsers):
    led = await browsers().get("/desk/sign-in/code")
    assert led.headers["location"].startswith("/desk/sign-in?next=")


async def test_a_recovery_code_opens_once(browser, enrolled, runtime):
    for code, status in ((enrolled[3].upper(), 303), (enrolled[3], 401), (enrolled[4], 303)):
        browser.client.cookies.clear()
        await browser.sign_in()
        assert (await give(browser, code)).status_code == status
    [anna] = await of(runtime, Staff)
    assert len(anna.recovery_codes) == 8


async def test_new_recovery_codes_need_a_code_and_end_the_old_ones(browser, enrolled):
    await browser.sign_in()
    await give(browser, enrolled[0])
    page = "/desk/me/second-factor"
    refused = await browser.send("/desk/me/recovery-codes", page, code="000000")
    assert refused.status_code == 422
    shown = await browser.send("/desk/me/recovery-codes", page, code=enrolled[1])
    fresh = re.findall(r'<code class="secret">([a-z0-9-]{11})</code>', shown.text)
    assert len(set(fresh) - set(enrolled)) == 10
    browser.client.cookies.clear()
    await browser.sign_in()
    assert WRONG in (await give(browser, enrolled[2])).text
    assert (await give(browser, fresh[0])).status_code == 303


async def test_another_telephone_takes_the_place_of_the_first(browser, enrolled, runtime):
    await browser.sign_in()
    await give(browser, enrolled[0])
    page = "/desk/me/second-factor"
    refused = await browser.send(f"{page}/remove", page, code="000000")
    assert refused.status_code == 422
    assert (await browser.send(f"{page}/remove", page, code=enrolled[1])).status_code == 303
    assert (await browser.get("/desk")).headers["location"].startswith(page)
    fresh = await enrol(browser, runtime)
    assert not set(fresh) & set(enrolled)


async def test_where_it_is_optional_nobody_has_to(runtime, app, browser):
    optional = load(
        home=runtime.settings.home, database_url=runtime.settings.database_url,
        second_factor="optional",
    )  # fmt: skip
    app.state.runtime = replace(runtime, settings=optional)
    await browser.sign_in()
    assert (await browser.get("/desk")).status_code == 200
    assert "ikke slået til" in (await browser.get("/desk/me")).text


async def test_a_telephone_taken_into_use_ends_what_was_begun_without_it(runtime, browsers):
    person = await make_desk.staff(runtime)
    here, elsewhere = browsers(), browsers()
    for browser in (here, elsewhere):
        browser.hold(await make_desk.session_of(runtime, person))
    page = "/desk/me/second-factor"
    await here.get(page)
    assert (await here.send(page, page, code=await code_now(runtime))).status_code == 200
    assert (await elsewhere.get("/desk/me")).headers["location"].startswith("/desk/sign-in")
    assert (await here.get("/desk/me")).status_code == 200
