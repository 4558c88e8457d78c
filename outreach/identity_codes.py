"""Sends a code by which a citizen proves who they are elsewhere (engangskode på sms)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from data.models.citizens import Channel, Citizen, ContactPoint
from data.models.conversations import Author, MessageKind, Owner
from data.values.ids import new_id
from data.values.time import day_of
from outreach import citizens, identity, identity_locks, messages, one_time_codes
from outreach.texts import catalogue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from outreach.runtime import Runtime


async def send(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, text: str
) -> bool:
    """Send a code to the number of whom the conversation is with, or whose case number was named.

    Nothing is sent where we have no number that is trusted and only theirs, where it has said no,
    or where a person must look. The caller is not told which: whoever asks learns nothing of it.

    Args:
        session: the transaction of the turn; the conversation is locked in it.
        runtime: clock, policies, key.
        conversation: where the code was asked for, and works.
        text: what the citizen wrote; a case number in it counts.

    Returns:
        Whether it is known whom to send to: a citizen, or a case number, real or not.
    """
    named = await identity.remember_named(session, runtime, conversation, text)
    if conversation.citizen_id is None and not named:
        return False
    citizen = await identity.whom(session, conversation)
    number = await _number_of(session, runtime, citizen) if citizen else None
    if citizen is not None and number is not None:
        await _send_to(session, runtime, conversation, citizen, number)
    return True


async def _number_of(session: AsyncSession, runtime: Runtime, citizen: Citizen) -> str | None:
    """Return the one number a code may go to; none if there is none, or more than one."""
    today, purpose = day_of(runtime.clock.now()), one_time_codes.Purpose.IDENTITY
    if citizen.frozen_at is not None or citizens.is_minor(citizen, today):
        return None
    if await citizens.is_deceased(session, citizen.id):
        return None
    if await identity_locks.is_locked(session, runtime, citizen.municipality, citizen.id):
        return None
    if await one_time_codes.is_exhausted(session, runtime, citizen.id, purpose):
        return None
    for point in await citizens.trusted_points(session, citizen.id, Channel.SMS):
        if await _is_theirs_alone(session, point):
            return point.address
    return None


async def _is_theirs_alone(session: AsyncSession, point: ContactPoint) -> bool:
    way = (point.municipality, point.channel, point.address)
    holders = await citizens.holders(session, *way)
    return len(holders) == 1 and not await citizens.is_opted_out(session, *way)


async def _send_to(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    citizen: Citizen,
    number: str,
) -> None:
    """Queue the text message: no sum, no kind of claim, no link; useless once the code is."""
    threads = await messages.threads(session, runtime, citizen.municipality, {number: citizen})
    thread = threads[number]
    if thread.owner is not Owner.ASSISTANT:
        return
    code = await one_time_codes.issue(
        session,
        runtime,
        municipality=citizen.municipality,
        citizen_id=citizen.id,
        purpose=one_time_codes.Purpose.IDENTITY,
        made_for=Channel.SMS,
        conversation_id=conversation.id,
        keypad=conversation.channel is Channel.VOICE,
    )
    policy = runtime.policies[citizen.municipality]
    minutes = policy.identity.code_minutes
    now = runtime.clock.now()
    await messages.queue(
        session,
        runtime,
        conversation=thread,
        body=catalogue(conversation.language).render(
            "code_sms",
            municipality=policy.name.of(conversation.language),
            code=code,
            minutes=minutes,
        ),
        kind=MessageKind.REPLY,
        author=Author.ASSISTANT,
        dedupe_key=f"code:{new_id()}",
        useless_after=now + timedelta(minutes=minutes),
        citizen_id=citizen.id,
    )
