"""The dialogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_05"
down_revision = "2026_11_22_04"
branch_labels = None
depends_on = None


_AWAITING = "awaiting in ('nothing', 'identity', 'amount', 'respite_date', 'offer'{more})"


def _awaiting(more: str) -> None:
    """Write the check anew: the words the column may hold have grown, or shrink again."""
    op.drop_constraint("awaiting", "conversations", type_="check")
    op.create_check_constraint("awaiting", "conversations", _AWAITING.format(more=more))


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "da", "en", name="language", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("understood_as", sa.String(length=40), nullable=True),
        sa.Column("should_be", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "rejected",
                name="correction_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (reviewed_by is null)",
            name=op.f("ck_corrections_reviewed_by_somebody"),
        ),
        sa.CheckConstraint(
            "reviewed_by <> proposed_by", name=op.f("ck_corrections_reviewed_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_corrections_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["staff.id"], name=op.f("fk_corrections_proposed_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["staff.id"], name=op.f("fk_corrections_reviewed_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("message_id", name=op.f("uq_corrections_message_id")),
    )
    op.create_index(
        "ix_corrections_queue",
        "corrections",
        ["municipality", "state", "proposed_at"],
        unique=False,
    )
    op.add_column(
        "conversations",
        sa.Column(
            "choices", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column(
        "messages",
        sa.Column(
            "choices", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column("messages", sa.Column("understood_as", sa.String(length=40), nullable=True))
    op.add_column(
        "messages",
        sa.Column(
            "understood_by",
            sa.Enum(
                "rule",
                "rasa",
                "person",
                name="hearer",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
    )
    op.add_column("messages", sa.Column("confidence", sa.Double(), nullable=True))
    op.add_column("messages", sa.Column("runner_up", sa.String(length=40), nullable=True))
    op.add_column(
        "messages",
        sa.Column(
            "also", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.create_index(
        "ix_messages_understood",
        "messages",
        ["municipality", "created_at"],
        unique=False,
        postgresql_where="understood_as is not null",
    )
    op.create_check_constraint("confidence_is_a_share", "messages", "confidence between 0 and 1")
    op.create_check_constraint(
        "heard_by", "messages", "(understood_as is null) = (understood_by is null)"
    )
    _awaiting(", 'choice'")


def downgrade() -> None:
    """Take it back: nobody may be choosing any more."""
    op.execute("update conversations set awaiting = 'nothing' where awaiting = 'choice'")
    _awaiting("")
    for name in ("confidence_is_a_share", "heard_by"):
        op.drop_constraint(name, "messages", type_="check")
    op.drop_index(
        "ix_messages_understood",
        table_name="messages",
        postgresql_where="understood_as is not null",
    )
    op.drop_column("messages", "also")
    op.drop_column("messages", "runner_up")
    op.drop_column("messages", "confidence")
    op.drop_column("messages", "understood_by")
    op.drop_column("messages", "understood_as")
    op.drop_column("messages", "choices")
    op.drop_column("conversations", "choices")
    op.drop_index("ix_corrections_queue", table_name="corrections")
    op.drop_table("corrections")
