"""Web chats (webchats): begun, found again, taken to another device, ended; and what they show."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from data.models.citizens import Channel
from data.models.conversations import (
    Direction,
    Message,
    MessageStatus,
    Owner,
)
from data.models.web_chats import WebChat, WebChatSender
from data.notifications import notify, notify_citizen
from data.values.ids import new_id
from outreach import conversations, one_time_codes, presences, receipts
from outreach.one_time_codes import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Language
    from data.models.conversations import Conversation
    from data.values.ids import ConversationId
    from outreach.runtime import Runtime

#: A chat that nobody looks at for so long is over; the conversation stays on record.
STANDS: Final = timedelta(hours=12)
#: A chat seen more recently than this is not written again.
_SEEN_AGAIN_AFTER: Final = timedelta(minutes=5)
#: A page shows so many messages; the citizen is given all of them when they save the chat.
SHOWN: Final = 200
#: Messages a minute in one chat: nobody types faster for long.
AT_MOST_A_MINUTE: Final = 12
#: What may come from one network address in an hour: a library or a home has one for many.
AT_MOST_AN_HOUR: Final = 600
_MINUTE: Final = timedelta(minutes=1)
_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
#: What has reached the page, or can be fetched by it.
_TO_BE_SEEN: Final = (MessageStatus.ACCEPTED, MessageStatus.SENT, MessageStatus.DELIVERED)

#: Asked and not answered yet, or answered and on its way to the page.
_IS_BEING_ANSWERED: Final = Message.status.in_(
    (MessageStatus.RECEIVED, MessageStatus.DRAFT, MessageStatus.QUEUED, MessageStatus.SENDING)
)


@dataclass(frozen=True, slots=True)
class Now:
    """What happens in a chat just now (lige nu)."""

    #: The assistant has something to answer.
    assistant_writes: bool = False
    #: The name of the caseworker who writes.
    writer: str | None = None
    #: Who answers here.
    owner: Owner = Owner.ASSISTANT


async def find(
    session: AsyncSession, runtime: Runtime, municipality: str, token: str
) -> Conversation | None:
    """Return the conversation that a browser's token opens, or none; looking keeps it open."""
    now = runtime.clock.now()
    found = await session.scalar(
        select(WebChat)
        .where(
            WebChat.token_hash == _hashed(token),
            WebChat.municipality == municipality,
            WebChat.ends_at > now,
        )
        .options(joinedload(WebChat.conversation))
    )
    if found is None:
        return None
    if now - found.seen_at > _SEEN_AGAIN_AFTER:
        found.seen_at, found.ends_at = now, now + STANDS
    return found.conversation


async def begin(
    session: AsyncSession, runtime: Runtime, municipality: str, token: str, language: Language
) -> Conversation:
    """Return the conversation of a browser's token; a new one with nobody we know, if need be.

    Two forms of one page that come at once begin one conversation.
    """
    await session.execute(_LOCK, {"key": f"web chat {_hashed(token).hex()}"})
    known = await find(session, runtime, municipality, token)
    if known is not None:
        return known
    talk = await conversations.open_for(
        session,
        runtime,
        municipality=municipality,
        channel=Channel.WEB,
        address=new_id().hex,
        citizen=None,
    )
    talk.language = language
    await _open(session, runtime, talk, token)
    return talk


async def _open(session: AsyncSession, runtime: Runtime, talk: Conversation, token: str) -> None:
    """Let a token open a conversation, and sweep away the chats that are over."""
    now = runtime.clock.now()
    over = select(WebChat.token_hash).where(WebChat.ends_at <= now)
    held = over.with_for_update(skip_locked=True)
    await session.execute(delete(WebChat).where(WebChat.token_hash.in_(held)))
    await session.execute(delete(WebChat).where(WebChat.token_hash == _hashed(token)))
    session.add(
        WebChat(
            municipality=talk.municipality,
            token_hash=_hashed(token),
            conversation_id=talk.id,
            created_at=now,
            seen_at=now,
            ends_at=now + STANDS,
        )
    )
    await session.flush()


async def code_of(session: AsyncSession, runtime: Runtime, talk: Conversation) -> str:
    """Make the code with which the citizen goes on with the chat on another device."""
    return await one_time_codes.issue(
        session,
        runtime,
        municipality=talk.municipality,
        citizen_id=None,
        purpose=Purpose.CHAT_RESUME,
        made_for=Channel.WEB,
        conversation_id=talk.id,
    )


