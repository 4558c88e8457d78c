"""Settles what is unknown (afstemning): asks the vendor what it has, and sends only the rest."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import literal_column, select

from data.models.citizens import Channel
from data.models.conversations import Message, MessageStatus
from data.values.phone import PhoneNumber
from outreach import jobs, messages, receipts
from outreach.gateways.twilio_codes import STATUSES
from outreach.last_look import UNASKED
from outreach.outbox import UNKNOWN_AFTER, try_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime, SentRecord

log = structlog.get_logger(__name__)

#: Our clock and the vendor's may differ, and the vendor's list counts in whole seconds. Looking too
#: far back does no harm: what we already hold the reference of is left out.
CLOCKS_DIFFER = timedelta(minutes=5)
#: Rows looked at in one job, and questions to the vendor at a time.
AT_MOST = 500
AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number to which messages went, or did not go: nobody knows."""

    municipality: str
    address: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What asking the vendor gave."""

    found: int = 0
    sent_again: int = 0
    not_asked: int = 0


@jobs.job("reconcile")
async def reconcile(runtime: Runtime) -> ReconcileReport:
    """Ask the vendor about each message whose outcome has been unknown for two minutes.

    What the vendor knows is accepted under its reference; what it does not know is queued again,
    and passes the last look again. If the vendor cannot be asked, everything stays as it is.
    """
    async with runtime.transaction() as session:
        await _settle_unasked_vendors(session, runtime)
        unknowns = await _unknowns(session, runtime)
    gate = asyncio.Semaphore(AT_ONCE)

    async def settle(unknown: Unknown) -> tuple[int, int] | None:
        async with gate:
            return await _ask_and_settle(runtime, unknown)

    answers = await asyncio.gather(*map(settle, unknowns))
    asked = [answer for answer in answers if answer is not None]
    report = ReconcileReport(
        found=sum(found for found, _ in asked),
        sent_again=sum(again for _, again in asked),
        not_asked=len(answers) - len(asked),
    )
    if unknowns:
        log.info("reconciled", found=report.found, sent_again=report.sent_again)
    return report


async def _unknowns(session: AsyncSession, runtime: Runtime) -> list[Unknown]:
    """Group by number what has been on its way for too long."""
    rows = await session.execute(
        select(Message.municipality, Message.address, Message.sending_since)
        .where(
            Message.status == literal_column("'sending'"),
            Message.channel == Channel.SMS,
            Message.sending_since < runtime.clock.now() - UNKNOWN_AFTER,
        )
        .order_by(Message.sending_since)
        .limit(AT_MOST)
    )
    since: dict[tuple[str, str], datetime] = {}
    for municipality, address, sending_since in rows:
        if sending_since is not None:
            since.setdefault((municipality, address), sending_since)
    return [Unknown(*number, oldest) for number, oldest in since.items()]


async def _settle_unasked_vendors(session: AsyncSession, runtime: Runtime) -> None:
    """Settle what is unknown on channels whose vendor keeps no list to ask.

    An answer is sent once more: hearing it twice is better than waiting for ever. What the citizen
    did not ask for is not: it is on record that nobody knows.
    """
    rows = await session.scalars(
        select(Message)
        .where(
            Message.status == literal_column("'sending'"),
            Message.channel != Channel.SMS,
            Message.sending_since < runtime.clock.now() - UNKNOWN_AFTER,
        )
        .order_by(Message.sending_since, Message.number)
        .limit(AT_MOST)
        .with_for_update(skip_locked=True)
    )
    again: set[str] = set()
    for message in rows:
        message.error_code = "outcome_unknown"
        if message.kind in UNASKED or message.attempts > 1:
            message.status, message.status_at = MessageStatus.FAILED, runtime.clock.now()
        else:
            try_again(message, runtime.clock.now(), timedelta())
            again.add(message.municipality)
    for municipality in again:
        await messages.wake_dispatcher(session, municipality)


async def _ask_and_settle(runtime: Runtime, unknown: Unknown) -> tuple[int, int] | None:
    """Ask about one number outside any transaction, then settle its messages in one."""
    if runtime.sms is None or unknown.municipality not in runtime.policies:
        return None
    sender = runtime.policies[unknown.municipality].senders.sms
    try:
        records = await runtime.sms.sent_to(
            sender, PhoneNumber(unknown.address), unknown.since - CLOCKS_DIFFER
        )
    except OSError:
        log.warning("vendor_cannot_be_asked", municipality=unknown.municipality, exc_info=True)
        return None
    async with runtime.transaction() as session:
        return await _settle(session, runtime, unknown, records)


async def _settle(
    session: AsyncSession, runtime: Runtime, unknown: Unknown, records: Sequence[SentRecord]
) -> tuple[int, int]:
    """Match messages and records one to one, oldest first; return found and sent again.

    The rows are read anew and locked: another machine that asked at the same time, or a receipt,
    may have settled them meanwhile, and a message sent once more since is too young to be judged.
    """
    rows = await session.scalars(
        select(Message)
        .where(
            Message.status == literal_column("'sending'"),
            Message.municipality == unknown.municipality,
            Message.address == unknown.address,
            Message.sending_since < runtime.clock.now() - UNKNOWN_AFTER,
            Message.sending_since >= unknown.since,
        )
        .order_by(Message.sending_since, Message.number)
        .with_for_update()
    )
    by_body = await _unclaimed(session, records)
    found = again = 0
    for message in rows:
        record = _first_after(by_body[_words(message.body)], message)
        if record is not None:
            _accept(message, record, runtime.clock.now())
            found += 1
        else:
            message.error_code = "not_at_vendor"
            try_again(message, runtime.clock.now(), timedelta())
            again += message.status is MessageStatus.QUEUED
    if again:
        await messages.wake_dispatcher(session, unknown.municipality)
    return found, again


async def _unclaimed(
    session: AsyncSession, records: Sequence[SentRecord]
) -> dict[str, list[SentRecord]]:
    """Sort the vendor's records by text, without those that belong to messages we know of."""
    known = set(
        await session.scalars(
            select(Message.vendor_ref).where(
                Message.vendor_ref.in_({record.vendor_ref for record in records})
            )
        )
    )
    by_body: dict[str, list[SentRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.created_at):
        if record.vendor_ref not in known:
            by_body[_words(record.body)].append(record)
    return by_body


def _first_after(records: list[SentRecord], message: Message) -> SentRecord | None:
    """Take the oldest record that can be this message out of the list."""
    if message.sending_since is None:
        return None
    earliest = message.sending_since - CLOCKS_DIFFER
    for place, record in enumerate(records):
        if record.created_at >= earliest:
            return records.pop(place)
    return None


def _accept(message: Message, record: SentRecord, now: datetime) -> None:
    step = STATUSES.get(record.status, MessageStatus.ACCEPTED)
    receipts.advance(message, step, vendor_ref=record.vendor_ref, now=now)


def _words(body: str) -> str:
    """Compare texts by their words: vendors trim ends and rewrite line breaks."""
    return " ".join(body.split())
