"""Citizens, how they are reached, and what they have said no to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import CitizenId, DebtorKind, new_id


class Channel(StrEnum):
    """A way to reach a person (kanal)."""

    SMS = "sms"
    VOICE = "voice"
    TELEGRAM = "telegram"
    WEB = "web"
    EMAIL = "email"
    TERMINAL = "terminal"


class Language(StrEnum):
    """A language the assistant speaks in full (sprog)."""

    DANISH = "da"
    ENGLISH = "en"


class Citizen(Record):
    """A person or business that owes the municipality (borger, skyldner)."""

    __tablename__ = "citizens"
    __table_args__ = (
        UniqueConstraint("municipality", "debtor_id"),
        CheckConstraint(
            "(debtor_kind = 'person' and debtor_id ~ '^[0-9]{10}$')"
            " or (debtor_kind = 'business' and debtor_id ~ '^[0-9]{8}$')",
            name="debtor_id_fits_kind",
        ),
        CheckConstraint("(frozen_at is null) = (frozen_because is null)", name="freeze_has_reason"),
    )

    id: Mapped[CitizenId] = mapped_column(primary_key=True, default=new_id)
    debtor_id: Mapped[str] = mapped_column(String(10))
    debtor_kind: Mapped[DebtorKind] = mapped_column(words(DebtorKind))
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[Language] = mapped_column(words(Language), default=Language.DANISH)
    #: The citizen told a caseworker the language they prefer: the ledger does not change it again.
    language_noted_at: Mapped[datetime | None]
    address_protected: Mapped[bool] = mapped_column(default=False)
    #: A caseworker noted the protection: a file from the ledger cannot lift it.
    protection_noted_at: Mapped[datetime | None]
    #: When all automation stopped for this citizen (hard case), until a person lifts it.
    frozen_at: Mapped[datetime | None]
    frozen_because: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ContactPoint(Record):
    """An address (kontaktoplysning) at which a citizen can be reached on one channel.

    `address` is E.164 for telephones; `distrusted_because` says why it is no longer written to.
    """

    __tablename__ = "contact_points"
    __table_args__ = (
        UniqueConstraint("municipality", "citizen_id", "channel", "address"),
        Index("ix_contact_points_address", "municipality", "channel", "address"),
        CheckConstraint(
            "(confirmed_at is null) = (confirmed_by is null)", name="confirmed_by_somebody"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    citizen_id: Mapped[CitizenId] = mapped_column(
        ForeignKey("citizens.id", ondelete="cascade"), index=True
    )
    channel: Mapped[Channel] = mapped_column(words(Channel))
    address: Mapped[str] = mapped_column(String(254))
    source: Mapped[str] = mapped_column(String(40), default="ledger")
    distrusted_at: Mapped[datetime | None]
    distrusted_because: Mapped[str | None] = mapped_column(String(40))
    #: When, and by what, it last proved to be theirs: `reply`, `code`, or who works here.
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]


class OptOut(Record):
    """A no to messages on one address (framelding); letters in Digital Post are not touched."""

    __tablename__ = "opt_outs"
    __table_args__ = (UniqueConstraint("municipality", "channel", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    address: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(40))
