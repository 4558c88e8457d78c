"""Whose first message did not come through, and what was tried since (ikke nåede borgere)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from data.models.citizens import Channel, Citizen, ContactPoint, OptOut
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.conversations import Conversation, Message, MessageKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.sql.selectable import LateralFromClause

    from data.values.ids import CitizenId, ClaimId

#: How the steps after a first message begin, and the last of them.
STEPS: Final = "reach_"
LISTED: Final = "reach_letter_list"
#: Why a round writes no first message, so that another way is tried instead.
WITHOUT_NUMBER: Final = ("no_address", "number_distrusted")
FIRST: Final = "first_contact"


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim on the letter list (brevliste): why, and what was tried."""

    claim_ref: str
    reason: str
    tried: list[dict[str, str]]
    at: datetime


async def stranded(
    session: AsyncSession, municipality: str, today: date, since: datetime
) -> list[ClaimId]:
    """Return the open claims whose last try has failed since then, or for which there is no number.

    A claim whose next step is decided is not among them, unless that step did not come to leave.
    """
    gave_up = (
        select(Decision.claim_id)
        .join(Message, Message.id == Decision.message_id)
        .join(Claim, Claim.id == Decision.claim_id)
        .where(
            Message.municipality == municipality,
            literal_column("messages.status in ('failed', 'undelivered')"),
            Message.status_at >= since,
            Message.kind == MessageKind.FIRST_CONTACT,
            _is_chased(today),
            ~_went_on(Message.status_at),
        )
    )
    numberless = (
        select(Decision.claim_id)
        .join(Claim, Claim.id == Decision.claim_id)
        .where(
            Claim.municipality == municipality,
            Claim.first_contact_at.is_(None),
            Claim.due_date < today,
            Decision.step == FIRST,
            Decision.outcome == Outcome.REFUSED,
            Decision.reason.in_(WITHOUT_NUMBER),
            _is_chased(today),
            ~_went_on(None),
        )
    )
    return list(await session.scalars(gave_up.union(numberless).order_by("claim_id")))


def _is_chased(today: date) -> ColumnElement[bool]:
    return and_(
        Claim.state == ClaimState.OPEN,
        ~Claim.is_settled,
        or_(Claim.paused_until.is_(None), Claim.paused_until < today),
    )


def _went_on(since: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column, or none
    """Tell whether a later step of the same claim was decided, and stands."""
    later = aliased(Decision)
    return exists().where(
        later.claim_id == Decision.claim_id,
        later.step.startswith(STEPS, autoescape=True),
        later.step != Decision.step,
        later.outcome == Outcome.ALLOWED,
        *(() if since is None else (later.decided_at >= since,)),
    )


async def steps_of(session: AsyncSession, claim_ids: Collection[ClaimId]) -> list[Row[Any]]:
    """Return what was decided about reaching the citizen, with how far each message has come."""
    asked = (
        select(
            Decision.claim_id,
            Claim.citizen_id,
            Decision.step,
            Decision.outcome,
            Decision.reason,
            Decision.decided_at,
            Message.status,
            Message.error_code,
            Message.status_at,
        )
        .join(Claim, Claim.id == Decision.claim_id)
        .outerjoin(Message, Message.id == Decision.message_id)
        .where(
            Decision.claim_id.in_(claim_ids),
            or_(Decision.step == FIRST, Decision.step.startswith(STEPS, autoescape=True)),
        )
        .order_by(Decision.claim_id, Decision.decided_at, Decision.step)
    )
    return [*await session.execute(asked)]


async def heard_from(
    session: AsyncSession, citizen_ids: Collection[CitizenId]
) -> dict[CitizenId | None, datetime | None]:
    """Return when each of these citizens last wrote or called, if they ever did."""
    rows = await session.execute(
        select(Conversation.citizen_id, func.max(Conversation.last_inbound_at))
        .where(Conversation.citizen_id.in_(citizen_ids))
        .group_by(Conversation.citizen_id)
    )
    return dict(rows.all())


async def ways(
    session: AsyncSession,
    citizen_ids: Collection[CitizenId],
    channel: Channel,
    though_distrusted: Collection[str] = (),
) -> dict[CitizenId, Row[Any]]:
    """Return each citizen with the newest address of a channel, and what is on record of it.

    Args:
        session: the caller's transaction.
        citizen_ids: whose.
        channel: the channel that the address is on record for.
        though_distrusted: reasons of distrust that do not matter, as a landline's for a call.
    """
    point = _newest_point(channel, though_distrusted)
    distrusted = exists().where(
        ContactPoint.citizen_id == Citizen.id,
        ContactPoint.channel == channel,
        ContactPoint.distrusted_at.is_not(None),
    )
    said_no = exists().where(
        OptOut.municipality == Citizen.municipality,
        OptOut.channel == channel,
        OptOut.address == point.c.address,
    )
    other = aliased(ContactPoint)
    is_shared = exists().where(
        other.municipality == Citizen.municipality,
        other.channel == channel,
        other.address == point.c.address,
        other.citizen_id != Citizen.id,
        other.distrusted_at.is_(None),
    )
    rows = await session.execute(
        select(
            Citizen,
            point.c.address,
            distrusted.label("distrusted"),
            said_no.label("opted_out"),
            is_shared.label("is_shared"),
        )
        .outerjoin(point, literal_column("true"))
        .where(Citizen.id.in_(citizen_ids))
    )
    return {row.Citizen.id: row for row in rows}


def _newest_point(channel: Channel, though_distrusted: Collection[str]) -> LateralFromClause:
    return (
        select(ContactPoint.address)
        .where(
            ContactPoint.citizen_id == Citizen.id,
            ContactPoint.channel == channel,
            or_(
                ContactPoint.distrusted_at.is_(None),
                ContactPoint.distrusted_because.in_(though_distrusted),
            ),
        )
        .order_by(ContactPoint.id.desc())
        .limit(1)
        .lateral("point")
    )


async def listed(session: AsyncSession, municipality: str, since: datetime) -> list[Listed]:
    """Return what went on the letter list since an instant and is still owed, oldest first."""
    rows = await session.execute(
        select(Claim.claim_ref, Decision.facts, Decision.decided_at)
        .join(Claim, Claim.id == Decision.claim_id)
        .where(
            Claim.municipality == municipality,
            Decision.step == LISTED,
            Decision.outcome == Outcome.ALLOWED,
            Decision.decided_at >= since,
            Claim.state == ClaimState.OPEN,
            ~Claim.is_settled,
        )
        .order_by(Decision.decided_at, Claim.claim_ref)
    )
    return [
        Listed(row.claim_ref, row.facts["last_try"], row.facts["tried"], row.decided_at)
        for row in rows
    ]
