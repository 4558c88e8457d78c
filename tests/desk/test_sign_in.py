"""Signing in: who gets in, for how long, and who does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.staff import StaffSession
from outreach import staff as staff_cases
from tests import make_desk

WRONG = "Brugernavn, adgangskode eller kode er forkert"


@pytest.fixture
async def browser(runtime, browsers):
    await make_desk.staff(runtime)
    return browsers()


async def test_who_is_not_signed_in_is_led_to_the_form_and_back(browser):
    refused = await browser.get("/desk?view=mine")
    assert refused.status_code == 303
    assert refused.headers["location"] == "/desk/sign-in?next=/desk%3Fview%3Dmine"
    led = await browser.sign_in(next="/desk?view=mine")
    assert (led.status_code, led.headers["location"]) == (303, "/desk?view=mine")
    assert (await browser.get("/desk")).status_code == 200


async def test_the_cookie_is_for_the_desk_alone_and_out_of_reach_of_scripts(browser):
    cookie = next(
        value
        for value in (await browser.sign_in()).headers.get_list("set-cookie")
        if value.startswith("mindelig_desk=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/desk;" in cookie
    assert "Secure" not in cookie


async def test_behind_https_the_cookie_is_secure(app, browsers, runtime):
    await make_desk.staff(runtime)
    settings = runtime.settings.model_copy(update={"public_url": "https://mindelig.example.dk"})
    app.state.runtime = type(runtime)(**{**vars(runtime), "settings": settings})
    page = await browsers().get("/desk/sign-in")
    assert "Secure" in page.headers["set-cookie"]
    assert "max-age" in page.headers["strict-transport-security"]


async def test_only_a_hash_of_the_token_is_kept(browser, runtime):
    await browser.sign_in()
    token = browser.client.cookies["mindelig_desk"]
    async with runtime.transaction() as session:
        kept = await session.scalar(select(StaffSession))
    assert token.encode() not in kept.token_hash
    assert len(kept.token_hash) == 32


@pytest.mark.parametrize(
    ("username", "password"),
    [("anna", "forkert"), ("ingen", make_desk.PASSWORD), ("ANNA ", "x" * 1500), ("in\x00gen", "x")],
)
async def test_a_wrong_name_and_a_wrong_password_sound_the_same(browser, username, password):
    refused = await browser.sign_in(username, password)
    assert refused.status_code == 401
    assert WRONG in refused.text
    assert "mindelig_desk" not in browser.client.cookies


async def test_five_wrong_tries_lock_the_door_for_fifteen_minutes(browser, clock):
    for _ in range(5):
        assert WRONG in (await browser.sign_in(password="forkert")).text
    assert WRONG in (await browser.sign_in()).text
    clock.travel(timedelta(minutes=14))
    assert WRONG in (await browser.sign_in()).text
    clock.travel(timedelta(minutes=2))
    assert (await browser.sign_in()).status_code == 303


async def test_the_name_is_taken_however_it_is_written(browser):
    assert (await browser.sign_in("  Anna ")).status_code == 303


@pytest.mark.parametrize("secret", ["", "gættet", "æøå"])
async def test_a_sign_in_that_our_form_did_not_send_is_refused(browser, secret):
    await browser.get("/desk/sign-in")
    fields = {"username": "anna", "password": make_desk.PASSWORD, "csrf_token": secret}
    refused = await browser.post("/desk/sign-in", fields)
    assert refused.status_code == 403
    assert "mindelig_desk" not in browser.client.cookies


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://ond.example/desk",
        "//ond.example/desk",
        "/\\ond.example",
        "/deskjet",
        "/desk\\..\\x",
        "/desk/\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
        "/desk/sign-out",
        "",
    ],
)
async def test_signing_in_leads_nowhere_but_to_the_desk(browser, elsewhere):
    led = await browser.sign_in(next=elsewhere)
    assert led.headers["location"] == "/desk"


async def test_an_hour_without_an_act_ends_the_session(anna, clock):
    for _ in range(3):
        clock.travel(timedelta(minutes=59))
        assert (await anna.get("/desk")).status_code == 200
    clock.travel(timedelta(minutes=60))
    assert (await anna.get("/desk")).status_code == 303


async def test_a_page_that_refreshes_itself_does_not_keep_the_session_awake(anna, clock):
    for _ in range(6):
        clock.travel(timedelta(minutes=10))
        last = await anna.get("/desk/live", headers={"HX-Request": "true"})
    assert last.status_code == 401


async def test_twelve_hours_end_the_session_also_of_the_busiest(anna, clock):
    for _ in range(23):
        clock.travel(timedelta(minutes=30))
        assert (await anna.get("/desk")).status_code == 200
    clock.travel(timedelta(minutes=30))
    assert (await anna.get("/desk")).status_code == 303


async def test_signing_out_ends_the_session_for_good(anna):
    token = anna.client.cookies["mindelig_desk"]
    assert (await anna.send("/desk/sign-out")).status_code == 303
    anna.hold(token)
    assert (await anna.get("/desk")).status_code == 303


async def test_signing_out_needs_our_own_form(anna):
    assert (await anna.post("/desk/sign-out", {})).status_code == 403
    assert (await anna.get("/desk/sign-out")).status_code == 404
    assert (await anna.get("/desk")).status_code == 200


async def test_a_new_sign_in_ends_the_browsers_old_session(anna, runtime):
    old = anna.client.cookies["mindelig_desk"]
    anna.client.cookies.clear()
    secret = await anna.secret("/desk/sign-in")
    anna.client.cookies.set("mindelig_desk", old, domain="127.0.0.1", path="/desk")
    fields = {"username": "anna", "password": make_desk.PASSWORD, "csrf_token": secret}
    assert (await anna.post("/desk/sign-in", fields)).status_code == 303
    assert anna.client.cookies["mindelig_desk"] != old
    async with runtime.transaction() as session:
        assert len(list(await session.scalars(select(StaffSession)))) == 1


async def test_who_is_disabled_is_out_at_once(anna, runtime):
    async with runtime.transaction() as session:
        await staff_cases.disable(session, runtime, "anna")
    assert (await anna.get("/desk")).status_code == 303
    assert (await anna.sign_in()).status_code == 401


async def test_htmx_is_told_where_to_sign_in(browsers):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/desk?view=mine"}
    refused = await browsers().get("/desk/live", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["hx-redirect"] == "/desk/sign-in?next=/desk%3Fview%3Dmine"
