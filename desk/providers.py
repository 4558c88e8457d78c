"""Signing in at the municipality's own provider (OpenID Connect): there, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from desk import auth, pages, sign_in
from desk.auth import SESSION_COOKIE, SIGN_IN
from outreach import providers
from outreach.errors import NotFoundError
from outreach.gateways import openid
from outreach.gateways.openid import ProviderError, ProviderUnavailableError
from outreach.providers import Stranger, Told
from outreach.signing_in import sessions

if TYPE_CHECKING:
    from data.providers import Provider
    from outreach.gateways.openid import Arrival
    from outreach.providers import Way

log = structlog.get_logger()

router = APIRouter(route_class=pages.DeskRoute)

#: Holds the state of the way to the provider: only the browser that left may come back.
WAY_COOKIE: Final = "mindelig_desk_way"
LEAVE: Final = "/desk/sign-in/with/{municipality}"
RETURN: Final = "/desk/sign-in/with/{municipality}/back"

_Given = Annotated[pages.Typed, Query(max_length=4000)]


@router.get(LEAVE)
async def leave(request: Request, municipality: str, next: _Given = "") -> Response:  # noqa: A002
    """Send somebody to the provider; when it does not answer, say so plainly."""
    runtime, there = pages.runtime_of(request), auth.own_page(next)
    provider = _provider(request, municipality)
    try:
        departure = await openid.departure(provider, _callback(request, municipality))
    except ProviderError as fault:
        return _refused(request, fault)
    async with runtime.transaction() as session:
        await providers.leave(session, runtime, municipality, departure, there)
    response = RedirectResponse(departure.address, status_code=303)
    auth.set_cookie(request, response, WAY_COOKIE, departure.state, SIGN_IN)
    return response


@router.get(RETURN)
async def come_back(
    request: Request,
    municipality: str,
    state: _Given = "",
    code: _Given = "",
    iss: Annotated[pages.Typed | None, Query(max_length=4000)] = None,
) -> Response:
    """Take in who comes back from the provider, once, and only in the browser that left."""
    runtime, provider = pages.runtime_of(request), _provider(request, municipality)
    ours = request.cookies.get(WAY_COOKIE, "")
    if not ours or not auth.same(state, ours):
        return _done(sign_in.form(request, auth.DESK, status=403, fault="way_lost"))
    async with runtime.transaction() as session:
        way = await providers.come_back(session, runtime, municipality, state)
    if way is None:
        return _done(sign_in.form(request, auth.DESK, status=403, fault="way_lost"))
    if not code:
        return _done(sign_in.form(request, way.there, status=403, fault="provider_refused"))
    try:
        arrival = await _arrival(request, municipality, provider, way, code, iss)
    except ProviderError as fault:
        return _done(_refused(request, fault))
    return _done(await _let_in(request, Told(municipality, provider, arrival), way.there))


async def _arrival(
    request: Request,
    municipality: str,
    provider: Provider,
    way: Way,
    code: str,
    issuer: str | None,
) -> Arrival:
    return await openid.arrival(
        provider,
        _callback(request, municipality),
        code=code,
        nonce=way.nonce,
        code_verifier=way.code_verifier,
        issuer=issuer,
        now=pages.runtime_of(request).clock.now(),
    )


async def _let_in(request: Request, told: Told, there: str) -> Response:
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        begun = await providers.let_in(session, runtime, told)
        if not isinstance(begun, Stranger):
            old = request.cookies.get(SESSION_COOKIE, "")
            await sessions.sign_out(session, runtime, old)
    if isinstance(begun, Stranger):
        return sign_in.form(request, there, status=403, fault=f"stranger_{begun}")
    return sign_in.enter(request, begun, there)


def _provider(request: Request, municipality: str) -> Provider:
    found = pages.runtime_of(request).providers.municipalities.get(municipality)
    if found is None:
        raise NotFoundError("no such provider")
    return found


def _callback(request: Request, municipality: str) -> str:
    """Return our address as the provider knows it."""
    public = pages.runtime_of(request).settings.public_url
    return public + RETURN.format(municipality=municipality)


def _refused(request: Request, fault: ProviderError) -> Response:
    log.warning("sign_in_at_provider", fault=fault.code, why=str(fault))
    if isinstance(fault, ProviderUnavailableError):
        return sign_in.form(request, auth.DESK, status=503, fault="provider_down")
    return sign_in.form(request, auth.DESK, status=403, fault="provider_refused")


def _done(response: Response) -> Response:
    response.delete_cookie(WAY_COOKIE, path=SIGN_IN)
    return response
