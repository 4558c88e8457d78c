"""Makers for the desk: caseworkers, what citizens and we have said, handoffs, plans."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.models.agreements import Agreement, AgreementKind, AgreementState, Instalment
from data.models.conversations import (
    Author,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.models.handoffs import Handoff
from data.models.staff import Staff
from data.values.ids import new_id
from data.values.money import Money
from data.values.time import day_of
from outreach import readings
from outreach import staff as staff_cases
from outreach.rules import one_time_codes
from outreach.signing_in import attempts, passwords, sealing

if TYPE_CHECKING:
    import httpx

    from data.models.citizens import Citizen
    from data.models.readings import Reading
    from outreach.runtime import Runtime

_MARK = re.compile(r'name="(seen_\w+)" value="(\w+)"')

PASSWORD = "en lang og god adgangskode"


@cache
def hashed(password: str) -> str:
    """Hash a password once a run: it is slow on purpose."""
    return passwords.hash_password(password)


async def staff(runtime: Runtime, username: str = "anna", **given: Any) -> Staff:
    """Make a caseworker of Albertslund who can sign in with `PASSWORD`; or give `roles`."""
    values = {
        "name": "Anna Berg",
        "municipality": "albertslund",
        "password_hash": hashed(PASSWORD),
    } | given
    async with runtime.transaction() as session:
        return await staff_cases.add(session, runtime, username=username, **values)


async def session_of(runtime: Runtime, person: Staff) -> str:
    """Sign a caseworker in without the form; return the token their browser would hold."""
    attempt = attempts.Attempt(person.id, person.password_hash)
    async with runtime.transaction() as session:
        return (await attempts.sign_in(session, runtime, attempt)).token


async def code_now(runtime: Runtime, username: str = "anna") -> str:
    """Read the code that somebody's telephone shows now."""
    async with runtime.transaction() as session:
        person = await staff_cases.named(session, username)
    secret = unsealed(runtime, person)
    assert secret is not None
    return one_time_codes.code_of(secret, one_time_codes.step_of(runtime.clock.now()))


def unsealed(runtime: Runtime, person: Staff) -> bytes | None:
    """Open the kept secret of somebody's telephone."""
    return sealing.unseal(runtime.settings, "totp", person.id, person.totp_secret or b"")


async def said(runtime: Runtime, talk: Conversation, body: str, **given: Any) -> Message:
    """Make a message the citizen wrote just now; give `author` for one of ours, delivered."""
    now = runtime.clock.now()
    is_ours = given.get("author", Author.CITIZEN) is not Author.CITIZEN
    values = {
        "id": new_id(),
        "municipality": talk.municipality,
        "conversation_id": talk.id,
        "citizen_id": talk.citizen_id,
        "direction": Direction.OUT if is_ours else Direction.IN,
        "author": Author.CITIZEN,
        "kind": MessageKind.REPLY if is_ours else MessageKind.INBOUND,
        "channel": talk.channel,
        "address": talk.address,
        "body": body,
        "status": MessageStatus.DELIVERED if is_ours else MessageStatus.HANDLED,
        "dedupe_key": str(new_id()),
        "not_before": now,
        "created_at": now,
        "status_at": now,
    } | given
    async with runtime.transaction() as session:
        written = Message(**values)
        session.add(written)
    return written


async def handoff(runtime: Runtime, talk: Conversation, **given: Any) -> Handoff:
    """Make a handoff that waits: the citizen asked for a person, due in a day."""
    now = runtime.clock.now()
    values = {
        "id": new_id(),
        "municipality": talk.municipality,
        "conversation_id": talk.id,
        "citizen_id": talk.citizen_id,
        "reason": "asked_human",
        "severity": 3,
        "summary": "borgeren vil tale med et menneske",
        "opened_at": now,
        "due_at": now + timedelta(days=1),
    } | given
    async with runtime.transaction() as session:
        waits = Handoff(**values)
        session.add(waits)
        held = await session.get_one(Conversation, talk.id)
        held.owner, held.owner_number = Owner.NOBODY, held.owner_number + 1
    return waits


async def plan(runtime: Runtime, talk: Conversation, parts: int = 3, **given: Any) -> Agreement:
    """Make an accepted plan of 1,200 kr. in equal instalments, a month apart."""
    now = runtime.clock.now()
    total = given.get("total", Money(120000))
    values = {
        "id": new_id(),
        "municipality": talk.municipality,
        "citizen_id": talk.citizen_id,
        "conversation_id": talk.id,
        "kind": AgreementKind.PLAN,
        "state": AgreementState.ACCEPTED,
        "total": total,
        "shown_text": "3 rater",
        "offered_at": now,
        "expires_at": now + timedelta(days=7),
        "accepted_at": now,
        "channel": talk.channel,
        "identity_level": 2,
    } | given
    instalments = [
        Instalment(
            municipality=talk.municipality,
            number=number,
            amount=amount,
            due_on=day_of(now) + timedelta(days=30 * number),
        )
        for number, amount in enumerate(total.split(parts), start=1)
    ]
    async with runtime.transaction() as session:
        agreed = Agreement(**values, instalments=instalments)
        session.add(agreed)
    return agreed


def marks_of(page: httpx.Response) -> dict[str, str]:
    """Read which parts of a page that stays fresh the browser now shows."""
    return dict(_MARK.findall(page.text))


async def reading(
    runtime: Runtime, person: Staff, citizen: Citizen, reason: str = "Borgeren har ringet."
) -> Reading:
    """Make the reason for which a caseworker is at a citizen's pages now, for an hour."""
    async with runtime.transaction() as session:
        return await readings.give_reason(
            session, runtime, person, citizen, ground="contact", reason=reason
        )


async def reader(runtime: Runtime, citizen: Citizen, username: str = "anna") -> Reading:
    """Make the same for the caseworker of that name."""
    async with runtime.transaction() as session:
        found = await session.scalar(select(Staff).where(Staff.username == username))
    assert found is not None
    return await reading(runtime, found, citizen)
