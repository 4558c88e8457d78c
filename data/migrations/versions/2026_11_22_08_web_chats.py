"""Web chats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_08"
down_revision = "2026_11_22_07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "web_chats",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_web_chats_conversation_id_conversations"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_chats")),
    )
    op.create_index(op.f("ix_web_chats_conversation_id"), "web_chats", ["conversation_id"])
    op.create_index(op.f("ix_web_chats_ends_at"), "web_chats", ["ends_at"])
    op.create_table(
        "web_chat_senders",
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_web_chat_senders_weight_not_negative")),
        sa.PrimaryKeyConstraint("address_hash", "hour", name=op.f("pk_web_chat_senders")),
    )
    op.create_index(op.f("ix_web_chat_senders_hour"), "web_chat_senders", ["hour"])


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("web_chat_senders")
    op.drop_table("web_chats")
