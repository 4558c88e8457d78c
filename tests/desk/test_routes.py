"""Every route of the desk is guarded; a new one cannot forget it."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from data.database import Database
from desk.app import router

OPEN = {("GET", "/desk/sign-in"), ("POST", "/desk/sign-in")}


def routes_of(given):
    """Yield all routes of a router, also those of the routers it includes."""
    for route in given.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes_of(route.original_router)


ROUTES = sorted((method, route.path) for route in routes_of(router()) for method in route.methods)


def address(path):
    return re.sub(r"\{\w+(:path)?\}", str(uuid4()), path)


def test_there_are_routes_and_all_are_of_the_desk():
    assert len(ROUTES) > 10
    assert [path for _, path in ROUTES if not path.startswith("/desk")] == []


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route not in OPEN])
async def test_without_a_session_there_is_only_the_sign_in(browsers, method, path):
    client = browsers().client
    answer = await client.request(method, address(path))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk/sign-in?next=/desk")
    assert answer.text == ""
    partly = await client.request(method, address(path), headers={"HX-Request": "true"})
    assert (partly.status_code, partly.text) == (401, "")
    assert partly.headers["hx-redirect"].startswith("/desk/sign-in")


@pytest.mark.parametrize(("method", "path"), [each for each in ROUTES if each[0] == "POST"])
@pytest.mark.parametrize("secret", [None, "", "gættet"])
async def test_a_form_without_our_secret_is_refused(anna, method, path, secret):
    fields = {} if secret is None else {"csrf_token": secret}
    answer = await anna.post(address(path), fields)
    assert answer.status_code == 403


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
