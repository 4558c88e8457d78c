"""Codes that work once and for a while (engangskoder), sent to a citizen: made, and redeemed."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from data.models.codes import OneTimeCode, Purpose, SentOn
from outreach import audit, wrong_tries
from outreach.rules.one_time_codes import folded, new_code

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Channel
    from data.values.ids import CitizenId, ConversationId
    from outreach.runtime import Runtime

__all__ = [
    "AT_MOST_A_DAY",
    "Purpose",
    "Redeemed",
    "SentOn",
    "end",
    "is_exhausted",
    "issue",
    "redeem",
]

#: So many codes of one purpose a citizen is sent in 24 hours: nobody is pestered with them.
AT_MOST_A_DAY: Final = 5


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a code led to (indløst kode)."""

    citizen_id: CitizenId | None
    conversation_id: ConversationId | None
    #: How the code had reached the citizen.
    sent_on: SentOn
    purpose: Purpose = field(default=Purpose.IDENTITY)


async def issue(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    citizen_id: CitizenId | None,
    purpose: Purpose,
    made_for: Channel | None,
    conversation_id: ConversationId | None = None,
    keypad: bool = False,
) -> str:
    """Make a code; the one before it that went the same way works no longer.

    Args:
        session: the transaction that also sends the code.
        runtime: the clock, the policies, this installation's key.
        municipality: whose citizen.
        citizen_id: whom it leads to; none only for `chat_resume`.
        purpose: what it is for; it works for nothing else.
        made_for: the channel it is sent or shown on; none: it stands in a letter.
        conversation_id: the conversation it was asked for in, or leads back to.
        keypad: digits only, for who presses it on a telephone.

    Returns:
        The code, such as `k7mf-wp3x`: it is nowhere else to be read.
    """
    now, sent_on = runtime.clock.now(), SentOn(made_for.value) if made_for else SentOn.LETTER
    await session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.municipality == municipality,
            OneTimeCode.purpose == purpose,
            OneTimeCode.sent_on == sent_on,
            OneTimeCode.citizen_id == citizen_id
            if citizen_id is not None
            else OneTimeCode.conversation_id == conversation_id,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    code = new_code(keypad=keypad)
    made = OneTimeCode(
        municipality=municipality,
        citizen_id=citizen_id,
        conversation_id=conversation_id,
        purpose=purpose,
        code_hash=_fingerprint(runtime, municipality, purpose, code),
        sent_on=sent_on,
        made_at=now,
        expires_at=now + _life(runtime, municipality, purpose, sent_on),
    )
    session.add(made)
    await session.flush()
    await _record(session, runtime, made, audit.ASSISTANT, "code_made")
    return code


async def redeem(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    code: str,
    purpose: Purpose,
    channel: Channel,
    asked_by: str | None = None,
    only_in: ConversationId | None = None,
) -> Redeemed | None:
    """Use a code up; none if it is unknown, used, too old, of another purpose, or came this way.

    It is never told which of these it is.

    Args:
        session: the transaction that acts on what the code leads to.
        runtime: the clock, the policies, this installation's key.
        municipality: whose code it is to be.
        code: what the citizen wrote, with or without the dash, in large or small letters.
        purpose: what it is to be used for.
        channel: where it is written; a code for `identity` is no good where it was sent.
        asked_by: who tries (a chat, a conversation, a visitor): after as many wrong codes as the
            policy allows, in the time that a code lives, none is looked at any more. Who counts
            tries themselves leaves it out.
        only_in: the conversation it must have been asked for in, if it was in any.
    """
    keys = [wrong_tries.sender_key(f"{purpose.value}:{channel.value}:{asked_by}")] * bool(asked_by)
    if keys and await _is_spent(session, runtime, municipality, keys):
        return None
    found = await _held(session, _fingerprint(runtime, municipality, purpose, code))
    is_elsewhere = only_in is not None and found and found.conversation_id not in {None, only_in}
    if found is None or is_elsewhere or not _works(found, channel, runtime):
        window = _window(runtime, municipality)
        await wrong_tries.count(session, runtime, municipality, keys, within=window)
        return None
    found.used_at, found.used_on = runtime.clock.now(), channel
    await session.flush()
    await wrong_tries.forget(session, runtime, municipality, keys)
    await _record(session, runtime, found, audit.CITIZEN, "code_used")
    return Redeemed(found.citizen_id, found.conversation_id, found.sent_on, found.purpose)


