"""Writes messages into the outbox (udbakke), in the transaction that decided them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.models.citizens import Channel, Language
from data.models.conversations import (
    Author,
    Awaiting,
    Conversation,
    Direction,
    Message,
    MessageStatus,
    Owner,
)
from data.queries.bulk import as_rows, insert_rows
from data.values.ids import DebtorKind, new_id
from outreach import jobs
from outreach.texts import catalogue, gsm7_segments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from data.models.conversations import MessageKind
    from data.municipalities.policy import Policy
    from data.values.ids import AgreementId, CitizenId, MessageId, StaffId
    from outreach.runtime import Runtime


async def queue(
    session: AsyncSession,
    runtime: Runtime,
    *,
    conversation: Conversation,
    body: str,
    kind: MessageKind,
    author: Author,
    dedupe_key: str,
    staff_id: StaffId | None = None,
    not_before: datetime | None = None,
    useless_after: datetime | None = None,
    in_reply_to: MessageId | None = None,
    citizen_id: CitizenId | None = None,
    agreement_id: AgreementId | None = None,
    status: MessageStatus = MessageStatus.QUEUED,
) -> Message | None:
    """Write one message and wake the dispatcher; none if the same decision wrote it before.

    It is stamped with the conversation's owner number: should the owner change before it is
    sent, an assistant's reply is dropped. `citizen_id` says whom it is to where the conversation
    does not, as on a telephone that two share; `agreement_id` names the plan it is about.
    """
    row = row_of(
        runtime,
        conversation,
        body=body,
        kind=kind,
        author=author,
        dedupe_key=dedupe_key,
        not_before=not_before or runtime.clock.now(),
        useless_after=useless_after,
        citizen_id=citizen_id or conversation.citizen_id,
        agreement_id=agreement_id,
    )
    row |= {"staff_id": staff_id, "in_reply_to": in_reply_to, "status": status}
    fresh = insert(Message).values(row)
    taken = fresh.on_conflict_do_nothing(index_elements=["municipality", "dedupe_key"])
    message = await session.scalar(taken.returning(Message))
    if message is not None and status is MessageStatus.QUEUED:
        await wake_dispatcher(session, conversation.municipality)
    return message


class Written(TypedDict):
    """What is said in a message, to whom, and when (besked)."""

    body: str
    kind: MessageKind
    author: Author
    dedupe_key: str
    not_before: datetime
    useless_after: datetime | None
    citizen_id: CitizenId | None
    agreement_id: AgreementId | None


def row_of(
    runtime: Runtime, conversation: Conversation, **written: Unpack[Written]
) -> dict[str, Any]:
    """Return a message that waits to be sent in this conversation, as a row."""
    now = runtime.clock.now()
    return {
        "id": new_id(),
        "municipality": conversation.municipality,
        "conversation_id": conversation.id,
        "direction": Direction.OUT,
        "channel": conversation.channel,
        "address": conversation.address,
        "media_count": 0,
        "status": MessageStatus.QUEUED,
        "owner_number": conversation.owner_number,
        "attempts": 0,
        "created_at": now,
        "status_at": now,
        **written,
    }


async def queue_rows(session: AsyncSession, municipality: str, rows: list[dict[str, Any]]) -> None:
    """Write many messages at once and wake the dispatcher; those written before are left as is."""
    if not rows:
        return
    await session.execute(
        insert_rows(Message, rows[0]).on_conflict_do_nothing(
            index_elements=["municipality", "dedupe_key"]
        ),
        as_rows(rows),
    )
    await wake_dispatcher(session, municipality)


async def threads(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    wanted: Mapping[str, Citizen | None],
    channel: Channel = Channel.SMS,
) -> dict[str, Conversation]:
    """Return the conversations of some addresses, made where they are missing.

    They are held so that they do not go away, and whoever answers in them does not wait.
    `wanted` names whose an address is; none: more than one citizen has it.
    """
    if not wanted:
        return {}
    now = runtime.clock.now()
    rows = [
        {
            "id": new_id(),
            "municipality": municipality,
            "channel": channel,
            "address": address,
            "citizen_id": citizen.id if citizen else None,
            "language": citizen.language if citizen else Language.DANISH,
            "owner_since": now,
            "created_at": now,
            "owner_number": 1,
            "identity_level": 0,
            "identity_tries": 0,
            "misunderstood": 0,
            "owner": Owner.ASSISTANT,
            "awaiting": Awaiting.NOTHING,
        }
        for address, citizen in wanted.items()
    ]
    await session.execute(
        insert_rows(Conversation, rows[0]).on_conflict_do_nothing(
            index_elements=["municipality", "channel", "address"]
        ),
        as_rows(rows),
    )
    found = await session.scalars(
        select(Conversation)
        .where(
            Conversation.municipality == municipality,
            Conversation.channel == channel,
            Conversation.address.in_(wanted),
        )
        .order_by(Conversation.address)
        .with_for_update(read=True, key_share=True)
    )
    return {conversation.address: conversation for conversation in found}


async def wake_dispatcher(session: AsyncSession, municipality: str) -> None:
    """Queue one dispatch for the municipality, unless one is waiting already."""
    await jobs.defer(
        session, "dispatch", once=f"dispatch:{municipality}", municipality=municipality
    )


async def wake_dispatcher_after(session: AsyncSession, municipality: str, wait: timedelta) -> None:
    """Queue a dispatch that begins when a wait is over, beside the one that may wait already."""
    if wait:
        await jobs.defer(session, "dispatch", wait=wait, municipality=municipality)


def unasked(key: str, policy: Policy, citizen: Citizen, *, named: bool, **values: object) -> str:
    """Write what we send unasked: no sum, no kind of claim, no link, in one SMS part if it can be.

    The first name (`<key>_named`) is left out on a shared number, for businesses and protected
    people, and where it would make the message longer than one part.
    """
    texts, language = catalogue(citizen.language), citizen.language
    known = {"municipality": policy.name.of(language), "telephone": policy.telephone.number}
    plain = texts.render(key, **known, **values)
    name = _first_name(citizen)
    if not named or not name or citizen.address_protected:
        return plain
    personal = texts.render(f"{key}_named", name=name, **known, **values)
    return personal if gsm7_segments(personal)[0] == 1 else plain


def _first_name(citizen: Citizen) -> str:
    if citizen.debtor_kind is DebtorKind.BUSINESS:
        return ""
    given = citizen.name.rpartition(",")[2].split()  # ledgers write "Hansen, Mette" too
    return given[0] if given else ""
