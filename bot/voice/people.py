"""Leads a caller to a person (et menneske): puts the call through, or promises a call-back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.voice.twiml import Answer, Then
from data.models.calls import CallOutcome, CallStep
from data.models.citizens import Citizen
from data.models.conversations import Owner
from data.models.handoffs import Handoff, HandoffState
from data.values.phone import PhoneNumber
from data.values.time import day_of
from outreach import call_backs, calls, handoffs, hard_cases
from outreach.rules.call_back import next_slots
from outreach.rules.phrases.spoken_figures import in_figures
from outreach.texts import spoken_day

if TYPE_CHECKING:
    from bot.voice.entering import Entered
    from bot.voice.line import Line
    from bot.voice.twiml import Said
    from outreach.rules.call_back import Slot

#: As urgent as this, nobody is asked when it suits them.
_GRAVE: Final = 1
_DANISH_FIGURES: Final = 8


async def reach(line: Line, *says: Said, reason: str | None = None) -> Answer:
    """Put the call through where somebody can take it, else offer a call-back.

    With a `reason` the conversation becomes a person's; without one it is already.
    """
    if reason is not None and line.talk.owner is Owner.ASSISTANT:
        await handoffs.open_handoff(
            line.session,
            line.runtime,
            conversation=line.talk,
            reason=reason,
            summary=line.runtime.reason_words(reason),
        )
    office = line.policy.office
    if line.voice.transfer_to is not None and office.is_open(line.runtime.clock.now()):
        line.call.step = CallStep.TRANSFER
        return Answer((*says, line.say("call.putting_through")), Then.PUT_THROUGH)
    return await offer(line, *says)


async def put_through_over(line: Line) -> Answer:
    """Go on after it has rung: the two have talked, or nobody took it."""
    if line.call.outcome is CallOutcome.TRANSFERRED:
        line.call.step = CallStep.OVER
        return Answer((), Then.HANG_UP)
    return await offer(line, line.say("call.nobody_free"))


async def offer(line: Line, *says: Said) -> Answer:
    """Ask when a person may call, and first on which number where none is known.

    Who may be in danger is not asked when it suits them: they are called as soon as can be, and
    hear last what may help. Where whoever hurts them may hold the telephone, it does not ring
    unless they have chosen so.
    """
    line.call.misunderstood = 0
    handoff = await _handoff(line)
    is_grave = handoff is not None and handoff.severity <= _GRAVE
    if handoff is not None and is_grave and handoff.reason in hard_cases.WATCHED:
        return _end(line, *says)
    if _number(line) is None:
        line.call.step = CallStep.NUMBER
        return Answer((*says, line.say("call.which_number")))
    if is_grave:
        says += tuple(word for word in await last_words(line) if word not in says)
        return await _promise(line, _slots(line)[0], *says, quietly=bool(says))
    return offer_slots(line, *says)


def offer_slots(line: Line, *says: Said) -> Answer:
    """Say the next times, each with its key."""
    line.call.step = CallStep.CALL_BACK
    slots = _slots(line)
    keys = line.keys_for([_code(slot) for slot in slots], [_in_words(line, slot) for slot in slots])
    return Answer((*says, line.say("call.may_call_back"), *keys), Then.ONE_KEY)


async def choose_slot(line: Line, entered: Entered) -> Answer | None:
    """Take the time that was chosen by key or by word; none: it was not understood."""
    slots = _slots(line)
    code = entered.chosen(line.call.choices)
    wanted = [slot for slot in slots if _code(slot) == code] or [
        slot for slot in slots if _is_named(line, slot, entered.words)
    ]
    if not wanted and entered.agrees(line.language):
        wanted = slots
    return await _promise(line, wanted[0]) if wanted else None


async def take_number(line: Line, entered: Entered) -> Answer | None:
    """Take a number to call back on; none: it is no number."""
    figures = re.sub(r"\D", "", entered.digits or in_figures(entered.speech))
    try:
        number = PhoneNumber.parse(figures if len(figures) == _DANISH_FIGURES else f"+{figures}")
    except ValueError:
        return None
    line.call.heard = number.e164
    return await offer(line)


async def give_up(line: Line, *says: Said) -> Answer:
    """End a call in which not even a time was understood: how to reach us."""
    words = await last_words(line)
    if words:
        return _end(line, *says, line.say("call.call_us"), *words)
    return line.goodbye(*says, line.say("call.call_us"))


async def last_words(line: Line) -> tuple[Said, ...]:
    """Return what is said last to somebody whose life may be in danger; else nothing."""
    handoff = await _handoff(line)
    is_of_life = handoff is not None and handoff.reason == hard_cases.LIFE_IN_DANGER
    return (line.say(hard_cases.LIFE_IN_DANGER),) if is_of_life else ()


def _end(line: Line, *says: Said) -> Answer:
    """End the call without a goodbye: the last words are those that may help."""
    line.call.step = CallStep.OVER
    return Answer(says, Then.HANG_UP)


def number_odd(line: Line) -> Answer:
    """Ask for the number again."""
    return Answer((line.say("call.number_odd"),))


async def summary_of(line: Line) -> str:
    """Return the line a caseworker hears before the caller is put through."""
    handoff = await _handoff(line)
    citizen = (
        await line.session.get(Citizen, line.talk.citizen_id)
        if line.talk.citizen_id and line.is_proven
        else None
    )
    known = [citizen.name] if citizen else []
    return ". ".join([*known, *([handoff.summary] if handoff else [])])


async def _promise(line: Line, slot: Slot, *says: Said, quietly: bool = False) -> Answer:
    number = _number(line)
    if number is None:  # pragma: no cover - asked for before the times are
        return await give_up(line, *says)
    task = await call_backs.promise(line.session, line.runtime, line.talk, slot, number)
    line.call.task_id, line.call.outcome = task.id, CallOutcome.CALL_BACK
    line.call.heard, line.call.choices = None, []
    if quietly:
        return _end(line, *says)
    return line.goodbye(*says, line.say("call.call_back_promised", slot=_in_words(line, slot)))


def _number(line: Line) -> str | None:
    """Return the number to call: the one keyed in, else the one of the call."""
    if line.call.step in {CallStep.NUMBER, CallStep.CALL_BACK} and line.call.heard:
        return line.call.heard
    return line.talk.address if calls.is_number(line.talk) else None


def _slots(line: Line) -> list[Slot]:
    return next_slots(line.voice.call_back, line.runtime.clock.now())


def _code(slot: Slot) -> str:
    return f"{slot.day.isoformat()} {slot.part.opens:%H:%M}"


def _in_words(line: Line, slot: Slot) -> str:
    today = day_of(line.runtime.clock.now())
    return line.text(
        "call.slot",
        day=spoken_day(slot.day, today, line.language),
        part=slot.part.name.of(line.language),
        opens=f"{slot.part.opens:%H.%M}".removesuffix(".00").removeprefix("0"),
        closes=f"{slot.part.closes:%H.%M}".removesuffix(".00").removeprefix("0"),
    )


def _is_named(line: Line, slot: Slot, words: str) -> bool:
    """Tell whether the caller says the part of the day: "eftermiddag" of "om eftermiddagen"."""
    part = slot.part.name.of(line.language).split()[-1].removesuffix("en")
    return re.search(rf"\b{re.escape(part)}", words) is not None


async def _handoff(line: Line) -> Handoff | None:
    return await line.session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == line.talk.id, Handoff.state != HandoffState.CLOSED)
        .order_by(Handoff.opened_at.desc())
        .limit(1)
    )
