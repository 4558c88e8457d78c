"""People who work at the desk, their sessions, and how they sign in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.models.base import Record, words
from data.values.ids import StaffId, new_id


class Role(StrEnum):
    """What somebody is at the desk (rolle); `outreach/rules/rights.py` says what each may do."""

    CASEWORKER = "caseworker"
    DUTY_MANAGER = "duty_manager"
    CAMPAIGN_MANAGER = "campaign_manager"
    APPROVER = "approver"
    UNIT = "unit"  # a unit that owns claims and answers disputes (fagcenter)
    HEAD = "head"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Staff(Record):
    """Somebody who works at the desk of one municipality (medarbejder).

    They sign in with a password and a second factor, or at the municipality's own OpenID Connect
    provider, where `issuer` and `subject` name them.
    """

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("username"),
        UniqueConstraint("municipality", "issuer", "subject"),
        CheckConstraint("(issuer is null) = (subject is null)", name="provider_names_them"),
    )

    id: Mapped[StaffId] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    #: The words of `Role`.
    roles: Mapped[list[str]] = mapped_column(
        JSONB, default=lambda: [Role.CASEWORKER.value], server_default='["caseworker"]'
    )
    #: The unit whose tasks they answer, as the ledger names it; for the role `unit`.
    unit: Mapped[str | None] = mapped_column(String(120))
    #: None: they sign in at the provider only.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default="false")
    issuer: Mapped[str | None] = mapped_column(String(400))
    subject: Mapped[str | None] = mapped_column(String(255))
    #: The secret of their one-time codes (TOTP), encrypted; in use since `totp_since`.
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_since: Mapped[datetime | None]
    #: The time step of the last code taken: no code opens the door twice.
    totp_last_step: Mapped[int | None]
    #: Hashes of the recovery codes that are left.
    recovery_codes: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignInMethod(StrEnum):
    """How a session began (log på-metode)."""

    PASSWORD = "password"  # noqa: S105 - a way in, not a secret
    PROVIDER = "provider"


class StaffSession(Record):
    """A signed-in browser (session); only a hash of its secret is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[StaffId] = mapped_column(
        ForeignKey("staff.id", ondelete="cascade"), index=True
    )
    csrf_token: Mapped[str] = mapped_column(String(64))
    method: Mapped[SignInMethod] = mapped_column(
        words(SignInMethod), default=SignInMethod.PASSWORD, server_default="password"
    )
    #: The password was right, and the one-time code is still to come: nothing is open yet.
    awaits_code: Mapped[bool] = mapped_column(default=False, server_default="false")
    #: What the provider said, to sign out there too.
    id_token: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship(lazy="raise")


class SignInFlow(Record):
    """A sign-in under way at the provider; its row is used once (OpenID Connect, PKCE)."""

    __tablename__ = "sign_in_flows"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    #: The page of the desk to go to afterwards.
    there: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
