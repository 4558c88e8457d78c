"""What is said of a running plan (beskeder om en aftale): a reminder before, a way back after.

Both are text messages without sum, kind of claim or link; who has no telephone gets the same by
e-mail, where the municipality sends it. Who cannot be told so is told by a person: a task asks for
it. The way back of a missed instalment begins only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.models.agreements import AgreementState, Instalment
from data.models.citizens import Channel, Citizen
from data.models.claims import Claim
from data.models.conversations import Author, Conversation, Message, MessageKind, MessageStatus
from data.queries import plans as questions
from data.queries.rounds import ways_to
from data.queries.unreached import ways
from data.values.time import ONE_DAY, add_bank_days, at_local, day_of
from outreach import audit, messages, standings, tasks
from outreach.households import REACHED
from outreach.receipts import WENT_WRONG
from outreach.rules.decision import Reason
from outreach.rules.keeping import Due, is_reminder_due
from outreach.texts import day_and_month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.engine import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.agreements import Agreement
    from data.municipalities.policy import Policy
    from data.values.ids import AgreementId, CitizenId
    from outreach.rules.keeping import Standing
    from outreach.runtime import Runtime

PLANS_AT_A_TIME = 200
TASK = "plan_missed"


@dataclass
class PlanMessages:
    """What a round wrote about plans: reminders, words about missed instalments, tasks."""

    reminders: int = 0
    missed: int = 0
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class _Word:
    """Something to be said of one instalment."""

    kind: MessageKind
    plan: Agreement
    due: Due

    @property
    def key(self) -> str:
        return standings.key_of(self.kind, self.plan.id, self.due)

    @property
    def rate(self) -> Instalment:
        return next(rate for rate in self.plan.instalments if rate.number == self.due.number)


async def write(runtime: Runtime, *, municipality: str) -> PlanMessages:
    """Write what is to be said today of a municipality's running plans, batch by batch."""
    report = PlanMessages()
    after: UUID | None = None
    while True:
        async with runtime.transaction() as session:
            ids = await questions.next_running(session, municipality, after, PLANS_AT_A_TIME)
            if not ids:
                return report
            policy = runtime.policies[municipality]
            await _Batch(session, runtime, policy, report).write(ids)
        after = ids[-1]


