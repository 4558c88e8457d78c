"""The administrator's page: who may sign in, and as what."""

import asyncio
import re

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.staff import Role, Staff
from outreach import staff as people
from tests import make_desk

PEOPLE = "/desk/people"


@pytest.fixture
async def ada(runtime, browsers):
    """Ada, administrator of Albertslund, signed in."""
    person = await make_desk.staff(runtime, "ada", name="Ada Lind", roles=["administrator"])
    browser = browsers()
    browser.hold(await make_desk.session_of(runtime, person))
    browser.person = person
    return browser


async def of(runtime, username):
    async with runtime.transaction() as session:
        return await people.named(session, username)


async def send(browser, address, **fields):
    data = {"csrf_token": await browser.secret(PEOPLE), **fields}
    return await browser.post(address, data)


async def entries(runtime, act):
    async with runtime.transaction() as session:
        found = await session.scalars(select(AuditEntry).where(AuditEntry.act == act))
        return [(entry.actor, entry.facts) for entry in found]


async def test_an_administrator_begins_here_and_sees_no_citizens(ada):
    led = await ada.get("/desk")
    assert (led.status_code, led.headers["location"]) == (303, PEOPLE)
    page = await ada.get(PEOPLE)
    assert "Ada Lind" in page.text
    assert 'href="/desk/citizens"' not in page.text
    assert (await ada.get("/desk/citizens")).status_code == 404


async def test_somebody_is_added_with_a_password_for_once(ada, browsers, runtime):
    added = await send(
        ada, PEOPLE, name="Bo Dam", username="Bo", roles=["caseworker", "duty_manager"]
    )
    assert added.status_code == 200
    [password] = re.findall(r'<code class="secret">([a-z0-9-]{19})</code>', added.text)
    bo = await of(runtime, "bo")
    assert (bo.roles, bo.municipality) == (["caseworker", "duty_manager"], "albertslund")
    assert password not in (await ada.get(f"{PEOPLE}/{bo.id}")).text
    browser = browsers()
    assert (await browser.sign_in("bo", password)).status_code == 303
    assert (await browser.get("/desk")).headers["location"].startswith("/desk/me/password")
    [(actor, facts)] = [
        each for each in await entries(runtime, "staff_added") if "duty" in str(each)
    ]
    assert actor == f"staff:{ada.person.id}"
    assert facts["after"] == "caseworker, duty_manager"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"username": "ada"}, "Brugernavnet er optaget"),
        ({"username": "a b"}, "uden mellemrum"),
        ({"name": " "}, "Skriv et navn"),
        ({"roles": "unit"}, "hvilken enhed"),
        ({"roles": "kejser"}, "Skriv et navn"),
    ],
)
async def test_what_cannot_be_added_is_said_and_stays_in_its_field(ada, runtime, fields, says):
    refused = await send(ada, PEOPLE, **{"name": "Bo Dam", "username": "bodam"} | fields)
    assert (refused.status_code, says in refused.text) == (422, True)
    async with runtime.transaction() as session:
        assert len(await people.everyone(session)) == 1


async def test_roles_count_at_once_and_both_are_on_record(ada, anna, runtime):
    person = await of(runtime, "anna")
    address = f"{PEOPLE}/{person.id}/roles"
    led = await send(ada, address, roles=["unit"], unit=" Dagtilbud ")
    assert led.headers["location"] == f"{PEOPLE}/{person.id}?done=roles"
    assert (await anna.get("/desk/claims")).status_code == 404
    assert (await of(runtime, "anna")).unit == "Dagtilbud"
    [(actor, facts)] = await entries(runtime, "staff_roles_given")
    assert actor == f"staff:{ada.person.id}"
    assert (facts["before"], facts["after"]) == ("caseworker", "unit (Dagtilbud)")
    assert (await send(ada, address, roles=["unit"], unit="")).status_code == 409
    await send(ada, address, roles=[])
    assert (await anna.get("/desk/me")).status_code == 200
    assert (await anna.get("/desk")).headers["location"] == "/desk/me"


async def test_a_role_that_is_none_is_refused(ada, anna, runtime):
    person = await of(runtime, "anna")
    refused = await send(ada, f"{PEOPLE}/{person.id}/roles", roles=["kejser"])
    assert refused.status_code == 404
    assert (await of(runtime, "anna")).roles == ["caseworker"]


