"""A citizen goes from the web chat to MitID and comes back to it (login i webchatten)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from bot.chat.pages import ChatRoute, RefusedError
from bot.chat.sessions import ROOT, Visiting, Visitor, give_cookie
from bot.runtime import RuntimeOf
from outreach import citizen_sign_in, conversations, web_chats
from outreach.errors import NotFoundError
from outreach.gateways import openid
from outreach.gateways.openid import ProviderError

if TYPE_CHECKING:
    from data.providers import CitizenProvider
    from outreach.providers import Way
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

router = APIRouter(route_class=ChatRoute, include_in_schema=False)

LEAVE: Final = f"{ROOT}/{{municipality}}/mitid"
RETURN: Final = f"{LEAVE}/back"
#: One way to the provider weighs as much as so many messages from one network address.
_WEIGHT: Final = 10

_Given = Annotated[str, Query(max_length=4000)]


@router.get(LEAVE)
async def leave(request: Request, visitor: Visiting, runtime: RuntimeOf) -> Response:
    """Send the citizen to the municipality's provider; the chat says it when it does not answer.

    Raises:
        RefusedError: too much comes from one place; the provider is not asked then.
    """
    provider, key = _provider(runtime, visitor), visitor.policy.key
    async with runtime.transaction() as session:
        is_too_much = await web_chats.is_too_much(session, runtime, key, visitor.sender, _WEIGHT)
    if is_too_much:
        raise RefusedError(visitor, "too_much", 429)
    try:
        departure = await openid.departure(provider, _callback(runtime, visitor), anew=True)
    except ProviderError as fault:
        log.warning("citizen_sign_in", fault=fault.code, why=str(fault))
        departure = None
    async with runtime.transaction() as session:
        talk = await web_chats.begin(session, runtime, key, visitor.token, visitor.language)
        if departure is None:
            await citizen_sign_in.say(session, runtime, talk, "sign_in_failed")
        else:
            await citizen_sign_in.leave(session, runtime, talk, departure)
    there = departure.address if departure else visitor.page
    response = RedirectResponse(there, status_code=303)
    if visitor.is_new:
        give_cookie(request, response, visitor, visitor.token)
    return response


@router.get(RETURN)
async def come_back(
    visitor: Visiting,
    runtime: RuntimeOf,
    state: _Given = "",
    code: _Given = "",
    iss: Annotated[str | None, Query(max_length=4000)] = None,
) -> Response:
    """Take in who comes back, once, and only in the browser and the chat that left."""
    provider, back = _provider(runtime, visitor), RedirectResponse(visitor.page, status_code=303)
    async with runtime.transaction() as session:
        talk = await web_chats.find(session, runtime, visitor.policy.key, visitor.token)
        way = await citizen_sign_in.come_back(session, runtime, talk, state) if talk else None
    if talk is None:
        return back
    arrival = await _arrival(runtime, visitor, provider, way, code, iss) if way and code else None
    async with runtime.transaction() as session:
        held = await conversations.lock(session, talk.id)
        if arrival is None:
            await citizen_sign_in.say(session, runtime, held, "sign_in_failed")
        else:
            await citizen_sign_in.let_in(session, runtime, held, provider, arrival)
    return back


async def _arrival(
    runtime: Runtime,
    visitor: Visitor,
    provider: CitizenProvider,
    way: Way,
    code: str,
    issuer: str | None,
) -> openid.Arrival | None:
    try:
        return await openid.arrival(
            provider,
            _callback(runtime, visitor),
            code=code,
            nonce=way.nonce,
            code_verifier=way.code_verifier,
            issuer=issuer,
            now=runtime.clock.now(),
        )
    except ProviderError as fault:
        log.warning("citizen_sign_in", fault=fault.code, why=str(fault))
        return None


def _provider(runtime: Runtime, visitor: Visitor) -> CitizenProvider:
    """Return where the municipality's citizens sign in.

    Raises:
        NotFoundError: it has no such provider.
    """
    found = runtime.providers.citizens.get(visitor.policy.key)
    if found is None:
        raise NotFoundError("no such provider")
    return found


def _callback(runtime: Runtime, visitor: Visitor) -> str:
    """Return our address as the provider knows it."""
    return runtime.settings.public_url + RETURN.format(municipality=visitor.policy.key)
