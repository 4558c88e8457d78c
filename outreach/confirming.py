"""An address proves to be its citizen's (bekræftet kontaktoplysning), and may be used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.citizens import ContactPoint
from outreach import audit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Channel
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: What confirmed it: a proof written from it, or a code that was sent there and came back.
REPLY: Final = "reply"
CODE: Final = "code"
#: Only a person lifts this: somebody else answered there, or a caseworker said so.
_FOR_PEOPLE: Final = "wrong_person"


async def confirm(
    session: AsyncSession,
    runtime: Runtime,
    citizen_id: CitizenId,
    channel: Channel,
    *,
    by: str,
    address: str | None = None,
) -> None:
    """Note that a citizen was reached at their own address: it is trusted from now on.

    What was on hold because nothing came through is written to again; "wrong person" stays on
    hold. Without `address` it is the one address they have on the channel.
    """
    query = select(ContactPoint).where(
        ContactPoint.citizen_id == citizen_id, ContactPoint.channel == channel
    )
    if address is not None:
        query = query.where(ContactPoint.address == address)
    else:
        query = query.where(ContactPoint.distrusted_at.is_(None))
    found = list(await session.scalars(query.with_for_update()))
    if len(found) != 1:
        return
    [point] = found
    point.confirmed_at, point.confirmed_by = runtime.clock.now(), by
    if point.distrusted_at is None or point.distrusted_because == _FOR_PEOPLE:
        return
    was, point.distrusted_at, point.distrusted_because = point.distrusted_because, None, None
    await audit.record(
        session,
        runtime,
        municipality=point.municipality,
        actor=audit.CITIZEN,
        act="contact_trusted",
        subject_kind="citizen",
        subject_id=citizen_id,
        before={"state": was},
        after={"state": None},
        contact=point.id,
        channel=channel.value,
    )
