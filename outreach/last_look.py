"""Gathers what the last look needs, and locks it until the batch is taken.

Whoever pays, says STOP or takes a conversation over at this very moment either comes before the
look, and is seen, or has to wait until the message is marked as being sent. What is just being
changed by another transaction is not waited for: its message is looked at again in a moment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, tuple_

from data.models.agreements import Agreement, AgreementState
from data.models.cases import Circumstances
from data.models.citizens import Channel, Citizen, ContactPoint, Language, OptOut
from data.models.claims import Claim, Decision, Outcome
from data.models.conversations import (
    Author,
    Conversation,
    Direction,
    Message,
    MessageKind,
    Owner,
)
from data.queries import plans as questions
from outreach import households, standings, telephones
from outreach.households import REACHED
from outreach.rules.decision import Allowed, Verdict
from outreach.rules.last_look import (
    BUDGET_WINDOW,
    ClaimNow,
    InstalmentNow,
    Leaving,
    last_look,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from data.values.ids import AgreementId, CitizenId, ClaimId, ConversationId, MessageId
    from outreach.households import Households
    from outreach.rules.keeping import Due, Standing

#: About a plan, and what we write unasked: these wait until all answers have left.
OF_PLANS: Final = frozenset({MessageKind.PLAN_REMINDER, MessageKind.PLAN_MISSED})
#: Channels on which the citizen comes to us.
FETCHED: Final = frozenset({Channel.WEB, Channel.VOICE})
type Way = tuple[Channel, str]
UNASKED: Final = frozenset({MessageKind.FIRST_CONTACT, *OF_PLANS})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is due to leave (udgående besked), as far as sending it needs."""

    id: MessageId
    conversation_id: ConversationId
    citizen_id: CitizenId | None
    kind: MessageKind
    author: Author
    channel: Channel
    address: str
    body: str
    choices: list[str]
    attempts: int
    owner_number: int
    created_at: datetime
    useless_after: datetime | None
    dedupe_key: str
    #: The plan that a reminder is about.
    agreement_id: AgreementId | None = None
    #: The conversation's.
    language: Language = Language.DANISH

    @property
    def way(self) -> Way:
        """The channel and the address on it."""
        return self.channel, self.address

    @property
    def is_fetched(self) -> bool:
        """Tell whether the citizen fetches it: on an open page, or in a call."""
        return self.channel in FETCHED

    @property
    def is_unasked(self) -> bool:
        """Tell whether we write without having been written to."""
        return self.kind in UNASKED

    @property
    def is_first_contact(self) -> bool:
        """Tell whether we write first, instead of answering."""
        return self.kind is MessageKind.FIRST_CONTACT

    @property
    def is_call(self) -> bool:
        """Tell whether the telephone rings for it (opkald): a first message, spoken."""
        return self.is_first_contact and self.channel is Channel.VOICE

    @property
    def is_notice(self) -> bool:
        """Tell whether it must get through whatever else waits: a STOP confirmed, safety words."""
        return self.kind is MessageKind.NOTICE

    @property
    def is_assistants_reply(self) -> bool:
        """Tell whether the assistant wrote it in an ordinary turn."""
        return self.author is Author.ASSISTANT and self.kind is MessageKind.REPLY


