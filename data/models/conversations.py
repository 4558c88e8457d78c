"""Conversations and the messages in them, in and out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Record, not_negative, words
from data.models.citizens import Channel, Citizen, Language
from data.models.staff import Staff
from data.values.ids import AgreementId, CitizenId, ConversationId, MessageId, StaffId, new_id


class Owner(StrEnum):
    """Who answers in a conversation: exactly one of these (samtalens ejer)."""

    ASSISTANT = "assistant"
    NOBODY = "nobody"  # waits for a person
    STAFF = "staff"


class Awaiting(StrEnum):
    """What the assistant has asked for (hvad vi venter på)."""

    NOTHING = "nothing"
    IDENTITY = "identity"
    AMOUNT = "amount"
    RESPITE_DATE = "respite_date"
    OFFER = "offer"
    CHOICE = "choice"  # which of a few questions was meant


class Conversation(Record):
    """All that is said between one address and one municipality (samtale).

    `owner_number` grows whenever the owner changes; an answer written under an older number is
    dropped when it is about to be sent.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("municipality", "channel", "address"),
        CheckConstraint(
            "(owner = 'staff') = (owner_staff_id is not null)", name="staff_owner_named"
        ),
        CheckConstraint("identity_level between 0 and 3", name="identity_level_known"),
        CheckConstraint(
            "identity_level < 2 or citizen_id is not null", name="identity_belongs_to_somebody"
        ),
        not_negative("identity_tries"),
        Index(
            "ix_conversations_latest",
            "municipality",
            text("coalesce(last_inbound_at, created_at)"),
            "id",
        ),
        Index(
            "ix_conversations_held",
            "owner_staff_id",
            postgresql_where="owner_staff_id is not null",
        ),
    )

    id: Mapped[ConversationId] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    address: Mapped[str] = mapped_column(String(254))
    #: Nobody yet, when the address belongs to nobody we know or to more than one.
    citizen_id: Mapped[CitizenId | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    language: Mapped[Language] = mapped_column(words(Language), default=Language.DANISH)
    owner: Mapped[Owner] = mapped_column(words(Owner), default=Owner.ASSISTANT)
    owner_staff_id: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    owner_number: Mapped[int] = mapped_column(default=1)
    owner_since: Mapped[datetime]
    identity_level: Mapped[int] = mapped_column(default=0)
    identity_at: Mapped[datetime | None]
    identity_tries: Mapped[int] = mapped_column(default=0)
    #: The half of the proof already given: what the citizen wrote, until the other half comes.
    identity_birth_date: Mapped[str | None] = mapped_column(String(200))
    identity_claim_ref: Mapped[str | None] = mapped_column(String(200))
    awaiting: Mapped[Awaiting] = mapped_column(words(Awaiting), default=Awaiting.NOTHING)
    #: The intent to answer once the identity is proven, and the message that asked for it.
    wanted: Mapped[str | None] = mapped_column(String(40))
    wanted_message_id: Mapped[MessageId | None]
    #: The intents the citizen may choose between, in the order they were shown.
    choices: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    #: How many messages in a row the assistant has not understood.
    misunderstood: Mapped[int] = mapped_column(default=0)
    #: The assistant has said who it is (AI Act, article 50: at the first interaction).
    introduced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]

    citizen: Mapped[Citizen | None] = relationship(lazy="raise")
    owner_staff: Mapped[Staff | None] = relationship(lazy="raise")


class Direction(StrEnum):
    """Which way a message goes (retning)."""

    IN = "in"
    OUT = "out"


class Author(StrEnum):
    """Who wrote a message (afsender)."""

    CITIZEN = "citizen"
    ASSISTANT = "assistant"
    STAFF = "staff"


class Hearer(StrEnum):
    """What understood a message (hvem forstod den)."""

    RULE = "rule"  # a stop word or a hard case, before Rasa
    RASA = "rasa"
    PERSON = "person"  # a caseworker set it right


class MessageStatus(StrEnum):
    """How far a message has come (beskedens status); it only moves forward."""

    DRAFT = "draft"  # written in a turn that is not over
    QUEUED = "queued"
    SENDING = "sending"  # handed over, outcome not known
    ACCEPTED = "accepted"  # the gateway has it
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    STOOD_DOWN = "stood_down"  # not sent, with the reason on record
    RECEIVED = "received"  # inbound, not answered yet
    HANDLED = "handled"  # inbound, answered or with a person


