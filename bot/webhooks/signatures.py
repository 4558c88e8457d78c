"""Is it the vendor? Nothing of a webhook is believed before its signature holds."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from bot.errors import RefusedAtDoorError
from bot.runtime import RuntimeOf
from data.settings import Settings

#: Twilio's forms hold some thirty fields and 1,600 characters; 64 kB is many times that.
MOST_BYTES = 64 * 1024
MOST_FIELDS = 200
FORM = "application/x-www-form-urlencoded"


async def twilio_form(request: Request, runtime: RuntimeOf) -> FormData:
    """Read a form that Twilio has signed for our account.

    Raises:
        RefusedAtDoorError: too large, no form, not signed by Twilio, or for another account; or
            we have no account with Twilio.
    """
    settings = runtime.settings
    token, account = settings.twilio_auth_token, settings.twilio_account_sid
    if token is None or account is None:
        raise RefusedAtDoorError(
            503, "not_configured", "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set."
        )
    form = _parse(await _read(request))
    signature = request.headers.get("X-Twilio-Signature", "")
    address = signed_address(settings, request)
    if not RequestValidator(token.get_secret_value()).validate(address, form, signature):
        raise RefusedAtDoorError(
            403,
            "bad_signature",
            "X-Twilio-Signature is missing or wrong; MINDELIG_PUBLIC_URL must be the address "
            "that Twilio calls.",
        )
    if form.getlist("AccountSid") != [account]:
        raise RefusedAtDoorError(403, "other_account", "AccountSid is not ours.")
    return form


def signed_address(settings: Settings, request: Request) -> str:
    """Return the address that Twilio called, and so signed: our public one.

    It is built from our own setting and never from what the request says of itself. A proxy that
    ends TLS hands on `http` and an inner host, so these would fail; and believing Host or
    X-Forwarded-* instead lets whoever sends them choose what is checked.
    """
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    query = request.scope["query_string"].decode("latin-1")
    return f"{settings.public_url}{path}" + (f"?{query}" if query else "")


async def _read(request: Request) -> bytes:
    """Read the body, and stop as soon as it is larger than any form of Twilio's."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise RefusedAtDoorError(415, "no_form", f"Content-Type must be {FORM}.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise RefusedAtDoorError(413, "too_large", f"At most {MOST_BYTES} bytes are taken.")
    return bytes(body)


def _parse(body: bytes) -> FormData:
    """Turn the body into fields; empty ones count, since Twilio signs them too."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise RefusedAtDoorError(
            422, "malformed", f"The form is not UTF-8, or has more than {MOST_FIELDS} fields."
        ) from None
    return FormData([(name, value) for name, value in pairs])


TwilioForm = Annotated[FormData, Depends(twilio_form)]
