"""One conversation over several channels (én samtale): what was begun elsewhere goes on here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from data.models.agreements import Agreement, AgreementChannel, AgreementState
from data.models.conversations import Awaiting, Conversation, Owner
from outreach import audit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

#: Wanted by whoever has not said what they want: anything begun elsewhere comes first.
_GENERAL: Final = frozenset({None, "what_is_this"})
#: What reads an open offer out (`bot/actions/answers.py`), and what asks again for a day.
_READ_OFFER: Final = "accept"
_ASKS: Final = {Awaiting.RESPITE_DATE: "ask_respite"}


async def carry_over(session: AsyncSession, runtime: Runtime, here: Conversation) -> None:
    """Go on here with what the citizen had begun in their latest other conversation.

    What was wanted, the question that was asked, the choices and an open offer come along; the
    identity level does not. An offer is read out anew before a yes to it counts here. What is
    older than a proof stands, or is held by a person, stays where it is.
    """
    there = await _latest_other(session, runtime, here)
    if there is None or (there.wanted is None and there.awaiting is Awaiting.NOTHING):
        return
    moved = await _move_offers(session, there, here)
    if here.wanted in _GENERAL:
        here.wanted = _READ_OFFER if moved else _ASKS.get(there.awaiting, there.wanted)
        here.wanted_message_id = None if moved else there.wanted_message_id
    is_free = here.awaiting in {Awaiting.NOTHING, Awaiting.IDENTITY}
    if is_free and there.awaiting is not Awaiting.IDENTITY:
        here.awaiting, here.choices = there.awaiting, list(there.choices)
    there.awaiting, there.wanted, there.choices = Awaiting.NOTHING, None, []
    there.wanted_message_id = None
    await audit.record(
        session,
        runtime,
        municipality=here.municipality,
        actor=audit.ASSISTANT,
        act="conversation_carried_over",
        subject_kind="conversation",
        subject_id=here.id,
        begun=str(there.id),
        channel=here.channel.value,
    )


async def _latest_other(
    session: AsyncSession, runtime: Runtime, here: Conversation
) -> Conversation | None:
    """Hold the citizen's latest other conversation; none while somebody else is busy with it.

    It is not waited for: two conversations that prove the same citizen at once would wait for
    each other.
    """
    since = runtime.clock.now() - runtime.policies[here.municipality].identity.stands
    return await session.scalar(
        select(Conversation)
        .where(
            Conversation.citizen_id == here.citizen_id,
            Conversation.id != here.id,
            Conversation.owner == Owner.ASSISTANT,
            Conversation.last_inbound_at > since,
        )
        .order_by(Conversation.last_inbound_at.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


async def _move_offers(session: AsyncSession, there: Conversation, here: Conversation) -> bool:
    """Let what lies on the table there lie here, to be read out anew; tell if anything did."""
    lies_on_table = Agreement.state.in_([AgreementState.OFFERED, AgreementState.PROPOSED])
    has_own = await session.scalar(
        select(Agreement.id).where(Agreement.conversation_id == here.id, lies_on_table).limit(1)
    )
    if has_own is not None:
        return False
    moved = await session.scalars(
        update(Agreement)
        .where(Agreement.conversation_id == there.id, lies_on_table)
        .values(
            conversation_id=here.id,
            channel=AgreementChannel(here.channel.value),
            shown_text=None,
        )
        .returning(Agreement.id)
    )
    return bool(moved.all())
