"""What the demo's telephone network keeps in place of Twilio."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Record, not_negative


class SimulatorMessage(Record):
    """An SMS as Twilio would keep it (demo only: simulatorens besked).

    `municipality` is the account it belongs to, always `demo`.
    """

    __tablename__ = "simulator_messages"
    __table_args__ = (
        Index("ix_simulator_messages_to", "to_number", "number"),
        Index("ix_simulator_messages_from", "from_number", "number"),
        Index(
            "ix_simulator_messages_under_way",
            "number",
            postgresql_where="status in ('queued', 'sent', 'receiving')",
        ),
        not_negative("num_media"),
    )

    sid: Mapped[str] = mapped_column(String(34), primary_key=True)
    #: Counts the messages of the network, so that two of the same instant keep their order.
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    from_number: Mapped[str] = mapped_column(String(20))
    to_number: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    num_media: Mapped[int] = mapped_column(default=0)
    direction: Mapped[str] = mapped_column(String(16))
    #: The last step that is done with: its webhook was called, whatever that answered.
    status: Mapped[str] = mapped_column(String(16))
    status_callback: Mapped[str | None] = mapped_column(String(500))
    #: Twilio's own code, when the message did not arrive.
    error_code: Mapped[int | None]
    #: What our webhook answered when it did not take the message or the receipt.
    trouble: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
