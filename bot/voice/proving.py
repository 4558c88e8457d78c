"""Asks a caller who they are, before anything else (identifikation i telefonen)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.voice import people
from bot.voice.twiml import Answer, Then
from data.models.calls import CallStep
from data.models.citizens import Channel, Citizen
from data.models.conversations import Awaiting, Message
from data.values.time import day_of
from outreach import calls, citizens, identity, identity_locks
from outreach.identity import Check
from outreach.rules.one_time_codes import codes_in
from outreach.rules.phrases.spoken_figures import in_figures

if TYPE_CHECKING:
    from bot.voice.entering import Entered
    from bot.voice.line import Line
    from bot.voice.twiml import Said


def ask(line: Line, *says: Said, again: bool = False) -> Answer:
    """Ask for the half of the proof that is missing."""
    line.call.step = CallStep.IDENTITY
    key = "call.ask_case" if line.talk.identity_birth_date else "call.ask_birth_date"
    return Answer((*says, line.say(f"{key}_again" if again else key)))


async def weigh(line: Line, entered: Entered) -> Answer | str | None:
    """Weigh what proves who calls; words that prove nothing are for the dialogue.

    None: keys that make no sense. Nothing of it is stored but the result.
    """
    given = _as_written(line, entered)
    if not entered.digits and not _proves_something(line, given):
        return entered.speech
    result = await identity.check(line.session, line.runtime, line.talk, given)
    match result:
        case Check.PROVEN:
            return await _proven(line)
        case Check.NEED_REF | Check.NEED_BIRTH_DATE:
            return ask(line)
        case Check.LOCKED:
            said = line.say("identity_locked", due=line.runtime.clock.now())
            return await people.reach(line, said, reason="identity_failed")
        case Check.NOTHING_GIVEN:
            return None
        case Check.CODE_ELSEWHERE | Check.WRONG:
            is_code = result is Check.CODE_ELSEWHERE
            said = line.say("code_not_here") if is_code else await _wrong(line)
            return ask(line, said, again=True)


def _as_written(line: Line, entered: Entered) -> str:
    """Return it in figures; figures keyed in for the case number are no birth date."""
    if not entered.digits:
        return in_figures(entered.speech)
    return f"sagsnummer {entered.digits}" if line.talk.identity_birth_date else entered.digits


def _proves_something(line: Line, given: str) -> bool:
    evidence = identity.read_evidence(given, day_of(line.runtime.clock.now()))
    return bool(evidence.births or evidence.refs or evidence.numbers or codes_in(given))


async def _wrong(line: Line) -> Said:
    left = await identity_locks.left(line.session, line.runtime, line.talk)
    form = "one" if left == 1 else "other"
    return line.say(f"identity_wrong_{form}", count=left)


async def _proven(line: Line) -> Answer | str:
    """Go on with what the caller came for; who is protected talks to a person."""
    citizen = await line.session.get_one(Citizen, line.talk.citizen_id, populate_existing=True)
    said = line.say("person_will_answer", due=line.runtime.clock.now())
    if citizens.is_minor(citizen, day_of(line.runtime.clock.now())):
        return await people.reach(line, said, reason="hard_minor")
    if citizen.frozen_at is not None:
        return await people.reach(line, said, reason="frozen")
    if line.talk.awaiting is Awaiting.IDENTITY:
        line.talk.awaiting = Awaiting.NOTHING
    line.call.misunderstood = 0
    proven = line.say("call.proven")
    if await _may_be_texted(line):
        line.call.step = CallStep.CONSENT
        return Answer((proven, line.say("call.may_we_text")), Then.ONE_KEY)
    line.call.may_text = False
    return await begin_talk(line, proven)


async def _may_be_texted(line: Line) -> bool:
    """Tell whether a text message could follow to this number, and nobody has said no to it."""
    number, key = line.talk.address, line.call.municipality
    if line.call.may_text is not None or not calls.is_number(line.talk):
        return False
    return not await citizens.is_opted_out(line.session, key, Channel.SMS, number)


async def begin_talk(line: Line, *says: Said) -> Answer | str:
    """Answer what was asked before the proof, else ask what it is about."""
    line.call.step = CallStep.TALK
    asked = line.talk.wanted_message_id
    message = await line.session.get(Message, asked) if asked is not None else None
    line.talk.wanted = line.talk.wanted_message_id = None
    if message is not None and message.body.strip():
        return message.body
    return Answer((*says, line.say("call.what_can_i_do")))
