"""SMS and receipts from Twilio: read at the door, stored once, let go."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData

from bot.errors import RefusedAtDoorError, explain
from bot.runtime import RuntimeOf
from bot.webhooks.signatures import TwilioForm
from data.models.citizens import Channel
from data.values.ids import MessageId
from data.values.phone import PhoneNumber
from outreach import conversations, receipts

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/webhooks/twilio", tags=["twilio"])

#: The answer to the citizen follows as a message of its own.
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
#: Twilio joins at most ten parts to 1,600 characters; what is longer is still taken whole.
LONGEST_BODY = 10_000
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
#: PostgreSQL cannot keep it, and no telephone can write it.
_NUL = "\x00"


def _without_nul(text: str) -> str:
    return text.replace(_NUL, "")


Sid = Annotated[str, Field(alias="MessageSid", pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
Body = Annotated[str, Field(alias="Body", max_length=LONGEST_BODY), AfterValidator(_without_nul)]


class TwilioFields(BaseModel):
    """Fields of a form that we read; Twilio adds new ones at will, and those are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @classmethod
    def read(cls, form: FormData) -> Self:
        """Take our fields out of a form.

        Raises:
            RefusedAtDoorError: one is missing, malformed, or there twice; it names the field and
                shows nothing of what it held.
        """
        names = {str(field.alias) for field in cls.model_fields.values()}
        twice = sorted(name for name in names if len(form.getlist(name)) > 1)
        if twice:
            raise RefusedAtDoorError(422, "malformed", f"{', '.join(twice)}: given more than once")
        given: dict[str, Any] = {name: form[name] for name in names if name in form}
        try:
            return cls.model_validate(given)
        except ValidationError as fault:
            raise RefusedAtDoorError(422, "malformed", explain(fault.errors())) from None


class InboundSms(TwilioFields):
    """An SMS as Twilio hands it over (indgående sms).

    Source: https://www.twilio.com/docs/messaging/guides/webhook-request
    """

    sid: Sid
    sender: Annotated[str, Field(alias="From", min_length=1, max_length=64)]
    recipient: Annotated[str, Field(alias="To", pattern=_E164)]
    body: Body
    media_count: Annotated[int, Field(alias="NumMedia", ge=0, le=100)] = 0

    @property
    def is_from_a_telephone(self) -> bool:
        """Tell whether a citizen can have sent it: short codes and names cannot be answered."""
        return _E164.match(self.sender) is not None


class Receipt(TwilioFields):
    """How far a message of ours has come (leveringskvittering).

    Source: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
    """

    sid: Sid
    status: Annotated[str, Field(alias="MessageStatus", min_length=1, max_length=40)]
    error_code: Annotated[str | None, Field(alias="ErrorCode", pattern=r"^\d{0,6}$")] = None


@router.post("/sms")
async def receive_sms(form: TwilioForm, runtime: RuntimeOf) -> Response:
    """Take in an SMS and let Twilio go; the answer follows as a job.

    Twilio waits 15 seconds and may call again, so nothing slow happens here, and the same
    `MessageSid` twice does no harm.
    """
    sms = InboundSms.read(form)
    policy = runtime.policies.of_number(PhoneNumber(sms.recipient))
    if policy is None:
        log.error("sms_to_unknown_number", vendor_ref=sms.sid)
        raise RefusedAtDoorError(422, "unknown_recipient", "To: no municipality has this number")
    if sms.is_from_a_telephone and runtime.policies.of_number(PhoneNumber(sms.sender)):
        # A forged sender could otherwise let two assistants answer each other for ever.
        log.warning("sms_from_a_municipality", vendor_ref=sms.sid, municipality=policy.key)
        return _nothing_to_say()
    if not sms.is_from_a_telephone:
        log.warning("sms_not_from_a_telephone", vendor_ref=sms.sid, municipality=policy.key)
        return _nothing_to_say()
    async with runtime.transaction() as session:
        await conversations.receive(
            session,
            runtime,
            municipality=policy.key,
            channel=Channel.SMS,
            address=sms.sender,
            body=sms.body,
            vendor_ref=sms.sid,
            media_count=sms.media_count,
        )
    return _nothing_to_say()


@router.post("/status", status_code=204)
async def receive_status(
    form: TwilioForm, runtime: RuntimeOf, m: Annotated[str | None, Query()] = None
) -> Response:
    """Take in a receipt; `m` is our own id of the message, from the address we gave with it."""
    receipt = Receipt.read(form)
    async with runtime.transaction() as session:
        await receipts.take(
            session,
            runtime,
            vendor_ref=receipt.sid,
            message_id=message_id(m),
            status=receipt.status,
            error_code=receipt.error_code or None,
        )
    return Response(status_code=204)


def _nothing_to_say() -> Response:
    return Response(NOTHING_TO_SAY, media_type="application/xml")


def message_id(text: str | None) -> MessageId | None:
    """Read our own id of a message, as it stood in the address we gave with it."""
    try:
        return MessageId(UUID(text)) if text else None
    except ValueError:
        return None
