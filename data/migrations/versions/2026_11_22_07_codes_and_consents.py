"""Codes and consents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_07"
down_revision = "2026_11_22_06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make one-time codes, count wrong tries over all channels, confirm addresses."""
    op.create_table(
        "wrong_tries",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("wrong >= 0", name=op.f("ck_wrong_tries_wrong_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_tries")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_wrong_tries_key_hash")),
    )
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "identity",
                "telegram_link",
                "chat_resume",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "sent_on",
            sa.Enum(
                "sms",
                "voice",
                "telegram",
                "web",
                "email",
                "terminal",
                "letter",
                name="sent_on",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "used_on",
            sa.Enum(
                "sms",
                "voice",
                "telegram",
                "web",
                "email",
                "terminal",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "purpose <> 'identity' or used_on is null or used_on <> sent_on",
            name=op.f("ck_one_time_codes_proves_another_channel"),
        ),
        sa.CheckConstraint(
            "purpose = 'chat_resume' or citizen_id is not null",
            name=op.f("ck_one_time_codes_names_citizen"),
        ),
        sa.CheckConstraint(
            "(used_at is null) = (used_on is null)", name=op.f("ck_one_time_codes_used_somewhere")
        ),
        sa.CheckConstraint(
            "citizen_id is not null or conversation_id is not null",
            name=op.f("ck_one_time_codes_leads_somewhere"),
        ),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_one_time_codes_expires")),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_one_time_codes_citizen_id_citizens"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_one_time_codes_conversation_id_conversations"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_one_time_codes_code_hash")),
    )
    op.create_index(
        "ix_one_time_codes_citizen",
        "one_time_codes",
        ["citizen_id", "purpose", "made_at"],
        unique=False,
    )
    op.create_index(
        "ix_one_time_codes_conversation", "one_time_codes", ["conversation_id"], unique=False
    )
    op.add_column(
        "contact_points", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("contact_points", sa.Column("confirmed_by", sa.String(length=60), nullable=True))
    op.create_check_constraint(
        "confirmed_by_somebody",
        "contact_points",
        "(confirmed_at is null) = (confirmed_by is null)",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_constraint("confirmed_by_somebody", "contact_points", type_="check")
    op.drop_column("contact_points", "confirmed_by")
    op.drop_column("contact_points", "confirmed_at")
    op.drop_index("ix_one_time_codes_conversation", table_name="one_time_codes")
    op.drop_index("ix_one_time_codes_citizen", table_name="one_time_codes")
    op.drop_table("one_time_codes")
    op.drop_table("wrong_tries")
