"""A round (udsendelsesrunde): who has missed a deadline, and who is written to about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update

from data.models.citizens import Channel, Citizen
from data.models.claims import Claim, Outcome
from data.models.conversations import (
    Author,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
)
from data.queries import decisions
from data.queries.bulk import as_rows, insert_rows
from data.queries.rounds import due_for_first_contact
from data.values.ids import new_id
from data.values.time import day_of, is_bank_day
from outreach import (
    assignments,
    claims,
    jobs,
    messages,
    overrides,
    plan_messages,
    suspensions,
    units,
)
from outreach.cases import load
from outreach.errors import UnknownMunicipalityError
from outreach.ladder import LadderReport, ladder_round
from outreach.plans import weigh_plans
from outreach.postings import post_interest
from outreach.rules.decision import Allowed, Refused
from outreach.rules.first_contact import STEP, Facts, may_write_first, useless_after
from outreach.rules.obstacles import against_any_word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from outreach.rules.decision import Verdict
    from outreach.runtime import Runtime

#: Citizens decided in one transaction: large enough to be fast, small enough to let others in.
CITIZENS_AT_A_TIME = 1000
_LOCK = "select pg_advisory_xact_lock(hashtextextended(:key, 0))"


@dataclass
class RoundReport:
    """What one round did: messages written, claims they are about, refusals by reason."""

    municipality: str
    messages: int = 0
    claims: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    #: What followed for the claims that were written about before: letters, hand-overs, tasks.
    ladder: LadderReport | None = None


@dataclass(frozen=True)
class _Case:
    """One claim in a round, with its citizen and address."""

    claim: Claim
    citizen: Citizen
    address: str | None
    is_shared: bool
    facts: Facts
    verdict: Verdict


@dataclass(frozen=True)
class _Written:
    """How many messages are new, and which message speaks for each claim."""

    count: int
    message_of: dict[UUID, UUID]


@jobs.job("outreach_round")
async def outreach_round(runtime: Runtime, *, municipality: str) -> RoundReport:
    """Run a round for one municipality.

    Respites, shelvings and plans that end, units that are late, words about plans, first messages,
    interest, then the ladder.

    Batch by batch, each its own transaction.
    """
    if municipality not in runtime.policies:
        raise UnknownMunicipalityError(municipality)
    report = RoundReport(municipality)
    for see_to in (
        claims.end_respites, assignments.review, overrides.end_shelvings, suspensions.mind,
        units.chase,
    ):  # fmt: skip
        async with runtime.transaction() as session:
            await see_to(session, runtime, municipality)
    await weigh_plans(runtime, municipality=municipality)
    await plan_messages.write(runtime, municipality=municipality)
    after: UUID | None = None
    while True:
        async with runtime.transaction() as session:
            after = await _decide_batch(session, runtime, municipality, after, report)
        if after is None:
            break
    await post_interest(runtime, municipality=municipality)
    report.ladder = await ladder_round(runtime, municipality=municipality)
    return report


@jobs.job("morning_round")
async def morning_round(runtime: Runtime, *, municipality: str) -> None:
    """Run a round if banks are open today: what the timetable queues each weekday morning.

    What has been on the list of hand-overs long enough is filed after it.
    """
    if not is_bank_day(day_of(runtime.clock.now())):
        return
    await outreach_round(runtime, municipality=municipality)
    async with runtime.transaction() as session:
        once = f"file_hand_overs:{municipality}"
        await jobs.defer(session, "file_hand_overs", once=once, municipality=municipality)


async def _decide_batch(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    after: UUID | None,
    report: RoundReport,
) -> UUID | None:
    """Decide the next citizens; return the last one's id, or none when there are no more.

    The lock makes two rounds at once take turns, and the second finds what the first decided.
    """
    await session.execute(text(_LOCK), {"key": f"round:{municipality}"})
    today = day_of(runtime.clock.now())
    rows = await due_for_first_contact(session, municipality, today, after, CITIZENS_AT_A_TIME)
    if not rows:
        return None
    policy = runtime.policies[municipality]
    weighed = [_weigh(runtime, policy, row) for row in rows]
    cases = await _under_the_law(session, runtime, policy, weighed)
    written = await _write_messages(session, runtime, policy, cases)
    await _keep_decisions(session, runtime, policy, cases, written)
    for case in cases:
        if isinstance(case.verdict, Refused):
            report.refused[case.verdict.reason.value] += 1
    report.claims += len(written.message_of)
    report.messages += written.count
    last: Citizen = rows[-1].Citizen
    return last.id


def _weigh(runtime: Runtime, policy: Policy, row: Row[Any]) -> _Case:
    claim, citizen = row.Claim, row.Citizen
    facts = Facts(
        state=claim.state,
        is_paid=claim.is_settled,
        due_date=claim.due_date,
        bill_sent_on=claim.bill_sent_on,
        claim_type=claim.claim_type,
        type_is_automated=runtime.claim_types[claim.claim_type].automated,
        paused_until=claim.paused_until,
        covers_until=row.covers_until,
        citizen_is_frozen=citizen.frozen_at is not None,
        has_address=row.address is not None,
        address_is_distrusted=row.is_distrusted,
        opted_out=row.opted_out,
    )
    verdict = may_write_first(facts, policy, runtime.clock.now())
    return _Case(claim, citizen, row.address, row.is_shared, facts, verdict)


async def _under_the_law(
    session: AsyncSession, runtime: Runtime, policy: Policy, weighed: list[_Case]
) -> list[_Case]:
    """Ask, as the ladder would, what stands against a word at all: a death, a respite by law."""
    allowed = [each.claim.id for each in weighed if isinstance(each.verdict, Allowed)]
    known = await load(session, runtime, allowed) if allowed else {}
    today = day_of(runtime.clock.now())
    against = {
        claim_id: refused
        for claim_id, case in known.items()
        if (refused := against_any_word(case, runtime.law, policy, today)) is not None
    }
    return [replace(each, verdict=against.get(each.claim.id, each.verdict)) for each in weighed]


async def _write_messages(
    session: AsyncSession, runtime: Runtime, policy: Policy, cases: list[_Case]
) -> _Written:
    """Write one message a citizen for all their allowed claims.

    People who share a telephone get one message a day between them: it names nobody.
    """
    groups = list(_allowed_by_citizen(cases))
    if not groups:
        return _Written(0, {})
    wanted = {
        str(group[0].address): None if group[0].is_shared else group[0].citizen for group in groups
    }
    conversations = await messages.threads(session, runtime, policy.key, wanted)
    now = runtime.clock.now()
    times = {
        "not_before": policy.contact.next_opening(now),
        "useless_after": useless_after(policy, now),
    }
    rows: dict[str, dict[str, Any]] = {}
    key_of: dict[UUID, str] = {}
    for group in groups:
        conversation = conversations[str(group[0].address)]
        shared_key = f"{STEP}:{conversation.id}:{day_of(now)}"
        key = shared_key if group[0].is_shared else f"{STEP}:{group[0].claim.id}"
        key_of |= {case.claim.id: key for case in group}
        rows[key] = _message_row(runtime, policy, group) | times
        rows[key] |= {
            "conversation_id": conversation.id,
            "owner_number": conversation.owner_number,
            "dedupe_key": key,
        }
    fresh = await session.scalars(
        insert_rows(Message, next(iter(rows.values())))
        .on_conflict_do_nothing(index_elements=["municipality", "dedupe_key"])
        .returning(Message.id),
        as_rows(rows.values()),
    )
    count = len(fresh.all())
    found = await session.execute(
        select(Message.dedupe_key, Message.id).where(
            Message.municipality == policy.key, Message.dedupe_key.in_(rows)
        )
    )
    ids = dict(found.all())
    await messages.wake_dispatcher(session, policy.key)
    return _Written(count, {claim_id: ids[key] for claim_id, key in key_of.items()})


def _allowed_by_citizen(cases: list[_Case]) -> Iterator[list[_Case]]:
    for _, group in groupby(cases, key=lambda case: case.citizen.id):
        allowed = [case for case in group if not isinstance(case.verdict, Refused)]
        if allowed:
            yield allowed


def _message_row(runtime: Runtime, policy: Policy, group: list[_Case]) -> dict[str, Any]:
    first, now = group[0], runtime.clock.now()
    return {
        "id": new_id(),
        "municipality": policy.key,
        "citizen_id": first.citizen.id,
        "direction": Direction.OUT,
        "author": Author.ASSISTANT,
        "kind": MessageKind.FIRST_CONTACT,
        "channel": Channel.SMS,
        "address": first.address,
        "body": first_text(policy, first.citizen, named=not first.is_shared),
        "media_count": 0,
        "status": MessageStatus.QUEUED,
        "attempts": 0,
        "created_at": now,
        "status_at": now,
    }


def first_text(policy: Policy, citizen: Citizen, *, named: bool) -> str:
    """Write the first message, as all that is sent unasked: it says nothing of why we write."""
    return messages.unasked(STEP, policy, citizen, named=named)


async def _keep_decisions(
    session: AsyncSession,
    runtime: Runtime,
    policy: Policy,
    cases: list[_Case],
    written: _Written,
) -> None:
    """Keep what was decided and on which facts; an allowed step is never written over."""
    now = runtime.clock.now()
    message_of = written.message_of
    rows = [
        {
            "municipality": case.claim.municipality,
            "claim_id": case.claim.id,
            "step": STEP,
            "outcome": Outcome.REFUSED if isinstance(case.verdict, Refused) else Outcome.ALLOWED,
            "reason": case.verdict.reason.value if isinstance(case.verdict, Refused) else None,
            "retry_at": case.verdict.retry_at if isinstance(case.verdict, Refused) else None,
            "facts": case.facts.on_record(),
            "message_id": message_of.get(case.claim.id),
            "decided_at": now,
            "basis": policy.first_contact.source,
            "policy_version": policy.version,
        }
        for case in cases
        if isinstance(case.verdict, Refused) or case.claim.id in message_of
    ]
    if not rows:
        return
    if message_of:
        await session.execute(
            update(Claim)
            .where(Claim.id.in_(message_of))
            .values(first_contact_at=now)
            .execution_options(synchronize_session=False)
        )
    await decisions.keep(session, rows)
