"""Writes messages into the outbox (udbakke), in the transaction that decided them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from data.models.conversations import Author, Direction, Message, MessageStatus
from data.values.ids import new_id
from outreach import jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, MessageKind
    from data.values.ids import MessageId, StaffId
    from outreach.runtime import Runtime


async def queue(
    session: AsyncSession,
    runtime: Runtime,
    *,
    conversation: Conversation,
    body: str,
    kind: MessageKind,
    author: Author,
    dedupe_key: str,
    staff_id: StaffId | None = None,
    not_before: datetime | None = None,
    useless_after: datetime | None = None,
    in_reply_to: MessageId | None = None,
    status: MessageStatus = MessageStatus.QUEUED,
) -> Message | None:
    """Write one message and wake the dispatcher; none if the same decision wrote it before.

    It is stamped with the conversation's owner number: should the owner change before it is
    sent, an assistant's reply is dropped.
    """
    now = runtime.clock.now()
    row = insert(Message).values(
        id=new_id(),
        municipality=conversation.municipality,
        conversation_id=conversation.id,
        citizen_id=conversation.citizen_id,
        direction=Direction.OUT,
        author=author,
        staff_id=staff_id,
        kind=kind,
        channel=conversation.channel,
        address=conversation.address,
        body=body,
        media_count=0,
        status=status,
        dedupe_key=dedupe_key,
        in_reply_to=in_reply_to,
        owner_number=conversation.owner_number,
        not_before=not_before or now,
        useless_after=useless_after,
        attempts=0,
        created_at=now,
        status_at=now,
    )
    taken = row.on_conflict_do_nothing(index_elements=["municipality", "dedupe_key"])
    message = await session.scalar(taken.returning(Message))
    if message is not None and status is MessageStatus.QUEUED:
        await wake_dispatcher(session, conversation.municipality)
    return message


async def wake_dispatcher(session: AsyncSession, municipality: str) -> None:
    """Queue one dispatch for the municipality, unless one is waiting already."""
    await jobs.defer(
        session, "dispatch", once=f"dispatch:{municipality}", municipality=municipality
    )
