"""Keeps CPR numbers and diagnoses out of what we store, and asks not to send them (H22)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.models.audit import AuditEntry
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.values.ids import DebtorKind, DebtorNumber
from data.values.time import at_local, day_of
from outreach import audit, citizens
from outreach.rules.sensitive import CPR, cpr_like, hide, is_masked

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation, Message
    from outreach.rules.sensitive import Hidden
    from outreach.runtime import Runtime

ASKED = "discretion_asked"
MASKED = "sensitive_masked"
_BIRTH_FIGURES = 6
#: After so many messages with a CPR number in them, no ten figures are taken for anything else.
_NUMBERS_HIDDEN = 3


async def conceal(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, body: str
) -> Hidden:
    """Return what may be stored of a message (maskering): no whole CPR number, no diagnosis.

    Ten figures that are a case number here, or a birth date and a case number that belong
    together, stay: they prove who writes.
    """
    year = day_of(runtime.clock.now()).year
    known = await _known(session, conversation, cpr_like(body, year))
    return hide(body, year=year, names=await _names(session, conversation), known=known)


async def record(session: AsyncSession, runtime: Runtime, message: Message, hidden: Hidden) -> None:
    """Write down that something was hidden in a message, never what."""
    if hidden.kinds:
        await _write_down(session, runtime, message, MASKED, kinds=" ".join(sorted(hidden.kinds)))


async def must_ask(session: AsyncSession, runtime: Runtime, message: Message) -> bool:
    """Tell whether to ask the citizen not to write such things: once a day in a conversation.

    Who asks here says so (`keep_private`): it is on record from then on.
    """
    if not is_masked(message.body):
        return False
    asked = await session.scalar(
        select(AuditEntry.id)
        .where(
            AuditEntry.subject_kind == "conversation",
            AuditEntry.subject_id == str(message.conversation_id),
            AuditEntry.act == ASKED,
            AuditEntry.at >= at_local(day_of(runtime.clock.now()), 0),
        )
        .limit(1)
    )
    if asked is None:
        await _write_down(session, runtime, message, ASKED)
    return asked is None


async def _write_down(
    session: AsyncSession, runtime: Runtime, message: Message, act: str, **facts: str
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=message.municipality,
        actor=audit.ASSISTANT,
        act=act,
        subject_kind="conversation",
        subject_id=message.conversation_id,
        message_id=str(message.id),
        **facts,
    )


async def _names(session: AsyncSession, conversation: Conversation) -> list[str]:
    """Return whose names may stand in the message: the citizen's, or everyone's at the address."""
    if conversation.citizen_id is not None:
        return [(await session.get_one(Citizen, conversation.citizen_id)).name]
    found = await citizens.holders(
        session, conversation.municipality, conversation.channel, conversation.address
    )
    return [citizen.name for citizen in found]


async def _known(
    session: AsyncSession, conversation: Conversation, like: list[str]
) -> frozenset[str]:
    """Keep the figures that are a case number, or end in that of who is born then.

    Only what comes alone, and only a few times: what is hidden and what is not would otherwise
    tell who tries number after number which one is real, and count as no try.
    """
    ends = {figures[_BIRTH_FIGURES:] for figures in like}
    if len(set(like)) != 1 or await _hidden_so_far(session, conversation) >= _NUMBERS_HIDDEN:
        return frozenset()
    digits = func.regexp_replace(Claim.claim_ref, "[^0-9]", "", "g")
    rows = await session.execute(
        select(Claim.claim_ref, Citizen.debtor_id, Citizen.debtor_kind)
        .join(Citizen, Citizen.id == Claim.citizen_id)
        .where(Claim.municipality == conversation.municipality, digits.in_(ends | set(like)))
        .limit(200)
    )
    found: set[str] = set()
    for claim_ref, debtor_id, kind in rows:
        figures = re.sub(r"\D", "", claim_ref)
        found |= {figures, _born(debtor_id, kind) + figures}
    return frozenset(found & set(like))


async def _hidden_so_far(session: AsyncSession, conversation: Conversation) -> int:
    """Count the messages of a conversation in which a CPR number was hidden."""
    found = await session.scalar(
        select(func.count()).where(
            AuditEntry.subject_kind == "conversation",
            AuditEntry.subject_id == str(conversation.id),
            AuditEntry.act == MASKED,
            AuditEntry.facts["kinds"].astext.contains(CPR),
        )
    )
    return found or 0


def _born(debtor_id: str, kind: DebtorKind) -> str:
    born = DebtorNumber(debtor_id, kind).birth_date
    return born.strftime("%d%m%y") if born else ""
