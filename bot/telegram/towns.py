"""Which municipality (kommune) a chat talks with: one bot may serve several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from bot.telegram.after import After
from data.models.citizens import Channel
from data.models.conversations import Conversation
from outreach.texts import catalogue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.telegram.reading import Written
    from outreach.runtime import Runtime

#: Begins what the button of a municipality sends us; its key follows.
TOWN: Final = "town:"
#: The commands that let a citizen choose again.
AGAIN: Final = frozenset({"/kommune", "/municipality"})


async def town_of(session: AsyncSession, runtime: Runtime, chat: str) -> str | None:
    """Return the only municipality, or the one the chat has talked with last; none: not known."""
    keys = runtime.policies.keys
    if len(keys) == 1:
        return keys[0]
    return await session.scalar(
        select(Conversation.municipality)
        .where(
            Conversation.municipality.in_(keys),
            Conversation.channel == Channel.TELEGRAM,
            Conversation.address == chat,
        )
        .order_by(func.coalesce(Conversation.last_inbound_at, Conversation.created_at).desc())
        .limit(1)
    )


def ask_town(runtime: Runtime, heard: Written, before: str | None = None) -> After:
    """Ask which municipality it is for, in reply to what was written: the press brings it back.

    `before` is the key of a text that is said first.
    """
    texts = catalogue(language_of(heard))
    said = [texts.render(before)] if before else []
    said.append(texts.render("telegram_choose_town"))
    names = [(runtime.policies[key].name.of(texts.language), key) for key in runtime.policies.keys]
    return After(
        heard.chat,
        text=" ".join(said),
        buttons=tuple((name, f"{TOWN}{key}") for name, key in sorted(names)),
        replies_to=heard.message_id,
    )


def town_in(runtime: Runtime, data: str) -> str | None:
    """Return the municipality that a pressed button names, if we serve it."""
    key = data.removeprefix(TOWN)
    return key if data.startswith(TOWN) and key in runtime.policies else None


def language_of(heard: Written) -> str:
    """Return the language to write in before anything else is known: what their Telegram is in."""
    return "da" if heard.language in {None, "da"} else "en"
