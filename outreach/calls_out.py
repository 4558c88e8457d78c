"""What became of a call that we placed (udgående opkald): who took it, or why nobody did.

A call is placed by the outbox, for a first message that did not come through another way. It
counts as brought when a person took it, or when a voicemail heard what the first SMS says.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import select

from data.models.calls import Call, CallOutcome, CallState
from data.models.citizens import Channel
from data.models.conversations import (
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
)
from outreach import calls, receipts

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import MessageId
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)


class Answered(Enum):
    """Who, or what, took a call of ours (hvem tog telefonen)."""

    HUMAN = "human"
    VOICEMAIL = "voicemail"
    NOBODY = "nobody"


#: Twilio's words for who answered; with the end of the greeting awaited there are no others.
#: Source: https://www.twilio.com/docs/voice/answering-machine-detection
_WHO: Final = {
    "human": Answered.HUMAN,
    "machine_end_beep": Answered.VOICEMAIL,
    "machine_end_silence": Answered.VOICEMAIL,
    "machine_end_other": Answered.VOICEMAIL,
    "fax": Answered.NOBODY,
    "unknown": Answered.NOBODY,
}
#: Twilio's words for a call that nobody took: why on record, and the outcome.
_WHY: Final = {
    "busy": ("busy", CallOutcome.BUSY),
    "no-answer": ("no_answer", CallOutcome.NO_ANSWER),
    "failed": ("call_failed", CallOutcome.FAILED),
    "canceled": ("canceled", CallOutcome.NO_ANSWER),
    # It was taken, and put down before we knew by whom.
    "completed": ("hung_up", CallOutcome.HUNG_UP),
}


async def taken(
    session: AsyncSession,
    runtime: Runtime,
    *,
    message_id: MessageId | None,
    call_sid: str,
    answered_by: str,
) -> tuple[Call, Message, Answered] | None:
    """Store who took a call of ours; none: it is no call that is still to be answered.

    Asked twice, it tells the same.
    """
    message = await _message(session, message_id, call_sid)
    if message is None:
        log.warning("call_unknown", vendor_ref=call_sid)
        return None
    who = _WHO.get(answered_by, Answered.NOBODY)
    call = await _call(session, runtime, message, call_sid)
    if call.answered_by is not None:
        return call, message, _WHO.get(call.answered_by, Answered.NOBODY)
    if call.state is CallState.ENDED:
        log.warning("call_over_already", vendor_ref=call_sid)
        return None
    call.answered_by = answered_by[:40]
    if who is Answered.NOBODY:
        _not_brought(runtime, message, call_sid, "nobody_spoke")
    else:
        receipts.advance(
            message, MessageStatus.DELIVERED, vendor_ref=call_sid, now=runtime.clock.now()
        )
    if who is not Answered.HUMAN:
        await calls.end(session, runtime, call, outcome=CallOutcome.MACHINE)
    return call, message, who


async def ended(
    session: AsyncSession,
    runtime: Runtime,
    *,
    message_id: MessageId | None,
    call_sid: str,
    status: str,
    duration: int | None,
) -> None:
    """Store how a call of ours ended; a word that we do not know is not an end."""
    if status not in _WHY:
        log.warning("call_status_unknown", status=status[:40], vendor_ref=call_sid)
        return
    message = await _message(session, message_id, call_sid)
    if message is None:
        log.warning("call_unknown", vendor_ref=call_sid)
        return
    call = await _call(session, runtime, message, call_sid)
    because, outcome = _WHY[status]
    was_taken = call.answered_by is not None
    if not was_taken:
        _not_brought(runtime, message, call_sid, because)
    await calls.end(
        session, runtime, call, outcome=None if was_taken else outcome, duration=duration
    )


def _not_brought(runtime: Runtime, message: Message, call_sid: str, because: str) -> None:
    moved = receipts.advance(
        message, MessageStatus.UNDELIVERED, vendor_ref=call_sid, now=runtime.clock.now()
    )
    if moved:
        message.error_code = because


async def _message(
    session: AsyncSession, message_id: MessageId | None, call_sid: str
) -> Message | None:
    """Find and lock what the call is for: by our id, as long as it is not another call's."""
    if message_id is None:
        return None
    found = await session.scalar(
        select(Message)
        .where(
            Message.id == message_id,
            Message.direction == Direction.OUT,
            Message.channel == Channel.VOICE,
            Message.kind == MessageKind.FIRST_CONTACT,
        )
        .with_for_update()
    )
    if found is None or found.vendor_ref not in {None, call_sid}:
        return None
    return found


async def _call(session: AsyncSession, runtime: Runtime, message: Message, call_sid: str) -> Call:
    """Return the call on record, made with Twilio's first word of it."""
    known = await calls.held(session, call_sid)
    if known is not None:
        return known
    talk = await session.get_one(Conversation, message.conversation_id)
    call = Call(
        municipality=message.municipality,
        call_sid=call_sid,
        conversation_id=talk.id,
        message_id=message.id,
        direction=Direction.OUT,
        language=talk.language,
        state=CallState.PLACED,
        started_at=message.sending_since or runtime.clock.now(),
    )
    session.add(call)
    await session.flush()
    return call
