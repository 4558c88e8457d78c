"""Who a number belongs to, and whether they may be written to (borgere)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from data.models.cases import Circumstances
from data.models.citizens import Channel, Citizen, ContactPoint, Language, OptOut
from data.models.conversations import Conversation
from data.models.notes import NoteKind
from data.notifications import notify
from data.values.ids import DebtorKind, DebtorNumber
from outreach import audit, claims, notes, suspensions, withdrawals
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.overrides import NotAllowedError, ReasonMissingError
from outreach.rules.decision import Reason, Refused
from outreach.rules.suspension import Because

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: Years.
_OF_AGE = 18
#: On these the address is a telephone number: whose it is on one, it is on the other.
_BY_NUMBER = frozenset({Channel.SMS, Channel.VOICE})


class UnfreezeReasonError(MindeligError):
    """A freeze is lifted with a reason, or not at all."""

    code = "reason_missing"


class NotFrozenError(ConflictError):
    """The citizen is not frozen, or somebody has lifted it already."""

    code = "not_frozen"


class FrozenError(ConflictError):
    """The citizen is frozen already."""

    code = "frozen"


class UnknownCaseError(MindeligError):
    """A citizen is frozen because of a hard case (hård sag) that there is."""

    code = "unknown_case"


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
            ContactPoint.channel.in_(_BY_NUMBER if channel in _BY_NUMBER else {channel}),
            ContactPoint.address == address,
            ContactPoint.distrusted_at.is_(None),
        )
        .order_by(Citizen.created_at)
    )
    return list(found.unique())


async def trusted_points(
    session: AsyncSession, citizen_id: CitizenId, channel: Channel
) -> list[ContactPoint]:
    """Return a citizen's addresses on a channel that may be used, the last confirmed first."""
    found = await session.scalars(
        select(ContactPoint)
        .where(
            ContactPoint.citizen_id == citizen_id,
            ContactPoint.channel == channel,
            ContactPoint.distrusted_at.is_(None),
        )
        .order_by(ContactPoint.confirmed_at.desc().nulls_last(), ContactPoint.id)
    )
    return list(found)


async def opt_out(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    channel: Channel,
    address: str,
    source: str,
    actor: str = audit.CITIZEN,
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
        actor=actor,
        act="opted_out",
        subject_kind="opt_out",
        subject_id=stored,
        channel=channel.value,
        source=source,
    )
    return True


async def opt_in(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    channel: Channel,
    address: str,
    actor: str = audit.CITIZEN,
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
        actor=actor,
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
    why: str | None = None,
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
        why=why,
        because=because,
    )
    await withdrawals.weigh_again_of(session, runtime, citizen_id)
    await suspensions.suspend_of(session, runtime, citizen_id, Because.FROZEN)


async def hold(session: AsyncSession, citizen: Citizen, staff: Staff) -> Citizen:
    """Lock a citizen for what a caseworker does to them, and read them anew.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
    """
    held = await session.get(Citizen, citizen.id, with_for_update=True, populate_existing=True)
    if held is None or held.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    return held


async def freeze_by_staff(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, because: str, why: str
) -> None:
    """Stop all that is automatic for a citizen because a caseworker says so (fredning).

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        UnknownCaseError: it is none of the hard cases.
        FrozenError: the citizen is frozen already.
    """
    found = await hold(session, citizen, staff)
    if not why.strip():
        raise ReasonMissingError("say why")
    if because not in runtime.lexicon.kinds:
        raise UnknownCaseError("no such hard case")
    if found.frozen_at is not None:
        raise FrozenError("frozen")
    actor = audit.actor(staff)
    await freeze(session, runtime, found.id, because=because, actor=actor, why=why)
    await notify(session, found.municipality)


async def prefer_language(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    language: Language,
    why: str,
) -> None:
    """Write to a citizen in the language they prefer, in all their conversations (sprog).

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
    """
    # The conversations first, as whoever writes in one does: no two wait for each other.
    theirs = select(Conversation.id).where(Conversation.citizen_id == citizen.id)
    await session.execute(theirs.order_by(Conversation.id).with_for_update())
    found = await hold(session, citizen, staff)
    if not why.strip():
        raise ReasonMissingError("say why")
    was, found.language = found.language, language
    found.language_noted_at = found.updated_at = runtime.clock.now()
    await session.execute(
        update(Conversation).where(Conversation.citizen_id == found.id).values(language=language)
    )
    await audit.record(
        session,
        runtime,
        municipality=found.municipality,
        actor=audit.actor(staff),
        act="language_preferred",
        subject_kind="citizen",
        subject_id=found.id,
        before={"language": was.value},
        after={"language": language.value},
        why=why,
    )
    await notify(session, found.municipality)


async def is_deceased(session: AsyncSession, citizen_id: CitizenId) -> bool:
    """Tell whether a citizen is on record as dead."""
    known = await session.get(Circumstances, citizen_id)
    return known is not None and known.deceased_on is not None


async def unfreeze(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Let what is automatic begin again for a citizen (ophævet fredning): a person's decision.

    The reason tells what was done for the citizen; it is kept as a note, and with the act.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        UnfreezeReasonError: no reason is given.
        NotFrozenError: the citizen is not frozen, or not any more.
        NotAllowedError: they are on record as dead; that is put right first.
    """
    found = await hold(session, citizen, staff)
    if found.frozen_at is None:
        raise NotFrozenError("not frozen")
    if not reason.strip():
        raise UnfreezeReasonError("say why")
    if await is_deceased(session, found.id):
        raise NotAllowedError(Refused(Reason.DECEASED))
    because, found.frozen_at, found.frozen_because = found.frozen_because, None, None
    await audit.record(
        session,
        runtime,
        municipality=found.municipality,
        actor=audit.actor(staff),
        act="unfrozen",
        subject_kind="citizen",
        subject_id=found.id,
        before={"frozen_because": because},
        after={"frozen_because": None},
        why=reason,
    )
    await notes.write(session, runtime, found, staff, reason, NoteKind.ASSESSMENT)
    actor = audit.actor(staff)
    await claims.begin_again(session, runtime, found.id, because="unfrozen", actor=actor)
    await suspensions.resume_of(session, runtime, found.id, Because.FROZEN)
    await notify(session, found.municipality)
