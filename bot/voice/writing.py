"""Sends in writing what was agreed in a call (bekræftelse): by SMS, else by a person's letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from data.models.agreements import AGREED, Agreement
from data.models.citizens import Channel, Citizen, ContactPoint
from data.models.conversations import Author, Conversation, Message, MessageKind, Owner
from outreach import citizens, conversations, messages, tasks

if TYPE_CHECKING:
    from bot.voice.line import Line
    from bot.voice.twiml import Said

#: Asks a person to send the confirmation as a letter.
BY_LETTER: Final = "send_agreement"


async def confirm(line: Line) -> list[Said]:
    """Send each agreement of this call in writing, once; return what is said of it."""
    found = await line.session.scalars(
        select(Agreement)
        .where(
            Agreement.conversation_id == line.talk.id,
            Agreement.state.in_(AGREED),
            Agreement.accepted_at >= line.call.started_at,
        )
        .order_by(Agreement.accepted_at)
    )
    said = [await _send(line, agreement) for agreement in found]
    return [one for one in said if one is not None]


async def _send(line: Line, agreement: Agreement) -> Said | None:
    citizen = await line.session.get_one(Citizen, agreement.citizen_id)
    address = await _trusted(line, citizen)
    talk = await _texts(line, citizen, address) if address is not None else None
    if talk is None:
        facts = {"conversation": str(line.talk.id)}
        task = await tasks.ask_of_people(
            line.session, line.runtime, citizen=citizen, kind=BY_LETTER, facts=facts
        )
        is_new = task.opened_at == line.runtime.clock.now()
        return line.say("call.in_writing_letter") if is_new else None
    sent = await messages.queue(
        line.session,
        line.runtime,
        conversation=talk,
        body=f"{line.text('call.agreed')} {await _words(line, agreement)}",
        kind=MessageKind.REPLY,
        author=Author.ASSISTANT,
        dedupe_key=f"agreed:{agreement.id}",
        citizen_id=citizen.id,
    )
    return None if sent is None else line.say("call.in_writing_sms")


async def _texts(line: Line, citizen: Citizen, address: str) -> Conversation | None:
    """Return the conversation by text message; none while a person has it: they write there."""
    talk = await conversations.open_for(
        line.session,
        line.runtime,
        municipality=line.call.municipality,
        channel=Channel.SMS,
        address=address,
        citizen=citizen,
    )
    return talk if talk.owner is Owner.ASSISTANT else None


async def _trusted(line: Line, citizen: Citizen) -> str | None:
    """Return a number of the citizen's alone that is trusted and has not said no, or none.

    Sums are written only to a number that was confirmed, or that the call itself came from.
    """
    key = line.call.municipality
    points = await line.session.scalars(
        select(ContactPoint.address)
        .where(
            ContactPoint.municipality == key,
            ContactPoint.citizen_id == citizen.id,
            ContactPoint.channel == Channel.SMS,
            ContactPoint.distrusted_at.is_(None),
            or_(
                ContactPoint.confirmed_at.is_not(None),
                ContactPoint.address == line.talk.address,
            ),
        )
        .order_by(ContactPoint.created_at)
    )
    for address in points:
        owners = await citizens.holders(line.session, key, Channel.SMS, address)
        refused = await citizens.is_opted_out(line.session, key, Channel.SMS, address)
        if len(owners) == 1 and not refused:
            return address
    return None


async def _words(line: Line, agreement: Agreement) -> str:
    """Return the words in which it was concluded: the assistant's answer to the yes."""
    answer = await line.session.scalar(
        select(Message.body)
        .where(Message.in_reply_to == agreement.accepted_by)
        .order_by(Message.number)
        .limit(1)
    )
    return answer or agreement.shown_text or ""
