"""Who stands beside a citizen: representatives, guardians, the household (relationer)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, words
from data.values.ids import CitizenId, RelationId, StaffId, new_id
from data.values.phone import PhoneNumber


class RelationKind(StrEnum):
    """How somebody belongs to a citizen (relationens art)."""

    REPRESENTATIVE = "representative"  # partsrepræsentant, fuldmægtig (forvaltningsloven § 8)
    GUARDIAN = "guardian"  # værge (værgemålsloven)
    HOUSEHOLD = "household"  # lives in the same home: one voice, and nothing told across


class Relation(Record):
    """Somebody who belongs to a citizen, and what shows it (relation).

    A household is one row between two citizens of the municipality, and counts both ways. Who
    owes a claim together stands in `liabilities`.
    """

    __tablename__ = "relations"
    __table_args__ = (
        CheckConstraint("citizen_id <> other_citizen_id", name="two_people"),
        CheckConstraint(
            "kind <> 'household' or other_citizen_id is not null", name="household_of_citizens"
        ),
        CheckConstraint("kind = 'household' or name is not null", name="named"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ender_named"),
        CheckConstraint("(ended_at is null) = (ended_because is null)", name="ended_why"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
    )

    id: Mapped[RelationId] = mapped_column(primary_key=True, default=new_id)
    citizen_id: Mapped[CitizenId] = mapped_column(ForeignKey("citizens.id"), index=True)
    kind: Mapped[RelationKind] = mapped_column(words(RelationKind))
    other_citizen_id: Mapped[CitizenId | None] = mapped_column(
        ForeignKey("citizens.id"), index=True
    )
    name: Mapped[str | None] = mapped_column(String(200))
    organisation: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[PhoneNumber | None]
    email: Mapped[str | None] = mapped_column(String(254))
    #: What it covers, in the caseworker's words: all claims, one case.
    scope: Mapped[str | None] = mapped_column(String(400))
    #: What was seen: a power of attorney and its date, a decree (fuldmagt, værgebeskikkelse).
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]
    added_by: Mapped[StaffId] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[StaffId | None] = mapped_column(ForeignKey("staff.id"))
    ended_because: Mapped[str | None] = mapped_column(Text)
