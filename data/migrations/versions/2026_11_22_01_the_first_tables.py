"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_01"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=60), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        "ix_audit_entries_subject",
        "audit_entries",
        ["subject_kind", "subject_id", "at"],
        unique=False,
    )
    op.create_table(
        "citizens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.String(length=10), nullable=False),
        sa.Column(
            "debtor_kind",
            sa.Enum(
                "person",
                "business",
                name="debtor_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "da", "en", name="language", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("address_protected", sa.Boolean(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_because", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(debtor_kind = 'person' and debtor_id ~ '^[0-9]{10}$') or (debtor_kind = 'business' and debtor_id ~ '^[0-9]{8}$')",
            name=op.f("ck_citizens_debtor_id_fits_kind"),
        ),
        sa.CheckConstraint(
            "(frozen_at is null) = (frozen_because is null)",
            name=op.f("ck_citizens_freeze_has_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizens")),
        sa.UniqueConstraint(
            "municipality", "debtor_id", name=op.f("uq_citizens_municipality_debtor_id")
        ),
    )
    op.create_table(
        "opt_outs",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column(
            "channel",
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
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
        sa.UniqueConstraint(
            "municipality",
            "channel",
            "address",
            name=op.f("uq_opt_outs_municipality_channel_address"),
        ),
    )
    op.create_table(
        "payment_coverage",
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.Column("covers_until", sa.Date(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_payment_coverage")),
    )
    op.create_table(
        "simulator_messages",
        sa.Column("sid", sa.String(length=34), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_number", sa.String(length=20), nullable=False),
        sa.Column("to_number", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("num_media", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_callback", sa.String(length=500), nullable=True),
        sa.Column("error_code", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "num_media >= 0", name=op.f("ck_simulator_messages_num_media_not_negative")
        ),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_simulator_messages")),
        sa.UniqueConstraint("number", name=op.f("uq_simulator_messages_number")),
    )
    op.create_index(
        "ix_simulator_messages_from", "simulator_messages", ["from_number", "number"], unique=False
    )
    op.create_index(
        "ix_simulator_messages_to", "simulator_messages", ["to_number", "number"], unique=False
    )
    op.create_index(
        "ix_simulator_messages_under_way",
        "simulator_messages",
        ["number"],
        unique=False,
        postgresql_where="status in ('queued', 'sent', 'receiving')",
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_sign_ins", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("claim_ref", sa.String(length=60), nullable=False),
        sa.Column("claim_type", sa.String(length=40), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("bill_sent_on", sa.Date(), nullable=True),
        sa.Column("payment_id", sa.String(length=19), nullable=True),
        sa.Column("creditor_no", sa.String(length=8), nullable=True),
        sa.Column("owning_unit", sa.String(length=120), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("instalment_no", sa.BigInteger(), nullable=True),
        sa.Column("tax_year", sa.BigInteger(), nullable=True),
        sa.Column("betalingsservice", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "paid",
                "in_plan",
                "in_respite",
                "disputed",
                "shelved",
                "handed_over",
                "written_off",
                name="claim_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("respite_until", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("paused_because", sa.String(length=40), nullable=True),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(state = 'in_respite') = (respite_until is not null)",
            name=op.f("ck_claims_respite_ends"),
        ),
        sa.CheckConstraint(
            "bill_sent_on is null or bill_sent_on <= due_date",
            name=op.f("ck_claims_bill_sent_before_due"),
        ),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_claims_paid_not_negative")),
        sa.CheckConstraint(
            "period_start is null or period_end is null or period_start <= period_end",
            name=op.f("ck_claims_period_runs_forward"),
        ),
        sa.CheckConstraint("principal > 0", name=op.f("ck_claims_principal_positive")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_claims_citizen_id_citizens")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint(
            "municipality", "claim_ref", name=op.f("uq_claims_municipality_claim_ref")
        ),
    )
    op.create_index(op.f("ix_claims_citizen_id"), "claims", ["citizen_id"], unique=False)
    op.create_index("ix_claims_payment_id", "claims", ["municipality", "payment_id"], unique=False)
    op.create_index(
        "ix_claims_ref_digits",
        "claims",
        ["municipality", sa.literal_column("regexp_replace(claim_ref, '[^0-9]', '', 'g')")],
        unique=False,
    )
    op.create_index(
        "ix_claims_round",
        "claims",
        ["municipality", "citizen_id", "due_date"],
        unique=False,
        postgresql_where="first_contact_at is null",
    )
    op.create_table(
        "contact_points",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
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
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("distrusted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("distrusted_because", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_contact_points_citizen_id_citizens"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
        sa.UniqueConstraint(
            "municipality",
            "citizen_id",
            "channel",
            "address",
            name=op.f("uq_contact_points_municipality_citizen_id_channel_address"),
        ),
    )
    op.create_index(
        "ix_contact_points_address",
        "contact_points",
        ["municipality", "channel", "address"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contact_points_citizen_id"), "contact_points", ["citizen_id"], unique=False
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
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
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column(
            "language",
            sa.Enum(
                "da", "en", name="language", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "owner",
            sa.Enum(
                "assistant",
                "nobody",
                "staff",
                name="owner",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("owner_staff_id", sa.Uuid(), nullable=True),
        sa.Column("owner_number", sa.BigInteger(), nullable=False),
        sa.Column("owner_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("identity_level", sa.BigInteger(), nullable=False),
        sa.Column("identity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("identity_tries", sa.BigInteger(), nullable=False),
        sa.Column("identity_birth_date", sa.String(length=200), nullable=True),
        sa.Column("identity_claim_ref", sa.String(length=200), nullable=True),
        sa.Column(
            "awaiting",
            sa.Enum(
                "nothing",
                "identity",
                "amount",
                "respite_date",
                "offer",
                name="awaiting",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("wanted", sa.String(length=40), nullable=True),
        sa.Column("wanted_message_id", sa.Uuid(), nullable=True),
        sa.Column("misunderstood", sa.BigInteger(), nullable=False),
        sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(owner = 'staff') = (owner_staff_id is not null)",
            name=op.f("ck_conversations_staff_owner_named"),
        ),
        sa.CheckConstraint(
            "identity_level < 2 or citizen_id is not null",
            name=op.f("ck_conversations_identity_belongs_to_somebody"),
        ),
        sa.CheckConstraint(
            "identity_level between 0 and 3", name=op.f("ck_conversations_identity_level_known")
        ),
        sa.CheckConstraint(
            "identity_tries >= 0", name=op.f("ck_conversations_identity_tries_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_conversations_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["owner_staff_id"], ["staff.id"], name=op.f("fk_conversations_owner_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "municipality",
            "channel",
            "address",
            name=op.f("uq_conversations_municipality_channel_address"),
        ),
    )
    op.create_index(
        op.f("ix_conversations_citizen_id"), "conversations", ["citizen_id"], unique=False
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_staff_sessions_staff_id_staff"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_index(
        op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"], unique=False
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "plan",
                "respite",
                name="agreement_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "declined",
                "superseded",
                "expired",
                "ended",
                name="agreement_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("respite_until", sa.Date(), nullable=True),
        sa.Column("shown_text", sa.Text(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column(
            "channel",
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
            nullable=False,
        ),
        sa.Column("identity_level", sa.BigInteger(), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(kind = 'respite') = (respite_until is not null)",
            name=op.f("ck_agreements_respite_ends"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'ended') or (accepted_at is not null and identity_level >= 2 and shown_text is not null)",
            name=op.f("ck_agreements_acceptance_is_proven"),
        ),
        sa.CheckConstraint("total > 0", name=op.f("ck_agreements_total_positive")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_agreements_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_agreements_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index(op.f("ix_agreements_citizen_id"), "agreements", ["citizen_id"], unique=False)
    op.create_index(
        "uq_agreements_open_offer",
        "agreements",
        ["conversation_id"],
        unique=True,
        postgresql_where="state = 'offered'",
    )
    op.create_table(
        "decisions",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "allowed",
                "refused",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'refused') = (reason is not null)",
            name=op.f("ck_decisions_refusal_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_decisions_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("claim_id", "step", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_message", "decisions", ["message_id"], unique=False)
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "taken",
                "closed",
                name="handoff_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "state <> 'taken' or taken_by is not null", name=op.f("ck_handoffs_taker_named")
        ),
        sa.CheckConstraint("severity between 0 and 3", name=op.f("ck_handoffs_severity_known")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_handoffs_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_handoffs_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["staff.id"], name=op.f("fk_handoffs_taken_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    op.create_index(op.f("ix_handoffs_citizen_id"), "handoffs", ["citizen_id"], unique=False)
    op.create_index(
        "ix_handoffs_queue",
        "handoffs",
        ["municipality", "state", "severity", "due_at"],
        unique=False,
    )
    op.create_index(
        "uq_handoffs_open",
        "handoffs",
        ["conversation_id"],
        unique=True,
        postgresql_where="state <> 'closed'",
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "in", "out", name="direction", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "author",
            sa.Enum(
                "citizen",
                "assistant",
                "staff",
                name="author",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "inbound",
                "first_contact",
                "reply",
                "staff_answer",
                "notice",
                name="message_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
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
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media_count", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "queued",
                "sending",
                "accepted",
                "sent",
                "delivered",
                "undelivered",
                "failed",
                "stood_down",
                "received",
                "handled",
                name="message_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("vendor_ref", sa.String(length=64), nullable=True),
        sa.Column("in_reply_to", sa.Uuid(), nullable=True),
        sa.Column("owner_number", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useless_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("sending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("stood_down_because", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(author = 'staff') = (staff_id is not null)", name=op.f("ck_messages_staff_named")
        ),
        sa.CheckConstraint(
            "(status = 'stood_down') = (stood_down_because is not null)",
            name=op.f("ck_messages_why"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_messages_attempts_not_negative")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_messages_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_messages_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["in_reply_to"], ["messages.id"], name=op.f("fk_messages_in_reply_to_messages")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_messages_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "municipality", "dedupe_key", name=op.f("uq_messages_municipality_dedupe_key")
        ),
    )
    op.create_index(
        "ix_messages_answers",
        "messages",
        ["municipality", "not_before", "number"],
        unique=False,
        postgresql_where="status = 'queued' and kind <> 'first_contact'",
    )
    op.create_index(
        "ix_messages_citizen_contacts", "messages", ["citizen_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_messages_in_reply_to"), "messages", ["in_reply_to"], unique=False)
    op.create_index(
        "ix_messages_outbox",
        "messages",
        ["municipality", "not_before", "number"],
        unique=False,
        postgresql_where="status = 'queued'",
    )
    op.create_index(
        "ix_messages_sending",
        "messages",
        ["sending_since"],
        unique=False,
        postgresql_where="status = 'sending'",
    )
    op.create_index(
        "ix_messages_thread", "messages", ["conversation_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_messages_unanswered",
        "messages",
        ["created_at"],
        unique=False,
        postgresql_where="status = 'received'",
    )
    op.create_index("uq_messages_vendor_ref", "messages", ["vendor_ref"], unique=True)
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("payment_ref", sa.String(length=60), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_payments_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_payments_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint(
            "municipality", "payment_ref", name=op.f("uq_payments_municipality_payment_ref")
        ),
    )
    op.create_index(op.f("ix_payments_claim_id"), "payments", ["claim_id"], unique=False)
    op.create_table(
        "agreement_claims",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_agreement_claims_amount_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_claims_agreement_id_agreements"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_agreement_claims_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "claim_id", name=op.f("pk_agreement_claims")),
    )
    op.create_table(
        "instalments",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalments_amount_positive")),
        sa.CheckConstraint("number > 0", name=op.f("ck_instalments_number_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_instalments_agreement_id_agreements"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("agreement_id", "number", name=op.f("pk_instalments")),
        sa.UniqueConstraint(
            "agreement_id", "due_on", name=op.f("uq_instalments_agreement_id_due_on")
        ),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("instalments")
    op.drop_table("agreement_claims")
    op.drop_index(op.f("ix_payments_claim_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_index("uq_messages_vendor_ref", table_name="messages")
    op.drop_index(
        "ix_messages_unanswered", table_name="messages", postgresql_where="status = 'received'"
    )
    op.drop_index("ix_messages_thread", table_name="messages")
    op.drop_index(
        "ix_messages_sending", table_name="messages", postgresql_where="status = 'sending'"
    )
    op.drop_index("ix_messages_outbox", table_name="messages", postgresql_where="status = 'queued'")
    op.drop_index(op.f("ix_messages_in_reply_to"), table_name="messages")
    op.drop_index("ix_messages_citizen_contacts", table_name="messages")
    op.drop_index(
        "ix_messages_answers",
        table_name="messages",
        postgresql_where="status = 'queued' and kind <> 'first_contact'",
    )
    op.drop_table("messages")
    op.drop_index("uq_handoffs_open", table_name="handoffs", postgresql_where="state <> 'closed'")
    op.drop_index("ix_handoffs_queue", table_name="handoffs")
    op.drop_index(op.f("ix_handoffs_citizen_id"), table_name="handoffs")
    op.drop_table("handoffs")
    op.drop_index("ix_decisions_message", table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(
        "uq_agreements_open_offer", table_name="agreements", postgresql_where="state = 'offered'"
    )
    op.drop_index(op.f("ix_agreements_citizen_id"), table_name="agreements")
    op.drop_table("agreements")
    op.drop_index(op.f("ix_staff_sessions_staff_id"), table_name="staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_index(op.f("ix_conversations_citizen_id"), table_name="conversations")
    op.drop_table("conversations")
    op.drop_index(op.f("ix_contact_points_citizen_id"), table_name="contact_points")
    op.drop_index("ix_contact_points_address", table_name="contact_points")
    op.drop_table("contact_points")
    op.drop_index(
        "ix_claims_round", table_name="claims", postgresql_where="first_contact_at is null"
    )
    op.drop_index("ix_claims_ref_digits", table_name="claims")
    op.drop_index("ix_claims_payment_id", table_name="claims")
    op.drop_index(op.f("ix_claims_citizen_id"), table_name="claims")
    op.drop_table("claims")
    op.drop_table("staff")
    op.drop_index(
        "ix_simulator_messages_under_way",
        table_name="simulator_messages",
        postgresql_where="status in ('queued', 'sent', 'receiving')",
    )
    op.drop_index("ix_simulator_messages_to", table_name="simulator_messages")
    op.drop_index("ix_simulator_messages_from", table_name="simulator_messages")
    op.drop_table("simulator_messages")
    op.drop_table("payment_coverage")
    op.drop_table("opt_outs")
    op.drop_table("citizens")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_table("audit_entries")
