"""Tries the next way when a first message did not come through (næste kontaktvej).

An SMS that was not delivered is followed by a call, an e-mail, and in the end by a line on the list
of those who need a letter: in the order of the policy, and each by the same rules as the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text, update

from data.models.citizens import Channel
from data.models.claims import Claim, Outcome
from data.models.conversations import Author, Message, MessageKind, MessageStatus
from data.municipalities.first_contact import Way
from data.queries import decisions, unreached
from data.values.time import ONE_DAY, at_local, day_of, next_bank_day
from outreach import audit, cases, jobs, messages, rounds
from outreach.errors import UnknownMunicipalityError
from outreach.rules.decision import Reason, Refused
from outreach.rules.fallbacks import (
    MAY_BE_OVER,
    ONLY_NO_TEXTS,
    Reachable,
    Step,
    Tried,
    next_step,
)
from outreach.rules.first_contact import STEP, facts_of, may_write_first, useless_after
from outreach.rules.obstacles import against_any_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.municipalities.policy import Policy
    from data.values.ids import CitizenId, ClaimId, MessageId
    from outreach.rules.case import Case
    from outreach.runtime import Runtime

#: A try that failed longer ago than this is the ledger's own matter by now.
WITHIN: Final = timedelta(days=14)
CHANNELS: Final = {Way.VOICE: Channel.VOICE, Way.EMAIL: Channel.EMAIL}
#: Where the address of a way is on record: a telephone is there as one for text messages.
RECORDED_AS: Final = {Way.VOICE: Channel.SMS, Way.EMAIL: Channel.EMAIL}
_NOT_REACHED: Final = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)
_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended(:key, 0))"


@dataclass(slots=True)
class FallbackReport:
    """What one look at those not reached led to, by the name of each step."""

    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Stranded:
    """An open claim whose citizen was not reached, and what was tried so far."""

    claim_id: ClaimId
    citizen_id: CitizenId
    tried: tuple[Tried, ...]
    #: The same for the record: way, what became of it, day.
    history: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Next:
    """What comes next for a claim, and the steps that were passed over."""

    stranded: _Stranded
    step: Step | None
    passed_over: tuple[Tried, ...]


@jobs.job("try_next_ways")
async def try_next_ways(runtime: Runtime, *, municipality: str) -> FallbackReport:
    """Decide the next way to each citizen whose first message did not come through.

    The lock is the round's: the two take turns. Twice does no harm, for a step is decided once.
    """
    if municipality not in runtime.policies:
        raise UnknownMunicipalityError(municipality)
    async with runtime.transaction() as session:
        await session.execute(text(_LOCK), {"key": f"round:{municipality}"})
        work = _Work(session, runtime, runtime.policies[municipality])
        return await work.go_on()


class _Work:
    """One look at those not reached, in one transaction."""

    def __init__(self, session: AsyncSession, runtime: Runtime, policy: Policy) -> None:
        self._session, self._runtime, self._policy = session, runtime, policy
        self._now = runtime.clock.now()
        self._ways: dict[Way, dict[CitizenId, Row[Any]]] = {}
        self._report = FallbackReport()

    async def go_on(self) -> FallbackReport:
        """Decide for each, write what is to leave, and keep why."""
        found = await self._stranded()
        citizens = {each.citizen_id for each in found}
        for way, channel in RECORDED_AS.items():
            though = ONLY_NO_TEXTS if way is Way.VOICE else ()
            self._ways[way] = await unreached.ways(self._session, citizens, channel, though)
        coming = [self._weigh(each) for each in found]
        rows = [row for each in coming for row in self._refusals(each)]
        for step, group in _by_citizen_and_step(coming):
            rows += await self._take(step, group)
        await decisions.keep(self._session, rows)
        return self._report

    async def _stranded(self) -> list[_Stranded]:
        """Find the claims nobody was reached about, and about which somebody may be."""
        municipality, today = self._policy.key, day_of(self._now)
        ids = await unreached.stranded(self._session, municipality, today, self._now - WITHIN)
        known = await cases.load(self._session, self._runtime, ids) if ids else {}
        open_ids = [claim_id for claim_id in ids if self._may_be_reached(known[claim_id])]
        steps = await unreached.steps_of(self._session, open_ids)
        heard = await unreached.heard_from(self._session, {row.citizen_id for row in steps})
        return [
            _read(claim_id, rows)
            for claim_id, group in groupby(steps, key=attrgetter("claim_id"))
            if _is_silent(rows := list(group), heard.get(rows[0].citizen_id))
        ]

    def _may_be_reached(self, case: Case) -> bool:
        """Ask what a round asks before it writes, but for the number."""
        law, policy = self._runtime.law, self._policy
        if against_any_word(case, law, policy, day_of(self._now)) is not None:
            return False
        facts = replace(facts_of(case, law), has_address=True)
        return not isinstance(may_write_first(facts, policy, self._now), Refused)

    def _weigh(self, stranded: _Stranded) -> _Next:
        """Go along the policy's order to the first way that can be tried."""
        tried, passed_over = list(stranded.tried), list[Tried]()
        while True:
            step = next_step(self._policy.first_contact, self._stand_open(), tried)
            obstacle = self._reachable(stranded, step.way).obstacle(step.way) if step else None
            if step is None or obstacle is None:
                return _Next(stranded, step, tuple(passed_over))
            passed_over.append(Tried(step, obstacle.value))
            tried.append(passed_over[-1])

    def _stand_open(self) -> frozenset[Way]:
        voice, email = self._policy.voice, self._policy.senders.email
        has = {
            Way.VOICE: voice is not None and voice.number is not None,
            Way.EMAIL: email is not None,
        }
        going = self._runtime.outgoing_channels
        return frozenset(way for way, is_set in has.items() if is_set and CHANNELS[way] in going)

    def _reachable(self, stranded: _Stranded, way: Way) -> Reachable:
        if way not in self._ways:
            return Reachable(has_address=True)
        found = self._ways[way][stranded.citizen_id]
        return Reachable(
            has_address=found.address is not None,
            distrusted=found.distrusted,
            opted_out=found.opted_out,
            protected=found.Citizen.address_protected,
        )

    async def _take(self, step: Step, group: Sequence[_Stranded]) -> list[dict[str, Any]]:
        """Take one step for all claims of a citizen that stand before it."""
        self._report.taken[step.name] += 1
        if step.way is Way.LETTER_LIST:
            for each in group:
                await self._record("letter_list", "claim", each.claim_id, step, each)
            return [self._row(step, each) for each in group]
        message = await self._write(step, group)
        await self._record("next_way", "message", message.id, step, group[0])
        await self._session.execute(
            update(Claim)
            .where(Claim.id.in_([each.claim_id for each in group]))
            .where(Claim.first_contact_at.is_(None))
            .values(first_contact_at=self._now)
            .execution_options(synchronize_session=False)
        )
        return [self._row(step, each, message_id=message.id) for each in group]

    async def _write(self, step: Step, group: Sequence[_Stranded]) -> Message:
        """Queue what is said on this way: no more than in a first message."""
        found, policy = self._ways[step.way][group[0].citizen_id], self._policy
        threads = await messages.threads(
            self._session,
            self._runtime,
            policy.key,
            {found.address: None if found.is_shared else found.Citizen},
            CHANNELS[step.way],
        )
        leaves = self._leaves(step)
        row = messages.row_of(
            self._runtime,
            threads[found.address],
            body=_words(step.way, policy, found.Citizen, named=not found.is_shared),
            kind=MessageKind.FIRST_CONTACT,
            author=Author.ASSISTANT,
            dedupe_key=f"{step.name}:{group[0].claim_id}",
            not_before=leaves,
            useless_after=useless_after(policy, leaves),
            citizen_id=found.Citizen.id,
            agreement_id=None,
        )
        message = Message(**row)
        self._session.add(message)
        await self._session.flush()
        await messages.wake_dispatcher(self._session, policy.key)
        return message

    def _leaves(self, step: Step) -> datetime:
        """Return when it leaves at the earliest: a second call on the next bank day."""
        earliest = self._now
        if step.number > 1:
            earliest = at_local(next_bank_day(day_of(self._now) + ONE_DAY), 0)
        return self._policy.contact.next_opening(earliest)

    def _refusals(self, coming: _Next) -> list[dict[str, Any]]:
        for each in coming.passed_over:
            self._report.refused[each.because] += 1
        return [
            self._row(each.step, coming.stranded, reason=each.because)
            for each in coming.passed_over
        ]

    def _row(
        self,
        step: Step,
        stranded: _Stranded,
        *,
        reason: str | None = None,
        message_id: MessageId | None = None,
    ) -> dict[str, Any]:
        return {
            "municipality": self._policy.key,
            "claim_id": stranded.claim_id,
            "step": step.name,
            "outcome": Outcome.ALLOWED if reason is None else Outcome.REFUSED,
            "reason": reason,
            "retry_at": None,
            "facts": {
                "last_try": stranded.tried[-1].because,
                "tried": list(stranded.history),
            },
            "message_id": message_id,
            "decided_at": self._now,
            "basis": self._policy.first_contact.source,
            "policy_version": self._policy.version,
        }

    async def _record(
        self, act: str, kind: str, subject: object, step: Step, stranded: _Stranded
    ) -> None:
        await audit.record(
            self._session,
            self._runtime,
            municipality=self._policy.key,
            actor=audit.ASSISTANT,
            act=act,
            subject_kind=kind,
            subject_id=subject,
            step=step.name,
            because=stranded.tried[-1].because,
        )


