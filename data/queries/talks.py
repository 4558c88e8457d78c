"""The list of all conversations (alle samtaler), whoever answers in them: newest first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from data.models.citizens import Channel, Citizen, Language
from data.models.conversations import Conversation, Owner
from data.queries.searching import in_conversation

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import StaffId

A_PAGE: Final = 50
#: Nobody turns so many pages: a search finds what is older.
MOST_PAGES: Final = 200


class Answering(StrEnum):
    """Who answers (hvem svarer)."""

    ASSISTANT = "assistant"
    NOBODY = "nobody"
    YOU = "you"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class WantedTalks:
    """What somebody asks the list for (filter)."""

    answering: Answering | None = None
    channel: Channel | None = None
    language: Language | None = None
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class ListedTalks:
    """One page of the list, and whether there is another."""

    talks: list[Conversation]
    page: int
    has_more: bool


async def listed(
    session: AsyncSession, municipality: str, staff_id: StaffId, wanted: WantedTalks
) -> ListedTalks:
    """Return one page of the conversations in which something happened last."""
    query = select(Conversation).where(Conversation.municipality == municipality)
    if wanted.answering:
        query = query.where(_answered_by(wanted.answering, staff_id))
    if wanted.channel:
        query = query.where(Conversation.channel == wanted.channel)
    if wanted.language:
        query = query.where(Conversation.language == wanted.language)
    if wanted.words:
        query = query.outerjoin(Citizen, Citizen.id == Conversation.citizen_id)
        query = query.where(in_conversation(municipality, wanted.words))
    newest = query.options(*_PEOPLE).order_by(moved().desc(), Conversation.id.desc())
    page = min(wanted.page, MOST_PAGES)
    rows = await session.scalars(newest.limit(A_PAGE + 1).offset((page - 1) * A_PAGE))
    found = list(rows)
    return ListedTalks(found[:A_PAGE], page, len(found) > A_PAGE and page < MOST_PAGES)


def moved() -> ColumnElement[object]:
    """Return when a citizen or we last began something; an index holds it."""
    return func.coalesce(Conversation.last_inbound_at, Conversation.created_at)


def _answered_by(answering: Answering, staff_id: StaffId) -> ColumnElement[bool]:
    match answering:
        case Answering.ASSISTANT:
            return Conversation.owner == Owner.ASSISTANT
        case Answering.NOBODY:
            return Conversation.owner == Owner.NOBODY
        case Answering.YOU:
            return Conversation.owner_staff_id == staff_id
        case Answering.OTHERS:
            return and_(Conversation.owner == Owner.STAFF, Conversation.owner_staff_id != staff_id)


_PEOPLE = (joinedload(Conversation.citizen), joinedload(Conversation.owner_staff))
