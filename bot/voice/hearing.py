"""Carries a turn through (gennemførelse) once, whoever asks twice, and waits for the dialogue.

The answer to a turn is kept with the call, so that a webhook that comes again gets the same.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.voice import people, turns
from bot.voice.line import open_line
from bot.voice.twiml import Answer, Then, go_on, hang_up, whisper, write
from data.models.calls import CallOutcome, CallState, CallStep
from data.models.citizens import Channel
from data.values.ids import CallId
from outreach import calls, conversations

if TYPE_CHECKING:
    from bot.voice.entering import Entered
    from bot.voice.line import Line
    from data.models.calls import Call
    from data.municipalities.policy import Policy
    from data.values.ids import ConversationId
    from outreach.broadcast import Broadcast
    from outreach.runtime import Runtime

#: Seconds a turn waits for the dialogue before it says "one moment": Twilio gives up after 15.
PATIENCE: Final = 8.0
#: After so many moments a person is asked for.
MOST_MOMENTS: Final = 6


def reference(call: Call, turn: int) -> str:
    """Return the vendor's reference of what was said in a turn: the same turn is stored once."""
    return f"voice:{call.call_sid}:{turn}"


async def pick_up(runtime: Runtime, policy: Policy, call_sid: str, caller: str) -> str:
    """Answer a call to us; asked again, the answer is the same."""
    async with runtime.transaction() as session:
        call, is_new = await calls.begin(session, runtime, policy, call_sid, caller)
        if not is_new:
            return _again(call, 0)
        line = await open_line(session, runtime, call)
        return hang_up() if line is None else _keep(line, await turns.first(line))


async def greet(runtime: Runtime, call_id: CallId, call_sid: str) -> str:
    """Begin a call of ours that a person has taken; asked again, the answer is the same."""
    async with runtime.transaction() as session:
        call = await calls.placed(session, call_id)
        if call is None or call.state is CallState.ENDED:
            return hang_up()
        if call.turn:
            return _again(call, 0)
        await calls.answered(session, runtime, call, call_sid)
        line = await open_line(session, runtime, call)
        return hang_up() if line is None else _keep(line, await turns.first(line))


async def take(
    runtime: Runtime,
    talk: Broadcast,
    call_sid: str,
    turn: int,
    entered: Entered,
    patience: float = PATIENCE,
) -> str:
    """Take what a caller keyed or said in a turn, and answer it."""
    async with runtime.transaction() as session:
        call = await calls.held(session, call_sid)
        if call is None or call.state is CallState.ENDED:
            return hang_up()
        if turn != call.turn:
            return _again(call, turn)
        line = await open_line(session, runtime, call)
        if line is None:
            return hang_up()
        follows = await turns.take(line, entered)
        if isinstance(follows, Answer):
            return _keep(line, follows)
        await conversations.receive(
            session,
            runtime,
            municipality=call.municipality,
            channel=Channel.VOICE,
            address=line.talk.address,
            body=follows,
            vendor_ref=reference(call, turn),
        )
        conversation_id = call.conversation_id
    return await wait(runtime, talk, conversation_id, call_sid, turn, patience=patience)


async def wait_on(
    runtime: Runtime, talk: Broadcast, call_sid: str, turn: int, moment: int, patience: float
) -> str:
    """Wait on for the answer to a turn; after too many moments a person is asked for."""
    async with runtime.transaction() as session:
        call = await calls.held(session, call_sid)
        if call is None or call.state is CallState.ENDED:
            return hang_up()
        if turn != call.turn:
            return _again(call, turn)
        if moment > MOST_MOMENTS:
            line = await open_line(session, runtime, call)
            if line is None:
                return hang_up()
            said = line.say("assistant_down", due=runtime.clock.now())
            return _keep(line, await people.reach(line, said, reason="assistant_down"))
        conversation_id = call.conversation_id
    return await wait(
        runtime, talk, conversation_id, call_sid, turn, moment=moment, patience=patience
    )


async def wait(
    runtime: Runtime,
    talk: Broadcast,
    conversation_id: ConversationId,
    call_sid: str,
    turn: int,
    *,
    moment: int = 0,
    patience: float = PATIENCE,
) -> str:
    """Answer as soon as the dialogue has; ask for a moment when that takes long."""
    async with talk.subscribe(str(conversation_id)) as bell:
        try:
            async with asyncio.timeout(patience):
                while True:
                    bell.clear()
                    answer = await _collect(runtime, call_sid, turn)
                    if answer is not None:
                        return answer
                    await bell.wait()
        except TimeoutError:
            return await _a_moment(runtime, call_sid, moment + 1)


async def _collect(runtime: Runtime, call_sid: str, turn: int) -> str | None:
    """Say what the dialogue has answered; none: it has not yet."""
    async with runtime.transaction() as session:
        call = await calls.held(session, call_sid)
        if call is None or call.state is CallState.ENDED:
            return hang_up()
        if turn != call.turn:
            return _again(call, turn)
        if not await calls.is_answered(session, runtime, call, reference(call, turn)):
            return None
        line = await open_line(session, runtime, call)
        if line is None:
            return hang_up()
        said = await calls.to_say(session, runtime, call)
        return _keep(line, await turns.after_dialogue(line, said))


async def _a_moment(runtime: Runtime, call_sid: str, moment: int) -> str:
    async with runtime.transaction() as session:
        call = await calls.held(session, call_sid)
        line = await open_line(session, runtime, call) if call is not None else None
        if line is None:
            return hang_up()
        moment_please = Answer((line.say("call.a_moment"),), Then.WAIT)
        return write(moment_please, line.place(), moment=moment)


def _keep(line: Line, answer: Answer) -> str:
    """Write an answer and keep it: the next turn is another one."""
    line.call.turn += 1
    line.call.answer = write(answer, line.place())
    return line.call.answer


def _again(call: Call, turn: int) -> str:
    """Return the answer to a turn that has been answered, or end a call that has lost its way."""
    is_latest = turn == call.turn - 1 and call.answer is not None
    return call.answer if is_latest and call.answer else hang_up()


# ------------------------------------------------------------------------- to the caseworker
async def whisper_to(runtime: Runtime, call_id: CallId) -> str:
    """Say to the caseworker who picked up what it is about; the caller does not hear it."""
    async with runtime.transaction() as session:
        call = await calls.placed(session, call_id)
        if call is None or call.step is not CallStep.TRANSFER:
            return hang_up()
        line = await open_line(session, runtime, call)
        if line is None:
            return hang_up()
        return whisper(*line.for_staff(await people.summary_of(line)))


async def taken(runtime: Runtime, call_id: CallId, digits: str) -> str:
    """Put the two together when the caseworker has pressed a key; else leave the caller to us."""
    async with runtime.transaction() as session:
        call = await calls.placed(session, call_id)
        if call is None or call.step is not CallStep.TRANSFER or digits != "1":
            return hang_up()
        call.outcome = CallOutcome.TRANSFERRED
        return go_on()
