"""All that is known of one citizen now (`mindelig show`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from data.models.agreements import Agreement
from data.models.citizens import Citizen, ContactPoint, OptOut
from data.models.claims import Claim, Decision
from data.models.conversations import Conversation, Message
from data.models.handoffs import Handoff
from data.queries import claims as claim_queries
from data.values.phone import PhoneNumber
from mindelig.letters import shown
from outreach import identity, letters

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime


async def find(runtime: Runtime, phone_or_claim_ref: str) -> list[dict[str, Any]]:
    """Return the citizens a telephone number or a claim reference leads to, with all there is."""
    async with runtime.transaction() as session:
        citizens = await _citizens(session, phone_or_claim_ref)
        return [await _everything(session, runtime, citizen) for citizen in citizens]


async def _citizens(session: AsyncSession, key: str) -> list[Citizen]:
    try:
        phone = PhoneNumber.parse(key).e164
    except ValueError:
        phone = ""
    found = await session.scalars(
        select(Citizen)
        .outerjoin(ContactPoint, ContactPoint.citizen_id == Citizen.id)
        .outerjoin(Claim, Claim.citizen_id == Citizen.id)
        .where(or_(ContactPoint.address == phone, Claim.claim_ref == key.strip()))
        .order_by(Citizen.municipality, Citizen.name)
    )
    return list(found.unique())


async def _everything(session: AsyncSession, runtime: Runtime, citizen: Citizen) -> dict[str, Any]:
    contacts = list(
        await session.scalars(select(ContactPoint).where(ContactPoint.citizen_id == citizen.id))
    )
    addresses = [contact.address for contact in contacts]
    talks = list(
        await session.scalars(
            select(Conversation).where(
                Conversation.municipality == citizen.municipality,
                or_(Conversation.citizen_id == citizen.id, Conversation.address.in_(addresses)),
            )
        )
    )
    stopped = await session.scalars(
        select(OptOut).where(
            OptOut.municipality == citizen.municipality, OptOut.address.in_(addresses)
        )
    )
    return {
        "municipality": citizen.municipality,
        "name": citizen.name,
        "language": citizen.language.value,
        "frozen": citizen.frozen_because,
        "frozen_at": citizen.frozen_at,
        "contacts": [
            {
                "channel": contact.channel.value,
                "address": contact.address,
                "distrusted": contact.distrusted_because,
            }
            for contact in contacts
        ],
        "opt_outs": [
            {"channel": no.channel.value, "address": no.address, "at": no.at} for no in stopped
        ],
        "claims": [
            await _claim(session, claim)
            for claim in await claim_queries.of_citizen(session, citizen.id)
        ],
        "agreements": await _agreements(session, citizen),
        "letters": [
            shown(letter, claim_ref)
            for letter, claim_ref in await letters.of_citizen(session, citizen.id)
        ],
        "conversations": [await _talk(session, runtime, talk) for talk in talks],
    }


async def _claim(session: AsyncSession, claim: Claim) -> dict[str, Any]:
    decisions = await session.scalars(
        select(Decision).where(Decision.claim_id == claim.id).order_by(Decision.decided_at)
    )
    return {
        "claim_ref": claim.claim_ref,
        "claim_type": claim.claim_type,
        "state": claim.state.value,
        "principal": str(claim.principal),
        "charged": str(claim.charged),
        "paid": str(claim.paid),
        "outstanding": str(claim.outstanding),
        "due_date": claim.due_date,
        "respite_until": claim.respite_until,
        "paused_until": claim.paused_until,
        "paused_because": claim.paused_because,
        "steps": [
            {
                "step": decision.step,
                "outcome": decision.outcome.value,
                "reason": decision.reason,
                "retry_at": decision.retry_at,
                "decided_at": decision.decided_at,
            }
            for decision in decisions
        ],
    }


async def _agreements(session: AsyncSession, citizen: Citizen) -> list[dict[str, Any]]:
    found = await session.scalars(
        select(Agreement)
        .where(Agreement.citizen_id == citizen.id)
        .options(selectinload(Agreement.instalments))
        .order_by(Agreement.offered_at)
    )
    return [
        {
            "kind": agreement.kind.value,
            "state": agreement.state.value,
            "total": str(agreement.total),
            "respite_until": agreement.respite_until,
            "accepted_at": agreement.accepted_at,
            "instalments": [
                {"number": rate.number, "amount": str(rate.amount), "due_on": rate.due_on}
                for rate in agreement.instalments
            ],
        }
        for agreement in found
    ]


async def _talk(session: AsyncSession, runtime: Runtime, talk: Conversation) -> dict[str, Any]:
    messages = await session.scalars(
        select(Message).where(Message.conversation_id == talk.id).order_by(Message.created_at)
    )
    handoffs = await session.scalars(
        select(Handoff).where(Handoff.conversation_id == talk.id).order_by(Handoff.opened_at)
    )
    return {
        "channel": talk.channel.value,
        "owner": talk.owner.value,
        "identity_level": identity.level(talk, runtime),
        "awaiting": talk.awaiting.value,
        "handoffs": [
            {
                "reason": handoff.reason,
                "severity": handoff.severity,
                "state": handoff.state.value,
                "opened_at": handoff.opened_at,
                "due_at": handoff.due_at,
            }
            for handoff in handoffs
        ],
        "messages": [
            {
                "at": message.created_at,
                "author": message.author.value,
                "kind": message.kind.value,
                "status": message.status.value,
                "why": message.stood_down_because or message.error_code,
                "body": message.body,
            }
            for message in messages
        ],
    }


def render(found: list[dict[str, Any]]) -> str:
    """Write it as an indented outline for a person."""
    if not found:
        return "Nobody is known by that number or reference."
    return "\n\n".join("\n".join(_lines(citizen)) for citizen in found)


def _lines(value: dict[str, Any], depth: int = 0) -> list[str]:
    lines, space = [], "  " * depth
    for key, part in value.items():
        if isinstance(part, list):
            lines.append(f"{space}{key}:" + (" none" if not part else ""))
            for item in part:
                first, *rest = _lines(item, depth + 2)
                lines += [f"{space}  - {first.strip()}", *rest]
        elif part is not None:
            lines.append(f"{space}{key}: {part}")
    return lines
