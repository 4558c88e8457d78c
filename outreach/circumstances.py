"""What the law asks about a citizen's life (forhold), as a caseworker has it on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from sqlalchemy import select

from data.models.cases import Circumstances, Task, TaskState
from data.models.citizens import Citizen
from data.models.conversations import Conversation
from data.notifications import notify
from data.values.time import day_of
from outreach import audit, citizens, claims, contacts, deaths, tasks
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.overrides import ReasonMissingError

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import CitizenId
    from data.values.money import Money
    from outreach.runtime import Runtime

SOCIAL_AUTHORITIES: Final = "tell_social_authorities"


class Facts(TypedDict, total=False):
    """What may be recorded; what is not named stays as it was, and none means not known."""

    benefit: str | None
    yearly_net_income: Money | None
    supports_others: bool | None
    children_at_home: bool | None
    social_authorities_told_on: date | None
    deceased_on: date | None


class CircumstanceError(MindeligError):
    """A fact cannot be true; `field` names it."""

    code = "circumstance"

    def __init__(self, field: str, text: str) -> None:
        """Take the field and what is wrong with it."""
        super().__init__(text)
        self.field = field


class DeathStandsError(CircumstanceError):
    """A death on record is not taken away like another fact: `undo_death` asks for a reason."""

    code = "death_stands"


class NotDeadError(ConflictError):
    """There is no death on record, or somebody has put it right already."""

    code = "not_dead"


async def record_circumstances(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    **facts: Unpack[Facts],
) -> Circumstances:
    """Put facts about a citizen's life on record; the record names what changed, not to what.

    A death stops all that is automatic (fredning) and all that is on its way, see `deaths`.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        CircumstanceError: a day that has not come, an income below zero, an unknown benefit.
        DeathStandsError: the day of a death is left out, which only `undo_death` does.
    """
    if citizen.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    _check(runtime, facts)
    if facts.get("deceased_on") is not None or await citizens.is_deceased(session, citizen.id):
        await contacts.hold_talks(session, Conversation.citizen_id == citizen.id)
    # Locked before it is read: two caseworkers at once write one after the other.
    await session.get_one(Citizen, citizen.id, with_for_update=True)
    known = await session.get(Circumstances, citizen.id, populate_existing=True)
    if known is None:
        known = Circumstances(municipality=citizen.municipality, citizen_id=citizen.id)
        session.add(known)
    if known.deceased_on is not None and facts.get("deceased_on", known.deceased_on) is None:
        raise DeathStandsError("deceased_on", "undo the death, with a reason")
    changed = sorted(name for name, value in facts.items() if getattr(known, name) != value)
    for name in changed:
        setattr(known, name, facts[name])  # type: ignore[literal-required]
    known.recorded_by, known.recorded_at = staff.id, runtime.clock.now()
    await session.flush()
    if changed:
        await _record(session, runtime, citizen, staff, changed)
    if {"benefit", "yearly_net_income"} & set(changed):
        # The law may have made payment wait until now: what follows counts from here.
        actor = f"staff:{staff.id}"
        await claims.begin_again(session, runtime, citizen.id, because="benefit", actor=actor)
    if known.deceased_on is not None:
        await deaths.stop_everything(session, runtime, citizen, staff)
    if known.social_authorities_told_on is not None:
        note = known.social_authorities_told_on.isoformat()
        await _told(session, runtime, citizen.id, staff, note)
    return known


async def record_death(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, on: date, reason: str
) -> None:
    """Put on record that a citizen has died, and how it is known (dødsfald).

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: nothing is said of how it is known.
        CircumstanceError: the day has not come.
    """
    if not reason.strip():
        raise ReasonMissingError("say how it is known")
    await record_circumstances(session, runtime, citizen, staff, deceased_on=on)
    await _record_death(session, runtime, citizen, staff, reason, (None, on))


async def undo_death(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Take back that a citizen has died: the wrong person, or a mistake (dødsfald tilbagetaget).

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NotDeadError: there is no death on record.
    """
    held = await citizens.hold(session, citizen, staff)
    if not reason.strip():
        raise ReasonMissingError("say why")
    known = await session.get(Circumstances, citizen.id, populate_existing=True)
    if known is None or known.deceased_on is None:
        raise NotDeadError("no death on record")
    was, known.deceased_on = known.deceased_on, None
    known.recorded_by, known.recorded_at = staff.id, runtime.clock.now()
    await session.flush()
    await _record_death(session, runtime, citizen, staff, reason, (was, None))
    await deaths.begin_again(session, runtime, held, staff, reason)


async def _record_death(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    reason: str,
    days: tuple[date | None, date | None],
) -> None:
    was, now = (day.isoformat() if day else None for day in days)
    await audit.record(
        session,
        runtime,
        municipality=citizen.municipality,
        actor=audit.actor(staff),
        act="death_recorded" if now else "death_undone",
        subject_kind="citizen",
        subject_id=citizen.id,
        before={"deceased_on": was},
        after={"deceased_on": now},
        why=reason,
    )


def _check(runtime: Runtime, facts: Facts) -> None:
    today = day_of(runtime.clock.now())
    days = {
        "social_authorities_told_on": facts.get("social_authorities_told_on"),
        "deceased_on": facts.get("deceased_on"),
    }
    for name, day in days.items():
        if day is not None and day > today:
            raise CircumstanceError(name, "the day has not come")
    income = facts.get("yearly_net_income")
    if income is not None and income.oere < 0:
        raise CircumstanceError("yearly_net_income", "an income is 0 kr. or more")
    benefit = facts.get("benefit")
    if benefit is not None and benefit not in benefits(runtime):
        raise CircumstanceError("benefit", "the law knows no such benefit")


def benefits(runtime: Runtime) -> list[str]:
    """Return the benefits that the law asks about today (`data/law/statutory.yml`)."""
    return sorted(runtime.law.statutory.on(day_of(runtime.clock.now())).respite_benefits)


async def _told(
    session: AsyncSession, runtime: Runtime, citizen_id: CitizenId, staff: Staff, note: str
) -> None:
    """Close the tasks that asked for it, on all the citizen's claims."""
    waiting = await session.scalars(
        select(Task.claim_id).where(
            Task.citizen_id == citizen_id,
            Task.kind == SOCIAL_AUTHORITIES,
            Task.state == TaskState.OPEN,
        )
    )
    for claim_id in waiting:
        if claim_id is not None:
            await tasks.settle(session, runtime, claim_id, SOCIAL_AUTHORITIES, staff, note)


async def _record(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, changed: list[str]
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=citizen.municipality,
        actor=f"staff:{staff.id}",
        act="circumstances_recorded",
        subject_kind="citizen",
        subject_id=citizen.id,
        changed=",".join(changed),
    )
    await notify(session, citizen.municipality)