class MessageKind(StrEnum):
    """What a message is for (beskedens art)."""

    INBOUND = "inbound"
    FIRST_CONTACT = "first_contact"
    REPLY = "reply"
    STAFF_ANSWER = "staff_answer"
    NOTICE = "notice"  # opt-out confirmed, a person will answer
    PLAN_REMINDER = "plan_reminder"  # an instalment is due soon
    PLAN_MISSED = "plan_missed"  # an instalment has not come: a way back


class Message(Record):
    """One text in or out (besked), stored once per the vendor's own reference."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("municipality", "dedupe_key"),
        Index(
            "ix_messages_outbox",
            "municipality",
            "not_before",
            "number",
            postgresql_where="status = 'queued'",
        ),
        Index(
            "ix_messages_answers",
            "municipality",
            "not_before",
            "number",
            postgresql_where="status = 'queued'"
            " and kind not in ('first_contact', 'plan_missed', 'plan_reminder')",
        ),
        Index("ix_messages_sending", "sending_since", postgresql_where="status = 'sending'"),
        Index("ix_messages_unanswered", "created_at", postgresql_where="status = 'received'"),
        Index("ix_messages_thread", "conversation_id", "created_at"),
        Index("ix_messages_citizen_contacts", "citizen_id", "created_at"),
        Index(
            "ix_messages_given_up",
            "municipality",
            "status_at",
            postgresql_where="status in ('failed', 'undelivered')",
        ),
        Index("uq_messages_vendor_ref", "vendor_ref", unique=True),
        Index(
            "ix_messages_to_erase",
            "municipality",
            "status_at",
            postgresql_where="channel = 'sms' and erased_at is null and vendor_ref is not null",
        ),
        CheckConstraint("(status = 'stood_down') = (stood_down_because is not null)", name="why"),
        CheckConstraint("(author = 'staff') = (staff_id is not null)", name="staff_named"),
        CheckConstraint("confidence between 0 and 1", name="confidence_is_a_share"),
        CheckConstraint("(understood_as is null) = (understood_by is null)", name="heard_by"),
        Index(
            "ix_messages_understood",
            "municipality",
            "created_at",
            postgresql_where="understood_as is not null",
        ),
        not_negative("attempts"),
    )

    id: Mapped[MessageId] = mapped_column(primary_key=True, default=new_id)
    #: Counts up as messages are written, so that two of the same instant keep their order.
    number: Mapped[int] = mapped_column(Identity())
    conversation_id: Mapped[ConversationId] = mapped_column(ForeignKey("conversations.id"))
    citizen_id: Mapped[CitizenId | None] = mapped_column(ForeignKey("citizens.id"))
    direction: Mapped[Direction] = mapped_column(words(Direction))
    author: Mapped[Author] = mapped_column(words(Author))
    staff_id: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    #: The citizen's address; ours is the municipality's sender for the channel.
    address: Mapped[str] = mapped_column(String(254))
    body: Mapped[str] = mapped_column(Text)
    media_count: Mapped[int] = mapped_column(default=0)
    status: Mapped[MessageStatus] = mapped_column(words(MessageStatus))
    #: The same decision twice gives the same key, and so one message.
    dedupe_key: Mapped[str] = mapped_column(String(120))
    vendor_ref: Mapped[str | None] = mapped_column(String(64))
    #: The plan that a reminder is about.
    agreement_id: Mapped[AgreementId | None] = mapped_column(
        ForeignKey("agreements.id", use_alter=True), index=True
    )
    in_reply_to: Mapped[MessageId | None] = mapped_column(ForeignKey("messages.id"), index=True)
    owner_number: Mapped[int] = mapped_column(default=1)
    not_before: Mapped[datetime]
    useless_after: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sending_since: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(40))
    #: When the vendor erased what it says, or answered that it is gone there; ours stays.
    erased_at: Mapped[datetime | None]
    stood_down_because: Mapped[str | None] = mapped_column(String(40))
    #: Short answers that a chat shows as buttons; by SMS they stand in the text.
    choices: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    #: The intent of an inbound message, how sure Rasa was (0 to 1), and the next likely one.
    understood_as: Mapped[str | None] = mapped_column(String(40))
    understood_by: Mapped[Hearer | None] = mapped_column(words(Hearer))
    confidence: Mapped[float | None]
    runner_up: Mapped[str | None] = mapped_column(String(40))
    #: What else it asked, in its other parts.
    also: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    created_at: Mapped[datetime]
    status_at: Mapped[datetime]

    staff: Mapped[Staff | None] = relationship(lazy="raise")
