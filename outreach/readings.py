"""Why a citizen's pages are opened (opslag): on one's own list, or for a reason that is given.

A stay lasts an hour. A protected person (navne- og adressebeskyttelse, CPR-loven § 28) is opened
for a reason each time, also from one's own list, and a stay there is bound to the address that
carries its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import update

from data.models.readings import Reading, ReadingGround
from data.queries import readings as queries
from data.values.ids import new_id
from outreach import audit
from outreach.errors import MindeligError, NotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.staff import Staff
    from outreach.runtime import Runtime

STAY: Final = timedelta(minutes=60)
LONGEST_REASON: Final = 400


class GroundMissingError(MindeligError):
    """It is not said which kind of reason it is."""

    code = "ground_missing"


class ReasonTooShortError(MindeligError):
    """The reason says nothing."""

    code = "reason_missing"


@dataclass(frozen=True, slots=True)
class Page:
    """What somebody opens: of which kind, its number, and the citizen it is about, if any."""

    kind: str
    number: str
    citizen: Citizen | None

    @property
    def is_protected(self) -> bool:
        """Whether it is about somebody whose name and address are protected."""
        one = self.citizen
        return one is not None and bool(one.address_protected or one.protection_noted_at)


@dataclass(frozen=True, slots=True)
class Access:
    """Why a page may be opened: as `listed` on one's own list, or for the reason of a stay."""

    listed: str | None = None
    reading: Reading | None = None


async def page(session: AsyncSession, staff: Staff, kind: str, number: UUID) -> Page:
    """Return what somebody asks to open.

    Raises:
        NotFoundError: there is no such thing in their municipality.
    """
    is_there, citizen = await queries.citizen_behind(session, staff.municipality, kind, number)
    if not is_there:
        raise NotFoundError(f"no such {kind}")
    return Page(kind, str(number), citizen)


async def access(
    session: AsyncSession, runtime: Runtime, staff: Staff, asked: Page, carried: UUID | None
) -> Access | None:
    """Return why somebody may open a page now, or none: they are asked for a reason first.

    Args:
        session: the caller's transaction.
        runtime: the clock.
        staff: who opens it.
        asked: what they open.
        carried: the stay that the page's address carries.
    """
    if asked.citizen is None:
        return Access(listed="nobody")
    if asked.kind == "task" and not asked.is_protected:
        return Access(listed="work")  # the list of tasks is everybody's; the opening is on record
    if asked.kind == "conversation":
        is_listed = not asked.is_protected or await queries.talk_is_listed(
            session, staff, UUID(asked.number)
        )
        if is_listed:
            return Access(listed="talk")
    found = await _carried(session, runtime, staff, asked.citizen, carried)
    if found is not None or asked.is_protected:
        return Access(reading=found) if found else None
    now = runtime.clock.now()
    listed = await queries.why_listed(session, staff, asked.citizen.id, now - STAY)
    if listed is not None:
        return Access(listed=listed)
    found = await queries.stay(session, staff, asked.citizen.id, now)
    return Access(reading=found) if found else None


async def give_reason(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    citizen: Citizen,
    *,
    ground: str,
    reason: str,
) -> Reading:
    """Write down why somebody opens a citizen; their pages are open to them for an hour.

    Raises:
        NotFoundError: the citizen is not of their municipality.
        GroundMissingError: no kind of reason is chosen.
        ReasonTooShortError: the reason says nothing, or too much.
    """
    if citizen.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    if ground not in set(ReadingGround):
        raise GroundMissingError("choose one")
    said = audit.without_numbers(reason.strip())
    if not said or len(said) > LONGEST_REASON:
        raise ReasonTooShortError("say why")
    now = runtime.clock.now()
    stay = Reading(
        id=new_id(),
        municipality=staff.municipality,
        staff_id=staff.id,
        citizen_id=citizen.id,
        ground=ReadingGround(ground),
        reason=said,
        is_protected=bool(citizen.address_protected or citizen.protection_noted_at),
        opened_at=now,
        until=now + STAY,
    )
    session.add(stay)
    return stay


async def end_stays(session: AsyncSession, runtime: Runtime, staff: Staff) -> None:
    """End all stays of somebody who signs out."""
    now = runtime.clock.now()
    await session.execute(
        update(Reading).where(Reading.staff_id == staff.id, Reading.until > now).values(until=now)
    )


async def note_opened(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    opened: Page,
    why: Access,
    act: str,
) -> None:
    """Put on record that somebody read a page: which, whose, and why they could."""
    stay = why.reading
    facts: dict[str, str | None] = {"listed": why.listed} if stay is None else {
        "reading": str(stay.id), "ground": stay.ground.value
    }  # fmt: skip
    if opened.citizen is not None and opened.kind != "citizen":
        facts["citizen"] = str(opened.citizen.id)
    await audit.record(
        session,
        runtime,
        municipality=staff.municipality,
        actor=audit.actor(staff),
        act=act,
        subject_kind=opened.kind,
        subject_id=opened.number,
        why=stay.reason if stay else None,
        **facts,
    )


async def was_opened(session: AsyncSession, staff: Staff, asked: Page, since: datetime) -> bool:
    """Tell whether it is on record that somebody has opened this very page since an instant."""
    actor = audit.actor(staff)
    return await queries.was_opened(session, actor, asked.kind, asked.number, since)


async def note_search(
    session: AsyncSession, runtime: Runtime, staff: Staff, *, among: str, asked: str, hits: int
) -> None:
    """Put on record that somebody searched, among what, and how many were found.

    Not the words: a name or a number typed there is personal data, often of somebody who is not
    in our files at all, and the record is never deleted. Whom they then open is on record.
    """
    if not asked:
        return
    await audit.record(
        session,
        runtime,
        municipality=staff.municipality,
        actor=audit.actor(staff),
        act="searched",
        subject_kind="search",
        subject_id=among,
        by="number" if any(letter.isdigit() for letter in asked) else "name",
        hits=hits,
    )


async def _carried(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    citizen: Citizen,
    carried: UUID | None,
) -> Reading | None:
    found = await session.get(Reading, carried) if carried else None
    if found is None or found.staff_id != staff.id or found.citizen_id != citizen.id:
        return None
    return found if found.until > runtime.clock.now() else None
