"""All rows about one citizen, field by field, for the case file (journal).

The fields named here are the schema that docs/journal.md promises: a new column is not exported
before it stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from data.models.agreements import Agreement, AgreementClaim, Instalment
from data.models.cases import Circumstances, Override, Task
from data.models.citizens import Citizen, ContactPoint
from data.models.claims import Claim, Decision
from data.models.conversations import Conversation, Message, MessageStatus
from data.models.hand_overs import HandOver
from data.models.handoffs import Handoff
from data.models.letters import Letter
from data.models.notes import Note
from data.models.payments import Allocation, Payment
from data.models.postings import Posting
from data.models.readings import Reading
from data.models.relations import Relation
from data.models.staff import Staff
from data.values.money import Money
from data.values.phone import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.base import Record
    from data.values.ids import CitizenId

    type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the case file: its rows, their fields, and the order they stand in."""

    table: type[Record]
    which: Callable[[CitizenId], ColumnElement[bool]]
    fields: str
    order: str


def _claims(citizen_id: CitizenId) -> Any:  # noqa: ANN401 - a subquery of ids
    return select(Claim.id).where(Claim.citizen_id == citizen_id)


def _agreements(citizen_id: CitizenId) -> Any:  # noqa: ANN401
    return select(Agreement.id).where(Agreement.citizen_id == citizen_id)


def _talks(citizen_id: CitizenId) -> Any:  # noqa: ANN401
    return select(Conversation.id).where(Conversation.citizen_id == citizen_id)


def _said_with(citizen_id: CitizenId) -> ColumnElement[bool]:
    """Ask for what was said with a citizen; a telephone may have been another's before."""
    of_nobody = Message.conversation_id.in_(_talks(citizen_id)) & Message.citizen_id.is_(None)
    return or_(Message.citizen_id == citizen_id, of_nobody)


