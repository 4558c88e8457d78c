"""One's own page (min side): the password, the second factor, and where one is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from desk import auth, pages
from desk.auth import OWN_PAGE, OWN_PASSWORD, OWN_SECOND_FACTOR, Acting, SignedIn, Visitor
from desk.pages import Notice
from outreach import staff as people
from outreach.errors import NotFoundError
from outreach.signing_in import attempts, passwords, second_factor, sessions

if TYPE_CHECKING:
    from outreach.signing_in.sessions import NewSession

router = APIRouter(route_class=pages.DeskRoute)

_DONE: Final = {
    "password": "me.password_done",
    "removed": "me.factor_removed",
    "ended": "me.session_ended",
    "others": "me.others_ended",
}

_Field = Annotated[pages.Typed, Form(max_length=2000)]


@router.get(OWN_PAGE)
async def own_page(request: Request, visitor: SignedIn) -> Response:
    """Show who one is at the desk, and what protects it."""
    return await _show(request, visitor, _done(request))


@router.post("/desk/me/sessions")
async def end_session(request: Request, visitor: Acting, ended: _Field = "") -> Response:
    """End one of one's own sessions, or all but this one."""
    runtime, mine = pages.runtime_of(request), visitor.session.token_hash
    async with runtime.transaction() as session:
        if ended == "others":
            await sessions.end_all(session, visitor.staff.id, but=mine)
            return RedirectResponse(f"{OWN_PAGE}?done=others", status_code=303)
        found = await sessions.end_one(session, runtime, visitor.staff, _bytes(ended))
    if not found:
        raise NotFoundError("no such session")
    return RedirectResponse(f"{OWN_PAGE}?done=ended", status_code=303)


@router.get(OWN_PASSWORD)
async def password_form(request: Request, visitor: SignedIn) -> Response:
    """Show the form for a new password."""
    return _password_page(request, visitor)


@router.post(OWN_PASSWORD)
async def change_password(
    request: Request,
    visitor: Acting,
    current: _Field = "",
    wanted: _Field = "",
    again: _Field = "",
) -> Response:
    """Take a new password; the other sessions end, and this one gets a new secret."""
    faults = _faults(visitor, current, wanted, again)
    if faults:
        return _password_page(request, visitor, **faults)
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        attempt = await attempts.begin_attempt(session, runtime, visitor.staff.username)
    if not await attempts.fits(attempt, current):
        return _password_page(request, visitor, current="me.fault.current")
    hashed, mine = await passwords.hashed(wanted), visitor.session.token_hash
    async with runtime.transaction() as session:
        await people.change_password(session, runtime, visitor.staff, hashed, but=mine)
        begun = await sessions.renew(session, runtime, visitor.session)
    return _onwards(request, begun, f"{OWN_PAGE}?done=password")


@router.get(OWN_SECOND_FACTOR)
async def second_factor_page(request: Request, visitor: SignedIn) -> Response:
    """Show the secret to put into a telephone, or what is in use."""
    return await _factor_page(request, visitor)


@router.post(OWN_SECOND_FACTOR)
async def confirm_second_factor(request: Request, visitor: Acting, code: _Field = "") -> Response:
    """Take the telephone into use by its first code, and show the recovery codes, once."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        codes = await second_factor.confirm(session, runtime, visitor.staff, code)
        renewed = None
        if codes is not None:
            # What was begun with a password alone ends: it never showed the telephone.
            await sessions.end_all(session, visitor.staff.id, but=visitor.session.token_hash)
            begun = await sessions.renew(session, runtime, visitor.session)
            renewed = await sessions.lookup(session, runtime, begun.token, is_act=True)
    if codes is None or renewed is None:
        return await _factor_page(request, visitor, fault="me.fault.code")
    response = _codes_page(request, Visitor(renewed.staff, renewed), codes)
    auth.set_cookie(request, response, auth.SESSION_COOKIE, begun.token, "/desk")
    return response


@router.post("/desk/me/recovery-codes")
async def renew_recovery_codes(request: Request, visitor: Acting, code: _Field = "") -> Response:
    """Make new recovery codes and show them, once."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        codes = await second_factor.renew_recovery_codes(session, runtime, visitor.staff, code)
    if codes is None:
        return await _factor_page(request, visitor, fault="me.fault.code")
    return _codes_page(request, visitor, codes)


@router.post("/desk/me/second-factor/remove")
async def remove_second_factor(request: Request, visitor: Acting, code: _Field = "") -> Response:
    """Let go of the telephone, so that another can be set up."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        gone = await second_factor.remove(session, runtime, visitor.staff, code)
    if not gone:
        return await _factor_page(request, visitor, fault="me.fault.code")
    return RedirectResponse(f"{OWN_SECOND_FACTOR}?done=removed", status_code=303)


def _faults(visitor: Visitor, current: str, wanted: str, again: str) -> dict[str, str]:
    """Tell what is wrong with a new password, by field, before the old one is tried."""
    fault = passwords.password_fault(visitor.staff.username, wanted)
    if fault is not None:
        return {"wanted": f"me.fault.{fault}"}
    if wanted == current:
        return {"wanted": "me.fault.same"}
    return {"again": "me.fault.again"} if wanted != again else {}


async def _show(request: Request, visitor: Visitor, notice: Notice | None) -> Response:
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        open_sessions = await sessions.of(session, runtime, visitor.staff.id)
    return pages.page(
        request, "me.html", visitor=visitor, notice=notice, open_sessions=open_sessions
    )


def _password_page(request: Request, visitor: Visitor, **faults: str) -> Response:
    if visitor.staff.password_hash is None:
        raise NotFoundError("no password here")
    return pages.page(
        request,
        "me_password.html",
        status=422 if faults else 200,
        visitor=visitor,
        faults=faults,
        shortest=passwords.SHORTEST_PASSWORD,
    )


async def _factor_page(request: Request, visitor: Visitor, fault: str | None = None) -> Response:
    if visitor.staff.password_hash is None:
        raise NotFoundError("no second factor here")
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        offer = await second_factor.offer(session, runtime, visitor.staff)
    return pages.page(
        request,
        "me_second_factor.html",
        status=422 if fault else 200,
        visitor=visitor,
        fault=fault,
        notice=_done(request),
        offer=offer,
        picture=_picture(offer.address) if offer else None,
        is_needed=sessions.must_enrol(runtime, visitor.session),
        left=len(visitor.staff.recovery_codes),
    )


def _codes_page(request: Request, visitor: Visitor, codes: list[str]) -> Response:
    return pages.page(
        request, "me_recovery_codes.html", visitor=visitor, codes=codes, begins=auth.begins(visitor)
    )


def _picture(address: str) -> str:
    """Draw the QR code; made here, so that the secret leaves this machine to nobody else."""
    drawn: str = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    return drawn


def _done(request: Request) -> Notice | None:
    key = _DONE.get(request.query_params.get("done", ""))
    return Notice("success", pages.words(request)(key)) if key else None


def _onwards(request: Request, begun: NewSession, there: str) -> Response:
    response = RedirectResponse(there, status_code=303)
    auth.set_cookie(request, response, auth.SESSION_COOKIE, begun.token, "/desk")
    return response


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
