"""A citizen's addresses (kontaktoplysninger): which are theirs, and which may be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, select

from data.models.agreements import AgreementState
from data.models.citizens import Citizen, ContactPoint
from data.models.conversations import Awaiting, Conversation
from data.notifications import notify
from outreach import agreements, audit, citizens, identity_locks, stand_downs
from outreach.errors import ConflictError, NotFoundError
from outreach.overrides import ReasonMissingError
from outreach.rules.decision import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: Why an address is no longer used, when a caseworker said so.
WRONG: Final = "wrong_person"
STAFF: Final = "staff"


class NotLockedError(ConflictError):
    """Nobody has answered wrongly: there is nothing to open again."""

    code = "not_locked"


class AsItIsError(ConflictError):
    """The address stands so already."""

    code = "contact_as_it_is"


async def wrong_number(
    session: AsyncSession, runtime: Runtime, staff: Staff, point_id: int, reason: str
) -> ContactPoint:
    """Say that an address is not the citizen's (forkert nummer).

    It is written to no more, what waits for it stands down, and the conversation there is no
    longer the citizen's: whoever writes from it must prove who they are, from the beginning.

    Raises:
        NotFoundError: no such address in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        AsItIsError: it is distrusted already.
    """
    point = await _locked(session, staff, point_id, reason)
    if point.distrusted_at is not None:
        raise AsItIsError("distrusted")
    point.distrusted_at, point.distrusted_because = runtime.clock.now(), WRONG
    await stand_downs.to_address(session, runtime, point, Reason.NUMBER_DISTRUSTED)
    await _cut(session, point)
    await _record(session, runtime, point, staff, "contact_distrusted", reason, None, WRONG)
    return point


async def trust(
    session: AsyncSession, runtime: Runtime, staff: Staff, point_id: int, reason: str
) -> ContactPoint:
    """Say that an address is the citizen's after all; the conversation there proves itself anew.

    Raises:
        NotFoundError: no such address in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        AsItIsError: it is trusted already.
    """
    point = await _locked(session, staff, point_id, reason)
    if point.distrusted_at is None:
        raise AsItIsError("trusted")
    was = point.distrusted_because
    point.distrusted_at = point.distrusted_because = None
    await _record(session, runtime, point, staff, "contact_trusted", reason, was, None)
    return point


async def stop(
    session: AsyncSession, runtime: Runtime, staff: Staff, point_id: int, reason: str
) -> ContactPoint:
    """Stop messages to an address because the citizen asked a person to (framelding).

    Letters are not touched.

    Raises:
        NotFoundError: no such address in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        AsItIsError: it has said no already.
    """
    point = await _locked(session, staff, point_id, reason)
    is_new = await citizens.opt_out(
        session,
        runtime,
        municipality=point.municipality,
        channel=point.channel,
        address=point.address,
        source=STAFF,
        actor=audit.actor(staff),
    )
    if not is_new:
        raise AsItIsError("opted out")
    await stand_downs.to_address(session, runtime, point, Reason.OPTED_OUT)
    await _record(session, runtime, point, staff, "contact_stopped", reason, "open", "stopped")
    return point


async def allow(
    session: AsyncSession, runtime: Runtime, staff: Staff, point_id: int, wish: str
) -> ContactPoint:
    """Allow messages to an address again, only because the citizen wants them.

    Args:
        session: the caller's transaction.
        runtime: the clock.
        staff: who heard it.
        point_id: the address.
        wish: how and when the citizen said so; it stands on record.

    Raises:
        NotFoundError: no such address in the caseworker's municipality.
        ReasonMissingError: nothing is said of the citizen's own wish.
        AsItIsError: it had not said no.
    """
    point = await _locked(session, staff, point_id, wish)
    had_said_no = await citizens.opt_in(
        session,
        runtime,
        municipality=point.municipality,
        channel=point.channel,
        address=point.address,
        actor=audit.actor(staff),
    )
    if not had_said_no:
        raise AsItIsError("not opted out")
    await _record(session, runtime, point, staff, "contact_allowed", wish, "stopped", "open")
    return point


async def hold_talks(session: AsyncSession, *which: ColumnElement[bool]) -> Sequence[Conversation]:
    """Lock conversations: before their citizen, as whoever writes in one does."""
    found = await session.scalars(
        select(Conversation)
        .where(*which)
        .order_by(Conversation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def forget_identity(session: AsyncSession, citizen_id: CitizenId) -> None:
    """Let nobody go on as this citizen where they had proven who they are (en afdød)."""
    for talk in await hold_talks(session, Conversation.citizen_id == citizen_id):
        await _begin_anew(session, talk)
    await session.flush()


async def open_identity(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Let a citizen prove who they are again after wrong answers (genåbn identifikation).

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NotLockedError: nobody has answered wrongly.
    """
    talks = await hold_talks(session, Conversation.citizen_id == citizen.id)
    found = await citizens.hold(session, citizen, staff)
    if not reason.strip():
        raise ReasonMissingError("say why")
    had_any = await identity_locks.forget(session, runtime, found.municipality, found.id)
    if not had_any and not any(talk.identity_tries for talk in talks):
        raise NotLockedError("not locked")
    for talk in talks:
        talk.identity_tries = 0
    await audit.record(
        session,
        runtime,
        municipality=found.municipality,
        actor=audit.actor(staff),
        act="identity_opened",
        subject_kind="citizen",
        subject_id=found.id,
        why=reason,
    )
    await notify(session, found.municipality)


async def _cut(session: AsyncSession, point: ContactPoint) -> None:
    """Take the citizen out of the conversation at an address that is not theirs."""
    theirs = Conversation.citizen_id == point.citizen_id
    for talk in await hold_talks(session, *_at(point), theirs):
        await _begin_anew(session, talk)
        talk.citizen_id = None
    await session.flush()


def _at(point: ContactPoint) -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.municipality == point.municipality,
        Conversation.channel == point.channel,
        Conversation.address == point.address,
    )


async def _begin_anew(session: AsyncSession, talk: Conversation) -> None:
    """Take back proof, questions and offers; an answer written before is dropped at the door."""
    await agreements.withdraw(session, talk, AgreementState.SUPERSEDED)
    talk.identity_level, talk.identity_at, talk.identity_tries = 0, None, 0
    talk.identity_birth_date = talk.identity_claim_ref = None
    talk.awaiting, talk.choices = Awaiting.NOTHING, []
    talk.wanted = talk.wanted_message_id = None
    talk.owner_number += 1


async def _locked(
    session: AsyncSession, staff: Staff, point_id: int, reason: str
) -> ContactPoint:  # fmt: skip
    point = await session.get(ContactPoint, point_id)
    if point is None or point.municipality != staff.municipality:
        raise NotFoundError("no such address")
    await hold_talks(session, *_at(point))
    await session.get_one(Citizen, point.citizen_id, with_for_update=True)
    held = await session.get_one(
        ContactPoint, point_id, with_for_update=True, populate_existing=True
    )  # fmt: skip
    if not reason.strip():
        raise ReasonMissingError("say why")
    return held


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    point: ContactPoint,
    staff: Staff,
    act: str,
    why: str,
    *states: str | None,
) -> None:
    was, now = states
    await audit.record(
        session,
        runtime,
        municipality=point.municipality,
        actor=audit.actor(staff),
        act=act,
        subject_kind="citizen",
        subject_id=point.citizen_id,
        before={"state": was},
        after={"state": now},
        why=why,
        contact=point.id,
        channel=point.channel.value,
    )
    await notify(session, point.municipality)
