"""Calls the person on duty by SMS about what nobody takes (vagtopkald), each call on record.

At least once, unlike all else we send: the row is written before the call, its result after, and
what did not surely arrive is sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.models.alerts import Alert
from data.models.handoffs import Handoff, HandoffState
from data.values.time import copenhagen, day_of
from outreach import audit, jobs, words
from outreach.rules.due import is_open
from outreach.rules.on_call import CALLING, LastCall, calls_now, next_call
from outreach.texts import day_and_month

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from data.values.ids import HandoffId
    from data.values.phone import PhoneNumber
    from outreach.runtime import Runtime, SendOutcome

log = structlog.get_logger()

#: The language the people on duty speak.
_LANGUAGE = "da"


@dataclass(frozen=True, slots=True)
class Call:
    """One SMS to the person on duty, and the handoffs it is about (opkald)."""

    municipality: str
    to: PhoneNumber
    body: str
    #: Which call it is for each of them.
    numbers: dict[HandoffId, int]


@jobs.job("call_on_duty", priority=1)
async def call_on_duty(runtime: Runtime) -> int:
    """Call each municipality's person on duty about what waits and may not; return how many calls.

    One SMS tells of all that is to be told of; what comes a minute later is told of at once too.
    """
    calls, faults = 0, []
    for municipality in runtime.policies.keys:
        try:
            calls += await _call(runtime, municipality)
        except Exception as fault:  # noqa: BLE001 - a fault in one town keeps no other asleep
            faults.append(fault)
    if faults:
        raise ExceptionGroup("some calls could not be made", faults)
    return calls


async def _call(runtime: Runtime, municipality: str) -> bool:
    async with runtime.transaction() as session:
        call = await _prepare(session, runtime, municipality)
    return call is not None and await _make(runtime, call)


async def _make(runtime: Runtime, call: Call) -> bool:
    """Send it, and keep what the gateway made of it; without a gateway the row tells that too."""
    if runtime.sms is None:
        log.error("on_call_without_gateway", municipality=call.municipality)
        return False
    sender = runtime.policies[call.municipality].senders.sms
    outcome = await runtime.sms.send(sender, call.to, call.body)
    async with runtime.transaction() as session:
        await _settle(session, runtime, call, outcome)
    return True


async def _prepare(session: AsyncSession, runtime: Runtime, municipality: str) -> Call | None:
    """Write down the call that is to be made now; none: nobody need be called, or nobody can be."""
    policy, now = runtime.policies[municipality], runtime.clock.now()
    if policy.desk.on_call is None:
        return None
    waiting = await _waiting(session, policy, municipality, now)
    last = await _last_calls(session, [handoff.id for handoff in waiting])
    due = {
        each.id: next_call(last.get(each.id), policy.desk, now, times_returned=each.times_returned)
        for each in waiting
    }
    numbers = {handoff_id: number for handoff_id, number in due.items() if number is not None}
    if not numbers:
        return None
    for handoff_id, number in numbers.items():
        await _begin(session, policy, municipality, handoff_id, number, now)
    body = text(policy, len(waiting), min(each.opened_at for each in waiting))
    return Call(municipality, policy.desk.on_call, body, numbers)


def text(policy: Policy, count: int, since: datetime) -> str:
    """Write what is sent: how many wait, and since when. Nothing about a citizen, and no link."""
    said = words.catalogue(_LANGUAGE)
    name = policy.name.of(_LANGUAGE)
    day, hour = day_and_month(day_of(since), _LANGUAGE), f"{copenhagen(since):%H.%M}"
    return said.plural("on_call.alert", count, municipality=name, day=day, hour=hour)


async def _waiting(
    session: AsyncSession, policy: Policy, municipality: str, now: datetime
) -> list[Handoff]:
    """Lock what calls; two rounds at once wait for each other, and the second sees the first's."""
    rows = await session.scalars(
        select(Handoff)
        .where(
            Handoff.municipality == municipality,
            Handoff.state == HandoffState.WAITING,
            Handoff.severity <= CALLING,
        )
        .order_by(Handoff.id)
        .with_for_update()
    )
    open_now = is_open(policy.office, now)
    return [
        each
        for each in rows
        if calls_now(each.severity, is_open=open_now, is_escalated=each.escalated_at is not None)
    ]


async def _last_calls(
    session: AsyncSession, handoff_ids: list[HandoffId]
) -> dict[HandoffId, LastCall]:
    rows = await session.scalars(
        select(Alert)
        .where(Alert.handoff_id.in_(handoff_ids))
        .order_by(Alert.number)  # the last of a handoff is the one that stays
    )
    return {row.handoff_id: LastCall(row.number, row.at, row.result) for row in rows}


async def _begin(
    session: AsyncSession,
    policy: Policy,
    municipality: str,
    handoff_id: HandoffId,
    number: int,
    now: datetime,
) -> None:
    row = insert(Alert).values(
        municipality=municipality,
        handoff_id=handoff_id,
        number=number,
        phone=policy.desk.on_call,
        at=now,
    )
    again = {"at": now, "phone": policy.desk.on_call, "result": None, "error_code": None}
    await session.execute(
        row.on_conflict_do_update(index_elements=["handoff_id", "number"], set_=again)
    )


async def _settle(
    session: AsyncSession, runtime: Runtime, call: Call, outcome: SendOutcome
) -> None:
    for handoff_id, number in call.numbers.items():
        alert = await session.get_one(Alert, (handoff_id, number))
        alert.result, alert.error_code = outcome.result.value, outcome.error_code
        await audit.record(
            session,
            runtime,
            municipality=call.municipality,
            actor=audit.ASSISTANT,
            act="on_call_alerted",
            subject_kind="handoff",
            subject_id=handoff_id,
            number=number,
            result=outcome.result.value,
        )
