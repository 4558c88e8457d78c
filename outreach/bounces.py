"""Takes in what mail servers send back (returmail): the message is undelivered, the address learnt.

A notice names our message by its Message-ID. What it teaches counts only where it speaks of the
address we wrote to: a mail that was forwarded may fail elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from data.models.citizens import Channel
from data.models.conversations import Direction, Message, MessageStatus
from outreach import receipts
from outreach.gateways.smtp import vendor_ref_of
from outreach.gateways.smtp_codes import word_for_status
from outreach.rules import bounces as rules
from outreach.rules.bounces import Kind

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.rules.bounces import Incoming
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

STEPS: Final = {
    Kind.RETURNED: MessageStatus.UNDELIVERED,
    Kind.DELIVERED: MessageStatus.DELIVERED,
}


async def take(session: AsyncSession, runtime: Runtime, raw: bytes) -> Incoming:
    """Take in one mail of the mailbox; a second time it changes nothing."""
    came = rules.read(raw)
    step = STEPS.get(came.kind)
    if step is None:
        return came
    message = await _find(session, came)
    if message is None:
        log.warning("bounce_unknown", kind=came.kind.value, status=came.status)
        return came
    moved = await receipts.move(
        session,
        runtime,
        message,
        step,
        vendor_ref=vendor_ref_of(message.id),
        error_code=_word(came, message),
    )
    log.info("bounce", message_id=str(message.id), status=came.status, moved=moved)
    return came


async def _find(session: AsyncSession, came: Incoming) -> Message | None:
    """Find the e-mail a notice is about; locked."""
    if came.message_id is None:
        return None
    message = await session.get(Message, came.message_id, with_for_update=True)
    is_ours = message is not None and message.direction is Direction.OUT
    return message if message and is_ours and message.channel is Channel.EMAIL else None


def _word(came: Incoming, message: Message) -> str:
    """Say what it teaches: nothing of an address that it does not speak of."""
    speaks_of_it = message.address.lower() in came.recipients
    return word_for_status(came.status) if speaks_of_it else "refused"
