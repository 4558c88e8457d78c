"""What is erased at the vendor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_11"
down_revision = "2026_11_22_09"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep when the vendor erased what a message says, and find what it still has."""
    op.add_column("messages", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_messages_to_erase",
        "messages",
        ["municipality", "status_at"],
        postgresql_where="channel = 'sms' and erased_at is null and vendor_ref is not null",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_messages_to_erase", table_name="messages")
    op.drop_column("messages", "erased_at")
