"""Letters: what has legal effect and goes by Digital Post or on paper (breve)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.models.citizens import Language
from data.values.ids import CitizenId, ClaimId, LetterId, new_id
from data.values.money import NOTHING, Money


class LetterStatus(StrEnum):
    """How far a letter has come (brevets status)."""

    QUEUED = "queued"
    SENDING = "sending"  # written, and being given to Digital Post
    SENT = "sent"  # given to Digital Post, or to the folder it is taken from
    STOOD_DOWN = "stood_down"  # not sent, with the reason on record


class Letter(Record):
    """A letter (brev) about one step of one claim to one of its debtors.

    It is written the moment it leaves: `body` (the whole letter, HTML) and `pay_by` are none until
    then. The fee is posted once it has left, so that nobody is charged for a letter that never did.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("claim_id", "step", "citizen_id"),
        # What the sender walks along, claim by claim; it shrinks as letters leave.
        Index(
            "ix_letters_queued", "municipality", "claim_id", postgresql_where="status = 'queued'"
        ),
        Index(
            "ix_letters_sending",
            "municipality",
            "sending_since",
            postgresql_where="status = 'sending'",
        ),
        CheckConstraint(
            "(status in ('sending', 'sent')) = (body is not null and pay_by is not null"
            " and written_on is not null)",
            name="leaves_written",
        ),
        CheckConstraint(
            "(status = 'sending') = (sending_since is not null)", name="sending_since_then"
        ),
        CheckConstraint("(status = 'sent') = (sent_at is not null)", name="sent_has_time"),
        CheckConstraint("(status = 'stood_down') = (stood_down_because is not null)", name="why"),
    )

    id: Mapped[LetterId] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[ClaimId] = mapped_column(ForeignKey("claims.id"))
    citizen_id: Mapped[CitizenId] = mapped_column(ForeignKey("citizens.id"), index=True)
    #: As in `decisions`: `reminder:1`, `notice:1`, `auction_warning:1`, `closure_notice:1`.
    step: Mapped[str] = mapped_column(String(40))
    template: Mapped[str] = mapped_column(String(40))
    language: Mapped[Language] = mapped_column(words(Language))
    status: Mapped[LetterStatus] = mapped_column(words(LetterStatus), default=LetterStatus.QUEUED)
    fee: Mapped[Money] = mapped_column(default=NOTHING)
    pay_by: Mapped[date | None]
    #: The day that stands on it (brevdato).
    written_on: Mapped[date | None]
    body: Mapped[str | None] = mapped_column(Text)
    stood_down_because: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sending_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
