"""Ties a chat to the citizen whose code is written in it (tilknytning)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects.postgresql import insert

from data.models.citizens import Channel, ContactPoint
from data.models.codes import Purpose
from outreach import audit, citizens, one_time_codes
from outreach.rules.one_time_codes import codes_in

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: Where the address is from: the citizen wrote a code that we had sent them.
BY_CODE: Final = "code"
START: Final = "/start"


def code_in(text: str) -> str | None:
    """Return the code of `/start k7mf-wp3x`, or of a message that is a code and nothing else.

    Several words after `/start` are no code, unless there is one in them.
    """
    rest = _after_start(text)
    if rest:
        is_code = len(rest.split()) == 1 or codes_in(rest)
        return rest[:40] if is_code else None
    found = codes_in(text)
    is_bare = len(found) == 1 and len(text.strip()) <= len(found[0]) + 1
    return found[0] if is_bare else None


def message_in(text: str) -> str:
    """Return the message in a text: what is said after `/start`, where that is no code."""
    rest = _after_start(text)
    return rest if rest and code_in(text) is None else text


def _after_start(text: str) -> str:
    command, *rest = text.split(maxsplit=1) or [""]
    return rest[0].strip() if rest and command.casefold() == START else ""


async def link(session: AsyncSession, runtime: Runtime, chat: str, code: str) -> str | None:
    """Use a code up, and let the chat be its citizen's; return the municipality, or none.

    After some wrong codes from one chat no more are looked at for a while.
    """
    for key in runtime.policies.keys:
        found = await one_time_codes.redeem(
            session,
            runtime,
            municipality=key,
            code=code,
            purpose=Purpose.TELEGRAM_LINK,
            channel=Channel.TELEGRAM,
            asked_by=chat,
        )
        if found is not None and found.citizen_id is not None:
            await _tie(session, runtime, key, chat, found.citizen_id)
            return key
    return None


async def _tie(
    session: AsyncSession, runtime: Runtime, municipality: str, chat: str, citizen_id: CitizenId
) -> None:
    """Store the address; a code used there is also a yes to messages there."""
    now = runtime.clock.now()
    proven = {"confirmed_at": now, "confirmed_by": BY_CODE}
    row = insert(ContactPoint).values(
        municipality=municipality,
        citizen_id=citizen_id,
        channel=Channel.TELEGRAM,
        address=chat,
        source=BY_CODE,
        created_at=now,
        **proven,
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["municipality", "citizen_id", "channel", "address"],
            set_={"distrusted_at": None, "distrusted_because": None, **proven},
        )
    )
    await citizens.opt_in(
        session, runtime, municipality=municipality, channel=Channel.TELEGRAM, address=chat
    )
    await audit.record(
        session,
        runtime,
        municipality=municipality,
        actor=audit.CITIZEN,
        act="telegram_linked",
        subject_kind="citizen",
        subject_id=citizen_id,
    )
