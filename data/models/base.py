"""What every table shares: names of constraints, columns for our values, the municipality."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Enum, MetaData, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from data.values.ids import (
    AgreementId,
    CallId,
    CitizenId,
    ClaimId,
    ConversationId,
    CorrectionId,
    HandoffId,
    HandOverFileId,
    HandOverId,
    LetterId,
    MessageId,
    NoteId,
    OverrideId,
    ReadingId,
    RelationId,
    SavedTextId,
    SavedViewId,
    StaffId,
    TaskId,
)
from data.values.money import Money
from data.values.phone import PhoneNumber

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class MoneyColumn(TypeDecorator[Money]):
    """Money as øre in a bigint."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        """Turn an amount into øre."""
        return None if value is None else value.oere

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        """Turn øre into an amount."""
        return None if value is None else Money(value)


class PhoneColumn(TypeDecorator[PhoneNumber]):
    """A telephone number as E.164 text."""

    impl = String(16)
    cache_ok = True

    def process_bind_param(self, value: PhoneNumber | None, dialect: Dialect) -> str | None:
        """Turn a number into E.164."""
        return None if value is None else value.e164

    def process_result_value(self, value: str | None, dialect: Dialect) -> PhoneNumber | None:
        """Turn E.164 into a number."""
        return None if value is None else PhoneNumber(value)


class InstantColumn(TypeDecorator[datetime]):
    """An aware instant; a naive one is a fault, and what comes out is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant must know its time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return UTC."""
        return None if value is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """Make a text column that holds only the words of `kind`, refused by a check otherwise."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=_snake(kind.__name__),
        values_callable=lambda members: [member.value for member in members],
    )


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip(
        "_"
    )


class Record(DeclarativeBase):
    """A row; it always names its municipality (kommune), so that a table can be split."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        int: BigInteger(),
        Money: MoneyColumn(),
        PhoneNumber: PhoneColumn(),
        datetime: InstantColumn(),
        dict[str, Any]: JSONB(),
        CitizenId: Uuid(),
        ClaimId: Uuid(),
        ConversationId: Uuid(),
        MessageId: Uuid(),
        AgreementId: Uuid(),
        CallId: Uuid(),
        HandoffId: Uuid(),
        StaffId: Uuid(),
        LetterId: Uuid(),
        CorrectionId: Uuid(),
        OverrideId: Uuid(),
        TaskId: Uuid(),
        NoteId: Uuid(),
        RelationId: Uuid(),
        ReadingId: Uuid(),
        SavedTextId: Uuid(),
        SavedViewId: Uuid(),
        HandOverId: Uuid(),
        HandOverFileId: Uuid(),
    }

    municipality: Mapped[str] = mapped_column(String(40))


def not_negative(column: str) -> CheckConstraint:
    """Make the constraint that `column` is zero or more."""
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")
