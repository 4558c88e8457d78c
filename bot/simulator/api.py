"""Twilio's Messages resource as the SDK calls it, for one account (prøvenettets REST).

Source: Twilio's OpenAPI description `twilio_api_v2010` and its page on error responses.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, Field

from bot.simulator import network
from bot.simulator.refusals import Outbound, Refused
from bot.simulator.webhooks import API_VERSION, Carrier, segments
from data.values.time import ONE_DAY

if TYPE_CHECKING:
    from data.models.simulator import SimulatorMessage
    from outreach.runtime import Runtime

PREFIX: Final = "/simulator/twilio"
MORE_INFO: Final = "https://www.twilio.com/docs/errors"
LARGEST_PAGE: Final = 1000

router = APIRouter(prefix=f"{PREFIX}/{API_VERSION}/Accounts/{{account_sid}}", tags=["simulator"])
_basic = HTTPBasic(auto_error=False)

Credentials = Annotated[HTTPBasicCredentials | None, Depends(_basic)]


class RefusalError(Exception):
    """The request gets an error answer of Twilio's (afvisning)."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def answer_refusal(_request: Request, fault: Exception) -> JSONResponse:
    """Answer a refusal in Twilio's shape."""
    refused = fault.refused if isinstance(fault, RefusalError) else Refused(20500, "", 500)
    return JSONResponse(
        {
            "code": refused.code,
            "message": refused.message,
            "more_info": f"{MORE_INFO}/{refused.code}",
            "status": refused.status,
        },
        status_code=refused.status,
    )


def account(request: Request, account_sid: str, given: Credentials) -> str:
    """Check account and token.

    Raises:
        RefusalError: 20003, they are not right; 20404, another account's address.
    """
    settings = request.app.state.runtime.settings
    token = settings.twilio_auth_token.get_secret_value()
    right = (
        given is not None
        and secrets.compare_digest(given.username.encode(), settings.twilio_account_sid.encode())
        and secrets.compare_digest(given.password.encode(), token.encode())
    )
    if not right:
        raise RefusalError(Refused(20003, "Authenticate", 401))
    if account_sid != settings.twilio_account_sid:
        raise RefusalError(_missing(request))
    return account_sid


Account = Annotated[str, Depends(account)]


@router.post("/Messages.json", status_code=201)
async def create(request: Request, account_sid: Account) -> dict[str, Any]:
    """Take an SMS to send."""
    runtime: Runtime = request.app.state.runtime
    carrier: Carrier = request.app.state.simulator
    form = await request.form()
    field = {name: str(form.get(name) or "") for name in ("From", "To", "Body", "StatusCallback")}
    asked = Outbound(field["From"], field["To"], field["Body"], field["StatusCallback"] or None)
    async with runtime.transaction() as session:
        taken = await network.accept(session, runtime, asked)
    if isinstance(taken, Refused):
        raise RefusalError(taken)
    carrier.wake()
    return as_json(account_sid, taken)


class Filters(BaseModel):
    """What a list may be narrowed by, and which page of it is asked for (søgefelter)."""

    to: Annotated[str | None, Field(alias="To")] = None
    sender: Annotated[str | None, Field(alias="From")] = None
    day: Annotated[str | None, Field(alias="DateSent")] = None
    since: Annotated[str | None, Field(alias="DateSent>")] = None
    until: Annotated[str | None, Field(alias="DateSent<")] = None
    page_size: Annotated[str, Field(alias="PageSize")] = "50"
    page: Annotated[str, Field(alias="Page")] = "0"
    page_token: Annotated[str | None, Field(alias="PageToken")] = None

    def search(self) -> network.Search:
        """Return what to look for.

        Raises:
            RefusalError: 20001, a filter cannot be read.
        """
        last_day = _midnight("DateSent<", self.until or self.day)
        return network.Search(
            to=self.to,
            sender=self.sender,
            since=_midnight("DateSent>", self.since or self.day),
            until=last_day + ONE_DAY if last_day else None,
            before=self.page_token.removeprefix("PA") if self.page_token else None,
            page_size=max(1, _count("PageSize", self.page_size, LARGEST_PAGE)),
        )

    def uri(self, request: Request, page: int, after: str | None = None) -> str:
        """Make a page's address as Twilio does: from its own root, with the filters kept."""
        named = self.model_dump(by_alias=True, exclude_none=True, exclude={"page", "page_token"})
        paging = {"Page": page} | ({"PageToken": f"PA{after}"} if after else {})
        return f"{request.url.path.removeprefix(PREFIX)}?{urlencode(named | paging)}"


@router.get("/Messages.json")
async def listed(
    request: Request, account_sid: Account, filters: Annotated[Filters, Query()]
) -> dict[str, Any]:
    """List messages, newest first, a page at a time."""
    runtime: Runtime = request.app.state.runtime
    search = filters.search()
    page = _count("Page", filters.page, LARGEST_PAGE * LARGEST_PAGE)
    async with runtime.transaction() as session:
        messages, more = await network.listed(session, search)
    start = page * search.page_size
    return {
        "end": start + max(0, len(messages) - 1),
        "first_page_uri": filters.uri(request, 0),
        "messages": [as_json(account_sid, message) for message in messages],
        "next_page_uri": filters.uri(request, page + 1, messages[-1].sid) if more else None,
        "page": page,
        "page_size": search.page_size,
        "previous_page_uri": None,
        "start": start,
        "uri": filters.uri(request, page),
    }


@router.get("/Messages/{sid}.json")
async def fetch(request: Request, account_sid: Account, sid: str) -> dict[str, Any]:
    """Show one message."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.transaction() as session:
        message = await network.found(session, sid)
    if message is None:
        raise RefusalError(_missing(request))
    return as_json(account_sid, message)


def as_json(account_sid: str, message: SimulatorMessage) -> dict[str, Any]:
    """Write a message as Twilio does."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    is_queued = message.status == network.Status.QUEUED
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": format_datetime(message.created_at),
        "date_sent": None if is_queued else format_datetime(message.updated_at),
        "date_updated": format_datetime(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": None,
        "from": message.from_number,
        "messaging_service_sid": None,
        "num_media": str(message.num_media),
        "num_segments": str(segments(message.body)),
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to_number,
        "uri": f"{uri}.json",
    }


def _count(name: str, text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        raise RefusalError(Refused(20001, f"Invalid {name} {text!r}"))
    return min(int(text), most)


def _midnight(name: str, text: str | None) -> datetime | None:
    """Read a day, or an instant of it, and return when it begins in UTC.

    Twilio filters by whole days, also when it is given an instant.
    """
    if text is None:
        return None
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        raise RefusalError(Refused(20001, f"Invalid {name} {text!r}")) from None
    return datetime.combine(day, time(), UTC)


def _missing(request: Request) -> Refused:
    path = request.url.path.removeprefix(PREFIX)
    return Refused(20404, f"The requested resource {path} was not found", 404)
