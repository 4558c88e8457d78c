"""Whose page it is that somebody opens, and whether it is on their own list (egen liste)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, union_all

from data.models.agreements import Agreement
from data.models.audit import AuditEntry
from data.models.cases import Task, TaskState
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.conversations import Conversation
from data.models.handoffs import Handoff, HandoffState
from data.models.payments import Payment
from data.models.readings import Reading

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import CitizenId

#: What a page can be about, and where its citizen stands.
_OWNED: Final[dict[str, type[Claim | Agreement | Conversation | Task]]] = {
    "claim": Claim,
    "agreement": Agreement,
    "conversation": Conversation,
    "task": Task,
}


async def citizen_behind(
    session: AsyncSession, municipality: str, kind: str, number: UUID
) -> tuple[bool, Citizen | None]:
    """Tell whether there is such a thing in this municipality, and whose it is, if anybody's."""
    if kind == "citizen":
        found = await session.scalar(
            select(Citizen).where(Citizen.id == number, Citizen.municipality == municipality)
        )
        return found is not None, found
    table = _OWNED[kind]
    row = (
        await session.execute(
            select(table.id, Citizen)
            .outerjoin(Citizen, Citizen.id == table.citizen_id)
            .where(table.id == number, table.municipality == municipality)
        )
    ).one_or_none()
    return row is not None, row[1] if row else None


async def why_listed(
    session: AsyncSession, staff: Staff, citizen_id: CitizenId, since: datetime
) -> str | None:
    """Return why a citizen is on somebody's own list, or none.

    A conversation waits or is theirs (`handoff`), a task of the office or of theirs is open
    (`task`, `payment`), or they ended one of these since an instant (`lately`).
    """
    ways = union_all(
        *_talks(staff, citizen_id, since),
        *_tasks(staff, citizen_id, since),
    ).subquery()
    query = select(ways.c.rank, ways.c.why).order_by(ways.c.rank).limit(1)
    row = (await session.execute(query)).one_or_none()
    return row.why if row else None


async def talk_is_listed(session: AsyncSession, staff: Staff, conversation_id: UUID) -> bool:
    """Tell whether a conversation waits for a person, or is held by this one."""
    found = await session.scalar(
        select(Handoff.id).where(
            Handoff.conversation_id == conversation_id, _mine_or_waiting(staff)
        )
    )
    return found is not None


async def stay(
    session: AsyncSession, staff: Staff, citizen_id: CitizenId, now: datetime
) -> Reading | None:
    """Return the reason for which somebody is at a citizen's pages now, or none."""
    return await session.scalar(
        select(Reading)
        .where(
            Reading.staff_id == staff.id,
            Reading.citizen_id == citizen_id,
            Reading.until > now,
            ~Reading.is_protected,
        )
        .order_by(Reading.until.desc())
        .limit(1)
    )


async def was_opened(
    session: AsyncSession, actor: str, kind: str, number: str, since: datetime
) -> bool:
    """Tell whether it is on record that somebody opened a page since an instant."""
    found = await session.scalar(
        select(AuditEntry.id)
        .where(
            AuditEntry.subject_kind == kind,
            AuditEntry.subject_id == number,
            AuditEntry.at > since,
            AuditEntry.actor == actor,
            AuditEntry.act == f"{kind}_opened",
        )
        .limit(1)
    )
    return found is not None


def _talks(staff: Staff, citizen_id: CitizenId, since: datetime) -> list[Select[int, str]]:
    theirs = select(Conversation.id).where(Conversation.citizen_id == citizen_id)
    of_them = or_(Handoff.citizen_id == citizen_id, Handoff.conversation_id.in_(theirs))
    ended = and_(Handoff.taken_by == staff.id, Handoff.closed_at > since)
    return [
        _way(
            1,
            "handoff",
            Handoff.municipality == staff.municipality,
            of_them,
            _mine_or_waiting(staff),
        ),
        _way(4, "lately", Handoff.municipality == staff.municipality, of_them, ended),
    ]


def _tasks(staff: Staff, citizen_id: CitizenId, since: datetime) -> list[Select[int, str]]:
    claims = select(Claim.id).where(Claim.citizen_id == citizen_id)
    agreements = select(Agreement.id).where(Agreement.citizen_id == citizen_id)
    payments = select(Payment.id).where(
        or_(Payment.claim_id.in_(claims), Payment.agreement_id.in_(agreements))
    )
    in_town = Task.municipality == staff.municipality
    of_them = or_(Task.citizen_id == citizen_id, Task.claim_id.in_(claims))
    is_open = and_(
        Task.state == TaskState.OPEN,
        or_(
            Task.assigned_to == staff.id,
            and_(
                Task.assigned_to.is_(None), or_(Task.unit.is_(None), Task.answered_at.is_not(None))
            ),
        ),
    )
    ended = and_(Task.closed_by == staff.id, Task.closed_at > since)
    return [
        _way(2, "task", in_town, of_them, is_open),
        _way(3, "payment", in_town, Task.payment_id.in_(payments), is_open),
        _way(4, "lately", in_town, of_them, ended),
    ]


def _mine_or_waiting(staff: Staff) -> ColumnElement[bool]:
    held = and_(Handoff.state == HandoffState.TAKEN, Handoff.taken_by == staff.id)
    return or_(Handoff.state == HandoffState.WAITING, held)


def _way(rank: int, why: str, *conditions: ColumnElement[bool]) -> Select[int, str]:
    return select(literal(rank).label("rank"), literal(why).label("why")).where(*conditions)
