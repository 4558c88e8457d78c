"""Nobody gets in without a signature, a session or a token, except where it says so here."""

import re
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from data.settings import load
from mindelig.web import create_app

_FORMS = ("/messages", "/language", "/code", "/resume", "/end")
#: The web chat, as a page and in a window on another site (tests/bot/chat shows who sees what).
CHAT = {"GET": ("", "/news", "/events", "/conversation.txt", *_FORMS), "POST": _FORMS}
#: Open to anybody, each with its reason. Everything else must turn a stranger away.
PUBLIC = {
    "GET /": "leads to where people begin; holds nothing",
    "GET /health/live": "a load balancer asks; says only that the process answers",
    "GET /health/ready": "a load balancer asks; says only what is up",
    "GET /desk/sign-in": "the door itself",
    "POST /desk/sign-in": "the door itself; its form carries a token of its own",
    "GET /desk/sign-in/with/{municipality}": "the way to a provider; without one there is no page",
    "GET /desk/sign-in/with/{municipality}/back": "the way back, for the browser that left",
    "GET /chat/{municipality}/mitid": "the way to the citizens' provider; without one, no page",
    "GET /chat/{municipality}/mitid/back": "the way back, for the browser that left",
    "POST /desk/sign-out": "leaving without having entered does nothing",
    "GET /api/v1/openapi.json": "describes the addresses; holds no one's data",
    "* /static": "style sheets, scripts, fonts and icons",
    "* /chat-static": "the chat's own style sheet and scripts",
    "GET /chat/{municipality}/widget.js": "the script that a municipality's own site names",
    **{
        f"{act} /chat/{{municipality}}{window}{part}": "whoever writes; each browser sees its own"
        for window in ("", "/embed")
        for act, parts in CHAT.items()
        for part in parts
    },
}
#: A demo has sample citizens only, and is refused together with real Twilio credentials.
DEMO_ONLY = "/simulator"
AN_ID = str(UUID(int=7))
SIGN_IN = re.compile(r"^/desk/sign-in(\?|$)")


def addresses(app):
    """Yield the method and path of everything that the app answers."""
    for route in iter_route_contexts(app.routes):
        methods = (
            {"*"}
            if isinstance(route.original_route, Mount)
            else (route.methods or set()) - {"HEAD"}
        )
        for method in sorted(methods):
            yield method, route.path


@pytest.fixture
def settings(tmp_path, postgres):
    """An installation that has an account with Twilio."""
    account = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "0" * 32}
    return load(home=tmp_path / "home", database_url=postgres, **account)


@pytest.fixture
def app(runtime) -> FastAPI:
    return create_app(runtime)


@pytest.fixture
async def stranger(app):
    """Somebody with no signature, no session and no token."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mindelig.test") as client:
        yield client


def test_the_list_of_open_addresses_holds_nothing_that_is_gone(app):
    answered = {f"{method} {path}" for method, path in addresses(app)}
    assert PUBLIC.keys() - answered == set()


async def test_a_stranger_is_turned_away_from_every_other_address(app, stranger):
    let_in = {}
    for method, path in addresses(app):
        if f"{method} {path}" in PUBLIC:
            continue
        form = {} if method == "GET" else {"Body": "let me in"}
        answer = await stranger.request(method, re.sub(r"\{[^}]*\}", AN_ID, path), data=form)
        if not turned_away(answer):
            let_in[f"{method} {path}"] = answer.status_code
    assert let_in == {}


def turned_away(answer):
    """Tell whether the answer is a refusal, or the way to the sign-in form."""
    to_sign_in = SIGN_IN.match(answer.headers.get("location", "")) is not None
    return answer.status_code in {401, 403} or (answer.status_code == 303 and to_sign_in)


def test_only_a_demo_has_the_telephones(app, runtime):
    def telephones(some):
        return [path for _, path in addresses(some) if path.startswith(DEMO_ONLY)]

    assert telephones(app) == []
    assert telephones(create_app(runtime, demo_password="open-sesame-for-tests"))