async def resume(
    session: AsyncSession, runtime: Runtime, municipality: str, code: str, token: str, sender: str
) -> Conversation | None:
    """Let a new token open the chat that a code leads to; none if the code is no good.

    Args:
        session: the caller's transaction.
        runtime: the clock, the policies, this installation's key.
        municipality: where the code is written.
        code: what the citizen wrote.
        token: the secret that the browser gets.
        sender: the network address that tries; wrong codes are counted for it.
    """
    found = await one_time_codes.redeem(
        session,
        runtime,
        municipality=municipality,
        code=code,
        purpose=Purpose.CHAT_RESUME,
        channel=Channel.WEB,
        asked_by=sender,
    )
    if found is None or found.conversation_id is None:
        return None
    talk = await conversations.lock(session, found.conversation_id)
    await _open(session, runtime, talk, token)
    return talk


async def end(session: AsyncSession, runtime: Runtime, talk: Conversation) -> None:
    """Close a chat in every browser that has it open; what was said stays on record.

    The code that was shown for another device opens it no more.
    """
    await one_time_codes.end(session, runtime, talk.id, Purpose.CHAT_RESUME)
    await session.execute(delete(WebChat).where(WebChat.conversation_id == talk.id))
    await notify_citizen(session, talk.id)


async def thread(
    session: AsyncSession, talk: Conversation, *, last: int | None = SHOWN
) -> list[Message]:
    """Return what the citizen sees of a chat, oldest first: the last so many messages, or all."""
    found = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == talk.id,
            (Message.direction == Direction.IN) | Message.status.in_(_TO_BE_SEEN),
        )
        .options(joinedload(Message.staff))
        .order_by(Message.created_at.desc(), Message.number.desc())
        .limit(last)
    )
    return list(found)[::-1]


async def fetched(
    session: AsyncSession, runtime: Runtime, talk: Conversation, shown: Sequence[Message]
) -> None:
    """Note that messages are on the citizen's page now: they are delivered (leveret)."""
    waiting = [each.id for each in shown if each.status is MessageStatus.ACCEPTED]
    if not waiting:
        return
    held = await session.scalars(
        select(Message)
        .where(Message.id.in_(waiting))
        .options(joinedload(Message.staff))
        .order_by(Message.id)
        .with_for_update(of=Message)
        .execution_options(populate_existing=True)
    )
    now = runtime.clock.now()
    for message in held:
        reference = message.vendor_ref or f"pickup:{message.id}"
        receipts.advance(message, MessageStatus.DELIVERED, vendor_ref=reference, now=now)
    await notify(session, talk.municipality)


async def now_in(session: AsyncSession, runtime: Runtime, talk: Conversation) -> Now:
    """Tell who answers in a chat, and who writes just now."""
    if talk.owner is Owner.STAFF:
        return Now(writer=await presences.typist(session, runtime, talk), owner=talk.owner)
    waits = await session.scalar(
        select(Message.id).where(Message.conversation_id == talk.id, _IS_BEING_ANSWERED).limit(1)
    )
    is_asked = talk.owner is Owner.ASSISTANT and waits is not None
    return Now(assistant_writes=is_asked, owner=talk.owner)


async def is_too_fast(session: AsyncSession, runtime: Runtime, talk: Conversation) -> bool:
    """Tell whether more comes in a chat than a person writes."""
    count = await session.scalar(
        select(func.count()).where(
            Message.conversation_id == talk.id,
            Message.direction == Direction.IN,
            Message.created_at > runtime.clock.now() - _MINUTE,
        )
    )
    return (count or 0) >= AT_MOST_A_MINUTE


async def is_too_much(
    session: AsyncSession, runtime: Runtime, municipality: str, sender: str, weight: int = 1
) -> bool:
    """Count what comes from a network address; tell whether it is more than may come in an hour.

    The address itself is kept nowhere: only a hash of it, under this installation's key, for
    about an hour.
    """
    now = runtime.clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    row_of = (WebChatSender.address_hash, WebChatSender.hour)
    held = select(*row_of).where(WebChatSender.hour < hour).with_for_update(skip_locked=True)
    await session.execute(delete(WebChatSender).where(tuple_(*row_of).in_(held)))
    key = runtime.settings.secret_key.get_secret_value().encode()
    row = insert(WebChatSender).values(
        municipality=municipality,
        address_hash=hmac.digest(key, f"web chat sender {sender}".encode(), "sha256"),
        hour=hour,
        weight=weight,
    )
    count = await session.scalar(
        row.on_conflict_do_update(
            index_elements=["address_hash", "hour"],
            set_={"weight": WebChatSender.weight + weight},
        ).returning(WebChatSender.weight)
    )
    return (count or 0) > AT_MOST_AN_HOUR


async def stands(
    session: AsyncSession, runtime: Runtime, token: str, conversation_id: ConversationId
) -> bool:
    """Tell whether a token still opens a conversation; asking does not keep it open."""
    found = await session.scalar(
        select(WebChat.conversation_id).where(
            WebChat.token_hash == _hashed(token), WebChat.ends_at > runtime.clock.now()
        )
    )
    return found == conversation_id


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