async def end(
    session: AsyncSession, runtime: Runtime, conversation_id: ConversationId, purpose: Purpose
) -> None:
    """Let the codes of a purpose that lead back to a conversation work no longer."""
    await session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.conversation_id == conversation_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.ended_at.is_(None),
        )
        .values(ended_at=runtime.clock.now())
    )


async def is_exhausted(
    session: AsyncSession, runtime: Runtime, citizen_id: CitizenId, purpose: Purpose
) -> bool:
    """Tell whether a citizen has had as many codes as they are sent in 24 hours."""
    since = runtime.clock.now() - timedelta(hours=24)
    made = await session.scalar(
        select(func.count()).where(
            OneTimeCode.citizen_id == citizen_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.made_at > since,
        )
    )
    return (made or 0) >= AT_MOST_A_DAY


async def came_this_way(
    session: AsyncSession, runtime: Runtime, municipality: str, code: str, channel: Channel
) -> bool:
    """Tell whether a code that works elsewhere is written where it was sent: no guess, a slip."""
    found = await _held(session, _fingerprint(runtime, municipality, Purpose.IDENTITY, code))
    return found is not None and _is_fresh(found, runtime) and found.sent_on.value == channel.value


def _life(runtime: Runtime, municipality: str, purpose: Purpose, sent_on: SentOn) -> timedelta:
    """Return how long a code works: days where the citizen is to read it in their own time."""
    policy = runtime.policies[municipality].identity
    if sent_on is SentOn.LETTER or purpose is Purpose.TELEGRAM_LINK:
        return timedelta(days=policy.code_letter_days)
    return timedelta(minutes=policy.code_minutes)


async def _is_spent(
    session: AsyncSession, runtime: Runtime, municipality: str, keys: list[str]
) -> bool:
    window = _window(runtime, municipality)
    most = await wrong_tries.most(session, runtime, municipality, keys, within=window)
    return most >= runtime.policies[municipality].identity.tries


def _window(runtime: Runtime, municipality: str) -> timedelta:
    """Return how long wrong codes of one who asks count: as long as a code lives."""
    return timedelta(minutes=runtime.policies[municipality].identity.code_minutes)


async def _held(session: AsyncSession, code_hash: bytes) -> OneTimeCode | None:
    """Find a code and hold it: of two who use it at once, the second finds it used."""
    return await session.scalar(
        select(OneTimeCode)
        .where(OneTimeCode.code_hash == code_hash)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _works(code: OneTimeCode, channel: Channel, runtime: Runtime) -> bool:
    came_this_way = code.purpose is Purpose.IDENTITY and code.sent_on.value == channel.value
    return _is_fresh(code, runtime) and not came_this_way


def _is_fresh(code: OneTimeCode, runtime: Runtime) -> bool:
    is_open = code.used_at is None and code.ended_at is None
    return is_open and runtime.clock.now() < code.expires_at


def _fingerprint(runtime: Runtime, municipality: str, purpose: Purpose, code: str) -> bytes:
    key = runtime.settings.secret_key.get_secret_value().encode()
    told = "\x00".join(("one-time code", municipality, purpose.value, folded(code)))
    return hmac.digest(key, told.encode(), "sha256")


async def _record(
    session: AsyncSession, runtime: Runtime, code: OneTimeCode, actor: str, act: str
) -> None:
    is_of_citizen = code.citizen_id is not None
    await audit.record(
        session,
        runtime,
        municipality=code.municipality,
        actor=actor,
        act=act,
        subject_kind="citizen" if is_of_citizen else "conversation",
        subject_id=code.citizen_id if is_of_citizen else code.conversation_id,
        purpose=code.purpose.value,
        sent_on=code.sent_on.value,
        used_on=code.used_on.value if code.used_on else None,
    )
