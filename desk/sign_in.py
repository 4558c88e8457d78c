"""Signing in and out (log på, log af)."""

from __future__ import annotations

import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from desk import auth, pages
from desk.auth import SESSION_COOKIE, SIGN_IN, Acting
from outreach import staff as staff_cases
from outreach.errors import NotFoundError

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
    return _form(request, there, signed_out="signed-out" in request.query_params)


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
        return _form(request, there, status=403, fault="form_expired", username=username)
    if not username.strip() or not password:
        return _form(request, there, status=422, fault="missing", username=username)
    token = await _begin(request, username, password)
    if token is None:
        return _form(request, there, status=401, fault="wrong", username=username)
    response = RedirectResponse(there, status_code=303)
    auth.set_cookie(request, response, SESSION_COOKIE, token, "/desk")
    response.delete_cookie(FORM_COOKIE, path=SIGN_IN)
    return response


@router.post("/desk/sign-out")
async def sign_out(request: Request, _visitor: Acting) -> Response:
    """End the session."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        await staff_cases.sign_out(session, runtime, request.cookies[SESSION_COOKIE])
    response = RedirectResponse(f"{SIGN_IN}?signed-out", status_code=303)
    response.delete_cookie(SESSION_COOKIE, path="/desk")
    return response


async def _begin(request: Request, username: str, password: str) -> str | None:
    """Return the token of a new session, or none; an old session of this browser ends."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        attempt = await staff_cases.begin_attempt(session, runtime, username)
    if not await staff_cases.fits(attempt, password):
        return None
    try:
        async with runtime.transaction() as session:
            begun = await staff_cases.sign_in(session, runtime, attempt)
            await staff_cases.sign_out(session, runtime, request.cookies.get(SESSION_COOKIE, ""))
    except NotFoundError:
        return None
    return begun.token


def _form(
    request: Request,
    there: str,
    *,
    status: int = 200,
    fault: str | None = None,
    username: str = "",
    signed_out: bool = False,
) -> HTMLResponse:
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
    )
    auth.set_cookie(request, response, FORM_COOKIE, secret, SIGN_IN)
    return response
