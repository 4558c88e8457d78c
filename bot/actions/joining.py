"""Answers all that one message asks (flere spørgsmål i én besked), in one reply.

Questions come first, and what is done or asked for last. Whatever needs a proof of who writes
waits for it, and is answered with the rest once it is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.actions.agreements import accept
from bot.actions.answers import DOES, QUESTIONS
from bot.actions.bargaining import names_plan
from bot.actions.objections import OFFERS
from bot.actions.places import is_ours, kept
from outreach.texts import gsm7_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.actions.turn import Handler, Heard, Reply, Turn

#: So much is answered in one reply; a text message has little room.
MOST_AT_ONCE = 3
#: With so many parts of a text message no third answer is given.
MOST_SEGMENTS = 6
_FIRST_AND_LAST = 2
#: Beside these nothing is said: a person takes over, or it is not the citizen who writes.
ALONE = frozenset({"human", "representative", "stop", "wrong_person"})
#: Beside these a yes is no plain one: they are looked at first, and nothing is concluded.
TAKE_A_YES_BACK = ("dispute_claim", "already_paid", "change_plan", "ask_respite")
#: Questions about the bills themselves; beside them a plan may be asked for in figures.
PLAIN_QUESTIONS = frozenset({"what_is_this", "how_much", "due_date"})
#: What people say around their question.
SMALL_TALK = frozenset({"greeting", "thanks", "nlu_fallback", "inform"})


async def answer_all(turn: Turn, main: Handler, *, is_answer: bool = False) -> Reply:
    """Answer what was meant by `main`, and what else the message asks.

    Args:
        turn: the turn.
        main: what the message means first of all.
        is_answer: it answers what we had asked for, so it counts whatever it looks like.
    """
    heard = turn.heard
    also = [name for name in heard.also if name != heard.intent]
    alone = next((name for name in also if name in ALONE), None)
    if heard.intent in ALONE or heard.intent.startswith("hard_"):
        return await main(turn)
    if alone is not None:
        return await _part(turn, alone, DOES[alone])
    if "dispute_claim" in also and heard.intent in OFFERS:
        main = DOES["dispute_claim"]  # nothing is agreed on what is objected to
    elif main is accept:
        main = next((DOES[name] for name in TAKE_A_YES_BACK if name in also), main)
    asked = [name for name in also if name in QUESTIONS]
    is_question = heard.intent in QUESTIONS and not is_answer
    act = main if not is_question else _first_act(also) or _plan_beside(turn)
    if is_question:
        asked = [heard.intent, *asked]
    elif (asked or _first_act(also)) and heard.intent in SMALL_TALK and not is_answer:
        act = _first_act(also)
    return await _in_turn(turn, asked, act)


def _plan_beside(turn: Turn) -> Handler | None:
    """Return what takes a plan named beside plain questions: "og kan jeg få det delt i 4"."""
    asked = {turn.heard.intent, *turn.heard.also}
    is_plain = len(asked) > 1 and asked <= PLAIN_QUESTIONS
    return DOES["propose_amount"] if is_plain and names_plan(turn) else None


def _first_act(names: Iterable[str]) -> Handler | None:
    return next((DOES[name] for name in names if name in DOES), None)


async def _in_turn(turn: Turn, asked: Sequence[str], act: Handler | None) -> Reply:
    """Answer the questions one after the other, and do the one thing that is to be done."""
    told: list[Reply] = []
    for name in asked[:MOST_AT_ONCE]:
        reply = await _part(turn, name, QUESTIONS[name])
        if not is_ours(turn):
            return reply
        told.append(reply)
    if act is None:
        return joined(turn, told)
    last = await act(turn)
    if not is_ours(turn):  # what we ask for is not ours to wait for any more
        return joined(turn, [*(one for one in told if not one.asks), replace(last, reminder="")])
    return joined(turn, [*(replace(one, reminder="") for one in told), last]) if told else last


async def _part(turn: Turn, name: str, handler: Handler) -> Reply:
    """Answer one question as if it had come alone, and keep the place."""
    heard = replace(turn.heard, intent=name, also=())
    reply = await handler(replace(turn, heard=heard))
    return await kept(turn, reply) if name in QUESTIONS else reply


def joined(turn: Turn, replies: Sequence[Reply]) -> Reply:
    """Make one reply of several: what is asked for comes last, and nothing is said twice."""
    if len(replies) == 1:
        return replies[0]
    ordered = sorted(replies, key=lambda one: (one.asks, _only_asks_who(turn, one)))
    final = ordered[-1]
    said = _with_room(turn, [one.text for one in ordered])
    return replace(
        final,
        text="\n\n".join(said),
        understood=any(one.understood for one in ordered),
        reminder="" if final.asks else final.reminder,
    )


def _with_room(turn: Turn, texts: Sequence[str]) -> list[str]:
    """Leave out answers of several where a text message has no room, and say that there was more.

    The first stays, and the last: it is what we ask for, or what was done.
    """
    said = list(_once(turn, texts))
    if len(texts) <= _FIRST_AND_LAST or gsm7_segments("\n\n".join(said))[0] <= MOST_SEGMENTS:
        return said
    *told, last = texts
    fewer = _with_room(turn, [*told[:-1], last])
    more = turn.say("asked_more")
    return fewer if more in fewer else [*fewer, more]


def _only_asks_who(turn: Turn, reply: Reply) -> bool:
    return reply.text in _ways_to_ask_who(turn)


def _ways_to_ask_who(turn: Turn) -> tuple[str, str]:
    return turn.say("ask_identity"), turn.say("ask_identity_again")


def _once(turn: Turn, texts: Iterable[str]) -> Iterable[str]:
    """Leave out what is said again further down, and one of two ways to ask who it is."""
    parts = [part for text in texts for part in text.split("\n\n")]
    asks_who = any(way in parts for way in _ways_to_ask_who(turn))
    for number, part in enumerate(parts):
        if part in parts[number + 1 :] or (asks_who and part == turn.say("offer_own")):
            continue
        yield part


def questions_of(heard: Heard) -> list[str]:
    """Return the questions of a message, each once."""
    return [name for name in dict.fromkeys((heard.intent, *heard.also)) if name in QUESTIONS]
