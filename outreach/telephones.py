"""What is on record of a telephone that we are about to call (telefonnumre)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from data.models.citizens import Channel, Citizen, ContactPoint, OptOut
from data.models.conversations import Direction, Message, MessageKind, MessageStatus
from data.values.time import at_local, day_of
from outreach.households import REACHED
from outreach.rules.decision import Reason
from outreach.rules.fallbacks import ONLY_NO_TEXTS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId

#: Whom a call is to, and at which number.
type Callee = tuple[CitizenId | None, str]


@dataclass(frozen=True, slots=True)
class Telephones:
    """The numbers about to be called, and whose they are."""

    protected: frozenset[CitizenId] = frozenset()
    #: Numbers whose holder wants no text messages: they are not called instead.
    opted_out: frozenset[str] = frozenset()
    #: Numbers that are somebody else's, or nobody's.
    distrusted: frozenset[Callee] = frozenset()
    #: Who was called today, and which numbers.
    called: set[CitizenId | str] = field(default_factory=set)

    def obstacle(self, callee: Callee) -> Reason | None:
        """Say why this citizen is not called at this number, if so."""
        citizen, number = callee
        if citizen in self.protected:
            return Reason.ADDRESS_PROTECTED
        if number in self.opted_out:
            return Reason.OPTED_OUT
        return Reason.NUMBER_DISTRUSTED if callee in self.distrusted else None

    def was_called_today(self, callee: Callee) -> bool:
        """Tell whether we called this citizen, or this number, today: answered or not."""
        return not self.called.isdisjoint(callee)

    def note(self, callee: Callee) -> None:
        """Count a call that is placed now."""
        self.called.update(each for each in callee if each is not None)


async def gather(
    session: AsyncSession, municipality: str, callees: Collection[Callee], now: datetime
) -> Telephones:
    """Find what is on record of these citizens and numbers."""
    if not callees:
        return Telephones()
    citizens = {citizen for citizen, _ in callees if citizen is not None}
    numbers = {number for _, number in callees}
    protected = await session.scalars(
        select(Citizen.id).where(Citizen.id.in_(citizens), Citizen.address_protected)
    )
    opted_out = await session.scalars(
        select(OptOut.address).where(
            OptOut.municipality == municipality,
            OptOut.channel == Channel.SMS,
            OptOut.address.in_(numbers),
        )
    )
    distrusted = await session.execute(
        select(ContactPoint.citizen_id, ContactPoint.address).where(
            ContactPoint.municipality == municipality,
            ContactPoint.channel == Channel.SMS,
            ContactPoint.address.in_(numbers),
            ContactPoint.distrusted_at.is_not(None),
            ContactPoint.distrusted_because.not_in(ONLY_NO_TEXTS),
        )
    )
    return Telephones(
        frozenset(protected),
        frozenset(opted_out),
        frozenset((row.citizen_id, row.address) for row in distrusted),
        await _called_today(session, municipality, citizens, numbers, now),
    )


async def _called_today(
    session: AsyncSession,
    municipality: str,
    citizens: Collection[CitizenId],
    numbers: Collection[str],
    now: datetime,
) -> set[CitizenId | str]:
    rows = await session.execute(
        select(Message.citizen_id, Message.address).where(
            Message.municipality == municipality,
            or_(Message.citizen_id.in_(citizens), Message.address.in_(numbers)),
            Message.direction == Direction.OUT,
            Message.channel == Channel.VOICE,
            Message.kind == MessageKind.FIRST_CONTACT,
            Message.status.in_([*REACHED, MessageStatus.FAILED]),
            Message.sending_since >= at_local(day_of(now), 0),
        )
    )
    return {each for row in rows for each in row if each is not None}
