"""Takes in what citizens wrote while nobody was there to hear it (indhentning)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from data.models.citizens import Channel
from data.models.conversations import Message
from outreach import conversations, jobs

if TYPE_CHECKING:
    from data.municipalities.policy import Policy
    from outreach.runtime import ReceivedRecord, Runtime

log = structlog.get_logger(__name__)

#: Twilio calls once, and a fallback address if there is one: what came while our database or our
#: machine was down for less than a day is fetched from its list.
LOOKS_BACK = timedelta(hours=24)
_TELEPHONE = re.compile(r"^\+[1-9]\d{6,14}$")
_NUL = "\x00"


@jobs.job("catch_up")
async def catch_up(runtime: Runtime) -> int:
    """Ask the vendor what came in, and take in what we have never seen; return how much.

    A message that its webhook brings at the same time is stored once, by its reference.
    """
    if runtime.sms is None:
        return 0
    count = 0
    for key in runtime.policies.keys:
        count += await _catch_up_one(runtime, runtime.policies[key])
    if count:
        log.warning("messages_caught_up", count=count)
    return count


async def _catch_up_one(runtime: Runtime, policy: Policy) -> int:
    if runtime.sms is None:
        return 0
    since = runtime.clock.now() - LOOKS_BACK
    try:
        listed = await runtime.sms.received(policy.senders.sms, since)
    except OSError as fault:
        log.warning("catch_up_not_asked", municipality=policy.key, reason=str(fault))
        return 0
    missed = [record for record in listed if _TELEPHONE.match(record.sender)]
    return sum([await _take_in(runtime, policy, record) for record in await _new(runtime, missed)])


async def _new(runtime: Runtime, listed: list[ReceivedRecord]) -> list[ReceivedRecord]:
    refs = [record.vendor_ref for record in listed]
    async with runtime.transaction() as session:
        known = set(
            await session.scalars(select(Message.vendor_ref).where(Message.vendor_ref.in_(refs)))
        )
    return [record for record in listed if record.vendor_ref not in known]


async def _take_in(runtime: Runtime, policy: Policy, record: ReceivedRecord) -> bool:
    async with runtime.transaction() as session:
        stored = await conversations.receive(
            session,
            runtime,
            municipality=policy.key,
            channel=Channel.SMS,
            address=record.sender,
            body=record.body.replace(_NUL, ""),
            vendor_ref=record.vendor_ref,
            media_count=record.media_count,
        )
    return stored is not None
