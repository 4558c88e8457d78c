"""What people write down of a citizen (notater); a note is never changed, only corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.models.claims import Claim
from data.models.conversations import Conversation
from data.models.notes import Note, NoteKind
from data.notifications import notify
from data.values.ids import new_id
from outreach import audit
from outreach.errors import MindeligError, NotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.staff import Staff
    from data.values.ids import ClaimId, ConversationId, NoteId, TaskId
    from outreach.runtime import Runtime

#: What a person may choose; a correction is one by naming the note it corrects.
CHOSEN: Final = (NoteKind.CALL, NoteKind.ASSESSMENT, NoteKind.OTHER)


class EmptyNoteError(MindeligError):
    """A note says something."""

    code = "note_empty"


@dataclass(frozen=True, slots=True)
class About:
    """What a note is about besides its citizen (notatets sammenhæng)."""

    claim_id: ClaimId | None = None
    conversation_id: ConversationId | None = None
    task_id: TaskId | None = None
    #: The note that this one puts right.
    corrects: NoteId | None = None


_NOTHING_ELSE: Final = About()


async def write(
    session: AsyncSession,
    runtime: Runtime,
    citizen: Citizen,
    staff: Staff,
    body: str,
    kind: NoteKind = NoteKind.OTHER,
    about: About = _NOTHING_ELSE,
) -> Note:
    """Write a note on a citizen (notatpligt, offentlighedsloven § 13).

    A correction has the kind of its own, stands beside what it corrects, and names it.

    Raises:
        NotFoundError: the citizen, claim, conversation or note is not there, or is another's.
        EmptyNoteError: it says nothing.
    """
    if citizen.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    if not body.strip():
        raise EmptyNoteError("say something")
    await _belongs(session, citizen, about)
    note = Note(
        id=new_id(),
        municipality=citizen.municipality,
        citizen_id=citizen.id,
        claim_id=about.claim_id,
        conversation_id=about.conversation_id,
        task_id=about.task_id,
        kind=NoteKind.CORRECTION if about.corrects else kind,
        corrects=about.corrects,
        body=body.strip(),
        staff_id=staff.id,
        at=runtime.clock.now(),
    )
    session.add(note)
    await session.flush()
    await audit.record(
        session,
        runtime,
        municipality=citizen.municipality,
        actor=audit.actor(staff),
        act="note_written",
        subject_kind="citizen",
        subject_id=citizen.id,
        note=str(note.id),
        kind=note.kind.value,
    )
    await notify(session, citizen.municipality)
    return note


async def _belongs(session: AsyncSession, citizen: Citizen, about: About) -> None:
    """Let a note name only what is the citizen's own."""
    rows: list[Claim | Conversation | Note | None] = []
    if about.claim_id is not None:
        rows.append(await session.get(Claim, about.claim_id))
    if about.conversation_id is not None:
        rows.append(await session.get(Conversation, about.conversation_id))
    if about.corrects is not None:
        rows.append(await session.get(Note, about.corrects))
    if any(row is None or row.citizen_id != citizen.id for row in rows):
        raise NotFoundError("not of this citizen")
