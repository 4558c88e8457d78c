"""Answers that are used again (svartekster): found, written, put away; fitted to a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import String, cast, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from data.models.citizens import Language
from data.models.claims import ClaimState
from data.models.saved import SavedText
from data.saved_texts import starting_texts
from data.values.ids import DebtorKind, new_id
from outreach import audit, identity, signatures
from outreach.errors import ConflictError, NotFoundError
from outreach.texts import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.claims import Claim
    from data.models.conversations import Conversation
    from data.models.staff import Staff
    from data.values.ids import SavedTextId
    from data.values.money import Money
    from outreach.runtime import Runtime

SHOWN_AT_ONCE: Final = 200


async def search(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    language: Language,
    words: str = "",
    *,
    limit: int = SHOWN_AT_ONCE,
) -> Sequence[SavedText]:
    """List the texts in which every word occurs, by title; lays the starting set in at first use.

    Words are looked for in title, body and tags, in any case.
    """
    await _lay_in(session, runtime, municipality)
    query = select(SavedText).where(
        SavedText.municipality == municipality,
        SavedText.language == language,
        SavedText.archived_at.is_(None),
    )
    for word in words.split()[:10]:
        query = query.where(
            or_(
                SavedText.title.icontains(word, autoescape=True),
                SavedText.body.icontains(word, autoescape=True),
                cast(SavedText.tags, String).icontains(word, autoescape=True),
            )
        )
    return (await session.scalars(query.order_by(SavedText.title).limit(limit))).all()


async def one(session: AsyncSession, municipality: str, text_id: SavedTextId) -> SavedText:
    """Return one text that is in use.

    Raises:
        NotFoundError: no such text in this municipality, or it is put away.
    """
    found = await session.get(SavedText, text_id)
    if found is None or found.municipality != municipality or found.archived_at is not None:
        raise NotFoundError("no such text")
    return found


async def write(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    *,
    title: str,
    language: Language,
    body: str,
    tags: list[str],
) -> SavedText:
    """Write a new text.

    Raises:
        ConflictError: one in use has the title already.
    """
    text = SavedText(
        id=new_id(),
        municipality=staff.municipality,
        title=title,
        language=language,
        body=body,
        tags=tags,
        written_by=staff.id,
        written_at=runtime.clock.now(),
    )
    session.add(text)
    await _settle(session, runtime, staff, text, "text_written")
    return text


async def edit(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    text_id: SavedTextId,
    *,
    title: str,
    body: str,
    tags: list[str],
) -> SavedText:
    """Change a text; what was sent before stays as it was.

    Raises:
        NotFoundError: no such text in the caseworker's municipality.
        ConflictError: another one in use has the title.
    """
    text = await one(session, staff.municipality, text_id)
    text.title, text.body, text.tags = title, body, tags
    text.written_by, text.written_at = staff.id, runtime.clock.now()
    await _settle(session, runtime, staff, text, "text_changed")
    return text


async def archive(
    session: AsyncSession, runtime: Runtime, staff: Staff, text_id: SavedTextId
) -> None:
    """Put a text away, so that it is no longer offered.

    Raises:
        NotFoundError: no such text in the caseworker's municipality.
    """
    text = await one(session, staff.municipality, text_id)
    text.archived_at = runtime.clock.now()
    await _settle(session, runtime, staff, text, "text_archived")


async def unarchive(
    session: AsyncSession, runtime: Runtime, staff: Staff, text_id: SavedTextId
) -> None:
    """Take a text out again (fortryd).

    Raises:
        NotFoundError: no such text in the caseworker's municipality.
        ConflictError: another one has the title by now.
    """
    text = await session.get(SavedText, text_id)
    if text is None or text.municipality != staff.municipality:
        raise NotFoundError("no such text")
    text.archived_at = None
    await _settle(session, runtime, staff, text, "text_taken_out")


def places(
    runtime: Runtime, conversation: Conversation, claims: Sequence[Claim], staff: Staff
) -> dict[str, str]:
    """Return what each place stands for in a conversation; without those that are not known.

    Which of them may be filled, `outreach/rules/places.py` says. The conversation's citizen must
    be loaded.
    """
    language, citizen = conversation.language, conversation.citizen
    policy = runtime.policies[conversation.municipality]
    owed = [each for each in claims if each.state is ClaimState.OPEN and each.outstanding]
    values = {
        "municipality": policy.name.of(language),
        "phone": show(policy.telephone.number, language),
        "caseworker": signatures.first_name(staff),
    }
    if citizen is not None and citizen.debtor_kind is not DebtorKind.BUSINESS:
        values["first_name"] = (citizen.name.rpartition(",")[2].split() or [""])[0]
    if owed:
        values["sum"] = show(_sum(owed), language)
    if len(owed) == 1:
        kind = runtime.claim_types[owed[0].claim_type]
        values["claim"] = (kind.en if language is Language.ENGLISH else kind.da).lower()
        values["due_date"] = show(owed[0].due_date, language)
    return values


def level(conversation: Conversation, runtime: Runtime) -> int:
    """Return the identity level that holds now: a known number is 1, a proof that stands 2 or 3."""
    return max(identity.level(conversation, runtime), 1 if conversation.citizen_id else 0)


def _sum(claims: Sequence[Claim]) -> Money:
    first, *others = (claim.outstanding for claim in claims)
    return sum(others, first)


async def _lay_in(session: AsyncSession, runtime: Runtime, municipality: str) -> None:
    """Lay the starting set in where a municipality has never had a text."""
    has_any = await session.scalar(select(exists().where(SavedText.municipality == municipality)))
    if has_any:
        return
    rows = [
        {
            "id": new_id(),
            "municipality": municipality,
            "title": each.title,
            "language": language,
            "body": each.body,
            "tags": list(each.tags),
            "written_at": runtime.clock.now(),
        }
        for language in Language
        for each in starting_texts(language.value)
    ]
    await session.execute(insert(SavedText).on_conflict_do_nothing(), rows)


async def _settle(
    session: AsyncSession, runtime: Runtime, staff: Staff, text: SavedText, act: str
) -> None:
    """Write it, and that it was done."""
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError:
        raise ConflictError("title") from None
    await audit.record(
        session,
        runtime,
        municipality=staff.municipality,
        actor=f"staff:{staff.id}",
        act=act,
        subject_kind="saved_text",
        subject_id=text.id,
    )
