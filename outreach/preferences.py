"""What a citizen wants of us on all channels together (ønsker om kontakt)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.citizens import Channel, ContactPoint
from data.models.conversations import Conversation
from data.notifications import notify
from outreach import audit, citizens
from outreach.errors import ConflictError
from outreach.overrides import ReasonMissingError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.staff import Staff
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

    type Way = tuple[Channel, str]

#: Who said it, as an opt-out keeps it.
BY_CITIZEN: Final = "citizen"
BY_STAFF: Final = "staff"
#: A number is written to on one of these and called on the other.
_TELEPHONE: Final = (Channel.SMS, Channel.VOICE)
#: Where they write to us, we write back: a chat they open themselves is not stopped.
_REACHED: Final = frozenset({Channel.SMS, Channel.VOICE, Channel.TELEGRAM, Channel.EMAIL})


class SaidNoError(ConflictError):
    """Every address has said no already."""

    code = "contact_as_it_is"


async def stop_everywhere(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    citizen_id: CitizenId,
    *,
    source: str = BY_CITIZEN,
    actor: str = audit.CITIZEN,
    why: str | None = None,
) -> bool:
    """Store a no for every address of a citizen, on every channel; tell whether any is new.

    A number is neither written to nor called. Letters are not touched. The last look before
    each message reads it, so it holds from the same second.
    """
    is_new = False
    for channel, address in await _ways(session, citizen_id):
        is_new |= await citizens.opt_out(
            session,
            runtime,
            municipality=municipality,
            channel=channel,
            address=address,
            source=source,
            actor=actor,
        )
    if is_new:
        await audit.record(
            session,
            runtime,
            municipality=municipality,
            actor=actor,
            act="stopped_everywhere",
            subject_kind="citizen",
            subject_id=citizen_id,
            why=why,
        )
    return is_new


async def stop_everywhere_by_staff(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Stop all messages to a citizen because they asked a person to (framelding overalt).

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        SaidNoError: every address has said no already.
    """
    found = await citizens.hold(session, citizen, staff)
    if not reason.strip():
        raise ReasonMissingError("say when and how they asked")
    is_new = await stop_everywhere(
        session,
        runtime,
        found.municipality,
        found.id,
        source=BY_STAFF,
        actor=audit.actor(staff),
        why=reason,
    )
    if not is_new:
        raise SaidNoError("opted out")
    await notify(session, found.municipality)


async def _ways(session: AsyncSession, citizen_id: CitizenId) -> list[Way]:
    """Return every way a citizen can be reached, in one order for all who store a no."""
    points = await session.execute(
        select(ContactPoint.channel, ContactPoint.address).where(
            ContactPoint.citizen_id == citizen_id
        )
    )
    talks = await session.execute(
        select(Conversation.channel, Conversation.address).where(
            Conversation.citizen_id == citizen_id
        )
    )
    known = {(row.channel, row.address) for row in (*points, *talks)}
    known |= {(way, address) for channel, address in known if channel in _TELEPHONE
              for way in _TELEPHONE}  # fmt: skip
    return sorted(way for way in known if way[0] in _REACHED)
