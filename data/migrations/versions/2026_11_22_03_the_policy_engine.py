"""The policy engine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_03"
down_revision = "2026_11_22_02"
branch_labels = None
depends_on = None


STATES = "('offered', 'accepted', 'declined', 'superseded', 'expired', 'ended'{more})"
PROVEN = (
    "state not in ('accepted', 'ended'{more}) or (accepted_at is not null"
    " and identity_level >= 2 and shown_text is not null)"
)


def _agreement_checks(more: str) -> None:
    op.drop_constraint("agreement_state", "agreements", type_="check")
    op.drop_constraint("acceptance_is_proven", "agreements", type_="check")
    op.create_check_constraint(
        "agreement_state", "agreements", "state in " + STATES.format(more=more)
    )
    op.create_check_constraint("acceptance_is_proven", "agreements", PROVEN.format(more=more))


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "hand_over_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "recipient",
            sa.Enum(
                "state",
                "bailiff",
                name="recipient",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_files")),
        sa.UniqueConstraint(
            "municipality",
            "recipient",
            "number",
            name=op.f("uq_hand_over_files_municipality_recipient_number"),
        ),
    )
    op.create_table(
        "circumstances",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.String(length=40), nullable=True),
        sa.Column("yearly_net_income", sa.BigInteger(), nullable=True),
        sa.Column("supports_others", sa.Boolean(), nullable=True),
        sa.Column("children_at_home", sa.Boolean(), nullable=True),
        sa.Column("social_authorities_told_on", sa.Date(), nullable=True),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_circumstances_citizen_id_citizens"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_circumstances_recorded_by_staff")
        ),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_circumstances")),
    )
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recipient",
            sa.Enum(
                "state",
                "bailiff",
                name="recipient",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "stopped",
                "invalid",
                "filed",
                "accepted",
                "rejected",
                "returned",
                "recalled",
                name="hand_over_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("row", sa.BigInteger(), nullable=True),
        sa.Column("sums", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("their_ref", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.Column("stopped_because", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "state not in ('filed', 'accepted') or file_id is not null",
            name=op.f("ck_hand_overs_filed_has_file"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_hand_overs_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["hand_over_files.id"], name=op.f("fk_hand_overs_file_id_hand_over_files")
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by"], ["staff.id"], name=op.f("fk_hand_overs_stopped_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index(op.f("ix_hand_overs_claim_id"), "hand_overs", ["claim_id"], unique=False)
    op.create_index(
        "ix_hand_overs_ready", "hand_overs", ["municipality", "state", "ready_on"], unique=False
    )
    op.create_index(
        "uq_hand_overs_alive",
        "hand_overs",
        ["claim_id"],
        unique=True,
        postgresql_where="state in ('waiting', 'filed', 'accepted')",
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "da", "en", name="language", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "stood_down",
                name="letter_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("stood_down_because", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(status = 'sending') = (sending_since is not null)",
            name=op.f("ck_letters_sending_since_then"),
        ),
        sa.CheckConstraint(
            "(status = 'sent') = (sent_at is not null)", name=op.f("ck_letters_sent_has_time")
        ),
        sa.CheckConstraint(
            "(status = 'stood_down') = (stood_down_because is not null)",
            name=op.f("ck_letters_why"),
        ),
        sa.CheckConstraint(
            "(status in ('sending', 'sent')) = (body is not null and pay_by is not null and written_on is not null)",
            name=op.f("ck_letters_leaves_written"),
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_letters_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_letters_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint(
            "claim_id", "step", "citizen_id", name=op.f("uq_letters_claim_id_step_citizen_id")
        ),
    )
    op.create_index(op.f("ix_letters_citizen_id"), "letters", ["citizen_id"], unique=False)
    op.create_index(
        "ix_letters_queued",
        "letters",
        ["municipality", "claim_id"],
        unique=False,
        postgresql_where="status = 'queued'",
    )
    op.create_index(
        "ix_letters_sending",
        "letters",
        ["municipality", "sending_since"],
        unique=False,
        postgresql_where="status = 'sending'",
    )
    op.create_table(
        "liabilities",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_liabilities_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claims.id"],
            name=op.f("fk_liabilities_claim_id_claims"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("claim_id", "citizen_id", name=op.f("pk_liabilities")),
    )
    op.create_index(op.f("ix_liabilities_citizen_id"), "liabilities", ["citizen_id"], unique=False)
    op.create_table(
        "overrides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column(
            "effect",
            sa.Enum(
                "hold",
                "approve",
                "without_fee",
                "skip",
                "shelve",
                name="effect",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(revoked_at is null) = (revoked_because is null)",
            name=op.f("ck_overrides_revoked_why"),
        ),
        sa.CheckConstraint(
            "(revoked_at is null) = (revoked_by is null)", name=op.f("ck_overrides_revoker_named")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_overrides_reason_given")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_overrides_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["staff.id"], name=op.f("fk_overrides_revoked_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_overrides_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(
        "ix_overrides_claim",
        "overrides",
        ["claim_id"],
        unique=False,
        postgresql_where="revoked_at is null",
    )
    op.create_table(
        "postings",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fee",
                "interest",
                "fee_waived",
                "interest_waived",
                name="posting_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("waives", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(kind in ('fee', 'interest')) = (amount > 0) and amount <> 0",
            name=op.f("ck_postings_sign_fits_kind"),
        ),
        sa.CheckConstraint(
            "(kind in ('fee_waived', 'interest_waived')) = (waives is not null)",
            name=op.f("ck_postings_waiver_names_posting"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_postings_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["waives"], ["postings.id"], name=op.f("fk_postings_waives_postings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
        sa.UniqueConstraint("claim_id", "key", name=op.f("uq_postings_claim_id_key")),
        sa.UniqueConstraint("waives", name=op.f("uq_postings_waives")),
    )
    op.create_index("ix_postings_day", "postings", ["municipality", "day"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("unit", sa.String(length=120), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                name="task_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (closed_at is not null)", name=op.f("ck_tasks_closed_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_tasks_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_tasks_claim_id_claims")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_tasks_closed_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_citizen_id"), "tasks", ["citizen_id"], unique=False)
    op.create_index(op.f("ix_tasks_claim_id"), "tasks", ["claim_id"], unique=False)
    op.create_index("ix_tasks_queue", "tasks", ["municipality", "state", "due_on"], unique=False)
    op.create_index(
        "uq_tasks_open",
        "tasks",
        ["claim_id", "kind"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "hand_over_answers",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "accepted",
                "rejected",
                "returned",
                "recalled",
                "written_down",
                name="answer_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("their_ref", sa.String(length=60), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status <> 'written_down' or amount > 0",
            name=op.f("ck_hand_over_answers_write_down_has_amount"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_hand_over_answers_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["hand_over_id"],
            ["hand_overs.id"],
            name=op.f("fk_hand_over_answers_hand_over_id_hand_overs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_answers")),
        sa.UniqueConstraint(
            "hand_over_id", "key", name=op.f("uq_hand_over_answers_hand_over_id_key")
        ),
    )
    op.create_index(
        "ix_hand_over_answers_day", "hand_over_answers", ["municipality", "day"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_claims_claim_id"), "agreement_claims", ["claim_id"], unique=False
    )
    op.add_column("agreements", sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "claims", sa.Column("charged", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("decisions", sa.Column("basis", sa.Text(), nullable=True))
    op.add_column("decisions", sa.Column("policy_version", sa.String(length=120), nullable=True))
    op.add_column(
        "decisions",
        sa.Column("decided_by", sa.String(length=80), server_default="rule", nullable=False),
    )
    op.add_column("decisions", sa.Column("pay_by", sa.Date(), nullable=True))
    _agreement_checks(", 'broken'")
    op.create_check_constraint(
        "breach_has_a_time", "agreements", "(state = 'broken') = (broken_at is not null)"
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_constraint("breach_has_a_time", "agreements", type_="check")
    _agreement_checks("")
    op.drop_column("decisions", "pay_by")
    op.drop_column("decisions", "decided_by")
    op.drop_column("decisions", "policy_version")
    op.drop_column("decisions", "basis")
    op.drop_column("claims", "charged")
    op.drop_column("agreements", "broken_at")
    op.drop_index(op.f("ix_agreement_claims_claim_id"), table_name="agreement_claims")
    op.drop_index("ix_hand_over_answers_day", table_name="hand_over_answers")
    op.drop_table("hand_over_answers")
    op.drop_index("uq_tasks_open", table_name="tasks", postgresql_where="state = 'open'")
    op.drop_index("ix_tasks_queue", table_name="tasks")
    op.drop_index(op.f("ix_tasks_claim_id"), table_name="tasks")
    op.drop_index(op.f("ix_tasks_citizen_id"), table_name="tasks")
    op.drop_table("tasks")
    op.drop_index("ix_postings_day", table_name="postings")
    op.drop_table("postings")
    op.drop_index(
        "ix_overrides_claim", table_name="overrides", postgresql_where="revoked_at is null"
    )
    op.drop_table("overrides")
    op.drop_index(op.f("ix_liabilities_citizen_id"), table_name="liabilities")
    op.drop_table("liabilities")
    op.drop_index("ix_letters_sending", table_name="letters", postgresql_where="status = 'sending'")
    op.drop_index("ix_letters_queued", table_name="letters", postgresql_where="status = 'queued'")
    op.drop_index(op.f("ix_letters_citizen_id"), table_name="letters")
    op.drop_table("letters")
    op.drop_index(
        "uq_hand_overs_alive",
        table_name="hand_overs",
        postgresql_where="state in ('waiting', 'filed', 'accepted')",
    )
    op.drop_index("ix_hand_overs_ready", table_name="hand_overs")
    op.drop_index(op.f("ix_hand_overs_claim_id"), table_name="hand_overs")
    op.drop_table("hand_overs")
    op.drop_table("circumstances")
    op.drop_table("hand_over_files")
