"""Promises a call-back (tilbagekald): a task on the desk with its day, hours and number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.cases import Task, TaskState
from outreach import audit, tasks

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from outreach.rules.call_back import Slot
    from outreach.runtime import Runtime

KIND: Final = "call_back"


async def promise(
    session: AsyncSession, runtime: Runtime, talk: Conversation, slot: Slot, number: str
) -> Task:
    """Open the task, or move the one that is open for this conversation.

    Args:
        session: the caller's transaction; the conversation must be locked in it.
        runtime: the clock.
        talk: the conversation; nobody may be known to be in it.
        slot: when.
        number: which number to call, in E.164.
    """
    facts = {
        "conversation": str(talk.id),
        "call": number,
        "slot_on": slot.day.isoformat(),
        "slot_opens": f"{slot.part.opens:%H.%M}",
        "slot_closes": f"{slot.part.closes:%H.%M}",
    }
    task = await session.scalar(
        select(Task).where(
            Task.municipality == talk.municipality,
            Task.kind == KIND,
            Task.state == TaskState.OPEN,
            Task.facts["conversation"].astext == str(talk.id),
        )
    )
    if task is None:
        task = Task(
            municipality=talk.municipality,
            kind=KIND,
            citizen_id=talk.citizen_id,
            state=TaskState.OPEN,
            opened_at=runtime.clock.now(),
            facts=facts,
            due_on=slot.day,
        )
        session.add(task)
        await session.flush()
        await tasks.record(session, runtime, task, audit.CITIZEN, "task_opened", kind=KIND)
        return task
    task.facts, task.due_on = facts, slot.day
    await tasks.record(session, runtime, task, audit.CITIZEN, "task_moved", kind=KIND)
    return task
