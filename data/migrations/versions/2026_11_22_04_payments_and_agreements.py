"""Payments and agreements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_04"
down_revision = "2026_11_22_03"
branch_labels = None
depends_on = None


_STATES = "state in ('offered', 'accepted', 'declined', 'superseded', 'expired', 'ended', 'broken'"
_PROVEN = (
    "state not in ('accepted', 'ended', 'broken'{more}) or (accepted_at is not null"
    " and identity_level >= 2 and shown_text is not null)"
)
_CHANNELS = "channel in ('sms', 'voice', 'telegram', 'web', 'email', 'terminal'"
_MESSAGES = "kind in ('inbound', 'first_contact', 'reply', 'staff_answer', 'notice'{more})"
_POSTINGS = "kind in ('fee', 'interest', 'fee_waived', 'interest_waived'{more})"


def _checks(table: str, **conditions: str) -> None:
    """Write checks anew: the words a column may hold have grown, or shrink again."""
    for name, condition in conditions.items():
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, condition)


def _words(kind: str, state: str, proven: str, message: str, posting: str) -> None:
    _checks(
        "agreements",
        agreement_kind="kind in ('plan', 'respite'" + kind + ")",
        agreement_state=_STATES + state + ")",
        acceptance_is_proven=_PROVEN.format(more=proven),
    )
    _checks("messages", message_kind=_MESSAGES.format(more=message))
    _checks("postings", posting_kind=_POSTINGS.format(more=posting))


def _yes_on_paper() -> None:
    """Let a yes be given on paper or across the counter, and an assignment have its day."""
    op.drop_constraint("channel", "agreements", type_="check")
    op.create_check_constraint(
        "agreement_channel", "agreements", _CHANNELS + ", 'letter', 'counter')"
    )
    _checks("agreements", respite_ends="(kind = 'plan') = (respite_until is null)")


def _no_yes_on_paper() -> None:
    op.drop_constraint("agreement_channel", "agreements", type_="check")
    op.create_check_constraint("channel", "agreements", _CHANNELS + ")")
    _checks("agreements", respite_ends="(kind = 'respite') = (respite_until is not null)")


def _answers_first(unasked: str) -> None:
    """Keep what nobody asked for out of the index of the answers."""
    op.drop_index("ix_messages_answers", table_name="messages")
    op.create_index(
        "ix_messages_answers",
        "messages",
        ["municipality", "not_before", "number"],
        postgresql_where=sa.text(f"status = 'queued' and {unasked}"),
    )


def _keep_payments() -> None:
    """Every payment so far stands on its claim."""
    op.execute("update payments set allocated = amount")
    op.execute("update payments set kind = 'reversed' where amount < 0")
    op.execute(
        "insert into allocations (municipality, payment_id, claim_id, amount, made_by, created_at)"
        " select municipality, id, claim_id, amount, 'import', created_at from payments order by id"
    )
    op.drop_constraint("amount_not_zero", "payments", type_="check")
    op.create_check_constraint(
        "sign_fits", "payments", "(kind = 'received') = (amount > 0) and amount <> 0"
    )
    op.create_check_constraint(
        "reversal_takes_back", "payments", "kind <> 'received' or reverses is null"
    )


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "payment_series",
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_payment_series")),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_allocations_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_allocations_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_allocations_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index("ix_allocations_claim", "allocations", ["claim_id", "created_at"], unique=False)
    op.create_index(op.f("ix_allocations_payment_id"), "allocations", ["payment_id"], unique=False)
    op.add_column(
        "agreement_claims",
        sa.Column("position", sa.BigInteger(), server_default="1", nullable=False),
    )
    op.add_column("agreements", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agreements", sa.Column("ended_because", sa.Text(), nullable=True))
    op.add_column(
        "agreements",
        sa.Column("proposed_by", sa.String(length=80), server_default="assistant", nullable=False),
    )
    op.add_column("agreements", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("agreements", sa.Column("why", sa.String(length=40), nullable=True))
    op.add_column(
        "agreements", sa.Column("option", sa.BigInteger(), server_default="1", nullable=False)
    )
    op.add_column("agreements", sa.Column("rhythm", sa.String(length=20), nullable=True))
    op.add_column("agreements", sa.Column("replaces", sa.Uuid(), nullable=True))
    op.add_column("agreements", sa.Column("suspended_on", sa.Date(), nullable=True))
    op.add_column("agreements", sa.Column("suspended_because", sa.String(length=40), nullable=True))
    op.add_column("agreements", sa.Column("payment_id", sa.String(length=15), nullable=True))
    op.add_column("agreements", sa.Column("creditor_no", sa.String(length=8), nullable=True))
    op.add_column("agreements", sa.Column("benefit", sa.String(length=40), nullable=True))
    op.alter_column("agreements", "conversation_id", existing_type=sa.UUID(), nullable=True)
    op.create_index(
        op.f("ix_agreements_conversation_id"), "agreements", ["conversation_id"], unique=False
    )
    op.create_index(op.f("ix_agreements_replaces"), "agreements", ["replaces"], unique=False)
    op.create_index(
        "ix_agreements_running",
        "agreements",
        ["municipality", "kind", "id"],
        unique=False,
        postgresql_where="state = 'accepted'",
    )
    op.create_unique_constraint(
        op.f("uq_agreements_municipality_payment_id"), "agreements", ["municipality", "payment_id"]
    )
    op.create_foreign_key(
        op.f("fk_agreements_replaces_agreements"), "agreements", "agreements", ["replaces"], ["id"]
    )
    op.add_column(
        "claims", sa.Column("in_dispute", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("instalments", sa.Column("agreed_on", sa.Date(), nullable=True))
    op.add_column(
        "instalments", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("instalments", sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("instalments", sa.Column("payment_id", sa.String(length=15), nullable=True))
    op.add_column("messages", sa.Column("agreement_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_messages_agreement_id"), "messages", ["agreement_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_messages_agreement_id_agreements"),
        "messages",
        "agreements",
        ["agreement_id"],
        ["id"],
        use_alter=True,
    )
    op.add_column(
        "payments",
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "reversed",
                "refunded",
                name="payment_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="received",
            nullable=False,
        ),
    )
    op.add_column(
        "payments",
        sa.Column(
            "source",
            sa.Enum(
                "ledger",
                "bank",
                "desk",
                name="payment_source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="ledger",
            nullable=False,
        ),
    )
    op.add_column(
        "payments", sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("payments", sa.Column("payment_id", sa.String(length=19), nullable=True))
    op.add_column("payments", sa.Column("creditor_no", sa.String(length=8), nullable=True))
    op.add_column("payments", sa.Column("claim_ref", sa.String(length=60), nullable=True))
    op.add_column("payments", sa.Column("payer", sa.String(length=140), nullable=True))
    op.add_column("payments", sa.Column("text", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("agreement_id", sa.Uuid(), nullable=True))
    op.add_column("payments", sa.Column("reverses", sa.BigInteger(), nullable=True))
    op.alter_column("payments", "claim_id", existing_type=sa.UUID(), nullable=True)
    op.create_index(op.f("ix_payments_agreement_id"), "payments", ["agreement_id"], unique=False)
    op.create_index("ix_payments_day", "payments", ["municipality", "paid_on"], unique=False)
    op.create_index(op.f("ix_payments_reverses"), "payments", ["reverses"], unique=False)
    op.create_index(
        "ix_payments_waiting",
        "payments",
        ["municipality", "id"],
        unique=False,
        postgresql_where="amount <> allocated",
    )
    op.create_foreign_key(
        op.f("fk_payments_agreement_id_agreements"),
        "payments",
        "agreements",
        ["agreement_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_payments_reverses_payments"), "payments", "payments", ["reverses"], ["id"]
    )
    op.add_column("tasks", sa.Column("payment_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "uq_tasks_open_payment",
        "tasks",
        ["payment_id", "kind"],
        unique=True,
        postgresql_where="state = 'open' and payment_id is not null",
    )
    op.create_foreign_key(
        op.f("fk_tasks_payment_id_payments"), "tasks", "payments", ["payment_id"], ["id"]
    )
    op.create_check_constraint("in_dispute_not_negative", "claims", "in_dispute >= 0")
    op.create_check_constraint(
        "assignment_of_what", "agreements", "(kind = 'assignment') = (benefit is not null)"
    )
    op.create_check_constraint(
        "suspension_has_a_cause",
        "agreements",
        "(suspended_on is null) = (suspended_because is null)",
    )
    _words(
        ", 'assignment'",
        ", 'proposed', 'changed'",
        ", 'changed'",
        ", 'plan_reminder', 'plan_missed'",
        ", 'write_off'",
    )
    _yes_on_paper()
    _answers_first("kind not in ('first_contact', 'plan_missed', 'plan_reminder')")
    _keep_payments()


def downgrade() -> None:
    """Take it back: what the older tables have no words for must be gone."""
    op.drop_constraint("sign_fits", "payments", type_="check")
    op.drop_constraint("reversal_takes_back", "payments", type_="check")
    op.create_check_constraint("amount_not_zero", "payments", "amount <> 0")
    _no_yes_on_paper()
    _answers_first("kind <> 'first_contact'")
    _words("", "", "", "", "")
    op.drop_constraint("assignment_of_what", "agreements", type_="check")
    op.drop_constraint("suspension_has_a_cause", "agreements", type_="check")
    op.drop_constraint("in_dispute_not_negative", "claims", type_="check")
    op.drop_constraint(op.f("fk_tasks_payment_id_payments"), "tasks", type_="foreignkey")
    op.drop_index(
        "uq_tasks_open_payment",
        table_name="tasks",
        postgresql_where="state = 'open' and payment_id is not null",
    )
    op.drop_column("tasks", "payment_id")
    op.drop_constraint(op.f("fk_payments_reverses_payments"), "payments", type_="foreignkey")
    op.drop_constraint(op.f("fk_payments_agreement_id_agreements"), "payments", type_="foreignkey")
    op.drop_index(
        "ix_payments_waiting", table_name="payments", postgresql_where="amount <> allocated"
    )
    op.drop_index(op.f("ix_payments_reverses"), table_name="payments")
    op.drop_index("ix_payments_day", table_name="payments")
    op.drop_index(op.f("ix_payments_agreement_id"), table_name="payments")
    op.alter_column("payments", "claim_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("payments", "reverses")
    op.drop_column("payments", "agreement_id")
    op.drop_column("payments", "text")
    op.drop_column("payments", "payer")
    op.drop_column("payments", "claim_ref")
    op.drop_column("payments", "creditor_no")
    op.drop_column("payments", "payment_id")
    op.drop_column("payments", "allocated")
    op.drop_column("payments", "source")
    op.drop_column("payments", "kind")
    op.drop_constraint(op.f("fk_messages_agreement_id_agreements"), "messages", type_="foreignkey")
    op.drop_index(op.f("ix_messages_agreement_id"), table_name="messages")
    op.drop_column("messages", "agreement_id")
    op.drop_column("instalments", "payment_id")
    op.drop_column("instalments", "missed_at")
    op.drop_column("instalments", "reminded_at")
    op.drop_column("instalments", "agreed_on")
    op.drop_column("claims", "in_dispute")
    op.drop_constraint(op.f("fk_agreements_replaces_agreements"), "agreements", type_="foreignkey")
    op.drop_constraint(op.f("uq_agreements_municipality_payment_id"), "agreements", type_="unique")
    op.drop_index(
        "ix_agreements_running", table_name="agreements", postgresql_where="state = 'accepted'"
    )
    op.drop_index(op.f("ix_agreements_replaces"), table_name="agreements")
    op.drop_index(op.f("ix_agreements_conversation_id"), table_name="agreements")
    op.alter_column("agreements", "conversation_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("agreements", "benefit")
    op.drop_column("agreements", "creditor_no")
    op.drop_column("agreements", "payment_id")
    op.drop_column("agreements", "suspended_because")
    op.drop_column("agreements", "suspended_on")
    op.drop_column("agreements", "replaces")
    op.drop_column("agreements", "rhythm")
    op.drop_column("agreements", "option")
    op.drop_column("agreements", "why")
    op.drop_column("agreements", "reason")
    op.drop_column("agreements", "proposed_by")
    op.drop_column("agreements", "ended_because")
    op.drop_column("agreements", "ended_at")
    op.drop_column("agreement_claims", "position")
    op.drop_index(op.f("ix_allocations_payment_id"), table_name="allocations")
    op.drop_index("ix_allocations_claim", table_name="allocations")
    op.drop_table("allocations")
    op.drop_table("payment_series")
