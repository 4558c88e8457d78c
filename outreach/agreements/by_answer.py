"""A plain yes to what a caseworker proposed (svar på forslag), while a person has the talk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.models.agreements import ASSISTANT, Agreement
from outreach.agreements.concluding import accept
from outreach.agreements.offers import open_offer
from outreach.agreements.terms import Refusal
from outreach.rules.yes_words import says_yes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from outreach.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Which text confirms an agreement in the conversation, and what it asks for."""

    key: str
    values: dict[str, Any]


async def conclude_by_answer(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, message: Message
) -> Confirmed | None:
    """Conclude a caseworker's proposal where the message is a yes to it and nothing else.

    Return what confirms it; none: it is for the person to read. A refusal is theirs too: they see
    the proposal leave the table.
    """
    if not says_yes(message.body):
        return None
    offered = await open_offer(session, conversation)
    if offered is None or offered.proposed_by == ASSISTANT:
        return None
    done = await accept(session, runtime, conversation, message.id)
    return None if isinstance(done, Refusal) else confirmed(done)


def confirmed(agreement: Agreement) -> Confirmed:
    """Say how an agreement is confirmed in the conversation in which the yes was said."""
    if agreement.respite_until is not None:
        values = {"total": agreement.total, "until": agreement.respite_until}
        return Confirmed("respite_accepted", values)
    first, last = agreement.instalments[0], agreement.instalments[-1]
    form = "one" if first is last else "other"
    return Confirmed(
        f"plan_accepted_{form}",
        {
            "total": agreement.total,
            "count": len(agreement.instalments),
            "amount": first.amount,
            "date": first.due_on,
            "last": last.due_on,
        },
    )
