"""Every route of the desk is guarded; a new one cannot forget it."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from data.database import Database
from data.models.staff import Role
from desk.app import _PARTS, router
from outreach.rules.rights import Right, rights_of
from tests import make_desk

#: The door itself: the password, the one-time code, the municipality's provider.
OPEN = {
    ("GET", "/desk/sign-in"),
    ("POST", "/desk/sign-in"),
    ("GET", "/desk/sign-in/code"),
    ("POST", "/desk/sign-in/code"),
    ("GET", "/desk/sign-in/with/{municipality}"),
    ("GET", "/desk/sign-in/with/{municipality}/back"),
}
#: What needs a session and no right besides.
FOR_ALL = {("POST", "/desk/sign-out"), ("GET", "/desk/{_path:path}")}


def routes_of(given):
    """Yield all routes of a router, also those of the routers it includes."""
    for route in given.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes_of(route.original_router)


ROUTES = sorted((method, route.path) for route in routes_of(router()) for method in route.methods)


#: The right that each route of each part needs.
NEEDED = {
    (method, route.path): to_read if method == "GET" else to_act
    for part, to_read, to_act in _PARTS
    for route in routes_of(part.router)
    for method in route.methods
}


def address(path):
    return re.sub(r"\{\w+(:path)?\}", str(uuid4()), path.replace("{number}", "7"))


def test_there_are_routes_and_all_are_of_the_desk():
    assert len(ROUTES) > 10
    assert [path for _, path in ROUTES if not path.startswith("/desk")] == []


def test_every_route_is_of_a_part_that_says_which_right_it_needs():
    assert set(ROUTES) - OPEN - FOR_ALL == set(NEEDED)


async def signed_in(runtime, browsers, *roles, **given):
    """Open a browser of somebody of Albertslund with these roles."""
    person = await make_desk.staff(runtime, "alma", roles=roles, unit="Dagtilbud", **given)
    browser = browsers()
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


@pytest.mark.parametrize("role", [*Role, None])
async def test_a_role_without_the_right_finds_no_such_page(runtime, browsers, role):
    roles = [role] if role else []
    browser = await signed_in(runtime, browsers, *roles)
    form = {"csrf_token": await browser.secret("/desk/me")}
    let_in = {}
    for (method, path), right in NEEDED.items():
        if right in rights_of(roles) or path == "/desk":
            continue
        answer = await browser.client.request(method, address(path), data=form)
        if answer.status_code != 404:
            let_in[f"{method} {path}"] = answer.status_code
    assert let_in == {}


@pytest.mark.parametrize("role", [*Role, None])
async def test_the_menu_shows_what_may_be_read_and_nothing_else(runtime, browsers, role):
    browser = await signed_in(runtime, browsers, *([role] if role else []))
    page = (await browser.get("/desk/me")).text
    linked = re.findall(r'<li><a href="(/desk[^"]*)"', page)
    assert [link for link in linked if (await browser.get(link)).status_code != 200] == []


@pytest.mark.parametrize("role", [*Role, None])
async def test_the_desk_leads_everybody_to_where_they_begin(runtime, browsers, role):
    browser = await signed_in(runtime, browsers, *([role] if role else []))
    led = await browser.get("/desk")
    there = led.headers.get("location", "/desk")
    assert (await browser.get(there)).status_code == 200
    assert (there == "/desk") is (Right.TALK in rights_of([role] if role else []))


async def test_without_a_session_there_is_only_the_sign_in(browsers):
    client, let_in = browsers().client, []
    for method, path in set(ROUTES) - OPEN:
        answer = await client.request(method, address(path))
        there = answer.headers.get("location", "")
        is_led = answer.status_code == 303 and there.startswith("/desk/sign-in?next=/desk")
        partly = await client.request(method, address(path), headers={"HX-Request": "true"})
        there = partly.headers.get("hx-redirect", "")
        is_told = partly.status_code == 401 and there.startswith("/desk/sign-in?next=/desk")
        if not is_led or not is_told or answer.text or partly.text:
            let_in.append(f"{method} {path}")
    assert let_in == []


@pytest.mark.parametrize("secret", [None, "", "gættet"])
async def test_a_form_without_our_secret_is_refused(runtime, browsers, secret):
    browser = await signed_in(runtime, browsers, *Role)
    fields = {} if secret is None else {"csrf_token": secret}
    forms = {path for method, path in ROUTES if method == "POST"} - {"/desk/sign-in/code"}
    taken = [
        path for path in forms if (await browser.post(address(path), fields)).status_code != 403
    ]
    assert taken == []


@pytest.mark.parametrize("path", ["/desk", "/desk/sign-in", "/desk/nothing", "/desk/live"])
async def test_every_answer_carries_the_security_headers(anna, path):
    headers = (await anna.get(path)).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_no_page_holds_a_script_or_a_style_of_its_own(anna):
    for path in ("/desk", "/desk/conversations", "/desk/nothing"):
        text = (await anna.get(path)).text
        assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text) == []


async def test_without_a_database_a_page_says_so(app, runtime, anna):
    nowhere = Database.connect("postgresql+psycopg://x@127.0.0.1:1/x")
    app.state.runtime = replace(runtime, database=nowhere)
    answer = await anna.post("/desk/sign-out", {})
    assert answer.status_code == 503
    assert "Det, du har skrevet, står stadig i feltet" in answer.text
    await nowhere.close()


async def test_a_slash_too_many_does_no_harm(anna):
    led = await anna.get("/desk/")
    assert (led.status_code, led.headers["location"]) == (303, "/desk")


async def test_static_files_are_there(anna):
    page = (await anna.get("/desk")).text
    for path in re.findall(r'(?:href|src)="(/static/[^"#]+)', page):
        assert (await anna.get(path)).status_code == 200
