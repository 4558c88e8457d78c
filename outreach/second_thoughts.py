"""Takes back what a caseworker has just done at the desk (fortryd), while nobody has felt it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.conversations import Message, MessageKind, MessageStatus, Owner
from data.models.handoffs import HandoffState
from outreach import handoffs
from outreach.errors import ConflictError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.models.handoffs import Handoff
    from data.models.staff import Staff
    from data.values.ids import HandoffId, MessageId
    from outreach.runtime import Runtime

#: How long an answer waits, and the word that the assistant is back, before it leaves.
UNDO_WITHIN: Final = timedelta(seconds=7)
#: How long handing back can be undone: as long as the page still says that it was done.
TAKE_BACK_WITHIN: Final = timedelta(minutes=2)
#: Why an answer could not be stopped: it has left, or was never theirs.
LEFT: Final = "left"
#: Why an answer was not sent.
RECALLED: Final = "recalled"


async def stop_answer(
    session: AsyncSession,
    runtime: Runtime,
    handoff_id: HandoffId,
    staff: Staff,
    message_id: MessageId,
) -> Message:
    """Take a caseworker's own answer back before it has left.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: `LEFT`: there is no such answer of theirs that still waits.
    """
    handoff, conversation = await handoffs.locked(session, handoff_id, staff)
    message = await session.scalar(
        select(Message)
        .where(
            Message.id == message_id,
            Message.conversation_id == conversation.id,
            Message.staff_id == staff.id,
            Message.kind == MessageKind.STAFF_ANSWER,
            Message.status == MessageStatus.QUEUED,
        )
        .with_for_update()
    )
    if message is None:
        raise ConflictError(LEFT)
    message.status, message.status_at = MessageStatus.STOOD_DOWN, runtime.clock.now()
    message.stood_down_because = RECALLED
    await handoffs.record(session, runtime, handoff, f"staff:{staff.id}", "answer_stopped")
    return message


async def take_back(
    session: AsyncSession, runtime: Runtime, handoff_id: HandoffId, staff: Staff
) -> Handoff:
    """Undo handing back (fortryd): the caseworker has the conversation as before.

    Raises:
        NotFoundError: no such handoff in the caseworker's municipality.
        ConflictError: it was not theirs, it is long ago, or somebody else has begun since.
    """
    handoff, conversation = await handoffs.locked(session, handoff_id, staff)
    now = runtime.clock.now()
    if not can_take_back(handoff, conversation, staff, now):
        raise ConflictError("closed")
    handoff.state, handoff.closed_at, handoff.close_note = HandoffState.TAKEN, None, None
    handoff.touched_at = now
    handoffs.give(conversation, runtime, Owner.STAFF, staff.id)
    await handoffs.record(session, runtime, handoff, f"staff:{staff.id}", "hand_back_undone")
    return handoff


def can_take_back(
    handoff: Handoff, conversation: Conversation, staff: Staff, now: datetime
) -> bool:
    """Tell whether a caseworker has just handed this back, and nobody else has begun since."""
    return (
        handoff.taken_by == staff.id
        and conversation.owner is Owner.ASSISTANT
        and handoff.closed_at is not None
        and handoff.closed_at == conversation.owner_since
        and now - handoff.closed_at <= TAKE_BACK_WITHIN
    )
