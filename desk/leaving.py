"""Signing out with conversations in hand (log af med åbne samtaler): a warning first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.queries import handoffs
from desk import inbox, pages

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import HTMLResponse

    from desk.auth import Visitor


async def warning(request: Request, visitor: Visitor) -> HTMLResponse | None:
    """Return a page that says what they still hold and what becomes of it; none: they may go."""
    runtime = pages.runtime_of(request)
    async with runtime.transaction() as session:
        counts = await handoffs.counts(session, visitor.municipality, visitor.staff.id)
    if not counts.mine or not visitor.may("talk"):
        return None
    rests = runtime.policies[visitor.municipality].desk.forgotten_after_minutes
    return pages.page(
        request,
        "leaving.html",
        status=409,
        visitor=visitor,
        counts=counts,
        minutes=rests,
        parts={"alert": inbox.alert(request, visitor, counts)},
    )