SECTIONS: Final[dict[str, Section]] = {
    "contact_points": Section(
        ContactPoint, lambda one: ContactPoint.citizen_id == one,
        "channel address source distrusted_at distrusted_because created_at", "id",
    ),
    "circumstances": Section(
        Circumstances, lambda one: Circumstances.citizen_id == one,
        "benefit yearly_net_income supports_others children_at_home social_authorities_told_on"
        " deceased_on recorded_by recorded_at", "recorded_at",
    ),
    "relations": Section(
        Relation, lambda one: Relation.citizen_id == one,
        "id kind name organisation phone email scope reason until added_by added_at ended_at"
        " ended_by ended_because", "added_at",
    ),
    "claims": Section(
        Claim, lambda one: Claim.citizen_id == one,
        "id claim_ref claim_type principal charged paid in_dispute due_date bill_sent_on"
        " owning_unit period_start period_end state respite_until created_at", "due_date",
    ),
    "decisions": Section(
        Decision, lambda one: Decision.claim_id.in_(_claims(one)),
        "claim_id step outcome reason basis policy_version decided_by decided_at facts",
        "decided_at",
    ),
    "overrides": Section(
        Override, lambda one: Override.claim_id.in_(_claims(one)),
        "id claim_id step effect reason facts until staff_id at revoked_at revoked_by"
        " revoked_because", "at",
    ),
    "postings": Section(
        Posting, lambda one: Posting.claim_id.in_(_claims(one)),
        "id claim_id kind amount day basis waives made_by created_at", "id",
    ),
    "payments": Section(
        Payment, lambda one: Payment.id.in_(
            select(Allocation.payment_id).where(Allocation.claim_id.in_(_claims(one)))
        ), "id payment_ref kind source amount paid_on reverses created_at", "id",
    ),
    "allocations": Section(
        Allocation, lambda one: Allocation.claim_id.in_(_claims(one)),
        "id payment_id claim_id amount made_by because created_at", "id",
    ),
    "agreements": Section(
        Agreement, lambda one: Agreement.citizen_id == one,
        "id kind state total respite_until shown_text offered_at accepted_at accepted_by channel"
        " identity_level broken_at ended_at ended_because proposed_by reason why replaces"
        " suspended_on suspended_because benefit", "offered_at",
    ),
    "agreement_claims": Section(
        AgreementClaim, lambda one: AgreementClaim.agreement_id.in_(_agreements(one)),
        "agreement_id claim_id amount position", "position",
    ),
    "instalments": Section(
        Instalment, lambda one: Instalment.agreement_id.in_(_agreements(one)),
        "agreement_id number amount due_on agreed_on reminded_at missed_at", "number",
    ),
    "letters": Section(
        Letter, lambda one: Letter.citizen_id == one,
        "id claim_id step template language status fee pay_by written_on sent_at"
        " stood_down_because body", "created_at",
    ),
    "hand_overs": Section(
        HandOver, lambda one: HandOver.claim_id.in_(_claims(one)),
        "id claim_id state", "id",
    ),
    "conversations": Section(
        Conversation, lambda one: Conversation.citizen_id == one,
        "id channel address language owner owner_staff_id identity_level identity_at"
        " introduced_at created_at last_inbound_at", "created_at",
    ),
    "messages": Section(
        Message, lambda one: _said_with(one) & (Message.status != MessageStatus.DRAFT),
        "id conversation_id created_at direction author staff_id kind channel body media_count"
        " status status_at error_code stood_down_because understood_as understood_by confidence",
        "number",
    ),
    "handoffs": Section(
        Handoff, lambda one: or_(
            Handoff.citizen_id == one, Handoff.conversation_id.in_(_talks(one))
        ),
        "id conversation_id reason severity summary state opened_at due_at unit taken_by taken_at"
        " times_returned closed_at close_note", "opened_at",
    ),
    "tasks": Section(
        Task, lambda one: or_(Task.citizen_id == one, Task.claim_id.in_(_claims(one))),
        "id kind claim_id unit state opened_at opened_by due_on answer answered_as answered_at"
        " answered_by closed_at closed_by note", "opened_at",
    ),
    "notes": Section(
        Note, lambda one: Note.citizen_id == one,
        "id claim_id conversation_id task_id kind corrects body staff_id at", "at",
    ),
    "stays": Section(
        Reading, lambda one: Reading.citizen_id == one,
        "id staff_id ground reason is_protected opened_at until", "opened_at",
    ),
}  # fmt: skip

_CITIZEN: Final = (
    "id debtor_id debtor_kind name language address_protected protection_noted_at frozen_at"
    " frozen_because created_at"
)


async def gather(session: AsyncSession, citizen: Citizen) -> Row:
    """Return the citizen and every section, in plain values; times are UTC, sums are øre."""
    found: Row = {"citizen": _plain_row(citizen, _CITIZEN)}
    for name, section in SECTIONS.items():
        order = getattr(section.table, section.order)
        keys = section.table.__mapper__.primary_key
        rows = await session.scalars(
            select(section.table).where(section.which(citizen.id)).order_by(order, *keys)
        )
        found[name] = [_plain_row(row, section.fields) for row in rows]
    return found


async def staff_names(session: AsyncSession, municipality: str) -> dict[str, str]:
    """Return who the numbers of staff in a case file are."""
    rows = await session.execute(
        select(Staff.id, Staff.name).where(Staff.municipality == municipality)
    )
    return {str(row.id): row.name for row in rows}


def _plain_row(row: Record, fields: str) -> Row:
    values = {name: getattr(row, name) for name in fields.split()}
    return {
        f"{name}_oere" if isinstance(value, Money) else name: plain(value)
        for name, value in values.items()
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Return a value as JSON knows it."""
    match value:
        case Money():
            return value.oere
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Enum() | UUID():
            return str(value)
        case PhoneNumber():
            return value.e164
        case _:
            return value
