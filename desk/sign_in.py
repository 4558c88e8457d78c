"""Signing in and out (log på, log af): the password, the one-time code, and the end of it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from desk import auth, leaving, pages
from desk.auth import CODE, SESSION_COOKIE, SIGN_IN, SIGN_OUT, Acting
from outreach.errors import NotFoundError
from outreach.gateways import openid
from outreach.gateways.openid import ProviderError
from outreach.signing_in import attempts, second_factor, sessions

if TYPE_CHECKING:
    from data.models.staff import StaffSession
    from outreach.signing_in.sessions import NewSession

router = APIRouter(route_class=pages.DeskRoute)

#: Holds the secret that the sign-in form must repeat (double submit): there is no session yet.
FORM_COOKIE: Final = "mindelig_desk_form"

_Field = Annotated[pages.Typed, Form(max_length=2000)]


@router.get(SIGN_IN)
async def sign_in_form(request: Request) -> Response:
    """Show the form; somebody signed in already goes where they were going."""
    there = auth.own_page(request.query_params.get("next"))
    if await auth.is_still_signed_in(request):
        return RedirectResponse(there, status_code=303)
    return form(request, there, signed_out="signed-out" in request.query_params)


@router.post(SIGN_IN)
async def sign_in(
    request: Request,
    username: _Field = "",
    password: _Field = "",
    csrf_token: _Field = "",
    next: _Field = "",  # noqa: A002 - the field's name in the address too
) -> Response:
    """Begin a session, or say in one and the same way that it was not to be."""
    there = auth.own_page(next)
    ours = request.cookies.get(FORM_COOKIE, "")
    if not ours or not auth.same(csrf_token, ours):
        return form(request, there, status=403, fault="form_expired", username=username)
    if not username.strip() or not password:
        return form(request, there, status=422, fault="missing", username=username)
    begun = await _begin(request, username, password)
    if begun is None:
        return form(request, there, status=401, fault="wrong", username=username)
    onwards = f"{CODE}?next={quote(there, safe='/')}" if begun.awaits_code else there
    return enter(request, begun, onwards)


@router.get(CODE)
async def code_form(request: Request) -> Response:
    """Ask who has given the right password for the one-time code."""
    there = auth.own_page(request.query_params.get("next"))
    waiting = await _waiting(request)
    return _code_page(request, waiting, there) if waiting else _to_the_form(there)


@router.post(CODE)
async def give_code(
    request: Request,
    code: _Field = "",
    csrf_token: _Field = "",
    next: _Field = "",  # noqa: A002 - the field's name in the address too
) -> Response:
    """Open the desk to a right code; a wrong one counts as a wrong try to sign in."""
    there = auth.own_page(next)
    waiting = await _waiting(request)
    if waiting is None:
        return _to_the_form(there)
    if not auth.same(csrf_token, waiting.csrf_token):
        return pages.error(request, 403)
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        begun = await second_factor.finish(session, runtime, waiting, code)
    if begun is not None:
        return enter(request, begun, there)
    if await _waiting(request) is None:
        return form(request, there, status=401, fault="wrong")
    return _code_page(request, waiting, there, status=401, fault="wrong_code")


@router.post(SIGN_OUT)
async def sign_out(request: Request, visitor: Acting, anyway: _Field = "") -> Response:
    """End the session; who came from a provider is led there, to sign out there too.

    Who still holds conversations is told so first, and goes with `anyway`.
    """
    warning = None if anyway else await leaving.warning(request, visitor)
    if warning is not None:
        return warning
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        ended = await sessions.sign_out(session, runtime, request.cookies[SESSION_COOKIE])
    onwards = await _farewell(request, ended) if ended and ended.id_token else None
    back = f"{SIGN_IN}?signed-out"
    response: Response = RedirectResponse(back, status_code=303)
    if onwards is not None:
        # A page that leads on by itself: a form of ours may not end at another site (CSP).
        response = pages.page(request, "signed_out.html", onwards=onwards)
        response.headers["Refresh"] = f"0; url={onwards}"
    response.delete_cookie(SESSION_COOKIE, path="/desk")
    return response


def enter(request: Request, begun: NewSession, onwards: str) -> Response:
    """Give the browser its new session and lead it on."""
    response = RedirectResponse(onwards, status_code=303)
    auth.set_cookie(request, response, SESSION_COOKIE, begun.token, "/desk")
    response.delete_cookie(FORM_COOKIE, path=SIGN_IN)
    return response


def form(
    request: Request,
    there: str,
    *,
    status: int = 200,
    fault: str | None = None,
    username: str = "",
    signed_out: bool = False,
) -> HTMLResponse:
    """Show the sign-in form, and what went wrong the last time."""
    secret = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    response = pages.page(
        request,
        "sign_in.html",
        status=status,
        fault=fault,
        username=username,
        there=there,
        signed_out=signed_out,
        form_secret=secret,
        providers=pages.runtime_of(request).providers.municipalities,
    )
    auth.set_cookie(request, response, FORM_COOKIE, secret, SIGN_IN)
    return response


async def _begin(request: Request, username: str, password: str) -> NewSession | None:
    """Return a new session, or none; an old session of this browser ends."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        attempt = await attempts.begin_attempt(session, runtime, username)
    if not await attempts.fits(attempt, password):
        return None
    try:
        async with runtime.transaction() as session:
            begun = await attempts.sign_in(session, runtime, attempt)
            await sessions.sign_out(session, runtime, request.cookies.get(SESSION_COOKIE, ""))
    except NotFoundError:
        return None
    return begun


async def _waiting(request: Request) -> StaffSession | None:
    """Return the session that awaits its one-time code, if this browser holds one."""
    found = await auth.look_up(request, is_act=False)
    return found if found is not None and found.awaits_code else None


def _code_page(
    request: Request,
    waiting: StaffSession,
    there: str,
    *,
    status: int = 200,
    fault: str | None = None,
) -> HTMLResponse:
    return pages.page(
        request,
        "sign_in_code.html",
        status=status,
        fault=fault,
        there=there,
        form_secret=waiting.csrf_token,
    )


def _to_the_form(there: str) -> Response:
    return RedirectResponse(f"{SIGN_IN}?next={quote(there, safe='/')}", status_code=303)


async def _farewell(request: Request, ended: StaffSession) -> str | None:
    """Return where to sign out at the provider too, or none when it cannot be asked."""
    runtime = pages.runtime_of(request)
    provider = runtime.providers.municipalities.get(ended.municipality)
    if provider is None:
        return None
    back = f"{runtime.settings.public_url}{SIGN_IN}?signed-out"
    try:
        return await openid.farewell(provider, ended.id_token or "", back)
    except ProviderError:
        return None
