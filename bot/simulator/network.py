"""What the network does with messages: take them from an account or a telephone, and list them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import Select, and_, func, or_, select

from bot.simulator.refusals import LONGEST_BODY, Outbound, Refused, refusal
from data.models.simulator import SimulatorMessage

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.phone import PhoneNumber
    from outreach.runtime import Runtime

ACCOUNT: Final = "demo"


class Direction(StrEnum):
    """Which way a message goes, in Twilio's words (retning)."""

    OUT = "outbound-api"
    REPLY = "outbound-reply"
    IN = "inbound"


class Status(StrEnum):
    """How far a message has come, in Twilio's words (status)."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    RECEIVING = "receiving"  # from a telephone, our webhook not called yet
    RECEIVED = "received"
    FAILED = "failed"  # from a telephone, our webhook did not take it


async def accept(
    session: AsyncSession, runtime: Runtime, asked: Outbound
) -> SimulatorMessage | Refused:
    """Take an SMS from the municipality (afsendelse), or say why not, as Twilio would."""
    refused = refusal(runtime.policies, asked)
    if refused is not None:
        return refused
    return await _keep(
        session,
        _blank(runtime, asked.sender, asked.to, asked.body),
        direction=Direction.OUT,
        status=Status.QUEUED,
        status_callback=asked.status_callback,
    )


async def write(
    session: AsyncSession,
    runtime: Runtime,
    *,
    sender: PhoneNumber,
    to: PhoneNumber,
    body: str,
    num_media: int = 0,
) -> SimulatorMessage:
    """Take an SMS from a telephone (borgerens besked); the webhook is called afterwards.

    Raises:
        ValueError: the text is longer than the network carries.
    """
    if len(body) > LONGEST_BODY:
        raise ValueError(f"a message holds {LONGEST_BODY} letters at the most")
    message = _blank(runtime, sender.e164, to.e164, body)
    message.num_media = num_media
    message.sid = _sid("MM" if num_media else "SM")
    return await _keep(session, message, direction=Direction.IN, status=Status.RECEIVING)


async def reply(
    session: AsyncSession, runtime: Runtime, answered: SimulatorMessage, body: str
) -> SimulatorMessage:
    """Keep what a webhook answered in TwiML (svar): it is on the telephone at once."""
    message = _blank(runtime, answered.to_number, answered.from_number, body)
    return await _keep(session, message, direction=Direction.REPLY, status=Status.DELIVERED)


@dataclass(frozen=True, slots=True)
class Search:
    """Which messages an account asks to see; `before` is the last one of the page before."""

    to: str | None = None
    sender: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None
    page_size: int = 50


async def listed(session: AsyncSession, search: Search) -> tuple[list[SimulatorMessage], bool]:
    """Return a page of messages, newest first, and whether there are more."""
    query = _narrowed(select(SimulatorMessage), search)
    found = (
        await session.scalars(
            query.order_by(SimulatorMessage.number.desc()).limit(search.page_size + 1)
        )
    ).all()
    return list(found[: search.page_size]), len(found) > search.page_size


async def found(session: AsyncSession, sid: str) -> SimulatorMessage | None:
    """Return one message, or none."""
    return await session.get(SimulatorMessage, sid)


async def under_way(
    session: AsyncSession, statuses: Collection[Status], limit: int
) -> list[SimulatorMessage]:
    """Return messages that are in one of `statuses`, oldest first."""
    query = (
        select(SimulatorMessage)
        .where(SimulatorMessage.status.in_(statuses))
        .order_by(SimulatorMessage.number)
        .limit(limit)
    )
    return list((await session.scalars(query)).all())


async def thread(session: AsyncSession, number: str, *, limit: int) -> list[SimulatorMessage]:
    """Return what a telephone shows (tråd), oldest first, the last `limit` messages of it.

    A message to a telephone is there once it is delivered; its own are there at once.
    """
    own = and_(SimulatorMessage.direction == Direction.IN, SimulatorMessage.from_number == number)
    arrived = and_(
        SimulatorMessage.status == Status.DELIVERED, SimulatorMessage.to_number == number
    )
    query = select(SimulatorMessage).where(or_(own, arrived))
    recent = query.order_by(SimulatorMessage.number.desc()).limit(limit)
    return list((await session.scalars(recent)).all())[::-1]


def _narrowed(query: Select[SimulatorMessage], search: Search) -> Select[SimulatorMessage]:
    if search.to is not None:
        query = query.where(SimulatorMessage.to_number == search.to)
    if search.sender is not None:
        query = query.where(SimulatorMessage.from_number == search.sender)
    if search.since is not None:
        query = query.where(SimulatorMessage.created_at >= search.since)
    if search.until is not None:
        query = query.where(SimulatorMessage.created_at < search.until)
    if search.before is not None:
        last = select(SimulatorMessage.number).where(SimulatorMessage.sid == search.before)
        query = query.where(SimulatorMessage.number < func.coalesce(last.scalar_subquery(), 0))
    return query


def _sid(prefix: str) -> str:
    return f"{prefix}{uuid4().hex}"


def _blank(runtime: Runtime, sender: str, to: str, body: str) -> SimulatorMessage:
    now = runtime.clock.now()
    return SimulatorMessage(
        municipality=ACCOUNT,
        sid=_sid("SM"),
        from_number=sender,
        to_number=to,
        body=body.replace("\0", ""),  # no telephone can write it, and no database keeps it
        num_media=0,
        created_at=now,
        updated_at=now,
    )


async def _keep(
    session: AsyncSession,
    message: SimulatorMessage,
    *,
    direction: Direction,
    status: Status,
    status_callback: str | None = None,
) -> SimulatorMessage:
    message.direction = direction
    message.status = status
    message.status_callback = status_callback
    session.add(message)
    await session.flush()
    return message