@pytest.mark.parametrize(("act", "fields"), [("roles", {"roles": "head"}), ("disable", {})])
async def test_nobody_removes_the_last_administrator(ada, runtime, act, fields):
    await make_desk.staff(runtime, "faxe", municipality="faxe", roles=["administrator"])
    gone = await make_desk.staff(runtime, "rejst", roles=["administrator"])
    await send(ada, f"{PEOPLE}/{gone.id}/disable")
    refused = await send(ada, f"{PEOPLE}/{ada.person.id}/{act}", **fields)
    assert refused.status_code == 409
    assert "mindst én administrator" in refused.text
    assert (await of(runtime, "ada")).roles == ["administrator"]
    assert (await of(runtime, "ada")).is_active


async def test_two_administrators_who_disable_each_other_leave_one(runtime):
    for name in ("ada", "eva"):
        await make_desk.staff(runtime, name, roles=["administrator"])

    async def disable(name):
        async with runtime.transaction() as session:
            await people.disable(session, runtime, name)

    outcomes = await asyncio.gather(disable("ada"), disable("eva"), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == [
        "LastAdministratorError",
        "NoneType",
    ]


async def test_who_has_left_is_out_at_once_and_may_come_back(ada, anna, runtime):
    person = await of(runtime, "anna")
    await send(ada, f"{PEOPLE}/{person.id}/disable")
    assert (await anna.get("/desk")).status_code == 303
    assert (await anna.sign_in()).status_code == 401
    await send(ada, f"{PEOPLE}/{person.id}/enable")
    assert (await anna.sign_in()).status_code == 303
    [(_, facts)] = await entries(runtime, "staff_disabled")
    assert (facts["before"], facts["after"]) == (True, False)


async def test_a_forgotten_password_is_replaced_by_one_for_once(ada, anna, runtime):
    person = await of(runtime, "anna")
    shown = await send(ada, f"{PEOPLE}/{person.id}/password")
    [password] = re.findall(r'<code class="secret">([a-z0-9-]{19})</code>', shown.text)
    assert (await anna.get("/desk")).status_code == 303
    assert (await anna.sign_in()).status_code == 401
    assert (await anna.sign_in(password=password)).status_code == 303
    assert (await anna.get("/desk")).headers["location"].startswith("/desk/me/password")
    assert password not in str(await entries(runtime, "password_reset"))


async def test_a_reset_opens_a_locked_door(ada, runtime, browsers):
    person, browser = await make_desk.staff(runtime), browsers()
    for _ in range(5):
        await browser.sign_in(password="forkert")
    shown = await send(ada, f"{PEOPLE}/{person.id}/password")
    [password] = re.findall(r'<code class="secret">([a-z0-9-]{19})</code>', shown.text)
    assert (await browser.sign_in(password=password)).status_code == 303


async def test_a_lost_telephone_is_forgotten(ada, anna, runtime):
    page = "/desk/me/second-factor"
    await anna.get(page)
    await anna.send(page, page, code=await make_desk.code_now(runtime))
    person = await of(runtime, "anna")
    assert person.totp_since is not None
    await send(ada, f"{PEOPLE}/{person.id}/second-factor")
    person = await of(runtime, "anna")
    assert (person.totp_secret, person.totp_since, person.recovery_codes) == (None, None, [])
    assert (await anna.get("/desk")).status_code == 303


async def test_who_signs_in_at_the_provider_has_no_password_to_reset(ada, runtime):
    person = await make_desk.staff(runtime, "pia", password_hash=None)
    refused = await send(ada, f"{PEOPLE}/{person.id}/password")
    assert (refused.status_code, "kommunens eget login" in refused.text) == (409, True)


async def test_another_municipalitys_people_are_not_there(ada, runtime):
    other = await make_desk.staff(runtime, "faxe", name="Fie Faxe", municipality="faxe")
    assert "Fie Faxe" not in (await ada.get(PEOPLE)).text
    assert (await ada.get(f"{PEOPLE}/{other.id}")).status_code == 404
    for act in ("roles", "disable", "enable", "password", "second-factor"):
        assert (await send(ada, f"{PEOPLE}/{other.id}/{act}", roles="head")).status_code == 404
    async with runtime.transaction() as session:
        [kept] = await session.scalars(select(Staff).where(Staff.username == "faxe"))
    assert (kept.is_active, kept.roles) == (True, [Role.CASEWORKER])


async def test_every_role_has_its_words(ada):
    page = (await ada.get(f"{PEOPLE}?lang=en")).text
    assert all(f'value="{role}"' in page for role in Role)
    assert "Duty manager" in page


async def test_html_in_a_name_is_text(ada):
    name = "<script>alert(1)</script>"
    added = await send(ada, PEOPLE, name=name, username="mallory", roles=["caseworker"])
    assert "<script>alert" not in added.text
    assert "&lt;script&gt;alert" in added.text
