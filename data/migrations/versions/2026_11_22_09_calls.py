"""Telephone calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_09"
down_revision = "2026_11_22_08"
branch_labels = None
depends_on = None

_STEPS = ("identity", "consent", "talk", "checking", "call_back", "number", "transfer", "over")
_OUTCOMES = (
    *("completed", "hung_up", "transferred", "call_back", "time_up", "machine", "no_answer"),
    *("busy", "failed"),
)
_REFERENCES = {
    "conversation_id": "conversations",
    "message_id": "messages",
    "task_id": "tasks",
}


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("direction", _one_of("direction", "in", "out"), nullable=False),
        sa.Column("language", _one_of("language", "da", "en"), nullable=False),
        sa.Column("state", _one_of("call_state", "placed", "answered", "ended"), nullable=False),
        sa.Column("step", _one_of("call_step", *_STEPS), nullable=False),
        sa.Column("outcome", _one_of("call_outcome", *_OUTCOMES), nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("answered_at", instant, nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("duration", sa.BigInteger(), nullable=True),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("misunderstood", sa.BigInteger(), nullable=False),
        sa.Column("silent", sa.BigInteger(), nullable=False),
        sa.Column("may_text", sa.Boolean(), nullable=True),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("choices", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at is not null)", name=op.f("ck_calls_ended_has_time")
        ),
        sa.CheckConstraint(
            "state <> 'ended' or outcome is not null", name=op.f("ck_calls_ended_has_outcome")
        ),
        sa.CheckConstraint("duration >= 0", name=op.f("ck_calls_duration_not_negative")),
        sa.CheckConstraint("turn >= 0", name=op.f("ck_calls_turn_not_negative")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_calls_{column}_{table}")
            for column, table in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_calls_call_sid")),
    )
    op.create_index(op.f("ix_calls_conversation_id"), "calls", ["conversation_id"])
    op.create_index(op.f("ix_calls_message_id"), "calls", ["message_id"])
    op.create_index(
        "ix_calls_under_way", "calls", ["started_at"], postgresql_where="state <> 'ended'"
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("calls")
