"""Delivery receipts (leveringskvitteringer): in any order, several times, only ever forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import or_, select

from data.models.citizens import Channel
from data.models.conversations import Direction, Message, MessageKind, MessageStatus
from data.notifications import notify
from outreach import audit, citizens
from outreach.gateways.codes import code_of
from outreach.gateways.twilio_codes import STATUSES, Teaches

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import MessageId
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

#: How far each status is; those of the last step are final, whatever comes after them.
STEPS = {
    MessageStatus.ACCEPTED: 1,
    MessageStatus.SENT: 2,
    MessageStatus.DELIVERED: 3,
    MessageStatus.UNDELIVERED: 3,
    MessageStatus.FAILED: 3,
}
#: Channels that Twilio carries.
TWILIOS = frozenset({Channel.SMS, Channel.VOICE})
WENT_WRONG = frozenset({MessageStatus.UNDELIVERED, MessageStatus.FAILED})


async def take(
    session: AsyncSession,
    runtime: Runtime,
    *,
    vendor_ref: str,
    message_id: MessageId | None,
    status: str,
    error_code: str | None,
) -> bool:
    """Move one message forward by one receipt; tell whether it moved.

    Args:
        session: the caller's transaction.
        runtime: the clock.
        vendor_ref: Twilio's reference (`MessageSid`).
        message_id: our own id, which the address for receipts carries: a receipt may overtake the
            answer that tells us the reference, or come when that answer was lost.
        status: Twilio's word.
        error_code: Twilio's code, when something went wrong.
    """
    step = STATUSES.get(status)
    if step is None:
        log.warning("receipt_status_unknown", status=status[:40], vendor_ref=vendor_ref)
        return False
    message = await _find(session, vendor_ref, message_id)
    if message is None:
        log.warning("receipt_unknown", vendor_ref=vendor_ref)
        return False
    return await move(session, runtime, message, step, vendor_ref=vendor_ref, error_code=error_code)


async def move(
    session: AsyncSession,
    runtime: Runtime,
    message: Message,
    step: MessageStatus,
    *,
    vendor_ref: str,
    error_code: str | None,
) -> bool:
    """Move a message forward, learn from what went wrong, and tell the desk; tell if it moved."""
    if not advance(message, step, vendor_ref=vendor_ref, now=runtime.clock.now()):
        return False
    if step in WENT_WRONG:
        message.error_code = error_code or "unknown"
        await learn(session, runtime, message, error_code)
    if message.kind is not MessageKind.FIRST_CONTACT:
        await notify(session, message.municipality)
    return True


async def _find(
    session: AsyncSession, vendor_ref: str, message_id: MessageId | None
) -> Message | None:
    """Find the message by Twilio's reference, else by ours; locked."""
    ours = [Message.vendor_ref == vendor_ref]
    if message_id is not None:
        ours.append(Message.id == message_id)
    found = await session.scalars(
        select(Message)
        .where(or_(*ours), Message.direction == Direction.OUT)
        .order_by(Message.id)
        .with_for_update()
    )
    messages = list(found)
    by_reference = [message for message in messages if message.vendor_ref == vendor_ref]
    return next(iter(by_reference or messages), None)


def advance(message: Message, step: MessageStatus, *, vendor_ref: str, now: datetime) -> bool:
    """Move a message to `step` if that is forward; tell whether it moved.

    As long as we do not hold the vendor's reference, whatever the vendor says is news: also when
    we had given the message up, or were about to send it again.
    """
    if message.vendor_ref is not None:
        if message.vendor_ref != vendor_ref:
            log.error("sent_twice", message_id=str(message.id), vendor_ref=vendor_ref)
            return False
        if STEPS[step] <= STEPS.get(message.status, 0):
            return False
    message.vendor_ref, message.status, message.status_at = vendor_ref, step, now
    message.stood_down_because = message.error_code = None
    return True


async def learn(
    session: AsyncSession, runtime: Runtime, message: Message, error_code: str | None
) -> None:
    """Store what a refusal tells of a number: that its holder said STOP, or that it is no use."""
    code = code_of(error_code)
    match code.teaches:
        case Teaches.OPTED_OUT:
            await citizens.opt_out(
                session,
                runtime,
                municipality=message.municipality,
                channel=message.channel,
                address=message.address,
                source="twilio" if message.channel in TWILIOS else message.channel.value,
            )
        case Teaches.DISTRUST:
            await citizens.distrust(
                session,
                runtime,
                municipality=message.municipality,
                channel=message.channel,
                address=message.address,
                because=code.because,
            )
            await audit.record(
                session,
                runtime,
                municipality=message.municipality,
                actor=audit.ASSISTANT,
                act="number_distrusted",
                subject_kind="message",
                subject_id=message.id,
                error_code=error_code,
            )
        case Teaches.OUR_FAULT:
            log.error("vendor_refuses_us", channel=message.channel, error_code=error_code)
        case Teaches.NOTHING:
            pass
