"""Calls from Twilio: each step of a call asks us what comes next, and is answered once."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from pydantic import Field

from bot.errors import RefusedAtDoorError
from bot.runtime import RuntimeOf
from bot.voice import hearing
from bot.voice.entering import entered
from bot.voice.twiml import BASE
from bot.webhooks.signatures import TwilioForm
from bot.webhooks.twilio_sms import TwilioFields
from data.models.calls import CallOutcome
from data.notifications import Topic
from data.values.ids import CallId
from data.values.phone import PhoneNumber
from outreach import calls
from outreach.broadcast import Broadcast

log = structlog.get_logger(__name__)

#: Twilio's words for a call that is over, and what became of it; none: as the call itself tells.
#: Source: https://www.twilio.com/docs/voice/api/call-resource#call-status-values
_OVER: Final[dict[str, CallOutcome | None]] = {
    "completed": None,
    "busy": CallOutcome.BUSY,
    "no-answer": CallOutcome.NO_ANSWER,
    "failed": CallOutcome.FAILED,
    "canceled": CallOutcome.NO_ANSWER,
}
_UNDER_WAY: Final = frozenset({"queued", "initiated", "ringing", "in-progress", "answered"})

Turn = Annotated[int, Query(ge=0, le=10_000)]
Sid = Annotated[str, Field(alias="CallSid", pattern=r"^CA[0-9a-fA-F]{32}$")]


class _OfCall(TwilioFields):
    """What each form about a call says."""

    sid: Sid


class Ringing(_OfCall):
    """A call to us (indgående opkald).

    Source: https://www.twilio.com/docs/voice/twiml#request-parameters
    """

    caller: Annotated[str, Field(alias="From", max_length=120)] = ""
    called: Annotated[str, Field(alias="To", pattern=r"^\+[1-9]\d{6,14}$")]


class Heard(_OfCall):
    """What the caller keyed or said (`<Gather>`); a field too long is cut, not refused."""

    digits: Annotated[str, Field(alias="Digits", max_length=200)] = ""
    speech: Annotated[str, Field(alias="SpeechResult")] = ""
    confidence: Annotated[str, Field(alias="Confidence", max_length=40)] = ""


class Ended(_OfCall):
    """How far a call has come, in Twilio's words."""

    status: Annotated[str, Field(alias="CallStatus", min_length=1, max_length=40)]
    duration: Annotated[str, Field(alias="CallDuration", pattern=r"^\d{0,6}$")] = ""


def broadcast_of(app: FastAPI) -> Broadcast:
    """Return the process's one ear for what citizens are told, made when somebody first calls."""
    state = app.state
    if not hasattr(state, "call_broadcast"):
        state.call_broadcast = Broadcast(state.runtime.database.engine.url, Topic.TALK)
    found: Broadcast = state.call_broadcast
    return found


def _ear(request: Request) -> Broadcast:
    return broadcast_of(request.app)


def _patience(request: Request) -> float:
    return float(getattr(request.app.state, "call_patience", hearing.PATIENCE))


Ear = Annotated[Broadcast, Depends(_ear)]
Patience = Annotated[float, Depends(_patience)]
router = APIRouter(prefix=BASE, tags=["twilio"])


@router.post("")
async def receive_call(form: TwilioForm, runtime: RuntimeOf) -> Response:
    """Answer a call to the municipality's number."""
    ringing = Ringing.read(form)
    policy = runtime.policies.of_voice_number(PhoneNumber(ringing.called))
    if policy is None:
        log.error("call_to_unknown_number", vendor_ref=ringing.sid)
        raise RefusedAtDoorError(422, "unknown_recipient", "To: no municipality has this number")
    return _twiml(await hearing.pick_up(runtime, policy, ringing.sid, ringing.caller))


@router.post("/turn")
async def receive_turn(
    form: TwilioForm, runtime: RuntimeOf, ear: Ear, patience: Patience, turn: Turn
) -> Response:
    """Take what the caller keyed or said, and answer when the dialogue has."""
    heard = Heard.read(form)
    given = entered(heard.digits, heard.speech, heard.confidence)
    return _twiml(await hearing.take(runtime, ear, heard.sid, turn, given, patience))


@router.post("/wait")
async def receive_wait(
    form: TwilioForm,
    runtime: RuntimeOf,
    ear: Ear,
    patience: Patience,
    turn: Turn,
    moment: Annotated[int, Query(ge=0, le=1_000)] = 0,
) -> Response:
    """Wait on for the answer to a turn."""
    sid = _OfCall.read(form).sid
    return _twiml(await hearing.wait_on(runtime, ear, sid, turn, moment, patience))


@router.post("/whisper")
async def receive_whisper(
    _form: TwilioForm, runtime: RuntimeOf, call: Annotated[UUID, Query()]
) -> Response:
    """Tell the caseworker who picked up what the call is about."""
    return _twiml(await hearing.whisper_to(runtime, CallId(call)))


@router.post("/taken")
async def receive_taken(
    form: TwilioForm, runtime: RuntimeOf, call: Annotated[UUID, Query()]
) -> Response:
    """Let the caseworker take the call with a key."""
    return _twiml(await hearing.taken(runtime, CallId(call), Heard.read(form).digits))


@router.post("/status", status_code=204)
async def receive_status(form: TwilioForm, runtime: RuntimeOf) -> Response:
    """Close a call when Twilio says that it is over; other words are noted at most."""
    ended = Ended.read(form)
    if ended.status not in _OVER:
        if ended.status not in _UNDER_WAY:
            log.warning("call_status_unknown", vendor_ref=ended.sid)
        return Response(status_code=204)
    async with runtime.transaction() as session:
        call = await calls.held(session, ended.sid)
        if call is None:
            log.warning("call_unknown", vendor_ref=ended.sid)
            return Response(status_code=204)
        await calls.end(
            session,
            runtime,
            call,
            outcome=_OVER[ended.status],
            duration=int(ended.duration) if ended.duration else None,
        )
    return Response(status_code=204)


def _twiml(body: str) -> Response:
    return Response(body, media_type="application/xml", headers={"Cache-Control": "no-store"})
