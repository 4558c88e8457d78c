"""One turn of a call (tur i samtalen): what is keyed or said comes in, what follows goes out.

Keys that mean the same everywhere, silence, noise and the steps before and after the dialogue are
answered here; all else is handed to the dialogue as if it had been written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.voice import people, proving, writing
from bot.voice.entering import Entered
from bot.voice.twiml import Answer, Said, Then
from data.models.calls import CallOutcome, CallStep
from data.models.citizens import Channel, Language
from data.models.conversations import Awaiting, Direction, Owner
from outreach import citizens
from outreach.rules.hard_cases import recognise

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.voice.line import Line
    from data.models.conversations import Message

#: The short answer of the dialogue that has a key of its own everywhere.
_PERSON: Final = "word_person"
#: Says what is wrong when a turn brought nothing: once, then with the keys, then a person.
_SILENT_AT_MOST: Final = 2


async def first(line: Line) -> Answer:
    """Say who we are, that it is no person, and how to reach one; then ask who calls."""
    other = "da" if line.language == "en" else "en"
    is_ours = line.call.direction is Direction.OUT
    says = (
        line.say("call.welcome_out" if is_ours else "call.welcome"),
        line.say("call.person_any_time"),
        Said(line.text("call.other_language"), other),
    )
    if line.talk.owner is not Owner.ASSISTANT:
        return await people.reach(line, *says[:2], line.say("call.person_has_it"))
    if not is_ours and await _has_said_stop(line):
        stopped = line.say("call.stopped")
        return await people.reach(line, *says[:2], stopped, reason="asked_human")
    return proving.ask(line, *says)


async def take(line: Line, entered: Entered) -> Answer | str:
    """Take one answer of the caller; return what follows, or the words for the dialogue."""
    if line.call.step is CallStep.TRANSFER:
        return await people.put_through_over(line)  # however long the two have talked
    if entered.speech and recognise(entered.speech, line.runtime.lexicon):
        return entered.speech  # heard also when time is up
    if _time_is_up(line):
        line.call.outcome = line.call.outcome or CallOutcome.TIME_UP
        line.call.step = CallStep.OVER
        return Answer((line.say("call.time_up"), *await people.last_words(line)), Then.HANG_UP)
    follows = await _at_any_time(line, entered)
    if follows is not None:
        return follows
    line.call.silent = 0
    return await _by_step(line, entered) or await misunderstood(line)


async def _at_any_time(line: Line, entered: Entered) -> Answer | None:
    """Answer what means the same wherever we are: a person, the other language, silence."""
    is_number = line.call.step is CallStep.NUMBER
    if not is_number and entered.asks_for_person(line.language):
        return await people.reach(line, line.say("human"), reason="asked_human")
    language = entered.wants_language(line.language)
    if language is not None and not is_number:
        line.call.language = line.talk.language = Language(language)
        return _question(line)
    if entered.is_nothing:
        return await _silence(line)
    if entered.is_unsure and line.call.step in {CallStep.TALK, CallStep.IDENTITY}:
        return _check(line, entered)
    return None


async def _by_step(line: Line, entered: Entered) -> Answer | str | None:
    """Take an answer to what was asked; none: it is none."""
    step = line.call.step
    if step is CallStep.TALK:
        return entered.chosen(line.call.choices) or entered.text
    if step is CallStep.CHECKING:
        return await _checked(line, entered)
    takes = _TAKES.get(step)
    return await takes(line, entered) if takes else Answer((), Then.HANG_UP)


def _time_is_up(line: Line) -> bool:
    since = line.call.answered_at or line.call.started_at
    return line.runtime.clock.now() - since >= line.voice.most


# ------------------------------------------------------------------------------ what went wrong
async def misunderstood(line: Line) -> Answer:
    """Ask again; after too many times a person is asked for, and at last it is said how to call."""
    line.call.misunderstood += 1
    is_enough = line.call.misunderstood >= line.voice.misunderstandings
    match line.call.step:
        case CallStep.CALL_BACK | CallStep.NUMBER if is_enough:
            return await people.give_up(line)
        case CallStep.NUMBER:
            return people.number_odd(line)
        case _ if is_enough:
            said = line.say("not_understood_human", due=line.runtime.clock.now())
            return await people.reach(line, said, reason="not_understood")
        case _:
            return _question(line, line.say("call.say_again"))


async def _silence(line: Line) -> Answer:
    """Ask once more, then offer the keys, then a person."""
    line.call.silent += 1
    if line.call.silent > _SILENT_AT_MOST:
        line.call.silent = 0
        if line.call.step in {CallStep.CALL_BACK, CallStep.NUMBER}:
            return await people.give_up(line)
        return await people.reach(line, line.say("call.hear_nothing"), reason="not_understood")
    if line.call.silent < _SILENT_AT_MOST:
        return _question(line, line.say("call.hear_nothing"))
    if line.call.step is CallStep.TALK and not line.call.choices:
        wishes = [line.text(f"call.wish_{wish}") for wish in ("owe", "plan", "time")]
        line.call.choices = wishes
        return Answer((line.say("call.use_keys"), line.say("call.use_keys_talk")), Then.ONE_KEY)
    return _question(line, line.say("call.use_keys"))


def _question(line: Line, *says: Said) -> Answer:
    """Ask again what is asked just now."""
    match line.call.step:
        case CallStep.CONSENT:
            return Answer((*says, line.say("call.may_we_text")), Then.ONE_KEY)
        case CallStep.CHECKING:
            heard = line.say("call.not_sure", heard=line.call.heard or "")
            return Answer((*says, heard), Then.ONE_KEY)
        case CallStep.CALL_BACK:
            return people.offer_slots(line, *says)
        case CallStep.NUMBER:
            return Answer((*says, line.say("call.which_number")))
        case CallStep.TALK:
            waits = line.talk.awaiting
            is_open = waits not in {Awaiting.NOTHING, Awaiting.IDENTITY, Awaiting.CHOICE}
            key = f"still_awaiting_{waits.value}" if is_open else "call.what_can_i_do"
            return Answer((*says, line.say(key)), _then(line))
        case _:
            return proving.ask(line, *says, again=bool(says))


# --------------------------------------------------------------------------------- single steps
def _check(line: Line, entered: Entered) -> Answer:
    """Ask whether it was heard right: Twilio was not sure itself."""
    line.call.heard, line.call.step = entered.speech, CallStep.CHECKING
    return _question(line)


async def _checked(line: Line, entered: Entered) -> Answer | str | None:
    """Take what was heard right, or what is said instead; it may be what proves who calls."""
    is_right = entered.agrees(line.language)
    heard, line.call.heard = line.call.heard, None
    line.call.step = CallStep.TALK if line.is_proven else CallStep.IDENTITY
    if is_right and heard:
        entered = Entered(speech=heard)
    elif is_right is False or entered.digits:
        return None
    return entered.speech if line.is_proven else await proving.weigh(line, entered)


async def _consent(line: Line, entered: Entered) -> Answer | str:
    """Note whether we may text when cut off; whoever asks something instead has not said yes."""
    agreed = entered.agrees(line.language)
    line.call.may_text = bool(agreed)
    if agreed is None and entered.speech:
        line.call.step = CallStep.TALK
        return entered.speech
    return await proving.begin_talk(line)


#: What takes an answer to what was asked.
_TAKES: Final[dict[CallStep, Callable[[Line, Entered], Awaitable[Answer | str | None]]]] = {
    CallStep.IDENTITY: proving.weigh,
    CallStep.CONSENT: _consent,
    CallStep.CALL_BACK: people.choose_slot,
    CallStep.NUMBER: people.take_number,
}


# --------------------------------------------------------------------------- after the dialogue
async def after_dialogue(line: Line, said: Sequence[Message]) -> Answer:
    """Say what the dialogue answered, and ask what it asks; a person's matter goes to a person."""
    line.call.language = line.talk.language
    says = [line.speak(message.body) for message in said] or [line.say("call.understood")]
    line.call.choices, line.call.misunderstood, line.call.silent = [], 0, 0
    says += await writing.confirm(line)
    if line.talk.owner is not Owner.ASSISTANT:
        return await people.reach(line, *says)
    if await _has_said_stop(line):
        return line.goodbye(*says)
    if not line.is_proven:
        asks = line.talk.awaiting is Awaiting.IDENTITY
        line.call.step = CallStep.IDENTITY
        return Answer(tuple(says)) if asks else proving.ask(line, *says, again=True)
    line.call.step = CallStep.TALK
    says += _offer_keys(line, said[-1].choices if said else [])
    return Answer(tuple(says), _then(line))


async def _has_said_stop(line: Line) -> bool:
    """Tell whether the citizen wants no calls: then the dialogue has no more to say in one."""
    key, address = line.call.municipality, line.talk.address
    return await citizens.is_opted_out(line.session, key, Channel.VOICE, address)


def _offer_keys(line: Line, choices: list[str]) -> list[Said]:
    """Say the keys for the dialogue's short answers; a person is always 0."""
    shown = [choice for choice in choices if choice != line.text(_PERSON)]
    labels = [
        line.text("call.option", choice=choice) if choice.isdigit() else choice.casefold()
        for choice in shown
    ]
    return line.keys_for(shown, labels)


def _then(line: Line) -> Then:
    return Then.ONE_KEY if line.call.choices else Then.LISTEN
