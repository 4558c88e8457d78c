"""Who has a conversation open at the desk just now, and who writes in it (tilstedeværelse)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from data.models.handoffs import Handoff, HandoffState
from data.models.presences import Presence
from data.models.staff import Staff
from data.notifications import notify, notify_citizen

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.values.ids import ConversationId, StaffId
    from outreach.runtime import Runtime

#: An open page beats every ten seconds; after three beats that did not come nobody is there.
GONE_AFTER: Final = timedelta(seconds=30)
#: Who has written nothing for so long is not writing.
STILL_TYPING: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Here:
    """A colleague who looks at a conversation too."""

    name: str
    is_typing: bool


async def beat(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    staff: Staff,
    *,
    is_typing: bool,
) -> None:
    """Note that a caseworker has the conversation open; desks are told when that is news.

    It is also a sign of life of whoever holds the conversation.
    """
    now = runtime.clock.now()
    before = await session.get(Presence, (conversation.id, staff.id))
    was_here = before is not None and _is_here(before, now)
    was_typing = before is not None and _is_typing(before, now)
    row = insert(Presence).values(
        municipality=conversation.municipality,
        conversation_id=conversation.id,
        staff_id=staff.id,
        seen_at=now,
        typing_at=now if is_typing else None,
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["conversation_id", "staff_id"],
            set_={"seen_at": row.excluded.seen_at, "typing_at": row.excluded.typing_at},
        )
    )
    if conversation.owner_staff_id == staff.id:
        await _touch(session, conversation.id, staff.id, now)
    if not was_here or was_typing is not is_typing:
        await notify(session, conversation.municipality)
    if was_typing is not is_typing:
        await notify_citizen(session, conversation.id)


async def leave(session: AsyncSession, conversation: Conversation, staff: Staff) -> None:
    """Note that a caseworker has closed the conversation, and tell the desks."""
    await session.execute(
        delete(Presence).where(
            Presence.conversation_id == conversation.id, Presence.staff_id == staff.id
        )
    )
    await notify(session, conversation.municipality)


async def others(
    session: AsyncSession, runtime: Runtime, conversation_id: ConversationId, staff_id: StaffId
) -> list[Here]:
    """List the colleagues who look at a conversation just now, by name."""
    now = runtime.clock.now()
    rows = await session.execute(
        select(Presence, Staff.name)
        .join(Staff, Staff.id == Presence.staff_id)
        .where(
            Presence.conversation_id == conversation_id,
            Presence.staff_id != staff_id,
            Presence.seen_at > now - GONE_AFTER,
        )
        .order_by(Staff.name)
    )
    return [Here(name, _is_typing(presence, now)) for presence, name in rows]


async def typist(session: AsyncSession, runtime: Runtime, conversation: Conversation) -> str | None:
    """Return the name of whoever holds a conversation while they write in it, or none."""
    found = await session.execute(
        select(Presence, Staff.name)
        .join(Staff, Staff.id == Presence.staff_id)
        .where(
            Presence.conversation_id == conversation.id,
            Presence.staff_id == conversation.owner_staff_id,
        )
    )
    row = found.first()
    return row[1] if row is not None and _is_typing(row[0], runtime.clock.now()) else None


async def _touch(
    session: AsyncSession, conversation_id: ConversationId, staff_id: StaffId, now: datetime
) -> None:
    """Note the holder's sign of life (livstegn): what nobody touches goes back to the queue."""
    await session.execute(
        update(Handoff)
        .where(
            Handoff.conversation_id == conversation_id,
            Handoff.state == HandoffState.TAKEN,
            Handoff.taken_by == staff_id,
        )
        .values(touched_at=now)
    )


def _is_here(presence: Presence, now: datetime) -> bool:
    return presence.seen_at > now - GONE_AFTER


def _is_typing(presence: Presence, now: datetime) -> bool:
    return presence.typing_at is not None and presence.typing_at > now - STILL_TYPING
