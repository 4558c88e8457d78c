"""One voice to a household (husstand): whom of it we have written to, when, and about what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, union

from data.models.agreements import AgreementClaim
from data.models.claims import Decision
from data.models.conversations import Direction, Message, MessageKind, MessageStatus
from data.queries import relations
from data.values.time import day_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId, ClaimId

#: A message in one of these has, or may have, reached the citizen.
REACHED = (
    MessageStatus.SENDING,
    MessageStatus.ACCEPTED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.UNDELIVERED,
)


@dataclass(frozen=True, slots=True)
class Households:
    """The homes of the citizens about to be written to."""

    others: dict[CitizenId, frozenset[CitizenId]]
    #: Who had a first message today.
    written_today: set[CitizenId] = field(default_factory=set)
    #: Who has been written to about which claim.
    told: set[tuple[CitizenId, ClaimId]] = field(default_factory=set)

    @property
    def members(self) -> frozenset[CitizenId]:
        """Everybody who lives with one of them."""
        return frozenset(each for home in self.others.values() for each in home)

    def of(self, citizen_id: CitizenId | None) -> frozenset[CitizenId]:
        """Return with whom a citizen lives."""
        return frozenset() if citizen_id is None else self.others.get(citizen_id, frozenset())

    def had_word_today(self, citizen_id: CitizenId | None) -> bool:
        """Tell whether another of the home had a first message today."""
        return bool(self.of(citizen_id) & self.written_today)

    def was_told(self, citizen_id: CitizenId | None, claim_id: ClaimId) -> bool:
        """Tell whether another of the home was written to about this claim."""
        return any((other, claim_id) in self.told for other in self.of(citizen_id))

    def note(self, citizen_id: CitizenId | None) -> None:
        """Count a first message that leaves now."""
        if citizen_id is not None:
            self.written_today.add(citizen_id)


async def gather(
    session: AsyncSession, citizen_ids: Collection[CitizenId], now: datetime
) -> Households:
    """Find the homes of these citizens, and who of them was written to and about what."""
    if not citizen_ids:
        return Households({})
    found = Households(await relations.homes(session, citizen_ids, day_of(now)))
    if found.members:
        found.written_today.update(await _written_today(session, found.members, now))
        found.told.update(await _told(session, found.members))
    return found


async def _written_today(
    session: AsyncSession, members: Iterable[CitizenId], now: datetime
) -> set[CitizenId]:
    rows = await session.execute(
        select(Message.citizen_id, Message.sending_since).where(
            Message.citizen_id.in_(members),
            Message.direction == Direction.OUT,
            Message.kind == MessageKind.FIRST_CONTACT,
            Message.status.in_(REACHED),
            Message.sending_since.is_not(None),
        )
    )
    today = day_of(now)
    return {citizen_id for citizen_id, at in rows if citizen_id and at and day_of(at) == today}


async def _told(
    session: AsyncSession, members: Iterable[CitizenId]
) -> set[tuple[CitizenId, ClaimId]]:
    """Return which claims they were written to about unasked: first messages, words of a plan."""
    reached = (Message.citizen_id.in_(members), Message.status.in_(REACHED))
    first = (
        select(Message.citizen_id, Decision.claim_id)
        .join(Decision, Decision.message_id == Message.id)
        .where(*reached)
    )
    of_plans = (
        select(Message.citizen_id, AgreementClaim.claim_id)
        .join(AgreementClaim, AgreementClaim.agreement_id == Message.agreement_id)
        .where(*reached)
    )
    rows = await session.execute(union(first, of_plans))
    return {(citizen, claim) for citizen, claim in rows if citizen is not None}
