"""One-time codes, and the wrong answers to the question who somebody is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, not_negative, words
from data.models.citizens import Channel
from data.values.ids import CitizenId, ConversationId


class Purpose(StrEnum):
    """What a one-time code is for (formål)."""

    IDENTITY = "identity"  # proves who writes
    TELEGRAM_LINK = "telegram_link"  # ties a Telegram chat to a citizen
    CHAT_RESUME = "chat_resume"  # goes on with a web chat on another device


class SentOn(StrEnum):
    """How a code reached the citizen (forsendelse): on a channel, or in a letter."""

    SMS = "sms"
    VOICE = "voice"
    TELEGRAM = "telegram"
    WEB = "web"
    EMAIL = "email"
    TERMINAL = "terminal"
    LETTER = "letter"


class OneTimeCode(Record):
    """A code that works once, for a while (engangskode); only its fingerprint is kept."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        UniqueConstraint("code_hash"),
        Index("ix_one_time_codes_citizen", "citizen_id", "purpose", "made_at"),
        Index("ix_one_time_codes_conversation", "conversation_id"),
        CheckConstraint(
            "citizen_id is not null or conversation_id is not null", name="leads_somewhere"
        ),
        CheckConstraint("purpose = 'chat_resume' or citizen_id is not null", name="names_citizen"),
        CheckConstraint("(used_at is null) = (used_on is null)", name="used_somewhere"),
        CheckConstraint(
            "purpose <> 'identity' or used_on is null or used_on <> sent_on",
            name="proves_another_channel",
        ),
        CheckConstraint("expires_at > made_at", name="expires"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    citizen_id: Mapped[CitizenId | None] = mapped_column(
        ForeignKey("citizens.id", ondelete="cascade")
    )
    conversation_id: Mapped[ConversationId | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="cascade")
    )
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    #: HMAC-SHA-256 of municipality, purpose and code, under this installation's own key.
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    sent_on: Mapped[SentOn] = mapped_column(words(SentOn))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: A newer code took its place.
    ended_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    used_on: Mapped[Channel | None] = mapped_column(words(Channel))


class WrongTry(Record):
    """How often one key was answered wrongly (forkerte forsøg): a citizen, a case number, a sender.

    The key is a fingerprint: the table tells nobody which case numbers exist.
    """

    __tablename__ = "wrong_tries"
    __table_args__ = (UniqueConstraint("key_hash"), not_negative("wrong"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrong: Mapped[int]
    last_at: Mapped[datetime]
