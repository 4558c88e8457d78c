"""Protected names and addresses (navne- og adressebeskyttelse, CPR-loven § 28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Citizen
from data.notifications import notify
from outreach import audit, citizens, stand_downs
from outreach.errors import ConflictError
from outreach.overrides import ReasonMissingError
from outreach.rules.decision import Reason

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from outreach.runtime import Runtime


NOTED: Final = "protection_noted"


class ProtectionError(ConflictError):
    """It stands so already, or the ledger says so and only the ledger can take it back."""

    code = "protection"


async def protect(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Note that a citizen is protected; a file from the ledger cannot lift it from now on.

    A first message that waits is written anew, without the name.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        ProtectionError: it is noted already.
    """
    held = await _locked(session, citizen, staff, reason)
    if held.protection_noted_at is not None:
        raise ProtectionError("noted")
    was, held.address_protected = held.address_protected, True
    held.protection_noted_at = held.updated_at = runtime.clock.now()
    await session.flush()
    await stand_downs.of_first_contacts(session, runtime, held.id, Reason.ADDRESS_PROTECTED)
    await _record(session, runtime, held, staff, NOTED, reason, was=was)


async def lift(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, staff: Staff, reason: str
) -> None:
    """Take the note of a protection back; one that the ledger told before it stands.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        ProtectionError: nobody noted it here.
    """
    held = await _locked(session, citizen, staff, reason)
    if held.protection_noted_at is None:
        raise ProtectionError("not noted")
    held.address_protected = await _was_protected_before(session, held)
    held.protection_noted_at = None
    held.updated_at = runtime.clock.now()
    await session.flush()
    await _record(session, runtime, held, staff, "protection_lifted", reason, was=True)


async def _was_protected_before(session: AsyncSession, citizen: Citizen) -> bool:
    """Tell whether the citizen was protected already when it was noted here."""
    facts = await session.scalar(
        select(AuditEntry.facts)
        .where(
            AuditEntry.subject_kind == "citizen",
            AuditEntry.subject_id == str(citizen.id),
            AuditEntry.act == NOTED,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return facts is not None and bool(facts["before"]["address_protected"])


async def _locked(session: AsyncSession, citizen: Citizen, staff: Staff, reason: str) -> Citizen:
    held = await citizens.hold(session, citizen, staff)
    if not reason.strip():
        raise ReasonMissingError("say why")
    return held


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    act: str,
    reason: str,
    *,
    was: bool,
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=citizen.municipality,
        actor=audit.actor(staff),
        act=act,
        subject_kind="citizen",
        subject_id=citizen.id,
        before={"address_protected": was},
        after={"address_protected": citizen.address_protected},
        why=reason,
    )
    await notify(session, citizen.municipality)