def _read(claim_id: ClaimId, rows: Sequence[Row[Any]]) -> _Stranded:
    """Read what was tried for one claim, from its decisions in their order."""
    tried, history = list[Tried](), list[dict[str, str]]()
    for row in rows:
        step = Step(Way.SMS) if row.step == STEP else Step.parse(row.step)
        if row.outcome is Outcome.ALLOWED:
            because = row.error_code or MessageStatus.UNDELIVERED.value
        elif row.step == STEP or row.reason not in MAY_BE_OVER:
            because = row.reason
        else:
            continue  # what stood against it is over
        tried.append(Tried(step, because))
        on = day_of(row.status_at or row.decided_at).isoformat()
        history.append({"way": step.way.value, "because": because, "on": on})
    return _Stranded(claim_id, rows[0].citizen_id, tuple(tried), tuple(history))


def _is_silent(rows: Sequence[Row[Any]], heard_at: datetime | None) -> bool:
    """Tell whether nothing is on its way, and nobody of the home has been in contact meanwhile."""
    if any(row.reason == Reason.HOUSEHOLD_TOLD for row in rows):
        return False
    if any(row.status not in _NOT_REACHED for row in rows if row.outcome is Outcome.ALLOWED):
        return False
    return heard_at is None or heard_at <= min(row.decided_at for row in rows)


def _by_citizen_and_step(coming: Sequence[_Next]) -> Iterator[tuple[Step, list[_Stranded]]]:
    groups: dict[tuple[CitizenId, Step], list[_Stranded]] = defaultdict(list)
    for each in coming:
        if each.step is not None:
            groups[each.stranded.citizen_id, each.step].append(each.stranded)
    for (_, step), group in groups.items():
        yield step, group


def _words(way: Way, policy: Policy, citizen: Citizen, *, named: bool) -> str:
    if way is Way.EMAIL:
        hours = policy.telephone.hours.of(citizen.language)
        return messages.unasked("mail_first_contact", policy, citizen, named=named, hours=hours)
    return rounds.first_text(policy, citizen, named=named)
