"""Who a number belongs to, and whether they may be written to (borgere)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from data.models.citizens import Channel, Citizen, ContactPoint, OptOut
from data.notifications import notify
from data.values.ids import DebtorKind, DebtorNumber
from outreach import audit, claims, suspensions, withdrawals
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.rules.suspension import Because

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: Years.
_OF_AGE = 18


class UnfreezeReasonError(MindeligError):
    """A freeze is lifted with a reason, or not at all."""

    code = "reason_missing"


class NotFrozenError(ConflictError):
    """The citizen is not frozen, or somebody has lifted it already."""

    code = "not_frozen"


def is_minor(citizen: Citizen, today: date) -> bool:
    """Tell whether a citizen is under 18 (umyndig, værgemålsloven § 1), by their CPR number."""
    if citizen.debtor_kind is DebtorKind.BUSINESS:
        return False
    born = DebtorNumber(citizen.debtor_id, citizen.debtor_kind).birth_date
    if born is None:
        return False
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday) < _OF_AGE


async def holders(
    session: AsyncSession, municipality: str, channel: Channel, address: str
) -> list[Citizen]:
    """Return the citizens an address is known to belong to, and is not distrusted for."""
    found = await session.scalars(
        select(Citizen)
        .join(ContactPoint, ContactPoint.citizen_id == Citizen.id)
        .where(
            ContactPoint.municipality == municipality,
            ContactPoint.channel == channel,
            ContactPoint.address == address,
            ContactPoint.distrusted_at.is_(None),
        )
        .order_by(Citizen.created_at)
    )
    return list(found.unique())


async def opt_out(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    channel: Channel,
    address: str,
    source: str,
) -> bool:
    """Store a no (framelding) for one address; tell whether it is new. Letters are not touched."""
    row = insert(OptOut).values(
        municipality=municipality,
        channel=channel,
        address=address,
        at=runtime.clock.now(),
        source=source,
    )
    stored = await session.scalar(
        row.on_conflict_do_nothing(index_elements=["municipality", "channel", "address"]).returning(
            OptOut.id
        )
    )
    if stored is None:
        return False
    await audit.record(
        session,
        runtime,
        municipality=municipality,
        actor=audit.CITIZEN,
        act="opted_out",
        subject_kind="opt_out",
        subject_id=stored,
        channel=channel.value,
        source=source,
    )
    return True


async def opt_in(
    session: AsyncSession, runtime: Runtime, *, municipality: str, channel: Channel, address: str
) -> bool:
    """Take back a no, because the citizen said so; tell whether there was one."""
    gone = await session.scalar(
        delete(OptOut)
        .where(
            OptOut.municipality == municipality,
            OptOut.channel == channel,
            OptOut.address == address,
        )
        .returning(OptOut.id)
    )
    if gone is None:
        return False
    await audit.record(
        session,
        runtime,
        municipality=municipality,
        actor=audit.CITIZEN,
        act="opted_in",
        subject_kind="opt_out",
        subject_id=gone,
        channel=channel.value,
    )
    return True


async def is_opted_out(
    session: AsyncSession, municipality: str, channel: Channel, address: str
) -> bool:
    """Tell whether an address has said no."""
    found = await session.scalar(
        select(OptOut.id).where(
            OptOut.municipality == municipality,
            OptOut.channel == channel,
            OptOut.address == address,
        )
    )
    return found is not None


async def distrust(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    channel: Channel,
    address: str,
    because: str,
) -> None:
    """Stop writing to an address for every citizen it stands for (wrong person, unreachable)."""
    await session.execute(
        update(ContactPoint)
        .where(
            ContactPoint.municipality == municipality,
            ContactPoint.channel == channel,
            ContactPoint.address == address,
            ContactPoint.distrusted_at.is_(None),
        )
        .values(distrusted_at=runtime.clock.now(), distrusted_because=because)
    )


async def freeze(
    session: AsyncSession,
    runtime: Runtime,
    citizen_id: CitizenId,
    *,
    because: str,
    actor: str = audit.ASSISTANT,
) -> None:
    """Stop all that is automatic for a citizen (fredning) until a person lifts it."""
    citizen = await session.get_one(Citizen, citizen_id, with_for_update=True)
    if citizen.frozen_at is not None:
        return
    citizen.frozen_at, citizen.frozen_because = runtime.clock.now(), because
    await audit.record(
        session,
        runtime,
        municipality=citizen.municipality,
        actor=actor,
        act="frozen",
        subject_kind="citizen",
        subject_id=citizen_id,
        because=because,
    )
    await withdrawals.weigh_again_of(session, runtime, citizen_id)
    await suspensions.suspend_of(session, runtime, citizen_id, Because.FROZEN)


async def unfreeze(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Let what is automatic begin again for a citizen (ophævet fredning): a person's decision.

    The reason is kept with the act, since there is no other record of it.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        UnfreezeReasonError: no reason is given.
        NotFrozenError: the citizen is not frozen, or not any more.
    """
    found = await session.get(Citizen, citizen.id, with_for_update=True, populate_existing=True)
    if found is None or found.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    if found.frozen_at is None:
        raise NotFrozenError("not frozen")
    if not reason.strip():
        raise UnfreezeReasonError("say why")
    because, found.frozen_at, found.frozen_because = found.frozen_because, None, None
    await audit.record(
        session,
        runtime,
        municipality=found.municipality,
        actor=f"staff:{staff.id}",
        act="unfrozen",
        subject_kind="citizen",
        subject_id=found.id,
        was=because,
        reason=reason.strip(),
    )
    actor = f"staff:{staff.id}"
    await claims.begin_again(session, runtime, found.id, because="unfrozen", actor=actor)
    await suspensions.resume_of(session, runtime, found.id, Because.FROZEN)
    await notify(session, found.municipality)
