"""Erases what SMS say at the vendor (sletning hos Twilio) where the municipality chooses so.

Our own copy stays: it is the municipality's, and is journalised. Only what is settled is erased:
`reconcile` finds messages by what they say, and a receipt may still be on its way.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import ColumnElement, and_, literal_column, or_, select, tuple_, update

from data.models.conversations import Direction, Message, MessageStatus
from outreach import audit, jobs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.values.ids import MessageId
    from outreach.runtime import Erased, Runtime, SmsGateway

log = structlog.get_logger(__name__)

#: What became of it has been known for so long: late receipts and our own questions are over.
SETTLED_FOR: Final = timedelta(hours=1)
#: The handset never told that it came: the operators give up within 72 hours, and so do we.
NEVER_TOLD_FOR: Final = timedelta(hours=96)
#: Messages kept in one transaction, how many times over in one job, and questions at a time.
AT_A_TIME: Final = 200
MOST_PAGES: Final = 25
AT_ONCE: Final = 5
#: Of the table's index: what the vendor may still have.
_STILL_THERE: Final[ColumnElement[bool]] = literal_column(
    "messages.channel = 'sms' and messages.erased_at is null and messages.vendor_ref is not null"
)


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What one look came to, in messages."""

    erased: int = 0
    #: The vendor does not do it yet, or cannot be asked: looked at again.
    later: int = 0

    def __add__(self, other: ErasureReport) -> ErasureReport:
        """Add up."""
        return ErasureReport(self.erased + other.erased, self.later + other.later)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message whose text the vendor may still have."""

    id: MessageId
    vendor_ref: str
    since: datetime


@jobs.job("erase_at_vendor")
async def erase_at_vendor(runtime: Runtime, *, at_a_time: int = AT_A_TIME) -> ErasureReport:
    """Erase what is settled, for each municipality that chooses so; twice does no harm."""
    report = ErasureReport()
    for key in runtime.policies.keys:
        if runtime.sms is not None and runtime.policies[key].senders.erase_at_twilio:
            report += await _erase_of(runtime, runtime.sms, key, at_a_time)
    if report.erased or report.later:
        log.info("erased_at_vendor", erased=report.erased, later=report.later)
    return report


async def _erase_of(
    runtime: Runtime, vendor: SmsGateway, municipality: str, at_a_time: int
) -> ErasureReport:
    """Go through what is settled, the oldest first, asking outside any transaction."""
    report, after = ErasureReport(), None
    for _ in range(MOST_PAGES):
        page = await _next(runtime, municipality, after, at_a_time)
        gate = asyncio.Semaphore(AT_ONCE)
        answers = await asyncio.gather(*(_asked(gate, vendor, one) for one in page))
        count = await _keep(runtime, municipality, page, answers)
        report += ErasureReport(erased=count, later=answers.count(None))
        if len(page) < at_a_time:
            break
        after = page[-1]
    return report


async def _next(
    runtime: Runtime, municipality: str, after: _Waiting | None, at_a_time: int
) -> list[_Waiting]:
    """Return what comes after the last one: what cannot be erased keeps nobody waiting."""
    place = tuple_(Message.status_at, Message.id)
    wanted = (
        select(Message.id, Message.vendor_ref, Message.status_at)
        .where(Message.municipality == municipality, _settled(runtime.clock.now()))
        .order_by(Message.status_at, Message.id)
        .limit(at_a_time)
    )
    if after is not None:
        wanted = wanted.where(place > (after.since, after.id))
    async with runtime.transaction() as session:
        rows = await session.execute(wanted)
        return [_Waiting(row.id, str(row.vendor_ref), row.status_at) for row in rows]


def _settled(now: datetime) -> ColumnElement[bool]:
    """Tell what will not move any more: come through or given up, and answered."""
    over = now - SETTLED_FOR
    ended = [MessageStatus.DELIVERED, MessageStatus.UNDELIVERED, MessageStatus.FAILED]
    out = and_(Message.direction == Direction.OUT, Message.status.in_(ended))
    answered = and_(Message.direction == Direction.IN, Message.status == MessageStatus.HANDLED)
    never_told = and_(
        Message.status.in_([MessageStatus.ACCEPTED, MessageStatus.SENT]),
        Message.status_at < now - NEVER_TOLD_FOR,
    )
    return and_(_STILL_THERE, Message.status_at < over, or_(out, answered, never_told))


async def _asked(gate: asyncio.Semaphore, vendor: SmsGateway, one: _Waiting) -> Erased | None:
    async with gate:
        try:
            return await vendor.erase(one.vendor_ref)
        except OSError as fault:
            log.warning("erasure_not_asked", message_id=str(one.id), reason=str(fault))
            return None


async def _keep(
    runtime: Runtime,
    municipality: str,
    asked: Sequence[_Waiting],
    answers: Sequence[Erased | None],
) -> int:
    """Write down each proof, once; return how many are new."""
    proofs = {one.id: proof for one, proof in zip(asked, answers, strict=True) if proof}
    async with runtime.transaction() as session:
        fresh = await session.scalars(
            update(Message)
            .where(Message.id.in_(proofs), Message.erased_at.is_(None))
            .values(erased_at=runtime.clock.now())
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        new = list(fresh)
        for message_id in new:
            await audit.record(
                session,
                runtime,
                municipality=municipality,
                actor=audit.ASSISTANT,
                act="erased_at_vendor",
                subject_kind="message",
                subject_id=message_id,
                proof=proofs[message_id].value,
            )
    return len(new)