class _Batch:
    """Some plans of one municipality, in one transaction."""

    def __init__(
        self, session: AsyncSession, runtime: Runtime, policy: Policy, report: PlanMessages
    ) -> None:
        self.session, self.runtime, self.policy, self.report = session, runtime, policy, report
        self.now: datetime = runtime.clock.now()
        self.ways: Mapping[CitizenId, Row[Any]] = {}
        self.by_mail: frozenset[CitizenId] = frozenset()
        self.threads: Mapping[str, Conversation] = {}
        self.rows: list[dict[str, Any]] = []

    async def write(self, ids: list[AgreementId]) -> None:
        """Find what is to be said, hold all that it rests on, and look at it once more.

        Held in the order in which everybody does: conversation, citizen, claims, plan.
        """
        missed, coming = await self._words(await questions.read(self.session, ids))
        speaks = {word.plan.id for word in (*missed, *coming)}
        if not speaks:
            return
        await self._find_ways([*missed, *coming])
        held, _ = await questions.hold(self.session, speaks)
        missed, coming = await self._words(held)
        known = await self._known(missed)
        for word in missed:
            if word.key in known:
                await self._learn(word, known[word.key])
            elif word.rate.missed_at is None:
                await self._say_missed(word)
        for word in coming:
            await self._remind(word)
        await messages.queue_rows(self.session, self.policy.key, self.rows)

    async def _words(self, plans: list[Agreement]) -> tuple[list[_Word], list[_Word]]:
        """Return what is to be said of missed instalments, and of those to come."""
        running = [
            plan
            for plan in plans
            if plan.state is AgreementState.ACCEPTED and plan.suspended_on is None
        ]
        standing = await standings.of_plans(self.session, self.policy, running)
        missed = [word for plan in running for word in _missed(plan, standing[plan.id])]
        return missed, [word for plan in running for word in self._coming(plan, standing[plan.id])]

    def _coming(self, plan: Agreement, standing: Standing) -> Iterator[_Word]:
        """Yield the instalments that the citizen is reminded of today."""
        plans, today = self.policy.plans, day_of(self.now)
        agreed_on = day_of(plan.accepted_at or self.now)
        for due in standing.uncovered:
            word = _Word(MessageKind.PLAN_REMINDER, plan, due)
            if is_reminder_due(due, plans, agreed_on, today) and word.rate.reminded_at is None:
                yield word

    async def _known(self, words: list[_Word]) -> dict[str, Message]:
        found = await self.session.scalars(
            select(Message).where(
                Message.municipality == self.policy.key,
                Message.dedupe_key.in_([word.key for word in words]),
            )
        )
        return {message.dedupe_key: message for message in found}

    async def _find_ways(self, words: list[_Word]) -> None:
        phones = await ways_to(self.session, {word.plan.citizen_id for word in words})
        mails = await self._mails({key for key, way in phones.items() if way.address is None})
        self.ways, self.by_mail = phones | mails, frozenset(mails)
        self.threads = {
            **await self._open_threads(Channel.SMS, phones),
            **await self._open_threads(Channel.EMAIL, mails),
        }
        await self.session.execute(
            select(Citizen.id)
            .where(Citizen.id.in_(self.ways))
            .order_by(Citizen.id)
            .with_for_update(read=True, key_share=True)
        )

    async def _mails(self, without_phone: set[CitizenId]) -> dict[CitizenId, Row[Any]]:
        """Return the e-mail addresses of those who have no telephone, where mail is sent."""
        is_sent = Channel.EMAIL in self.runtime.outgoing_channels
        if not without_phone or not is_sent or self.policy.senders.email is None:
            return {}
        found = await ways(self.session, without_phone, Channel.EMAIL)
        return {key: way for key, way in found.items() if way.address is not None}

    async def _open_threads(
        self, channel: Channel, found: Mapping[CitizenId, Row[Any]]
    ) -> Mapping[str, Conversation]:
        """Return the conversations at some addresses, by address: no mail looks like a number."""
        wanted = {
            way.address: None if way.is_shared else way.Citizen
            for way in found.values()
            if way.address is not None and not way.opted_out
        }
        session, runtime = self.session, self.runtime
        return await messages.threads(session, runtime, self.policy.key, wanted, channel)

    # ------------------------------------------------------------------------- what is said
    async def _remind(self, word: _Word) -> None:
        """Remind once of an instalment; whoever cannot be written to is not, which is on record."""
        word.rate.reminded_at = self.now
        against = self._against(word)
        if against is not None:
            await self._record(word, "plan_reminder_not_sent", against)
            return
        useless_after = at_local(word.due.on + ONE_DAY, 0)
        date = day_and_month(word.due.on, self.ways[word.plan.citizen_id].Citizen.language)
        self._queue(word, useless_after, date=date)
        self.report.reminders += 1

    async def _say_missed(self, word: _Word) -> None:
        """Tell the citizen until when it can be made good, or a person who can tell them."""
        against = self._against(word)
        if against is not None:
            await self._ask_a_person(word, against)
            return
        leaves_on = day_of(self.policy.contact.next_opening(self.now))
        last = add_bank_days(leaves_on, self.policy.plans.way_back_bank_days)
        until = day_and_month(last, self.ways[word.plan.citizen_id].Citizen.language)
        self._queue(word, at_local(last + ONE_DAY, 0), until=until)
        self.report.missed += 1

    def _against(self, word: _Word) -> Reason | None:
        way = self.ways[word.plan.citizen_id]
        if way.address is None:
            return Reason.NO_ADDRESS
        return Reason.OPTED_OUT if way.opted_out else None

    def _queue(self, word: _Word, useless_after: datetime, **values: str) -> None:
        way = self.ways[word.plan.citizen_id]
        text = word.kind.value
        if word.plan.citizen_id in self.by_mail:
            text = f"mail_{text}"
            values["hours"] = self.policy.telephone.hours.of(way.Citizen.language)
        row = messages.row_of(
            self.runtime,
            self.threads[way.address],
            body=messages.unasked(
                text, self.policy, way.Citizen, named=not way.is_shared, **values
            ),
            kind=word.kind,
            author=Author.ASSISTANT,
            dedupe_key=word.key,
            not_before=self.policy.contact.next_opening(self.now),
            useless_after=useless_after,
            citizen_id=way.Citizen.id,
            agreement_id=word.plan.id,
        )
        self.rows.append(row)

    # ---------------------------------------------------------------------- what came of it
    async def _learn(self, word: _Word, message: Message) -> None:
        """Let the way back begin on the day the citizen was told; a failure goes to a person.

        It begins anew where the message turns out later not to have come.
        """
        rate, at = word.rate, message.sending_since or message.status_at
        is_lost = message.status in {*WENT_WRONG, MessageStatus.STOOD_DOWN}
        if message.stood_down_because == Reason.SAID_ALREADY:
            rate.missed_at = rate.missed_at or message.status_at
        elif is_lost and (rate.missed_at is None or message.status_at > rate.missed_at):
            because = message.stood_down_because or message.error_code or message.status.value
            await self._ask_a_person(word, because)
        elif message.status in REACHED and rate.missed_at is None:
            rate.missed_at = at

    async def _ask_a_person(self, word: _Word, because: str) -> None:
        """Open a task, so that somebody can write a letter; the way back begins with it."""
        word.rate.missed_at = self.now
        claim = await self.session.get_one(Claim, word.plan.claims[0].claim_id)
        facts: dict[str, str | float | bool | None] = {
            "agreement": str(word.plan.id),
            "instalment": word.due.number,
            "due_on": word.due.on.isoformat(),
            "because": because,
        }
        task = await tasks.open_task(
            self.session, self.runtime, claim=claim, kind=TASK, facts=facts, actor="rule"
        )
        self.report.tasks += task is not None
        await self._record(word, "plan_missed_not_sent", because)

    async def _record(self, word: _Word, act: str, because: str) -> None:
        await audit.record(
            self.session,
            self.runtime,
            municipality=word.plan.municipality,
            actor="rule",
            act=act,
            subject_kind="agreement",
            subject_id=word.plan.id,
            instalment=word.due.number,
            because=because,
        )


def _missed(plan: Agreement, standing: Standing) -> Iterator[_Word]:
    for one in standing.missed:
        yield _Word(MessageKind.PLAN_MISSED, plan, one.due)
