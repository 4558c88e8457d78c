"""Where a citizen can be reached (kontaktoplysninger), and whether it has worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from data.models.citizens import Channel, ContactPoint, OptOut
from data.models.conversations import Conversation, Direction, Message, MessageStatus
from data.values.phone import PhoneNumber

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of a citizen with what is known of it."""

    point: ContactPoint
    opted_out: OptOut | None
    #: When a message was last delivered there.
    delivered_at: datetime | None

    @property
    def spoken(self) -> str:
        """The address as people read it."""
        is_number = self.point.channel in {Channel.SMS, Channel.VOICE}
        is_number = is_number and self.point.address.startswith("+")
        return PhoneNumber(self.point.address).national() if is_number else self.point.address


async def of_citizen(session: AsyncSession, citizen_id: CitizenId) -> list[Contact]:
    """List a citizen's addresses: those in use first, the newest of them first."""
    delivered = (
        select(func.max(Message.status_at))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.municipality == ContactPoint.municipality,
            Conversation.channel == ContactPoint.channel,
            Conversation.address == ContactPoint.address,
            Message.direction == Direction.OUT,
            Message.status == MessageStatus.DELIVERED,
        )
        .correlate(ContactPoint)
        .scalar_subquery()
    )
    said_no = and_(
        OptOut.municipality == ContactPoint.municipality,
        OptOut.channel == ContactPoint.channel,
        OptOut.address == ContactPoint.address,
    )
    found = await session.execute(
        select(ContactPoint, OptOut, delivered)
        .outerjoin(OptOut, said_no)
        .where(ContactPoint.citizen_id == citizen_id)
        .order_by(ContactPoint.distrusted_at.is_not(None), ContactPoint.id.desc())
    )
    return [Contact(*row) for row in found]
