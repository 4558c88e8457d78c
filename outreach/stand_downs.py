"""Takes back what is still to be sent (standsede beskeder), with what made it wrong.

The last look would stop most of it too. Here it happens in the very transaction that changes the
case, so that the desk never shows a message on its way that must not leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select, update

from data.models.conversations import (
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
)
from outreach import outbox

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import ContactPoint
    from data.values.ids import CitizenId
    from outreach.rules.decision import Reason
    from outreach.runtime import Runtime


async def of_citizen(
    session: AsyncSession, runtime: Runtime, citizen_id: CitizenId, because: Reason
) -> int:
    """Take back all that waits to be sent to a citizen; return how many messages."""
    theirs = select(Conversation.id).where(Conversation.citizen_id == citizen_id)
    to_them = or_(Message.citizen_id == citizen_id, Message.conversation_id.in_(theirs))
    return await _take_back(session, runtime, to_them, because)


async def of_first_contacts(
    session: AsyncSession, runtime: Runtime, citizen_id: CitizenId, because: Reason
) -> int:
    """Take back the first messages to a citizen: a later round writes them anew, as fits then."""
    first = Message.kind == MessageKind.FIRST_CONTACT
    return await _take_back(session, runtime, first, because, Message.citizen_id == citizen_id)


async def to_address(
    session: AsyncSession, runtime: Runtime, point: ContactPoint, because: Reason
) -> int:
    """Take back what waits to be sent to one citizen at one address."""
    there = select(Conversation.id).where(
        Conversation.municipality == point.municipality,
        Conversation.channel == point.channel,
        Conversation.address == point.address,
    )
    # Others may share the address; what is theirs by name is not touched.
    theirs = or_(Message.citizen_id == point.citizen_id, Message.citizen_id.is_(None))
    return await _take_back(
        session, runtime, Message.conversation_id.in_(there), because, theirs
    )  # fmt: skip


async def _take_back(
    session: AsyncSession,
    runtime: Runtime,
    which: ColumnElement[bool],
    because: Reason,
    *more: ColumnElement[bool],
) -> int:
    """Let them stand down; the claims of a first message may be written about again."""
    await session.flush()
    found = await session.execute(
        update(Message)
        .where(
            which,
            *more,
            Message.direction == Direction.OUT,
            Message.status == MessageStatus.QUEUED,
        )
        .values(
            status=MessageStatus.STOOD_DOWN,
            stood_down_because=because.value,
            status_at=runtime.clock.now(),
        )
        .returning(Message.id, Message.kind)
        .execution_options(synchronize_session=False)
    )
    gone = found.all()
    for message_id, kind in gone:
        if kind is MessageKind.FIRST_CONTACT:
            await outbox.reopen(session, message_id, because)
    return len(gone)
