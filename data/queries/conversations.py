"""A conversation (samtale) as a caseworker reads it: the thread, and whom it is with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import Select, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from data.models.agreements import Agreement, AgreementState
from data.models.audit import AuditEntry
from data.models.cases import Circumstances
from data.models.citizens import OptOut
from data.models.claims import Claim, ClaimState
from data.models.conversations import Conversation, Message, MessageStatus
from data.queries import relations
from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.relations import Relation
    from data.values.ids import CitizenId, ConversationId, MessageId

#: Conversations in the list of all of them.
SHOWN_AT_ONCE = 100

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: Agreements that mean nothing any more to whoever answers now.
_FORGOTTEN = (AgreementState.SUPERSEDED,)

#: Claims the municipality itself does not collect, or not any more.
_NOT_OURS = (ClaimState.HANDED_OVER, ClaimState.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class CitizenCard:
    """What is known of the citizen behind a conversation (borgerkort)."""

    claims: list[Claim] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    opted_out: OptOut | None = None
    #: Guardians and representatives who speak for them today.
    beside: list[Relation] = field(default_factory=list)
    is_deceased: bool = False

    @property
    def outstanding(self) -> Money:
        """What is still owed to the municipality in all (restgæld), øre."""
        owed = (claim.outstanding for claim in self.claims if claim.state not in _NOT_OURS)
        return sum(owed, NOTHING)


async def one(
    session: AsyncSession, municipality: str, conversation_id: ConversationId
) -> Conversation | None:
    """Return one conversation of this municipality with its people, or none."""
    query = select(Conversation).where(
        Conversation.id == conversation_id, Conversation.municipality == municipality
    )
    return await session.scalar(query.options(*_PEOPLE))


async def latest(session: AsyncSession, municipality: str) -> list[Conversation]:
    """List the conversations in which a citizen or we last began something, newest first."""
    moved = func.coalesce(Conversation.last_inbound_at, Conversation.created_at)
    query = select(Conversation).where(Conversation.municipality == municipality)
    newest = query.options(*_PEOPLE).order_by(moved.desc(), Conversation.id)
    return list(await session.scalars(newest.limit(SHOWN_AT_ONCE)))


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where a message stands in a thread: its instant, and its number among those of it."""

    at: datetime
    number: int

    @classmethod
    def of(cls, message: Message) -> Place:
        """Return where a message stands."""
        return cls(message.created_at, message.number)

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read a place as `str` writes it; none for anything else."""
        at, _, number = text.partition("_")
        try:
            return cls(datetime.fromtimestamp(int(at[:18]) / 1_000_000, UTC), int(number[:18]))
        except (ValueError, OverflowError, OSError):
            return None

    def __str__(self) -> str:
        """Write it for an address: microseconds since 1970 and the number."""
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}_{self.number}"


async def beside(session: AsyncSession, conversation: Conversation) -> list[ConversationId]:
    """List the conversations that are read as one: all that the same citizen has here.

    Where nobody is known, or the number is shared, the conversation stays alone.
    """
    if conversation.citizen_id is None:
        return [conversation.id]
    found = await session.scalars(
        select(Conversation.id).where(
            Conversation.citizen_id == conversation.citizen_id,
            Conversation.municipality == conversation.municipality,
        )
    )
    return list(found)


async def thread(
    session: AsyncSession,
    conversation_ids: Sequence[ConversationId],
    *,
    of: CitizenId | None,
    last: int,
    before: Place | None = None,
    since: Place | None = None,
) -> list[Message]:
    """Return the `last` messages of some conversations, the oldest of them first; no drafts.

    What was said with somebody else, whose address it was before, is not this citizen's.

    They are found from the end, in each conversation by itself, so that a long one is as quick as
    a short one. `before` leaves out what is not older than a place, `since` what is older.
    """
    ends = [_end(each, of, last, before, since) for each in conversation_ids]
    newest = aliased(Message, union_all(*ends).subquery())
    query = select(newest).options(joinedload(newest.staff))
    found = await session.scalars(
        query.order_by(newest.created_at.desc(), newest.number.desc()).limit(last)
    )
    return list(reversed(list(found)))


def _end(
    conversation_id: ConversationId,
    of: CitizenId | None,
    last: int,
    before: Place | None,
    since: Place | None,
) -> Select[Message]:
    """Ask for the end of one conversation; in brackets, as each has its own order and limit."""
    place = tuple_(Message.created_at, Message.number)
    query = select(Message).where(
        Message.conversation_id == conversation_id, Message.status != MessageStatus.DRAFT
    )
    if of is not None:
        query = query.where(or_(Message.citizen_id == of, Message.citizen_id.is_(None)))
    if before is not None:
        query = query.where(place < tuple_(literal(before.at), literal(before.number)))
    if since is not None:
        query = query.where(place >= tuple_(literal(since.at), literal(since.number)))
    return query.order_by(Message.created_at.desc(), Message.number.desc()).limit(last)


async def message(
    session: AsyncSession, conversation_ids: Sequence[ConversationId], message_id: MessageId
) -> Message | None:
    """Return one message of some conversations, or none."""
    return await session.scalar(
        select(Message).where(
            Message.id == message_id, Message.conversation_id.in_(conversation_ids)
        )
    )


async def times_heard(
    session: AsyncSession, conversation_id: ConversationId, intent: str, *, since: datetime
) -> int:
    """Count the messages of a conversation that were understood as `intent` since an instant."""
    query = select(func.count()).where(
        Message.conversation_id == conversation_id,
        Message.understood_as == intent,
        Message.created_at >= since,
    )
    return await session.scalar(query) or 0


async def latest_act(
    session: AsyncSession, conversation_id: ConversationId, *acts: str, since: datetime
) -> str | None:
    """Return which of these acts came last in a conversation since an instant, if any did."""
    query = select(AuditEntry.act).where(
        AuditEntry.subject_kind == "conversation",
        AuditEntry.subject_id == str(conversation_id),
        AuditEntry.act.in_(acts),
        AuditEntry.at >= since,
    )
    return await session.scalar(query.order_by(AuditEntry.id.desc()).limit(1))


async def card(session: AsyncSession, conversation: Conversation, today: date) -> CitizenCard:
    """Gather claims, agreements, the opt-out and who speaks for the citizen of a conversation."""
    citizen_id = conversation.citizen_id
    return CitizenCard(
        claims=await _claims(session, conversation.municipality, conversation.citizen_id),
        agreements=await _agreements(session, conversation.municipality, conversation.citizen_id),
        beside=await relations.beside(session, citizen_id, today) if citizen_id else [],
        is_deceased=await _is_deceased(session, citizen_id),
        opted_out=await session.scalar(
            select(OptOut).where(
                OptOut.municipality == conversation.municipality,
                OptOut.channel == conversation.channel,
                OptOut.address == conversation.address,
            )
        ),
    )


async def _is_deceased(session: AsyncSession, citizen_id: CitizenId | None) -> bool:
    known = await session.get(Circumstances, citizen_id) if citizen_id else None
    return known is not None and known.deceased_on is not None


async def _claims(
    session: AsyncSession, municipality: str, citizen_id: CitizenId | None
) -> list[Claim]:
    if citizen_id is None:
        return []
    query = select(Claim).where(Claim.municipality == municipality, Claim.citizen_id == citizen_id)
    return list(await session.scalars(query.order_by(Claim.due_date.desc(), Claim.claim_ref)))


async def _agreements(
    session: AsyncSession, municipality: str, citizen_id: CitizenId | None
) -> list[Agreement]:
    if citizen_id is None:
        return []
    query = (
        select(Agreement)
        .where(
            Agreement.municipality == municipality,
            Agreement.citizen_id == citizen_id,
            Agreement.state.not_in(_FORGOTTEN),
        )
        .options(selectinload(Agreement.instalments))
        .order_by(Agreement.offered_at.desc(), Agreement.id)
    )
    return list(await session.scalars(query))


_PEOPLE = (joinedload(Conversation.citizen), joinedload(Conversation.owner_staff))
