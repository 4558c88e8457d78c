"""Browsers in which citizens write with us, and how much is sent from where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Record, not_negative
from data.models.conversations import Conversation
from data.values.ids import ConversationId


class WebChat(Record):
    """A browser that has a conversation open (webchat); only a hash of its secret is kept.

    One conversation may be open in several: the citizen took it along to another device.
    """

    __tablename__ = "web_chats"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    conversation_id: Mapped[ConversationId] = mapped_column(
        ForeignKey("conversations.id", ondelete="cascade"), index=True
    )
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)

    conversation: Mapped[Conversation] = relationship(lazy="raise")


class WebChatSender(Record):
    """How much came from one network address within an hour (tælling); a hash hides the address."""

    __tablename__ = "web_chat_senders"
    __table_args__ = (not_negative("weight"),)

    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    weight: Mapped[int]
