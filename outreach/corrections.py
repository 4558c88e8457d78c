"""Sets right what the assistant understood wrong, two people each time (rettelser)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml
from sqlalchemy import select

from data.models.citizens import Citizen
from data.models.conversations import Conversation, Direction, Hearer, Message
from data.models.corrections import Correction, CorrectionState
from data.models.handoffs import Handoff
from data.queries.corrections import HARD, NOT_UNDERSTOOD
from data.values.ids import new_id
from outreach import audit, conversations, hard_cases
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.rules.examples import fault_in, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Language
    from data.models.staff import Staff
    from data.queries.corrections import Entry
    from data.values.ids import CorrectionId, MessageId
    from outreach.runtime import Runtime

DIALOGUES: Final = Path(__file__).parent.parent / "dialogues"


class UnknownIntentError(MindeligError):
    """No message can be understood as this; the text names it."""

    code = "unknown_intent"


class ExampleFaultError(MindeligError):
    """The example may not be learnt from; the text says why, as `rules.examples` does."""

    code = "example_fault"


class OwnProposalError(MindeligError):
    """Somebody else than who proposed it looks it through."""

    code = "own_proposal"


@cache
def intents() -> tuple[str, ...]:
    """Return all that a message may be understood as, as the dialogue's domain lists it."""
    domain = yaml.safe_load((DIALOGUES / "domain" / "intents.yml").read_text(encoding="utf-8"))
    return tuple(name for name in domain["intents"] if name != NOT_UNDERSTOOD)


async def confirm(
    session: AsyncSession, runtime: Runtime, message_id: MessageId, staff: Staff
) -> Message:
    """Say that a message was understood right; it is not asked about again.

    Raises:
        NotFoundError: the municipality has no such message, or nothing was understood of it.
        ConflictError: somebody has proposed to understand it otherwise.
    """
    message = await _locked(session, message_id, staff)
    if message.understood_as in {None, NOT_UNDERSTOOD}:
        raise NotFoundError("nothing was understood")
    if await _of(session, message_id) is not None:
        raise ConflictError("proposed")
    if message.understood_by is not Hearer.PERSON:
        message.understood_by = Hearer.PERSON
        await _record(session, runtime, message, staff, "understanding_confirmed")
    return message


async def propose(
    session: AsyncSession,
    runtime: Runtime,
    message_id: MessageId,
    staff: Staff,
    *,
    should_be: str,
    text: str,
    language: Language,
) -> Correction:
    """Say what a message should have been understood as, with an example to learn from.

    Where a hard case was missed, a person is called as if it had been heard, unless a person has
    had the conversation since.

    Args:
        session: the caller's transaction.
        runtime: clock, law and policies.
        message_id: what the citizen wrote.
        staff: who says it; only messages of their own municipality.
        should_be: an intent of the domain.
        text: the example, without anything of a person.
        language: which language the example is in.

    Raises:
        NotFoundError: the municipality has no such message.
        UnknownIntentError: there is no such intent.
        ExampleFaultError: something of a person is left in the example, or it says nothing.
        ConflictError: somebody has proposed already, and it was not turned down.
    """
    message = await _locked(session, message_id, staff)
    if should_be not in intents():
        raise UnknownIntentError(should_be)
    example = await _checked(session, message, text)
    correction = await _of(session, message_id)
    if correction is None:
        correction = Correction(
            id=new_id(), municipality=message.municipality, message_id=message.id
        )
        session.add(correction)
    elif correction.state is not CorrectionState.REJECTED:
        raise ConflictError("proposed")
    correction.language, correction.text = language, example
    correction.understood_as, correction.should_be = message.understood_as, should_be
    correction.state = CorrectionState.PROPOSED
    correction.proposed_by, correction.proposed_at = staff.id, runtime.clock.now()
    correction.reviewed_by = correction.reviewed_at = None
    await _record(
        session, runtime, message, staff, "correction_proposed", should_be=should_be,
        understood_as=message.understood_as,
    )  # fmt: skip
    if should_be.startswith(HARD) and not (message.understood_as or "").startswith(HARD):
        await _call_a_person(session, runtime, message, should_be)
    return correction


