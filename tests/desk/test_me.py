"""One's own page: the password, and where one is signed in."""

import re

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.staff import StaffSession
from outreach import staff as people
from tests import make_desk

NEW = "fire ganske almindelige ord"
PAGE = "/desk/me/password"


async def change(browser, current=make_desk.PASSWORD, wanted=NEW, again=NEW):
    return await browser.send(PAGE, PAGE, current=current, wanted=wanted, again=again)


async def another_session(runtime, browsers, username="anna"):
    async with runtime.transaction() as session:
        person = await people.named(session, username)
    browser = browsers()
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


async def test_ones_own_page_says_who_one_is(anna):
    page = (await anna.get("/desk/me")).text
    assert "Anna Berg" in page
    assert "Sagsbehandler" in page
    assert "Denne session" in page


async def test_a_new_password_ends_the_other_sessions_and_changes_this_ones_secret(
    anna, runtime, browsers
):
    other = await another_session(runtime, browsers)
    before = anna.client.cookies["mindelig_desk"]
    led = await change(anna)
    assert (led.status_code, led.headers["location"]) == (303, "/desk/me?done=password")
    assert anna.client.cookies["mindelig_desk"] != before
    assert (await anna.get("/desk")).status_code == 200
    assert (await other.get("/desk")).status_code == 303
    anna.hold(before)
    assert (await anna.get("/desk")).status_code == 303
    anna.client.cookies.clear()
    assert (await anna.sign_in()).status_code == 401
    assert (await anna.sign_in(password=NEW)).status_code == 303


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"current": "forkert"}, "nuværende adgangskode er forkert"),
        ({"wanted": "kort", "again": "kort"}, "Brug mindst 12 tegn"),
        ({"wanted": "x" * 1500, "again": "x" * 1500}, "Den er for lang"),
        ({"wanted": make_desk.PASSWORD, "again": make_desk.PASSWORD}, "en anden end den nuv"),
        ({"again": "noget helt andet"}, "er ikke ens"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(anna, fields, says):
    refused = await change(anna, **fields)
    assert refused.status_code == 422
    assert says in refused.text
    assert not re.findall(r'type="password"[^>]*value=', refused.text)
    anna.client.cookies.clear()
    assert (await anna.sign_in()).status_code == 303


async def test_guessing_the_current_password_closes_the_door(anna):
    for _ in range(5):
        assert (await change(anna, current="forkert")).status_code == 422
    assert (await change(anna)).status_code == 422
    anna.client.cookies.clear()
    assert (await anna.sign_in()).status_code == 401


async def test_changing_ones_mind_about_the_new_one_is_no_guess(anna):
    for _ in range(6):
        assert (await change(anna, wanted="kort")).status_code == 422
    assert (await change(anna)).status_code == 303


async def test_a_one_time_password_is_changed_before_anything_else_opens(runtime, browsers):
    person = await make_desk.staff(runtime, must_change_password=True)
    browser = browsers()
    browser.hold(await make_desk.session_of(runtime, person))
    for page in ("/desk", "/desk/me", "/desk/claims"):
        led = await browser.get(page)
        assert led.headers["location"].startswith(f"{PAGE}?next=")
    assert "Vælg din egen adgangskode" in (await browser.get(PAGE)).text
    assert (await change(browser)).status_code == 303
    assert (await browser.get("/desk")).status_code == 200


async def test_one_session_is_ended_and_the_others_go_on(anna, runtime, browsers):
    lost, kept = [await another_session(runtime, browsers) for _ in range(2)]
    listed = re.findall(r'name="ended" value="([0-9a-f]{64})"', (await anna.get("/desk/me")).text)
    assert len(listed) == 2
    for browser in (lost, kept):
        await browser.get("/desk")
    await anna.send("/desk/me/sessions", "/desk/me", ended=listed[0])
    still = [(await browser.get("/desk")).status_code for browser in (lost, kept)]
    assert sorted(still) == [200, 303]
    assert (await anna.get("/desk")).status_code == 200


async def test_all_others_are_ended_at_once(anna, runtime, browsers):
    others = [await another_session(runtime, browsers) for _ in range(2)]
    await anna.send("/desk/me/sessions", "/desk/me", ended="others")
    assert [(await each.get("/desk")).status_code for each in others] == [303, 303]
    assert (await anna.get("/desk")).status_code == 200


@pytest.mark.parametrize("ended", ["", "x", "00" * 32])
async def test_a_session_that_is_not_there_cannot_be_ended(anna, ended):
    assert (await anna.send("/desk/me/sessions", "/desk/me", ended=ended)).status_code == 404


async def test_nobody_ends_the_session_of_somebody_else(anna, bo, runtime):
    async with runtime.transaction() as session:
        rows = list(await session.scalars(select(StaffSession)))
    for row in rows:
        await anna.send("/desk/me/sessions", "/desk/me", ended=row.token_hash.hex())
        if (await anna.get("/desk")).status_code == 303:
            break
    assert (await bo.get("/desk")).status_code == 200


async def test_a_new_password_is_on_record(anna, runtime):
    await change(anna)
    async with runtime.transaction() as session:
        acts = [entry.act for entry in await session.scalars(select(AuditEntry))]
    assert "password_changed" in acts
