"""A citizen signs in with MitID in the web chat (identitetsniveau 3): the door for any provider.

Public bodies use NemLog-in for this (SAML); OpenID Connect only through a broker in front of it.
Which one it is, and what it calls things, stands in `MINDELIG_PROVIDERS` under `citizens`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from data.models.citizens import Citizen
from data.models.conversations import Author, Awaiting, MessageKind
from data.values.ids import new_id
from data.values.time import day_of
from outreach import audit, citizens, identity, identity_locks, messages, providers
from outreach.texts import catalogue_on

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.providers import CitizenProvider
    from outreach.gateways.openid import Arrival, Departure
    from outreach.providers import Way
    from outreach.runtime import Runtime

#: MitID, or identification in person.
SIGNED_IN: Final = 3


async def leave(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, departure: Departure
) -> None:
    """Write down that the citizen of this conversation has left for the provider."""
    there = _there(conversation)
    await providers.leave(session, runtime, conversation.municipality, departure, there)


async def come_back(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, state: str
) -> Way | None:
    """Return the way that a state belongs to, once, and only in the chat that it began in."""
    way = await providers.come_back(session, runtime, conversation.municipality, state)
    return way if way is not None and way.there == _there(conversation) else None


async def let_in(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    provider: CitizenProvider,
    arrival: Arrival,
) -> bool:
    """Raise the conversation to level 3 for the citizen the provider vouches for; tell if it did.

    A sign-in that is not sure enough, a CPR number that is on no bill here, the dead and the
    under-aged are answered alike; a person looks at those who are frozen, as always. The
    conversation must be locked in this transaction.
    """
    citizen = await _citizen_of(session, runtime, conversation, provider, arrival)
    if citizen is None:
        await _refused(session, runtime, conversation)
        return False
    await identity_locks.settle(session, runtime, conversation, citizen.id, ())
    await identity.proven(session, runtime, conversation, citizen.id, SIGNED_IN)
    conversation.identity_birth_date = conversation.identity_claim_ref = None
    if conversation.awaiting is Awaiting.IDENTITY:
        conversation.awaiting = Awaiting.NOTHING
    await say(session, runtime, conversation, "sign_in_proven")
    return True


async def say(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, key: str
) -> None:
    """Tell in the chat what came of it."""
    policy, language = runtime.policies[conversation.municipality], conversation.language
    await messages.queue(
        session,
        runtime,
        conversation=conversation,
        body=catalogue_on(conversation.channel, language).render(
            key, municipality=policy.name.of(language), telephone=policy.telephone.number
        ),
        kind=MessageKind.NOTICE,
        author=Author.ASSISTANT,
        dedupe_key=f"sign-in:{new_id()}",
    )


async def _citizen_of(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    provider: CitizenProvider,
    arrival: Arrival,
) -> Citizen | None:
    level = arrival.claims.get(provider.level_claim)
    told = arrival.claims.get(provider.username_claim)
    digits = re.sub(r"[- ]", "", told) if isinstance(told, str) else ""
    if level not in provider.levels or not digits:
        return None
    found = await session.scalar(
        select(Citizen).where(
            Citizen.municipality == conversation.municipality, Citizen.debtor_id == digits
        )
    )
    if found is None or citizens.is_minor(found, day_of(runtime.clock.now())):
        return None
    return None if await citizens.is_deceased(session, found.id) else found


async def _refused(session: AsyncSession, runtime: Runtime, conversation: Conversation) -> None:
    await audit.record(
        session,
        runtime,
        municipality=conversation.municipality,
        actor=audit.CITIZEN,
        act="sign_in_refused",
        subject_kind="conversation",
        subject_id=conversation.id,
    )
    await say(session, runtime, conversation, "sign_in_failed")


def _there(conversation: Conversation) -> str:
    return f"citizen:{conversation.id}"