async def look(
    session: AsyncSession, policy: Policy, batch: Sequence[Outgoing], now: datetime
) -> dict[MessageId, Verdict | None]:
    """Judge each message of a batch; none for one whose facts are just being changed."""
    owners = await _owners(session, batch)
    unasked = [message for message in batch if message.is_unasked]
    homes = await households.gather(session, _citizens(unasked), now)
    debtors = await _debtors(session, _citizens(unasked) | homes.members)
    dead = await _dead(session, batch)
    firsts = [message for message in batch if message.is_first_contact]
    claims = await _claims(session, firsts, homes)
    heard_from = await _heard_from(session, firsts)
    called = {(one.citizen_id, one.address) for one in firsts if one.is_call}
    lines = await telephones.gather(session, policy.key, called, now)
    rates = await _instalments(session, policy, [one for one in unasked if one.kind in OF_PLANS])
    contacts = await _contacts(session, unasked, now)
    said = await _said(session, policy.key, unasked, now)
    opted_out = await _opted_out(session, policy.key, batch)
    distrusted = await _distrusted(session, policy.key, unasked)
    verdicts: dict[MessageId, Verdict | None] = {}
    for message in batch:
        owner, debtor = owners.get(message.conversation_id), debtors.get(message.citizen_id)
        is_settled = debtor is not None and (message.id in claims or message.id in rates)
        is_settled = is_settled and homes.of(message.citizen_id) <= debtors.keys()
        if owner is None or (message.is_unasked and not is_settled):
            verdicts[message.id] = None
            continue
        rate, words = rates.get(message.id), (message.way, message.body)
        callee = (message.citizen_id, message.address) if message.is_call else None
        heard = [at for at in (owner[2], heard_from.get(message.citizen_id)) if at is not None]
        waits = owner[0] is Owner.NOBODY and rate is not None
        leaving = Leaving(
            is_first_contact=message.is_first_contact,
            is_assistants_reply=message.is_assistants_reply,
            is_notice=message.is_notice,
            useless_after=message.useless_after,
            opted_out=message.way in opted_out,
            number_distrusted=(message.citizen_id, *message.way) in distrusted,
            citizen_frozen=bool(debtor),
            citizen_deceased=message.citizen_id in dead,
            held_by_person=owner[0] is Owner.STAFF or waits,
            owner_unchanged=owner[1] == message.owner_number,
            citizen_has_written=any(at > message.created_at for at in heard),
            claims=claims.get(message.id, ()),
            instalment=replace(rate, said_already=words in said) if rate else None,
            contacts=tuple(contacts[message.citizen_id]),
            home_had_word_today=homes.had_word_today(message.citizen_id),
            call_obstacle=lines.obstacle(callee) if callee else None,
            called_today=callee is not None and lines.was_called_today(callee),
        )
        verdicts[message.id] = verdict = last_look(leaving, policy.contact, now)
        if message.is_unasked and isinstance(verdict, Allowed):
            contacts[message.citizen_id].append(now)  # the next in this batch counts it
            said.add(words)
        if message.is_first_contact and isinstance(verdict, Allowed):
            homes.note(message.citizen_id)
            if callee:
                lines.note(callee)
    return verdicts


async def _owners(
    session: AsyncSession, batch: Sequence[Outgoing]
) -> dict[ConversationId, tuple[Owner, int, datetime | None]]:
    """Lock the conversations: no owner changes while their messages are being taken."""
    rows = await session.execute(
        select(
            Conversation.id,
            Conversation.owner,
            Conversation.owner_number,
            Conversation.last_inbound_at,
        )
        .where(Conversation.id.in_({message.conversation_id for message in batch}))
        .with_for_update(key_share=True, skip_locked=True)
    )
    return {row.id: (row.owner, row.owner_number, row.last_inbound_at) for row in rows}


async def _heard_from(
    session: AsyncSession, firsts: Sequence[Outgoing]
) -> dict[CitizenId | None, datetime]:
    """Return when each of these citizens last wrote or called, on whatever channel."""
    if not firsts:
        return {}
    rows = await session.execute(
        select(Conversation.citizen_id, func.max(Conversation.last_inbound_at))
        .where(
            Conversation.citizen_id.in_(_citizens(firsts)),
            Conversation.last_inbound_at.is_not(None),
        )
        .group_by(Conversation.citizen_id)
    )
    return {citizen_id: at for citizen_id, at in rows if at is not None}


async def _debtors(
    session: AsyncSession, citizen_ids: Iterable[CitizenId]
) -> dict[CitizenId | None, bool]:
    """Lock the citizens and who lives with them; tell who is frozen.

    So two dispatchers cannot both spend the same contact budget, nor speak to one home twice.
    """
    rows = await session.execute(
        select(Citizen.id, Citizen.frozen_at)
        .where(Citizen.id.in_(citizen_ids))
        .with_for_update(key_share=True, skip_locked=True)
    )
    nobody: dict[CitizenId | None, bool] = {None: False}
    return nobody | {row.id: row.frozen_at is not None for row in rows}


async def _dead(session: AsyncSession, batch: Sequence[Outgoing]) -> frozenset[CitizenId]:
    """Return who of those written to has died: nothing more is sent to them, not answers either."""
    found = await session.scalars(
        select(Circumstances.citizen_id).where(
            Circumstances.citizen_id.in_(_citizens(batch)), Circumstances.deceased_on.is_not(None)
        )
    )
    return frozenset(found)


async def _instalments(
    session: AsyncSession, policy: Policy, about: Sequence[Outgoing]
) -> dict[MessageId, InstalmentNow]:
    """Find the instalment each message is about; without those that are being paid just now."""
    if not about:
        return {}
    wanted = {message.agreement_id for message in about if message.agreement_id is not None}
    plans = {plan.id: plan for plan in await questions.still(session, wanted)}
    standing = await standings.of_plans(session, policy, list(plans.values()))
    return {
        message.id: _instalment(message, plans[message.agreement_id], standing)
        for message in about
        if message.agreement_id in plans
    }


