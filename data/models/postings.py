"""Postings: what is added to a claim and taken off it besides payments (posteringer)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import ClaimId
from data.values.money import Money


class PostingKind(StrEnum):
    """What a posting is (posteringens art)."""

    FEE = "fee"
    INTEREST = "interest"
    FEE_WAIVED = "fee_waived"
    INTEREST_WAIVED = "interest_waived"
    WRITE_OFF = "write_off"  # afskrivning


class Posting(Record):
    """A sum added to a claim, or taken off it again, once and with its legal basis (postering).

    `amount` is above zero for fees and interest and below zero for waivers; `key` names the cause
    (`fee:reminder:2`, `interest:2026-11`), so that the same cause never posts twice.
    """

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("claim_id", "key"),
        CheckConstraint(
            "(kind in ('fee', 'interest')) = (amount > 0) and amount <> 0", name="sign_fits_kind"
        ),
        CheckConstraint(
            "(kind in ('fee_waived', 'interest_waived')) = (waives is not null)",
            name="waiver_names_posting",
        ),
        Index("ix_postings_day", "municipality", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"))
    kind: Mapped[PostingKind] = mapped_column(words(PostingKind))
    amount: Mapped[Money]
    day: Mapped[date]
    key: Mapped[str] = mapped_column(String(60))
    #: The paragraph and policy line it rests on; for a waiver, the reason given.
    basis: Mapped[str] = mapped_column(Text)
    waives: Mapped[int | None] = mapped_column(ForeignKey("postings.id"), unique=True)
    made_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
