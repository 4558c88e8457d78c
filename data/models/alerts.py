"""Calls to the person on duty outside office hours (vagtopkald)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record
from data.values.ids import HandoffId
from data.values.phone import PhoneNumber


class Alert(Record):
    """One SMS to the on-call number about a handoff nobody has taken (vagtbesked)."""

    __tablename__ = "alerts"

    handoff_id: Mapped[HandoffId] = mapped_column(
        ForeignKey("handoffs.id", ondelete="cascade"), primary_key=True
    )
    #: 1 for the first call, and so on.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    phone: Mapped[PhoneNumber]
    at: Mapped[datetime]
    #: What the gateway made of it: a word of `SendResult`, none while it is handed over.
    result: Mapped[str | None] = mapped_column(String(32))
    error_code: Mapped[str | None] = mapped_column(String(40))
