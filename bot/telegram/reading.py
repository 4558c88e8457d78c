"""Reads an update of Telegram's (opdatering): what a citizen did, as values of our own.

Only what we need is read: Telegram adds new fields and kinds at will.
Source: https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

type Heard = Written | Pressed | Blocked | InGroup

#: PostgreSQL cannot keep it, and no telephone can write it.
_NUL: Final = "\x00"
_PRIVATE: Final = "private"
#: The text that answers what holds no words, the first that fits; a picture's is that by SMS.
_ANSWERS: Final = {
    "photo": None,
    "voice": "telegram_voice",
    "video_note": "telegram_voice",
    "audio": "telegram_voice",
    "sticker": "telegram_sticker",
    "dice": "telegram_sticker",
    "animation": "telegram_sticker",
    "document": "telegram_file",
    "location": "telegram_place",
    "venue": "telegram_place",
    "contact": "telegram_contact",
} | dict.fromkeys(
    ("video", "live_photo", "paid_media", "story", "poll", "checklist", "game", "gift"),
    "telegram_unreadable",
)


class _Given(BaseModel):
    """A part of an update; hides what it holds, also in faults."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


#: Telegram's numbers have at most 52 bits.
_Id = Annotated[int, Field(ge=-(2**53), le=2**53)]


class _Chat(_Given):
    id: _Id
    type: str


class _User(_Given):
    is_bot: bool = False
    language_code: str | None = None


class _Button(_Given):
    text: str
    callback_data: str | None = None


class _Keyboard(_Given):
    inline_keyboard: list[list[_Button]]


class _Message(_Given):
    """A message; which kind it is shows in which further field it has."""

    model_config = ConfigDict(extra="allow")

    message_id: Annotated[int, Field(ge=0, le=2**53)]
    chat: _Chat
    sender: Annotated[_User | None, Field(alias="from")] = None
    text: str = ""
    caption: str = ""
    #: Seconds since 1970.
    edit_date: Annotated[int | None, Field(ge=0, le=2**40)] = None
    reply_to_message: _Message | None = None
    reply_markup: _Keyboard | None = None


class _Press(_Given):
    id: Annotated[str, Field(min_length=1, max_length=64)]
    message: _Message | None = None
    data: Annotated[str, Field(max_length=64)] = ""


class _Member(_Given):
    status: str


class _Membership(_Given):
    chat: _Chat
    new_chat_member: _Member


class Update(_Given):
    """One thing that happened on Telegram (opdatering)."""

    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Press | None = None
    my_chat_member: _Membership | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a citizen sent in a chat of their own (besked); hides what it says."""

    chat: str
    message_id: int
    #: Two letters, such as `da`: what the citizen's Telegram is set to; none if it does not tell.
    language: str | None
    text: str = field(repr=False, default="")
    #: Pictures, files and the like: they are counted, and never fetched.
    media_count: int = 0
    #: The text that answers it, if it holds no words of its own.
    answer: str | None = None
    #: When it was last changed, in seconds; none: it is new.
    edited_at: int | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button under a message of ours that a citizen pressed (knap)."""

    chat: str
    #: The message the button is under.
    message_id: int
    #: Telegram's name for this press; it waits for an answer.
    press: str
    data: str
    label: str | None = field(repr=False, default=None)
    #: The message of theirs that ours replied to.
    asked: Written | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Blocked:
    """A citizen has blocked the bot (blokeret)."""

    chat: str


@dataclass(frozen=True, slots=True)
class InGroup:
    """The bot has been taken into a group (gruppe), or something was said in one."""

    chat: str
    is_new: bool


def parse(body: bytes | dict[str, Any]) -> Update:
    """Read an update as Telegram posts it, or as it hands it over when it is asked.

    Raises:
        ValueError: it is none; the text shows nothing of what it held.
    """
    if isinstance(body, bytes):
        return Update.model_validate_json(body)
    return Update.model_validate(body)


def read(update: Update) -> Heard | None:
    """Return what a citizen did; none for what concerns nobody: other bots, channels, new kinds."""
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None or message.sender is None or message.sender.is_bot:
        return None
    if message.chat.type != _PRIVATE:
        return InGroup(str(message.chat.id), is_new=False)
    return _written(message)


def _written(message: _Message) -> Written | None:
    """Read a message; none for what Telegram itself writes into a chat: a timer, a pinned one."""
    kinds = message.model_extra or {}
    kind = next((name for name in _ANSWERS if name in kinds), None)
    text = (message.text or message.caption).replace(_NUL, "")
    if kind is None and not message.text:
        return None
    language = message.sender.language_code if message.sender else None
    return Written(
        chat=str(message.chat.id),
        message_id=message.message_id,
        language=language[:2] if language else None,
        text=text,
        media_count=int(kind is not None),
        answer=_ANSWERS[kind] if kind is not None and not text.strip() else None,
        edited_at=message.edit_date,
    )


def _pressed(query: _Press) -> Pressed | None:
    message = query.message
    if message is None or message.chat.type != _PRIVATE:
        return None
    rows = message.reply_markup.inline_keyboard if message.reply_markup else []
    labels = (button.text for row in rows for button in row if button.callback_data == query.data)
    before = message.reply_to_message
    return Pressed(
        chat=str(message.chat.id),
        message_id=message.message_id,
        press=query.id,
        data=query.data,
        label=next(labels, None),
        asked=_written(before) if before is not None else None,
    )


def _membership(change: _Membership) -> Blocked | InGroup | None:
    """Read what became of the bot in a chat; who unblocks it has not said yes by that."""
    is_gone = change.new_chat_member.status in {"kicked", "left"}
    if change.chat.type == _PRIVATE:
        return Blocked(str(change.chat.id)) if is_gone else None
    return None if is_gone else InGroup(str(change.chat.id), is_new=True)
