"""Who is signed in, what they may see, and that the form they send is ours."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from data.models.staff import SignInMethod
from desk.pages import SignInNeeded, is_secure, runtime_of
from outreach.errors import NotFoundError
from outreach.rules.rights import Right, rights_of
from outreach.signing_in import sessions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from data.models.staff import Staff, StaffSession

SESSION_COOKIE: Final = "mindelig_desk"
SIGN_IN: Final = "/desk/sign-in"
SIGN_OUT: Final = "/desk/sign-out"
CODE: Final = "/desk/sign-in/code"
OWN_PAGE: Final = "/desk/me"
OWN_PASSWORD: Final = "/desk/me/password"  # noqa: S105 - an address
OWN_SECOND_FACTOR: Final = "/desk/me/second-factor"
DESK: Final = "/desk"

#: Where somebody begins who may not see the queue: the first page they have a right to.
_BEGINS: Final = (
    (Right.ANSWER_FOR_UNIT, "/desk/unit"),
    (Right.AUDIT, "/desk/record"),
    (Right.MANAGE_PEOPLE, "/desk/people"),
)

#: Pages of the desk, but not those of signing in and out; no way out of the site.
_OUR_PAGE = re.compile(r"/desk(?!/sign-)(?:[/?#][^\\\x00-\x20]*)?")
_READING: Final = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in caseworker, and the session they came with."""

    staff: Staff
    session: StaffSession
    #: Something is still to be done before anything opens: a new password, a second factor.
    is_held: bool = False

    @property
    def csrf_token(self) -> str:
        """The secret their forms carry."""
        return self.session.csrf_token

    @property
    def rights(self) -> frozenset[Right]:
        """All they may do; templates show no link that leads nowhere."""
        return rights_of([] if self.is_held else self.staff.roles)

    def may(self, right: str) -> bool:
        """Tell whether they may do something; templates ask with the word."""
        return Right(right) in self.rights

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


def needs(to_read: Right, to_act: Right) -> Callable[..., Awaitable[None]]:
    """Make the guard of a part of the desk: for pages one right, for forms another.

    Who lacks it is told what somebody is told who asks for a page that is not there.
    """

    async def guard(request: Request, visitor: Annotated[Visitor, Depends(watching)]) -> None:
        right = to_read if request.method in _READING else to_act
        if right in visitor.rights:
            return
        if request.method in _READING and request.url.path == DESK:
            raise SignInNeeded(RedirectResponse(begins(visitor), status_code=303))
        raise NotFoundError("no such page")

    return guard


def begins(visitor: Visitor) -> str:
    """Return the page on which somebody begins."""
    if Right.TALK in visitor.rights:
        return DESK
    return next((page for right, page in _BEGINS if right in visitor.rights), OWN_PAGE)


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
    found = await look_up(request, is_act=False)
    return found is not None and not found.awaits_code


async def look_up(request: Request, *, is_act: bool) -> StaffSession | None:
    """Return the session of the browser's cookie as it now is, also one that awaits its code."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    runtime = runtime_of(request)
    async with runtime.transaction() as session:
        return await sessions.lookup(session, runtime, token, is_act=is_act)


async def _visitor(request: Request, *, is_act: bool) -> Visitor:
    found = await _found(request, is_act=is_act)
    if found is None:
        raise SignInNeeded(_lead(request, SIGN_IN))
    page = _still_to_do(request, found)
    if page is not None and request.url.path not in {page, SIGN_OUT}:
        raise SignInNeeded(_lead(request, page))
    return Visitor(found.staff, found, is_held=page is not None)


async def _found(request: Request, *, is_act: bool) -> StaffSession | None:
    """Look the session up once a request; an act after that is written down when it is worth it."""
    known: StaffSession | None = getattr(request.state, "staff_session", None)
    now = runtime_of(request).clock.now()
    if known is None or (is_act and sessions.is_long_unseen(known, now)):
        known = await look_up(request, is_act=is_act)
        request.state.staff_session = known
    return known


def _still_to_do(request: Request, found: StaffSession) -> str | None:
    """Return the page on which something is still to be done before all others open."""
    if found.awaits_code:
        return CODE
    if found.staff.must_change_password and found.method is SignInMethod.PASSWORD:
        return OWN_PASSWORD
    return OWN_SECOND_FACTOR if sessions.must_enrol(runtime_of(request), found) else None


def _lead(request: Request, page: str) -> Response:
    """Lead to a page and back; tell htmx and event streams 401, and htmx where to go."""
    there = f"{page}?next={quote(_page_in_view(request), safe='/')}"
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