def _instalment(
    message: Outgoing, plan: Agreement, standing: Mapping[AgreementId, Standing]
) -> InstalmentNow:
    def names(due: Due) -> bool:
        return standings.key_of(message.kind, plan.id, due) == message.dedupe_key

    return InstalmentNow(
        plan_runs=plan.state is AgreementState.ACCEPTED,
        plan_rests=plan.suspended_on is not None,
        is_moved=not any(map(names, standings.dues_of(plan))),
        is_covered=not any(map(names, standing[plan.id].uncovered)),
    )


async def _claims(
    session: AsyncSession, firsts: Sequence[Outgoing], homes: Households
) -> dict[MessageId, tuple[ClaimNow, ...]]:
    """Find what each first message is about; without those whose claims are being changed."""
    if not firsts:
        return {}
    pairs = await session.execute(
        select(Decision.message_id, Decision.claim_id)
        .where(
            Decision.message_id.in_([message.id for message in firsts]),
            Decision.outcome == Outcome.ALLOWED,
        )
        .order_by(Decision.message_id, Decision.claim_id)
    )
    about: dict[MessageId, list[ClaimId]] = {message.id: [] for message in firsts}
    for pair in pairs:
        if pair.message_id is not None:
            about[pair.message_id].append(pair.claim_id)
    rows = await session.execute(
        select(Claim.id, Claim.state, Claim.is_settled, Claim.paused_until)
        .where(Claim.id.in_({claim for ids in about.values() for claim in ids}))
        .with_for_update(read=True, skip_locked=True)
    )
    known = {row.id: ClaimNow(row.state.value, row.is_settled, row.paused_until) for row in rows}
    whose = {message.id: message.citizen_id for message in firsts}
    return {
        message: tuple(
            replace(known[claim], told_at_home=homes.was_told(whose[message], claim))
            for claim in ids
        )
        for message, ids in about.items()
        if all(claim in known for claim in ids)
    }


async def _contacts(
    session: AsyncSession, unasked: Sequence[Outgoing], now: datetime
) -> dict[CitizenId | None, list[datetime]]:
    """When each citizen was written to unasked, in all campaigns and channels."""
    contacts: dict[CitizenId | None, list[datetime]] = defaultdict(list)
    if not unasked:
        return contacts
    rows = await session.execute(
        select(Message.citizen_id, Message.sending_since)
        .where(
            Message.citizen_id.in_(_citizens(unasked)),
            Message.direction == Direction.OUT,
            Message.kind.in_(UNASKED),
            Message.status.in_(REACHED),
            Message.sending_since > now - BUDGET_WINDOW,
        )
        .order_by(Message.sending_since)
    )
    for row in rows:
        contacts[row.citizen_id].append(row.sending_since)
    return contacts


async def _said(
    session: AsyncSession, municipality: str, unasked: Sequence[Outgoing], now: datetime
) -> set[tuple[Way, str]]:
    """Return where and with which words plans were spoken of within a day: nothing is said twice.

    Two plans with an instalment on one day make one message, and so do two who share a telephone.
    """
    ways = {message.way for message in unasked if message.kind in OF_PLANS}
    if not ways:
        return set()
    rows = await session.execute(
        select(Message.channel, Message.address, Message.body)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.municipality == municipality,
            tuple_(Conversation.channel, Conversation.address).in_(ways),
            Message.kind.in_(OF_PLANS),
            Message.status.in_(REACHED),
            Message.sending_since > now - BUDGET_WINDOW,
        )
    )
    return {((row.channel, row.address), row.body) for row in rows}


async def _opted_out(
    session: AsyncSession, municipality: str, batch: Sequence[Outgoing]
) -> frozenset[Way]:
    rows = await session.execute(
        select(OptOut.channel, OptOut.address).where(
            OptOut.municipality == municipality,
            tuple_(OptOut.channel, OptOut.address).in_({message.way for message in batch}),
        )
    )
    return frozenset((row.channel, row.address) for row in rows)


async def _distrusted(
    session: AsyncSession, municipality: str, unasked: Sequence[Outgoing]
) -> frozenset[tuple[CitizenId, Channel, str]]:
    if not unasked:
        return frozenset()
    rows = await session.execute(
        select(ContactPoint.citizen_id, ContactPoint.channel, ContactPoint.address).where(
            ContactPoint.municipality == municipality,
            tuple_(ContactPoint.channel, ContactPoint.address).in_(
                {message.way for message in unasked}
            ),
            ContactPoint.distrusted_at.is_not(None),
        )
    )
    return frozenset((row.citizen_id, row.channel, row.address) for row in rows)


def _citizens(unasked: Iterable[Outgoing]) -> set[CitizenId]:
    return {message.citizen_id for message in unasked if message.citizen_id is not None}
