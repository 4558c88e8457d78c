"""Wrong answers to the question who writes, over all channels together (spærring for gæt).

They count for the conversation, for the citizen it is with, and for each case number that was
named, so that a new chat gives no new tries. A right answer resets them; beside that only a person
opens again. What is named counts whether or not it exists, and the answer is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from data.models.claims import Claim
from outreach import wrong_tries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime


async def left(session: AsyncSession, runtime: Runtime, conversation: Conversation) -> int:
    """Return how many wrong answers are left here, before a person must look."""
    most = runtime.policies[conversation.municipality].identity.tries
    wrong = 0
    if conversation.citizen_id is not None:
        wrong = await wrong_for(
            session, runtime, conversation.municipality, conversation.citizen_id
        )
    return max(0, most - max(wrong, conversation.identity_tries))


async def wrong_for(
    session: AsyncSession, runtime: Runtime, municipality: str, citizen_id: CitizenId
) -> int:
    """Return how often the question who writes was answered wrongly about a citizen."""
    keys = [wrong_tries.citizen_key(citizen_id)]
    return await wrong_tries.most(session, runtime, municipality, keys)


async def is_locked(
    session: AsyncSession, runtime: Runtime, municipality: str, citizen_id: CitizenId
) -> bool:
    """Tell whether a citizen cannot prove who they are before a person opens it again."""
    wrong = await wrong_for(session, runtime, municipality, citizen_id)
    return wrong >= runtime.policies[municipality].identity.tries


async def charge(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    *,
    refs: Iterable[str],
    citizens: Iterable[CitizenId],
) -> int:
    """Count a try before it is weighed; return how many are left after it, below zero: too late.

    So of two who guess at once in two chats, the second finds what the first has used up.
    """
    about = {*citizens, conversation.citizen_id}
    keys = [wrong_tries.citizen_key(one) for one in about if one is not None]
    keys += [wrong_tries.ref_key(ref) for ref in refs]
    conversation.identity_tries += 1
    await wrong_tries.count(session, runtime, conversation.municipality, keys)
    most = await wrong_tries.most(session, runtime, conversation.municipality, keys)
    wrong = max(most, conversation.identity_tries)
    return runtime.policies[conversation.municipality].identity.tries - wrong


async def settle(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    citizen_id: CitizenId,
    refs: Iterable[str],
) -> None:
    """Let it begin again with none, here and for all their cases, because the answer was right."""
    keys = [wrong_tries.ref_key(ref) for ref in refs]
    conversation.identity_tries = 0
    await wrong_tries.forget(session, runtime, conversation.municipality, keys)
    await forget(session, runtime, conversation.municipality, citizen_id)


async def look_again(session: AsyncSession, runtime: Runtime, conversation: Conversation) -> None:
    """Let the citizen try again where a person has looked and hands the conversation back."""
    conversation.identity_tries = 0
    if conversation.citizen_id is not None:
        await forget(session, runtime, conversation.municipality, conversation.citizen_id)


async def forget(
    session: AsyncSession, runtime: Runtime, municipality: str, citizen_id: CitizenId
) -> bool:
    """Forget all wrong answers about a citizen and their case numbers; tell if there were any."""
    refs = await session.scalars(select(Claim.claim_ref).where(Claim.citizen_id == citizen_id))
    keys = [wrong_tries.citizen_key(citizen_id), *(wrong_tries.ref_key(ref) for ref in refs)]
    return await wrong_tries.forget(session, runtime, municipality, keys)
