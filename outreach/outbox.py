"""The outbox (udbakke): takes what is due to leave, and stores what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import exists, literal_column, or_, select, text, update
from sqlalchemy.orm import aliased

from data.models.conversations import Conversation, Direction, Message, MessageKind, MessageStatus
from data.notifications import notify, notify_citizen
from outreach import last_look, receipts
from outreach.last_look import Outgoing
from outreach.rules.decision import Allowed, Reason, Refused
from outreach.runtime import SendOutcome, SendResult

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Channel
    from data.values.ids import MessageId
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

#: No hand-over is begun later than this after its batch was taken, and none lasts longer than the
#: gateway's time-out (15 s): so what has been "sending" for two minutes is nobody's any more, and
#: may be settled by asking the vendor. The rest of the two minutes lets the vendor's list catch up.
HAND_OVER_WITHIN = timedelta(seconds=60)
UNKNOWN_AFTER = timedelta(minutes=2)

#: A message refused for now is tried again after half a minute, then twice as long each time …
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
#: … which makes about five hours in all before a person has to look at it.
MOST_ATTEMPTS = 10

#: It was not handed over at all, because time was up or the one before it had not gone through.
AT_NO_WAIT = timedelta()
NOT_TRIED = SendOutcome(SendResult.REFUSED_FOR_NOW, error_code="not_tried")
#: Written out, as in the index of the answers.
_UNASKED = ", ".join(f"'{kind.value}'" for kind in sorted(last_look.UNASKED))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one look into the outbox gave."""

    outgoing: list[Outgoing]
    taken_at: datetime
    stood_down: int = 0
    postponed: int = 0
    #: Left for a moment, because what they depend on is just being changed.
    busy: int = 0
    is_full: bool = False

    @property
    def moved(self) -> int:
        """How many messages are no longer due."""
        return len(self.outgoing) + self.stood_down + self.postponed


@dataclass(frozen=True, slots=True)
class Handed:
    """A message that was handed to the gateway, and what the gateway answered."""

    message: Outgoing
    outcome: SendOutcome


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts (at least one) have been refused for now."""
    return min(FIRST_WAIT * (1 << attempts), LONGEST_WAIT)


async def take(session: AsyncSession, runtime: Runtime, municipality: str, *, limit: int) -> Batch:
    """Take what is due and passes the last look, marked as being sent; answers come first.

    What does not pass stands down with its reason, or waits for a better moment.
    """
    now = runtime.clock.now()
    on = runtime.outgoing_channels
    due = await _due(session, municipality, on, now, limit, are_answers=True)
    if len(due) < limit:
        due += await _due(session, municipality, on, now, limit - len(due), are_answers=False)
    if not due:
        return Batch([], now)
    policy = runtime.policies[municipality]
    verdicts = await last_look.look(session, policy, due, now)
    outgoing = [message for message in due if isinstance(verdicts[message.id], Allowed)]
    await _mark_sending(session, outgoing, now)
    tally: Counter[str] = Counter()
    for message in due:
        match verdicts[message.id]:
            case Refused() as refused:
                tally[await _hold(session, message, refused, now)] += 1
            case None:
                tally["busy"] += 1
            case Allowed():
                pass
    return Batch(
        outgoing, now, tally["stood_down"], tally["postponed"], tally["busy"], len(due) == limit
    )


async def _due(
    session: AsyncSession,
    municipality: str,
    channels: Collection[Channel],
    now: datetime,
    limit: int,
    *,
    are_answers: bool,
) -> list[Outgoing]:
    """Lock what may leave now, oldest first, skipping what another dispatcher has locked.

    A message waits for an earlier one of its conversation that is still on its way, so that what
    is said keeps its order; a notice does not, since it may be about a life. The conditions are
    written out as in the two indexes of the outbox.
    """
    before = aliased(Message)
    on_its_way = exists().where(
        before.conversation_id == Message.conversation_id,
        before.status == literal_column("'sending'"),
        before.sending_since > now - UNKNOWN_AFTER,
    )
    kind = text(f"messages.kind {'not in' if are_answers else 'in'} ({_UNASKED})")
    rows = await session.execute(
        select(
            Message.id,
            Message.conversation_id,
            Message.citizen_id,
            Message.kind,
            Message.author,
            Message.channel,
            Message.address,
            Message.body,
            Message.choices,
            Message.attempts,
            Message.owner_number,
            Message.created_at,
            Message.useless_after,
            Message.dedupe_key,
            Message.agreement_id,
            Conversation.language,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.municipality == municipality,
            text("messages.status = 'queued'"),
            kind,
            Message.direction == Direction.OUT,
            Message.channel.in_(channels),
            Message.not_before <= now,
            or_(Message.kind == MessageKind.NOTICE, ~on_its_way),
        )
        .order_by(Message.not_before, Message.number)
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    )
    return [Outgoing(**row) for row in rows.mappings()]


async def _mark_sending(session: AsyncSession, outgoing: Sequence[Outgoing], now: datetime) -> None:
    if outgoing:
        await session.execute(
            update(Message)
            .where(Message.id.in_([message.id for message in outgoing]))
            .values(
                status=MessageStatus.SENDING,
                attempts=Message.attempts + 1,
                sending_since=now,
                status_at=now,
                error_code=None,
            )
            .execution_options(synchronize_session=False)
        )


async def _hold(session: AsyncSession, message: Outgoing, refused: Refused, now: datetime) -> str:
    """Let a message wait for a better moment, or stand down with the reason on record."""
    if refused.retry_at is not None:
        values = {"not_before": refused.retry_at, "error_code": refused.reason.value}
    else:
        values = {
            "status": MessageStatus.STOOD_DOWN,
            "stood_down_because": refused.reason.value,
            "status_at": now,
        }
    await session.execute(
        update(Message)
        .where(Message.id == message.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if refused.retry_at is not None:
        return "postponed"
    if message.is_first_contact and refused.reason is not Reason.ALREADY_DONE:
        await reopen(session, message.id, refused.reason)
    return "stood_down"


async def reopen(session: AsyncSession, message_id: MessageId, reason: Reason) -> None:
    """Let the claims of a first message that was not sent be decided anew by the next round.

    It has not been written: the facts of that day count, and the step's key is free again.
    """
    await session.execute(_REOPEN, {"id": message_id, "reason": reason.value})


_REOPEN = text("""
    with gone as (
        update messages set dedupe_key = dedupe_key || ':' || cast(id as text) where id = :id
    ), undone as (
        update decisions set outcome = 'refused', reason = :reason
        where message_id = :id and outcome = 'allowed' returning claim_id
    )
    update claims set first_contact_at = null where id in (select claim_id from undone)
        and not exists (
            select from decisions d where d.claim_id = claims.id and d.outcome = 'allowed'
                and (d.step = 'first_contact' or starts_with(d.step, 'reach_'))
                and d.message_id <> :id
        )
