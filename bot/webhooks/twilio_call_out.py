"""Calls that we place, as Twilio asks about them: who took it, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from bot.runtime import RuntimeOf
from bot.voice import hearing, twiml
from bot.webhooks.signatures import TwilioForm
from bot.webhooks.twilio_sms import TwilioFields, message_id
from outreach import calls_out
from outreach.calls_out import Answered

if TYPE_CHECKING:
    from data.models.calls import Call
    from data.models.conversations import Message
    from outreach.runtime import Runtime

router = APIRouter(prefix="/webhooks/twilio/voice/out", tags=["twilio"])

CallSid = Annotated[str, Field(alias="CallSid", pattern=r"^CA[0-9a-fA-F]{32}$")]
Ours = Annotated[str | None, Query()]


class Taken(TwilioFields):
    """A call of ours that was taken (besvaret opkald).

    Source: https://www.twilio.com/docs/voice/twiml#request-parameters
    """

    sid: CallSid
    answered_by: Annotated[str, Field(alias="AnsweredBy", max_length=100)] = "unknown"


class Ended(TwilioFields):
    """How a call of ours ended (afsluttet opkald).

    Source: https://www.twilio.com/docs/voice/api/call-resource#statuscallback
    """

    sid: CallSid
    status: Annotated[str, Field(alias="CallStatus", min_length=1, max_length=40)]
    #: Seconds.
    duration: Annotated[int | None, Field(alias="CallDuration", ge=0, le=86_400)] = None


@router.post("")
async def say(form: TwilioForm, runtime: RuntimeOf, m: Ours = None) -> Response:
    """Tell Twilio what to say, now that it is known who, or what, has answered.

    A voicemail hears the first message and no more, a person hears who calls, anybody else
    nothing. `m` is our own id of the message, from the address we gave with the call.
    """
    asked = Taken.read(form)
    async with runtime.transaction() as session:
        found = await calls_out.taken(
            session,
            runtime,
            message_id=message_id(m),
            call_sid=asked.sid,
            answered_by=asked.answered_by,
        )
    match found:
        case (call, _, Answered.HUMAN):
            answer = await hearing.greet(runtime, call.id, asked.sid)
        case (call, message, Answered.VOICEMAIL):
            answer = _left(runtime, call, message)
        case _:
            answer = twiml.hang_up()
    return Response(answer, media_type="application/xml", headers={"Cache-Control": "no-store"})


@router.post("/status", status_code=204)
async def end(form: TwilioForm, runtime: RuntimeOf, m: Ours = None) -> Response:
    """Take in how a call ended; Twilio may tell it twice."""
    told = Ended.read(form)
    async with runtime.transaction() as session:
        await calls_out.ended(
            session,
            runtime,
            message_id=message_id(m),
            call_sid=told.sid,
            status=told.status,
            duration=told.duration,
        )
    return Response(status_code=204)


def _left(runtime: Runtime, call: Call, message: Message) -> str:
    voice = runtime.policies[call.municipality].voice
    if voice is None:
        return twiml.hang_up()
    return twiml.leave(spoken(message.body), call.language, voice.voices)


def spoken(body: str) -> str:
    """Return a first message as a voice reads it: the same words, without signs."""
    return body.replace(" = ", ": ")
