"""The desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_06"
down_revision = "2026_11_22_05"
branch_labels = None
depends_on = None


#: The record may grow and nothing else: not even the program itself can change or delete a line.
_APPEND_ONLY = ("audit_entries", "audit_seals")


def _close_the_record() -> None:
    """Let the database refuse every change to the record, and every deletion."""
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only', tg_table_name using errcode = 'raise_exception';
        end $$
        """
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"create trigger append_only before update or delete or truncate on {table}"
            " for each statement execute function refuse_change()"
        )


def _one_open_task(but: str) -> None:
    """Allow one open task of a kind on a claim, and any number of those people write themselves."""
    op.drop_index("uq_tasks_open", table_name="tasks")
    op.create_index(
        "uq_tasks_open",
        "tasks",
        ["claim_id", "kind"],
        unique=True,
        postgresql_where=f"state = 'open'{but}",
    )


def _remember_what_is_unsealed() -> None:
    """Let the database itself note each entry that is to be sealed, also those of before."""
    op.execute(
        """
        create function note_unsealed() returns trigger language plpgsql as $$
        begin
            insert into audit_unsealed (municipality, id) select municipality, id from fresh;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger to_be_sealed after insert on audit_entries referencing new table as fresh"
        " for each statement execute function note_unsealed()"
    )
    op.execute(
        "insert into audit_unsealed (municipality, id) select municipality, id from audit_entries"
    )


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.Column("entries", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", "municipality", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "audit_unsealed",
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_audit_unsealed")),
    )
    op.create_table(
        "sign_in_flows",
        sa.Column("state_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("code_verifier", sa.String(length=128), nullable=False),
        sa.Column("there", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in_flows")),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "contact",
                "post",
                "related",
                "payment",
                "colleague",
                "control",
                "other",
                name="reading_ground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("is_protected", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_readings_reason_given")),
        sa.CheckConstraint("until >= opened_at", name=op.f("ck_readings_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_readings_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_readings_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_of", "readings", ["staff_id", "citizen_id", "until"], unique=False)
    op.create_table(
        "relations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "representative",
                "guardian",
                "household",
                name="relation_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("other_citizen_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("organisation", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("scope", sa.String(length=400), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind <> 'household' or other_citizen_id is not null",
            name=op.f("ck_relations_household_of_citizens"),
        ),
        sa.CheckConstraint(
            "kind = 'household' or name is not null", name=op.f("ck_relations_named")
        ),
        sa.CheckConstraint(
            "(ended_at is null) = (ended_because is null)", name=op.f("ck_relations_ended_why")
        ),
        sa.CheckConstraint(
            "(ended_at is null) = (ended_by is null)", name=op.f("ck_relations_ender_named")
        ),
        sa.CheckConstraint("citizen_id <> other_citizen_id", name=op.f("ck_relations_two_people")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_relations_reason_given")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["staff.id"], name=op.f("fk_relations_added_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_relations_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["staff.id"], name=op.f("fk_relations_ended_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["other_citizen_id"],
            ["citizens.id"],
            name=op.f("fk_relations_other_citizen_id_citizens"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
    )
    op.create_index(op.f("ix_relations_citizen_id"), "relations", ["citizen_id"], unique=False)
    op.create_index(
        op.f("ix_relations_other_citizen_id"), "relations", ["other_citizen_id"], unique=False
    )
    op.create_table(
        "saved_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "da", "en", name="language", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "tags", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "length(trim(title)) > 0 and length(trim(body)) > 0",
            name=op.f("ck_saved_texts_not_empty"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["staff.id"], name=op.f("fk_saved_texts_written_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_texts")),
    )
    op.create_index(
        "uq_saved_texts_title",
        "saved_texts",
        ["municipality", "language", "title"],
        unique=True,
        postgresql_where="archived_at is null",
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_saved_views_staff_id_staff"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint(
            "staff_id", "page", "name", name=op.f("uq_saved_views_staff_id_page_name")
        ),
    )
    op.create_table(
        "presences",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_presences_conversation_id_conversations"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_presences_staff_id_staff"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "staff_id", name=op.f("pk_presences")),
    )
    op.create_table(
        "alerts",
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"],
            ["handoffs.id"],
            name=op.f("fk_alerts_handoff_id_handoffs"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("handoff_id", "number", name=op.f("pk_alerts")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "call",
                "assessment",
                "correction",
                "other",
                name="note_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(kind = 'correction') = (corrects is not null)", name=op.f("ck_notes_names_corrected")
        ),
        sa.CheckConstraint("length(trim(body)) > 0", name=op.f("ck_notes_body_given")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizens.id"], name=op.f("fk_notes_citizen_id_citizens")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_notes_claim_id_claims")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_notes_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(["corrects"], ["notes.id"], name=op.f("fk_notes_corrects_notes")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notes_staff_id_staff")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_notes_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_citizen", "notes", ["citizen_id", "at"], unique=False)
    op.create_index(
        "ix_audit_entries_actor", "audit_entries", ["municipality", "actor", "at"], unique=False
    )
    op.create_index("ix_audit_entries_when", "audit_entries", ["municipality", "at"], unique=False)
    op.add_column(
        "citizens", sa.Column("language_noted_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "citizens", sa.Column("protection_noted_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_conversations_held",
        "conversations",
        ["owner_staff_id"],
        unique=False,
        postgresql_where="owner_staff_id is not null",
    )
    op.create_index(
        "ix_conversations_latest",
        "conversations",
        ["municipality", sa.literal_column("coalesce(last_inbound_at, created_at)"), "id"],
        unique=False,
    )
    op.add_column("handoffs", sa.Column("unit", sa.String(length=120), nullable=True))
    op.add_column("handoffs", sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "handoffs", sa.Column("times_returned", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_handoffs_closed",
        "handoffs",
        ["municipality", "closed_at", "id"],
        unique=False,
        postgresql_where="state = 'closed'",
    )
    op.create_index(
        "ix_messages_given_up",
        "messages",
        ["municipality", "status_at"],
        unique=False,
        postgresql_where="status in ('failed', 'undelivered')",
    )
    op.add_column(
        "staff",
        sa.Column(
            "roles",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default='["caseworker"]',
            nullable=False,
        ),
    )
    op.add_column("staff", sa.Column("unit", sa.String(length=120), nullable=True))
    op.add_column(
        "staff",
        sa.Column("must_change_password", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column("staff", sa.Column("issuer", sa.String(length=400), nullable=True))
    op.add_column("staff", sa.Column("subject", sa.String(length=255), nullable=True))
    op.add_column("staff", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    op.add_column(
        "staff",
        sa.Column(
            "recovery_codes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    )
    op.alter_column("staff", "password_hash", existing_type=sa.VARCHAR(length=200), nullable=True)
    op.create_unique_constraint(
        op.f("uq_staff_municipality_issuer_subject"), "staff", ["municipality", "issuer", "subject"]
    )
    op.add_column(
        "staff_sessions",
        sa.Column(
            "method",
            sa.Enum(
                "password",
                "provider",
                name="sign_in_method",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="password",
            nullable=False,
        ),
    )
    op.add_column(
        "staff_sessions",
        sa.Column("awaits_code", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column("staff_sessions", sa.Column("id_token", sa.Text(), nullable=True))
    op.add_column("tasks", sa.Column("assigned_to", sa.Uuid(), nullable=True))
    op.add_column("tasks", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column("tasks", sa.Column("answered_as", sa.String(length=40), nullable=True))
    op.add_column("tasks", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tasks", sa.Column("answered_by", sa.Uuid(), nullable=True))
    op.add_column("tasks", sa.Column("opened_by", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_tasks_assigned_to"), "tasks", ["assigned_to"], unique=False)
    op.create_foreign_key(
        op.f("fk_tasks_answered_by_staff"), "tasks", "staff", ["answered_by"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_tasks_assigned_to_staff"), "tasks", "staff", ["assigned_to"], ["id"]
    )
    op.create_foreign_key(op.f("fk_tasks_opened_by_staff"), "tasks", "staff", ["opened_by"], ["id"])
    op.create_check_constraint(
        "provider_names_them", "staff", "(issuer is null) = (subject is null)"
    )
    op.create_check_constraint(
        "answerer_named", "tasks", "(answered_at is null) = (answered_by is null)"
    )
    _one_open_task(" and kind <> 'manual'")
    _close_the_record()
    _remember_what_is_unsealed()


def downgrade() -> None:
    """Take it back: who signs in at a provider only cannot any more."""
    for table in _APPEND_ONLY:
        op.execute(f"drop trigger append_only on {table}")
    op.execute("drop trigger to_be_sealed on audit_entries")
    op.execute("drop function refuse_change")
    op.execute("drop function note_unsealed")
    op.execute("delete from tasks where kind = 'manual'")
    _one_open_task("")
    op.execute("delete from staff_sessions")
    op.execute("update staff set password_hash = '', is_active = false where password_hash is null")
    op.drop_constraint("answerer_named", "tasks", type_="check")
    op.drop_constraint("provider_names_them", "staff", type_="check")
    op.drop_constraint(op.f("fk_tasks_opened_by_staff"), "tasks", type_="foreignkey")
    op.drop_constraint(op.f("fk_tasks_assigned_to_staff"), "tasks", type_="foreignkey")
    op.drop_constraint(op.f("fk_tasks_answered_by_staff"), "tasks", type_="foreignkey")
    op.drop_index(op.f("ix_tasks_assigned_to"), table_name="tasks")
    op.drop_column("tasks", "opened_by")
    op.drop_column("tasks", "answered_by")
    op.drop_column("tasks", "answered_at")
    op.drop_column("tasks", "answered_as")
    op.drop_column("tasks", "answer")
    op.drop_column("tasks", "assigned_to")
    op.drop_column("staff_sessions", "id_token")
    op.drop_column("staff_sessions", "awaits_code")
    op.drop_column("staff_sessions", "method")
    op.drop_constraint(op.f("uq_staff_municipality_issuer_subject"), "staff", type_="unique")
    op.alter_column("staff", "password_hash", existing_type=sa.VARCHAR(length=200), nullable=False)
    op.drop_column("staff", "recovery_codes")
    op.drop_column("staff", "totp_last_step")
    op.drop_column("staff", "totp_since")
    op.drop_column("staff", "totp_secret")
    op.drop_column("staff", "subject")
    op.drop_column("staff", "issuer")
    op.drop_column("staff", "must_change_password")
    op.drop_column("staff", "unit")
    op.drop_column("staff", "roles")
    op.drop_index(
        "ix_messages_given_up",
        table_name="messages",
        postgresql_where="status in ('failed', 'undelivered')",
    )
    op.drop_index("ix_handoffs_closed", table_name="handoffs", postgresql_where="state = 'closed'")
    op.drop_column("handoffs", "times_returned")
    op.drop_column("handoffs", "touched_at")
    op.drop_column("handoffs", "unit")
    op.drop_index("ix_conversations_latest", table_name="conversations")
    op.drop_index(
        "ix_conversations_held",
        table_name="conversations",
        postgresql_where="owner_staff_id is not null",
    )
    op.drop_column("citizens", "protection_noted_at")
    op.drop_column("citizens", "language_noted_at")
    op.drop_index("ix_audit_entries_when", table_name="audit_entries")
    op.drop_index("ix_audit_entries_actor", table_name="audit_entries")
    op.drop_index("ix_notes_citizen", table_name="notes")
    op.drop_table("notes")
    op.drop_table("alerts")
    op.drop_table("presences")
    op.drop_table("saved_views")
    op.drop_index(
        "uq_saved_texts_title", table_name="saved_texts", postgresql_where="archived_at is null"
    )
    op.drop_table("saved_texts")
    op.drop_index(op.f("ix_relations_other_citizen_id"), table_name="relations")
    op.drop_index(op.f("ix_relations_citizen_id"), table_name="relations")
    op.drop_table("relations")
    op.drop_index("ix_readings_of", table_name="readings")
    op.drop_table("readings")
    op.drop_table("sign_in_flows")
    op.drop_table("audit_unsealed")
    op.drop_table("audit_seals")