""")


_ACCEPT = text("""
    update messages set status = 'accepted', status_at = :now, vendor_ref = answer.vendor_ref
    from unnest(cast(:ids as uuid[]), cast(:refs as text[]), cast(:attempts as bigint[]))
        as answer(id, vendor_ref, attempt)
    where messages.id = answer.id and messages.status = 'sending'
        and messages.attempts = answer.attempt and messages.vendor_ref is null
    returning messages.id
""")


async def settle(
    session: AsyncSession, runtime: Runtime, municipality: str, handed: Sequence[Handed]
) -> Counter[str]:
    """Store all outcomes of a batch; return how many there are of each kind."""
    now = runtime.clock.now()
    accepted = [sent for sent in handed if sent.outcome.result is SendResult.ACCEPTED]
    as_expected = await _accept(session, accepted, now)
    tally = Counter({"sent": len(as_expected)})
    for sent in handed:
        if sent.message.id not in as_expected:
            tally[await _settle_one(session, runtime, sent, now)] += 1
    if any(not sent.message.is_unasked for sent in handed):
        await notify(session, municipality)
    for talk in {sent.message.conversation_id for sent in handed if sent.message.is_fetched}:
        await notify_citizen(session, talk)
    return tally


async def _accept(
    session: AsyncSession, accepted: Sequence[Handed], now: datetime
) -> set[MessageId]:
    """Store the usual outcome in one go; return the messages for which it was as expected."""
    if not accepted:
        return set()
    found = await session.scalars(
        _ACCEPT,
        {
            "now": now,
            "ids": [sent.message.id for sent in accepted],
            "refs": [sent.outcome.vendor_ref for sent in accepted],
            "attempts": [sent.message.attempts + 1 for sent in accepted],
        },
    )
    return set(found)


async def _settle_one(session: AsyncSession, runtime: Runtime, sent: Handed, now: datetime) -> str:
    """Store any other outcome, or one that a receipt or `reconcile` has overtaken."""
    outcome, attempt = sent.outcome, sent.message.attempts + 1
    message = await session.get_one(
        Message, sent.message.id, with_for_update=True, populate_existing=True
    )
    if outcome.result is SendResult.ACCEPTED:
        receipts.advance(
            message, MessageStatus.ACCEPTED, vendor_ref=outcome.vendor_ref or "", now=now
        )
        return "sent"
    if message.status is not MessageStatus.SENDING or message.attempts != attempt:
        return "overtaken"
    message.error_code = outcome.error_code
    match outcome.result:
        case SendResult.UNKNOWN:
            log.warning("outcome_unknown", message_id=str(message.id), why=outcome.error_code)
            return "unknown"
        case SendResult.REFUSED_FOR_GOOD:
            message.status, message.status_at = MessageStatus.FAILED, now
            await receipts.learn(session, runtime, message, outcome.error_code)
            return "failed"
        case SendResult.REFUSED_FOR_NOW:
            if outcome.error_code == NOT_TRIED.error_code:
                message.attempts -= 1
            return try_again(message, now, wait_of(sent))


def wait_of(sent: Handed) -> timedelta:
    """Return how long a message refused for now waits: what the vendor asks for, if it does."""
    asked = sent.outcome.retry_after
    return wait_after(sent.message.attempts + 1) if asked is None else asked


def try_again(message: Message, now: datetime, wait: timedelta) -> str:
    """Queue a message again, through the last look; after too many attempts give it up."""
    message.status_at, message.sending_since = now, None
    if message.attempts >= MOST_ATTEMPTS:
        message.status, message.error_code = MessageStatus.FAILED, "gave_up"
        log.error("gave_up", message_id=str(message.id), attempts=message.attempts)
        return "failed"
    message.status, message.not_before = MessageStatus.QUEUED, now + wait
    return "put_back"
