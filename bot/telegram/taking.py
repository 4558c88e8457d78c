"""Takes in what happened on Telegram (modtagelse): stored once, whichever way it came."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from bot.telegram.after import After
from bot.telegram.linking import START, code_in, link, message_in
from bot.telegram.reading import Blocked, InGroup, Pressed, Written, read
from bot.telegram.towns import AGAIN, ask_town, town_in, town_of
from data.models.citizens import Channel
from data.models.conversations import Conversation, Direction, Message, MessageStatus
from outreach import citizens, conversations, rule_answers
from outreach.gateways.telegram import CHOICE, vendor_ref
from outreach.rules.hard_cases import recognise
from outreach.texts import catalogue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.telegram.reading import Update
    from outreach.runtime import Runtime

#: Twice what Telegram lets people write; what is longer comes from somebody else.
LONGEST_BODY: Final = 10_000
_COMMANDS: Final = {START: "telegram_welcome", "/help": "telegram_help", "/hjælp": "telegram_help"}
_LINKED: Final = "telegram_linked"
_WRONG_CODE: Final = "telegram_code_wrong"


async def take(runtime: Runtime, update: Update) -> After | None:
    """Take in one update; return what is to be done at Telegram when it is stored.

    The same update again does no harm: each message counts once, by its number in its chat.
    """
    heard = read(update)
    async with runtime.transaction() as session:
        match heard:
            case Written(edited_at=None):
                return await _written(session, runtime, heard)
            case Written():
                return await _edited(session, runtime, heard)
            case Pressed():
                return await _pressed(session, runtime, heard)
            case Blocked():
                await _blocked(session, runtime, heard.chat)
            case InGroup():
                return _in_group(heard)
            case None:
                pass
    return None


async def _written(session: AsyncSession, runtime: Runtime, heard: Written) -> After | None:
    is_hard = bool(recognise(heard.text, runtime.lexicon))
    code, answer = None if is_hard else code_in(heard.text), heard.answer
    if await _known(session, vendor_ref(heard.chat, heard.message_id)) is not None:
        return None
    town = await town_of(session, runtime, heard.chat)
    if code is not None:
        linked = await link(session, runtime, heard.chat, code)
        if linked is None and await _known(session, vendor_ref(heard.chat, heard.message_id)):
            return None  # the same update, a moment before this one
        town, answer = linked or town, _LINKED if linked else _WRONG_CODE
        heard = replace(heard, text=START)  # what opens something stands on no record
    if is_hard:  # a life first: whichever municipality it is, a person of one reads it now
        town = town or runtime.policies.keys[0]
    elif town is None:
        return ask_town(runtime, heard, _WRONG_CODE if code else None)
    elif _command(heard) in AGAIN and len(runtime.policies.keys) > 1:
        return ask_town(runtime, heard)
    await _receive(session, runtime, town, heard, answer)
    return None


async def _receive(
    session: AsyncSession, runtime: Runtime, town: str, heard: Written, answer: str | None
) -> Message | None:
    """Hand it on as every message; a command is answered by what it asks for."""
    heard = replace(heard, text=message_in(heard.text))
    return await conversations.receive(
        session,
        runtime,
        municipality=town,
        channel=Channel.TELEGRAM,
        address=heard.chat,
        body=heard.text[:LONGEST_BODY],
        vendor_ref=_reference(heard),
        media_count=heard.media_count,
        answer=answer or _COMMANDS.get(_command(heard)),
    )


def _command(heard: Written) -> str:
    """Return the command a message is, without the bot's own name after it."""
    first = heard.text.split(maxsplit=1)[:1]
    return first[0].partition("@")[0].casefold() if first and first[0].startswith("/") else ""


def _reference(heard: Written) -> str:
    reference = vendor_ref(heard.chat, heard.message_id)
    return reference if heard.edited_at is None else f"{reference}:{heard.edited_at}"


async def _edited(session: AsyncSession, runtime: Runtime, heard: Written) -> After | None:
    """Let a new text count instead of one that nobody has answered; else say kindly that it came.

    What it says of danger, or a STOP, is heard either way.
    """
    known = await _known(session, vendor_ref(heard.chat, heard.message_id))
    if known is None:
        return None
    _, message = await conversations.lock_with(session, known.id)
    if message_in(heard.text) == message.body or code_in(heard.text):
        return None
    answer = heard.answer
    if message.status is MessageStatus.RECEIVED and not await _is_answered(session, message):
        rule_answers.close(runtime, message)
    else:
        answer = "telegram_edited"
    await _receive(session, runtime, message.municipality, heard, answer)
    return None


async def _is_answered(session: AsyncSession, message: Message) -> bool:
    """Tell whether an answer has been written, be it not yet sent."""
    found = await session.scalar(
        select(Message.id).where(Message.in_reply_to == message.id).limit(1)
    )
    return found is not None


async def _pressed(session: AsyncSession, runtime: Runtime, heard: Pressed) -> After:
    """Take a pressed button for its words, once for each message with buttons."""
    town = town_in(runtime, heard.data)
    if town is not None:
        asked = heard.asked or Written(heard.chat, heard.message_id, None, START)
        await _receive(session, runtime, town, asked, asked.answer)
    elif heard.data.startswith(CHOICE):
        await _choose(session, runtime, heard)
    return After(heard.chat, press=heard.press, without_buttons=heard.message_id)


async def _choose(session: AsyncSession, runtime: Runtime, heard: Pressed) -> None:
    ours = await _known(session, vendor_ref(heard.chat, heard.message_id))
    number = heard.data.removeprefix(CHOICE)
    words, town = heard.label, await town_of(session, runtime, heard.chat)
    if ours is not None:
        town = ours.municipality
        if number.isdecimal() and int(number) < len(ours.choices):
            words = ours.choices[int(number)]
    if words is None or town is None:
        return
    is_old = ours is not None and words.isdecimal() and await _is_superseded(session, ours)
    await conversations.receive(
        session,
        runtime,
        municipality=town,
        channel=Channel.TELEGRAM,
        address=heard.chat,
        body=words,
        vendor_ref=f"{vendor_ref(heard.chat, heard.message_id)}:pressed",
        # A number means something else by now; words mean what they say.
        answer="telegram_old_button" if is_old else None,
    )


async def _is_superseded(session: AsyncSession, ours: Message) -> bool:
    """Tell whether we have written something since."""
    later = await session.scalar(
        select(func.count()).where(
            Message.conversation_id == ours.conversation_id,
            Message.direction == Direction.OUT,
            Message.status != MessageStatus.DRAFT,
            Message.number > ours.number,
        )
    )
    return bool(later)


async def _known(session: AsyncSession, reference: str) -> Message | None:
    return await session.scalar(select(Message).where(Message.vendor_ref == reference))


async def _blocked(session: AsyncSession, runtime: Runtime, chat: str) -> None:
    """Take a blocked bot for a no (framelding) to every municipality that writes there."""
    towns = await session.scalars(
        select(Conversation.municipality).where(
            Conversation.municipality.in_(runtime.policies.keys),
            Conversation.channel == Channel.TELEGRAM,
            Conversation.address == chat,
        )
    )
    for town in towns:
        await citizens.opt_out(
            session,
            runtime,
            municipality=town,
            channel=Channel.TELEGRAM,
            address=chat,
            source=Channel.TELEGRAM.value,
        )


def _in_group(heard: InGroup) -> After:
    """Say once, to nobody in particular, that we talk with one person at a time; and leave."""
    lines = [catalogue(language).render("telegram_group") for language in ("da", "en")]
    return After(heard.chat, text="\n".join(lines) if heard.is_new else None, leaves=True)