async def review(
    session: AsyncSession, runtime: Runtime, message_id: MessageId, staff: Staff, *, approve: bool
) -> Correction:
    """Approve a correction, or turn it down; another person than who proposed it.

    Raises:
        NotFoundError: nobody has proposed anything of that message in this municipality.
        ConflictError: it is settled already.
        OwnProposalError: it is their own.
        ExampleFaultError: something of a person is left in the example.
    """
    message = await _locked(session, message_id, staff)
    correction = await _of(session, message_id)
    if correction is None:
        raise NotFoundError("nothing is proposed")
    if correction.state is not CorrectionState.PROPOSED:
        raise ConflictError("settled")
    if correction.proposed_by == staff.id:
        raise OwnProposalError("somebody else looks it through")
    before = message.understood_as
    if approve:
        await _checked(session, message, correction.text)
        message.understood_as, message.understood_by = correction.should_be, Hearer.PERSON
    correction.state = CorrectionState.APPROVED if approve else CorrectionState.REJECTED
    correction.reviewed_by, correction.reviewed_at = staff.id, runtime.clock.now()
    act = "correction_approved" if approve else "correction_rejected"
    await _record(
        session, runtime, message, staff, act, should_be=correction.should_be,
        before=before, after=message.understood_as,
    )  # fmt: skip
    return correction


def safe_examples(entries: Iterable[Entry]) -> list[tuple[str, str, str]]:
    """Return what may be learnt from as (language, intent, example).

    The names are looked for once more: the citizen may have got another since it was approved.
    """
    return [
        (each.correction.language.value, each.correction.should_be, tidy(each.correction.text))
        for each in entries
        if each.correction is not None and fault_in(tidy(each.correction.text), each.names) is None
    ]


async def mark_exported(session: AsyncSession, runtime: Runtime, entries: Sequence[Entry]) -> None:
    """Note that corrections are in the training data now, each once."""
    wanted: list[CorrectionId] = [each.correction.id for each in entries if each.correction]
    fresh = await session.scalars(
        select(Correction)
        .where(Correction.id.in_(wanted), Correction.exported_at.is_(None))
        .with_for_update()
    )
    for correction in fresh:
        correction.exported_at = runtime.clock.now()
        await audit.record(
            session, runtime, municipality=correction.municipality, actor="operator",
            act="correction_exported", subject_kind="message", subject_id=correction.message_id,
        )  # fmt: skip


async def _locked(session: AsyncSession, message_id: MessageId, staff: Staff) -> Message:
    """Lock the conversation, then the message, as all who answer in it do."""
    message = await session.get(Message, message_id)
    if (
        message is None
        or message.municipality != staff.municipality
        or message.direction is not Direction.IN
    ):
        raise NotFoundError("no such message")
    await conversations.lock(session, message.conversation_id)
    return await session.get_one(Message, message_id, with_for_update=True, populate_existing=True)


async def _of(session: AsyncSession, message_id: MessageId) -> Correction | None:
    return await session.scalar(
        select(Correction)
        .where(Correction.message_id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def _checked(session: AsyncSession, message: Message, text: str) -> str:
    """Return the example as it may stand.

    Raises:
        ExampleFaultError: it may not.
    """
    talk = await session.get_one(Conversation, message.conversation_id)
    # Two may write from one telephone: who wrote this, and who was last proven to write.
    names = await session.scalars(
        select(Citizen.name).where(Citizen.id.in_([message.citizen_id, talk.citizen_id]))
    )
    example = tidy(text)
    fault = fault_in(example, list(names))
    if fault is not None:
        raise ExampleFaultError(fault)
    return example


async def _call_a_person(
    session: AsyncSession, runtime: Runtime, message: Message, key: str
) -> None:
    """Do what hearing the hard case would have done, if no person has been there since."""
    seen = await session.scalar(
        select(Handoff.id).where(
            Handoff.conversation_id == message.conversation_id,
            Handoff.opened_at >= message.created_at,
        )
    )
    if seen is not None:
        return
    conversation = await conversations.lock(session, message.conversation_id)
    await hard_cases.hand_over(
        session, runtime, conversation=conversation, message=message, key=key
    )


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    message: Message,
    staff: Staff,
    act: str,
    **facts: str | None,
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=message.municipality,
        actor=f"staff:{staff.id}",
        act=act,
        subject_kind="message",
        subject_id=message.id,
        **facts,
    )
