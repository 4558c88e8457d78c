"""The record of what was done and read (log), and the seals that show if it was changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record

#: The acts of reading (opslag); all others changed something.
READINGS: Final = (
    "citizen_opened", "claim_opened", "conversation_opened", "payment_opened", "letter_opened",
    "confirmation_fetched", "hand_over_file_fetched", "journal_exported", "record_opened",
    "record_exported", "searched", "task_read",
)  # fmt: skip


class AuditEntry(Record):
    """One act on record (logpost): who did what, when, to whom, on which facts.

    The database refuses to change or delete one (a trigger of the migration).
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_kind", "subject_id", "at"),
        Index("ix_audit_entries_when", "municipality", "at"),
        Index("ix_audit_entries_actor", "municipality", "actor", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]]


class AuditUnsealed(Record):
    """An entry that no seal holds yet (endnu uden segl).

    A trigger writes it in the entry's own transaction, so the sealer sees exactly what is there,
    whichever number an entry drew and whenever it was committed; sealing takes it away.
    """

    __tablename__ = "audit_unsealed"

    municipality: Mapped[str] = mapped_column(String(40), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class AuditSeal(Record):
    """A run of entries sealed into the municipality's chain (segl).

    `hash` is SHA-256 over the seal before, the numbers of the entries and their digests; the
    database refuses to change or delete a seal.
    """

    __tablename__ = "audit_seals"

    #: Counts from 1 in each municipality, without a gap.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(String(40), primary_key=True)
    entries: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    #: SHA-256 of each entry as it was sealed, 32 bytes each, in the order of `entries`.
    digests: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]
