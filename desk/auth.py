"""Who is signed in, what they may see, and that the form they send is ours."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from desk.pages import SignInNeeded, is_secure, runtime_of
from outreach import staff as staff_cases

if TYPE_CHECKING:
    from data.models.staff import Staff

SESSION_COOKIE: Final = "mindelig_desk"
SIGN_IN: Final = "/desk/sign-in"
DESK: Final = "/desk"

#: Pages of the desk, but not those of signing in and out; no way out of the site.
_OUR_PAGE = re.compile(r"/desk(?!/sign-)(?:[/?#][^\\\x00-\x20]*)?")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in caseworker, and the secret their forms carry."""

    staff: Staff
    csrf_token: str

    @property
    def municipality(self) -> str:
        """The municipality whose rows they may see, and no other's."""
        return self.staff.municipality


async def signed_in(request: Request) -> Visitor:
    """Let only a signed-in caseworker through; what they do keeps the session awake."""
    return await _visitor(request, is_act=True)


async def watching(request: Request) -> Visitor:
    """Let only a signed-in caseworker through; a page that refreshes itself is no act of theirs."""
    return await _visitor(request, is_act=False)


async def acting(request: Request, visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    """Let a form through that was sent from our own page (CSRF)."""
    given = request.headers.get("X-CSRF-Token") or (await request.form()).get("csrf_token")
    if not isinstance(given, str) or not same(given, visitor.csrf_token):
        raise HTTPException(403)
    return visitor


SignedIn = Annotated[Visitor, Depends(signed_in)]
Watching = Annotated[Visitor, Depends(watching)]
Acting = Annotated[Visitor, Depends(acting)]


def same(given: str, expected: str) -> bool:
    """Compare two secrets without telling by the time it takes where they differ."""
    return secrets.compare_digest(given.encode(), expected.encode())


def own_page(address: str | None) -> str:
    """Return where to go after signing in: a page of the desk, or the desk itself."""
    return address if address and _OUR_PAGE.fullmatch(address) else DESK


def set_cookie(request: Request, response: Response, name: str, value: str, path: str) -> None:
    """Give the browser a secret that only we read, until it closes."""
    response.set_cookie(
        name, value, path=path, httponly=True, samesite="lax", secure=is_secure(request)
    )


async def is_still_signed_in(request: Request) -> bool:
    """Tell whether the session of a request that has been open for long still stands."""
    return await _find(request, is_act=False) is not None


async def _visitor(request: Request, *, is_act: bool) -> Visitor:
    visitor = await _find(request, is_act=is_act)
    if visitor is None:
        raise SignInNeeded(_to_sign_in(request))
    return visitor


async def _find(request: Request, *, is_act: bool) -> Visitor | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    runtime = runtime_of(request)
    async with runtime.transaction() as session:
        found = await staff_cases.lookup(session, runtime, token, is_act=is_act)
        return Visitor(found.staff, found.csrf_token) if found else None


def _to_sign_in(request: Request) -> Response:
    """Send a page to the sign-in form; tell htmx and event streams 401, and htmx where to go."""
    there = f"{SIGN_IN}?next={quote(_page_in_view(request), safe='/')}"
    if "HX-Request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": there})
    if "text/event-stream" in request.headers.get("Accept", ""):
        return Response(status_code=401)
    return RedirectResponse(there, status_code=303)


def _page_in_view(request: Request) -> str:
    """Return the page the visitor looks at: for a form or a part of a page, the page around it."""
    address = request.headers.get("HX-Current-URL")
    if address is None and request.method != "GET":
        address = request.headers.get("Referer")
    parts = urlsplit(address) if address is not None else request.url
    query = f"?{parts.query}" if parts.query else ""
    return own_page(f"{parts.path}{query}")
