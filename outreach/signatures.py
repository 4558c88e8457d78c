"""Signs what a caseworker writes, so that the citizen knows that a person does (underskrift)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from data.models.conversations import Message, MessageKind, MessageStatus
from outreach.texts import catalogue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.models.handoffs import Handoff
    from data.models.staff import Staff
    from outreach.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands before and after a caseworker's words in one language."""

    opening: str
    closing: str
    is_first: bool

    def on(self, body: str) -> str:
        """Return an answer as the citizen gets it."""
        return self.first(body) if self.is_first else self.later(body)

    def first(self, body: str) -> str:
        """Say before the words that a person writes, and who."""
        return f"{self.opening}\n\n{body}"

    def later(self, body: str) -> str:
        """Say shortly after the words who wrote them."""
        return f"{body}\n\n{self.closing}"

    def off(self, signed: str) -> str:
        """Return the caseworker's own words of an answer."""
        return signed.removeprefix(self.first("")).removesuffix(self.later(""))

    @property
    def added(self) -> str:
        """What is put to the next answer, as the counter of letters must know."""
        return self.first("") if self.is_first else self.later("")


async def of(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    handoff: Handoff,
    staff: Staff,
) -> Signature:
    """Return how a caseworker's next answer is signed: fully the first time since they took over.

    The first names them and the municipality. Source: AI Act, article 50: who writes with a person
    is not left to believe that it is a machine, nor the other way round.
    """
    language = conversation.language.value
    name = first_name(staff)
    policy = runtime.policies[conversation.municipality]
    texts = catalogue(language)
    return Signature(
        opening=texts.render(
            "conversation.person_writes", name=name, municipality=policy.name.of(language)
        ),
        closing=texts.render("caseworker.regards", name=name),
        is_first=not await has_answered(session, handoff, staff),
    )


async def has_answered(session: AsyncSession, handoff: Handoff, staff: Staff) -> bool:
    """Tell whether a caseworker has written to the citizen since they took a handoff over."""
    wrote = exists().where(
        Message.conversation_id == handoff.conversation_id,
        Message.staff_id == staff.id,
        Message.kind == MessageKind.STAFF_ANSWER,
        Message.status != MessageStatus.STOOD_DOWN,
        Message.created_at >= handoff.taken_at,
    )
    return bool(await session.scalar(select(wrote)))


def first_name(staff: Staff) -> str:
    """Return the name a citizen knows a caseworker by: the first, and no more."""
    return staff.name.split()[0]
