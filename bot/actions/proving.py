"""Weighs a proof of who writes, and answers what waited for it (identifikation og genoptagelse)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.actions import identity
from bot.actions.answers import BARGAINS, QUESTIONS, WANTED
from bot.actions.bargaining import is_only_a_day, names_plan
from bot.actions.elsewhere import elsewhere, is_for_elsewhere
from bot.actions.general import call_people
from bot.actions.handoffs import hand_over
from bot.actions.joining import MOST_AT_ONCE, joined, questions_of
from bot.actions.misunderstandings import EACH_AT_LEAST, MISUNDERSTOOD_AT_MOST
from bot.actions.places import BARGAINING, is_ours, kept, standing_place
from data.models.citizens import Citizen
from data.models.conversations import Message
from data.queries import relations
from outreach import citizens, conversations
from outreach.identity import read_evidence
from outreach.rules.one_time_codes import asks_for_code, codes_in
from outreach.rules.phrases import parse_wish
from outreach.rules.phrases.errands import is_for_people

if TYPE_CHECKING:
    from bot.actions.turn import Reply, Turn

#: What is taken up where Rasa was unsure, rather than to be shown the bills only.
_LIKELY = frozenset(
    {"ask_plan", "ask_respite", "change_plan", "missed_instalment", "pay_now", "plan_status"}
)
#: Where people send the proof along without being asked: all of it, or a half alone.
OPENINGS = frozenset(
    {
        "action_accept",
        "action_answer",
        "action_ask_respite",
        "action_choose",
        "action_decline",
        "action_greeting",
        "action_not_our_errand",
        "action_not_understood",
        "action_propose_amount",
    }
)


def brings_proof(turn: Turn, action: str) -> bool:
    """Tell whether the citizen says who they are before, or while, we ask for something else."""
    if turn.is_proven or writes_for_another(turn):
        return False
    if asks_for_code(turn.text) or codes_in(turn.text):
        return True
    if action not in OPENINGS:
        return False
    evidence = read_evidence(turn.text, turn.today)
    is_bare = action == "action_not_understood" and bool(evidence.births or evidence.refs)
    is_born = action == "action_accept" and bool(evidence.births)
    is_company = turn.heard.intent == "business" and bool(evidence.numbers)
    return evidence.is_whole or is_bare or is_born or (is_company and not is_for_people(turn.text))


def writes_for_another(turn: Turn) -> bool:
    """Tell whether it is not the citizen who writes: what they know of them proves nothing."""
    return "representative" in {turn.heard.intent, *turn.heard.also}


async def identify_unasked(turn: Turn) -> Reply:
    """Weigh a proof that nobody asked for, and answer what came with it."""
    place = turn.conversation
    if place.wanted is None:
        place.wanted = _meant(turn)
        place.wanted_message_id = turn.message.id
    return await identify(turn)


def _meant(turn: Turn) -> str:
    """Return what came with the proof: as understood, as plainly wished for, or most likely."""
    heard = turn.heard
    understood = [name for name in (heard.intent, *heard.also) if name in WANTED]
    wished = [name for name in [_wished(turn)] if name]
    likely = [name for name, sure in heard.others if name in _LIKELY and sure >= EACH_AT_LEAST]
    return [*understood, *wished, *likely, "what_is_this"][0]


async def identify(turn: Turn) -> Reply:
    """Weigh the proof; when it holds, answer at once what the citizen wanted."""
    if is_for_elsewhere(turn):
        return elsewhere(turn)
    missing = await identity.check(turn)
    if missing is not None and not missing.understood and _wishes_meanwhile(turn):
        return await identity.ask_for_identity(turn, "propose_amount")
    if missing is not None:
        return missing if missing.understood else await _confused(turn, missing)
    place = turn.conversation
    turn.citizen = await turn.session.get(Citizen, place.citizen_id)
    by_person = await _for_a_person(turn, turn.citizen) if turn.citizen else None
    if by_person is not None:
        return by_person
    reply = await _answer_what_waited(turn)
    reply.text = f"{turn.say('identity_proven')} {reply.text}"
    return reply


async def _for_a_person(turn: Turn, citizen: Citizen) -> Reply | None:
    """Call a person where the assistant answers nothing to who has just proven who they are."""
    if citizens.is_minor(citizen, turn.today):
        return await call_people(turn, "hard_minor")
    if citizen.frozen_at is not None:
        return await hand_over(turn, "frozen", "person_will_answer")
    if await relations.has_guardian(turn.session, citizen.id, turn.today):
        return await hand_over(turn, conversations.GUARDED, "person_will_answer")
    return None


def _wishes_meanwhile(turn: Turn) -> bool:
    """Tell whether a plan is wished for where a proof was asked for, and no bargain waits."""
    is_wish = turn.heard.intent == "propose_amount" or names_unheard_plan(turn)
    is_plan = is_wish and not parse_wish(turn.text, turn.today).is_empty
    return is_plan and turn.conversation.wanted not in BARGAINING


async def _confused(turn: Turn, reply: Reply) -> Reply:
    """Let a person take over when the citizen cannot give what is asked for."""
    if turn.conversation.misunderstood + 1 >= MISUNDERSTOOD_AT_MOST:
        return await hand_over(turn, "identity_failed", "identity_locked")
    return reply


async def _answer_what_waited(turn: Turn) -> Reply:
    """Answer the message that we asked for the proof at, all of it, and what came with the proof.

    What was said in general already, and is no different now, is not said again.
    """
    place = turn.conversation
    asked = await _asked_in(turn)
    wanted = place.wanted if place.wanted in WANTED else "what_is_this"
    with_it = questions_of(turn.heard)
    said = await _said_to(turn, asked)
    proposed = _proposed(turn)
    if proposed is not None and wanted in QUESTIONS:
        asked, wanted, with_it = turn.message, proposed, [wanted, *with_it]
    if asked is not None:
        turn.text, turn.said_in = asked.body, asked.id
    waited = dict.fromkeys([*_questions_in(asked), *with_it])
    place.awaiting = await standing_place(turn)
    place.wanted = place.wanted_message_id = None
    return await _answered(turn, [name for name in waited if name != wanted], wanted, said)


async def _answered(turn: Turn, others: list[str], wanted: str, said: str) -> Reply:
    replies: list[Reply] = []
    for name in others[: MOST_AT_ONCE - 1]:
        reply = await kept(turn, await QUESTIONS[name](turn))
        if not is_ours(turn):
            return reply
        if not _is_said(reply, said):
            replies.append(reply)
    last = await WANTED[wanted](turn)
    if is_ours(turn) and wanted in QUESTIONS and _is_said(last, said):
        last = await WANTED["what_is_this"](turn)  # said in general already: now what is theirs
    if not is_ours(turn):
        return last
    return joined(turn, [*replies, await kept(turn, last) if wanted in QUESTIONS else last])


def _is_said(reply: Reply, said: str) -> bool:
    """Tell whether the answer, but for the ways after it, was given in general before."""
    return reply.text.partition("\n\n")[0] in said


def _proposed(turn: Turn) -> str | None:
    """Return which bargain the proof came with: figures alone are none."""
    wished = None if turn.heard.intent in WANTED else _wished(turn)
    if wished is not None:
        return wished
    is_one = turn.heard.intent in BARGAINS and parse_wish(turn.text, turn.today).rhythm is not None
    return turn.heard.intent if is_one else None


def _wished(turn: Turn) -> str | None:
    """Return what is plainly wished for in words that Rasa made nothing of: a plan, or time."""
    if names_unheard_plan(turn):
        return "propose_amount"
    is_unheard = turn.heard.intent in {"nlu_fallback", "out_of_scope"}
    is_time = is_unheard and is_only_a_day(parse_wish(turn.text, turn.today))
    return "ask_respite" if is_time else None


def names_unheard_plan(turn: Turn) -> bool:
    """Tell whether a message that Rasa made nothing of names a plan."""
    return turn.heard.intent in {"nlu_fallback", "inform"} and names_plan(turn)


async def _asked_in(turn: Turn) -> Message | None:
    wanted = turn.conversation.wanted_message_id
    return await turn.session.get(Message, wanted) if wanted is not None else None


def _questions_in(message: Message | None) -> list[str]:
    if message is None:
        return []
    return [name for name in (message.understood_as, *message.also) if name in QUESTIONS]


async def _said_to(turn: Turn, message: Message | None) -> str:
    """Return what we answered to a message, so that it is not said twice."""
    if message is None or message.id == turn.message.id:
        return ""
    found = await turn.session.scalars(
        select(Message.body).where(Message.in_reply_to == message.id)
    )
    return "\n".join(found)
