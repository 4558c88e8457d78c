"""Sends what is due (afsendelse): take a batch and commit, hand it over, commit the outcomes."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from data.models.citizens import Channel
from data.models.conversations import Direction, Message
from outreach import carriers, jobs, outbox
from outreach.errors import UnknownMunicipalityError
from outreach.outbox import HAND_OVER_WITHIN, NOT_TRIED, Batch, Handed
from outreach.runtime import Parcel, SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.last_look import Outgoing
    from outreach.runtime import Carrier, Runtime

log = structlog.get_logger(__name__)

#: One job carries a batch: the engine runs some 300 jobs a second, so never one job a message.
BATCH = 100
#: Open calls to the gateway at a time; Twilio answers in 0.1 to 0.3 s, so this is some 50 a second.
AT_ONCE = 10
#: What another transaction holds is free again within milliseconds; files take a few seconds.
BREATH_SECONDS = 0.2
MOST_BREATHS = 50


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What one batch came to."""

    sent: int = 0
    failed: int = 0
    stood_down: int = 0
    postponed: int = 0
    put_back: int = 0
    unknown: int = 0
    busy: int = 0
    #: Whether another look right away may find more.
    has_more: bool = False

    @property
    def moved(self) -> int:
        """How many messages are no longer due."""
        return (
            self.sent
            + self.failed
            + self.stood_down
            + self.postponed
            + self.put_back
            + self.unknown
        )


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What came of emptying the outbox (`mindelig dispatch --drain`)."""

    sent: int
    failed: int
    stood_down: int
    unknown: int
    #: Refused for now (Twilio is down, or refuses our token): tried again later.
    put_back: int
    seconds: float


@jobs.job("dispatch", priority=10)
async def dispatch(runtime: Runtime, *, municipality: str) -> None:
    """Send one batch of a municipality, and queue the next while there is more to send.

    The batch is marked as being sent, and that is committed, before the first call: should the
    machine die in between, `reconcile` asks the gateway what it has, and nobody is written to
    twice.
    """
    report = await run_batch(runtime, municipality)
    if report.busy:
        await asyncio.sleep(BREATH_SECONDS)
    if report.busy or report.has_more:
        async with runtime.transaction() as session:
            await jobs.defer(
                session, "dispatch", once=f"dispatch:{municipality}", municipality=municipality
            )


async def run_batch(runtime: Runtime, municipality: str) -> BatchReport:
    """Take one batch, hand it over, store the outcomes.

    Raises:
        UnknownMunicipalityError: no policy file for it, so nobody to send as.
    """
    if municipality not in runtime.policies:
        raise UnknownMunicipalityError(f"no policy file for {municipality!r}")
    if runtime.sms is None:
        log.error("sms_not_configured", municipality=municipality)
    async with runtime.transaction() as session:
        batch = await outbox.take(session, runtime, municipality, limit=BATCH)
    handed = await hand_over(carriers.of(runtime), municipality, batch.outgoing)
    tally = await _settle(runtime, municipality, handed)
    return _report(batch, tally)


def _report(batch: Batch, tally: Counter[str]) -> BatchReport:
    return BatchReport(
        sent=tally["sent"],
        failed=tally["failed"],
        stood_down=batch.stood_down,
        postponed=batch.postponed,
        put_back=tally["put_back"],
        unknown=tally["unknown"],
        busy=batch.busy,
        # Followers of a conversation wait for the message before them, so look once more.
        has_more=batch.moved > 0,
    )


async def hand_over(
    ways: Mapping[Channel, Carrier], municipality: str, batch: Sequence[Outgoing]
) -> list[Handed]:
    """Hand a batch over, ten at a time, the messages to one address one after the other."""
    gate = asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()
    too_late = loop.time() + HAND_OVER_WITHIN.total_seconds()
    by_address: dict[tuple[Channel, str], list[Outgoing]] = defaultdict(list)
    for message in batch:
        by_address[message.channel, message.address].append(message)

    async def to_one_address(messages: Sequence[Outgoing]) -> list[Handed]:
        handed: list[Handed] = []
        stopped_by: Handed | None = None
        for message in messages:
            async with gate:
                waits = stopped_by is not None and not message.is_notice
                if waits or loop.time() > too_late:
                    outcome = _not_tried(stopped_by)
                else:
                    outcome = await _send(ways[message.channel], municipality, message)
            handed.append(Handed(message, outcome))
            if outcome.result in {SendResult.UNKNOWN, SendResult.REFUSED_FOR_NOW}:
                stopped_by = stopped_by or handed[-1]
        return handed

    answers = await asyncio.gather(*map(to_one_address, by_address.values()))
    return [handed for answer in answers for handed in answer]


async def _send(way: Carrier, municipality: str, message: Outgoing) -> SendOutcome:
    """Hand over one message; a carrier that breaks its promise leaves the outcome unknown."""
    parcel = Parcel(
        message_id=message.id,
        conversation_id=message.conversation_id,
        municipality=municipality,
        kind=message.kind,
        to=message.address,
        body=message.body,
        choices=tuple(message.choices),
        language=message.language,
    )
    try:
        return await way.send(parcel)
    except Exception:
        log.exception("gateway_broke", message_id=str(message.id))
        return SendOutcome(SendResult.UNKNOWN, error_code="gateway_broke")


def _not_tried(stopped_by: Handed | None) -> SendOutcome:
    """Put a message back behind the one that did not go through, or for the next batch."""
    refused = stopped_by is not None and stopped_by.outcome.result is SendResult.REFUSED_FOR_NOW
    wait = outbox.wait_of(stopped_by) if stopped_by is not None and refused else outbox.AT_NO_WAIT
    return replace(NOT_TRIED, retry_after=wait)


async def _settle(runtime: Runtime, municipality: str, handed: Sequence[Handed]) -> Counter[str]:
    """Store all outcomes in one transaction; if one of them cannot be stored, the others are.

    The log gets no traceback here, since that would show what the rows hold.
    """
    if not handed:
        return Counter()
    try:
        async with runtime.transaction() as session:
            return await outbox.settle(session, runtime, municipality, handed)
    except IntegrityError as fault:
        log.warning("settling_one_by_one", messages=len(handed), fault=type(fault.orig).__name__)
    tally: Counter[str] = Counter()
    for sent in handed:
        try:
            async with runtime.transaction() as session:
                tally += await outbox.settle(session, runtime, municipality, [sent])
        except IntegrityError:  # it stays "sending": `reconcile` asks the vendor
            log.warning("not_settled", message_id=str(sent.message.id))
            tally["unknown"] += 1
    return tally


async def municipalities_with_work(session: AsyncSession, runtime: Runtime) -> list[str]:
    """Return the municipalities for which a message is due now."""
    now, channels = runtime.clock.now(), runtime.outgoing_channels
    found = await session.scalars(
        select(Message.municipality)
        .where(
            text("messages.status = 'queued'"),
            Message.direction == Direction.OUT,
            Message.channel.in_(channels),
            Message.not_before <= now,
        )
        .distinct()
        .order_by(Message.municipality)
    )
    return list(found)


async def drain(runtime: Runtime, municipalities: Iterable[str]) -> DrainReport:
    """Send until nothing is due any more, and say what came of it."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    total: Counter[str] = Counter()
    for municipality in municipalities:
        breaths = 0
        while breaths < MOST_BREATHS:
            report = await run_batch(runtime, municipality)
            for word in ("sent", "failed", "stood_down", "unknown", "put_back"):
                total[word] += getattr(report, word)
            if report.moved:
                breaths = 0
            elif report.busy:
                breaths += 1
                await asyncio.sleep(BREATH_SECONDS)
            else:
                break
    return DrainReport(
        sent=total["sent"],
        failed=total["failed"],
        stood_down=total["stood_down"],
        unknown=total["unknown"],
        put_back=total["put_back"],
        seconds=round(loop.time() - started, 3),
    )
