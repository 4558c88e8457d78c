"""Chooses who answers a turn (hvem svarer): Rasa's action, unless we had asked for something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.actions import agreements, contact, general, misunderstandings, respites
from bot.actions.answers import answer_to
from bot.actions.bargaining import heard
from bot.actions.choosing import choose, chosen_in, none_of_them
from bot.actions.joining import ALONE, answer_all
from bot.actions.misunderstandings import is_much_on_little, is_that_meant
from bot.actions.places import standing_place
from bot.actions.proving import (
    brings_proof,
    identify,
    identify_unasked,
    names_unheard_plan,
)
from bot.actions.repeating import not_word_for_word
from bot.actions.sources import of_last_answer
from bot.actions.turn import keeping
from data.models.conversations import Awaiting
from outreach import hard_cases
from outreach.identity import read_evidence
from outreach.rules.phrases import parse_date
from outreach.rules.phrases.choices import parse_choice, where_to_lay
from outreach.rules.phrases.corrections import corrects
from outreach.rules.phrases.identity import has_address
from outreach.rules.phrases.wishes import parse_wish
from outreach.rules.stop_words import asks_about_stop
from outreach.rules.yes_words import begins_with_yes, thinks_it_over

if TYPE_CHECKING:
    from bot.actions.turn import Handler, Reply, Turn


async def answer(turn: Turn) -> Reply:
    """Answer what was asked, whatever we have asked for."""
    handler = answer_to(turn.heard.intent)
    if handler is None:
        return await misunderstandings.not_understood(turn)
    return await handler(turn)


HANDLERS: dict[str, Handler] = {
    "action_answer": answer,
    "action_hard_case": general.hard_case,
    "action_greeting": general.greeting,
    "action_propose_amount": agreements.propose_amount,
    "action_accept": agreements.accept,
    "action_decline": agreements.decline,
    "action_ask_respite": respites.ask_respite,
    "action_respite_date": respites.respite_date,
    "action_identify": identify,
    "action_choose": choose,
    "action_not_our_errand": contact.not_our_errand,
    "action_not_understood": misunderstandings.not_understood,
}
#: What we had asked for, and what takes the answer whatever Rasa made of it.
_ANSWERED_BY: dict[Awaiting, Handler] = {
    Awaiting.AMOUNT: agreements.propose_amount,
    Awaiting.OFFER: agreements.propose_amount,
    Awaiting.RESPITE_DATE: respites.respite_date,
}
#: A sum and nothing else: Rasa sees no figures, and may take it for a mark out of five.
_BARE_SUM = re.compile(r"\W*\d[\d .,]*(?:kr\.?|kroner|dkk)?\W*", re.IGNORECASE)
#: "ja, men først fra februar": other terms than those offered, and no plain yes.
_YES_BUT = re.compile(
    r"\W*(?:ja|jo|ok|okay|fint|yes|sure)\b.*\b(?:men|bare|dog|kun|but|only)\b", re.IGNORECASE
)
#: As many ways as are ever shown together.
_MOST_WAYS = 3
#: What Rasa may make of "ja tak, det var pænt af jer".
_MAYBE_YES = frozenset({"thanks", "feedback", "greeting", "inform", "out_of_scope", "nlu_fallback"})
#: What Rasa may make of "skal lige snakke med min mand".
_MAYBE_LATER = _MAYBE_YES | {"human", "ask_respite", "representative", "decline"}
#: What Rasa may make of "kan den lægges sidst".
_MAYBE_WHERE = frozenset({"missed_instalment", "inform", "change_plan", "nlu_fallback"})
#: What Rasa makes of what it does not know.
_NOT_HEARD = frozenset({"greeting", "inform", "out_of_scope", "nlu_fallback"})
#: These are what they are, however they are put.
_NO_CORRECTIONS = ALONE | {"dispute_claim", "already_paid"}


async def respond(turn: Turn, action: str) -> Reply:
    """Answer a turn: a hard case first, then what we had asked for, then what Rasa made of it."""
    hard = hard_cases.most_urgent(turn.runtime, (turn.heard.intent, *turn.heard.also))
    if hard is not None:
        turn.message.understood_as = hard
        return await general.call_people(turn, hard)
    if await contact.is_the_score(turn):
        return await contact.feedback(turn)
    if asks_about_stop(turn.text):
        return keeping(turn, turn.say("stop_means"))
    if brings_proof(turn, action):
        return await identify_unasked(turn)
    return await _not_twice(turn, action)


async def _not_twice(turn: Turn, action: str) -> Reply:
    """Answer what was understood, and no general answer word for word as before."""
    return await not_word_for_word(turn, await _answered(turn, action))


async def _answered(turn: Turn, action: str) -> Reply:
    if turn.conversation.awaiting is Awaiting.CHOICE:
        chosen = await _choosing(turn, action)
        if chosen is not None:
            return chosen
    again = await of_last_answer(turn)
    if again is not None:
        turn.heard, action = again, "action_answer"
    if is_much_on_little(turn):
        return await is_that_meant(turn)
    plainly = _asked_for(turn) or _unheard(turn) or _odd(turn) or _unsure(turn)
    if plainly is not None:
        return await answer_all(turn, plainly, is_answer=True)
    return await answer_all(turn, HANDLERS[action])


async def _choosing(turn: Turn, action: str) -> Reply | None:
    """Take a choice, or a no to all of it; a new question is answered from where we were before."""
    if action == "action_choose" or chosen_in(turn):
        return await choose(turn)
    if action == "action_decline":
        return await none_of_them(turn)
    turn.conversation.awaiting = await standing_place(turn)
    return None


def _unsure(turn: Turn) -> Handler | None:
    """Return what asks back where two questions may be meant, and no sum, day or proof is given."""
    if turn.heard.also or not misunderstandings.may_be_meant(turn):
        return None
    evidence = read_evidence(turn.text, turn.today)
    given = evidence.births or evidence.refs or evidence.numbers
    says_data = given or parse_date(turn.text, turn.today) or not heard(turn, turn.text).is_empty
    return None if says_data else misunderstandings.not_understood


def _asked_for(turn: Turn) -> Handler | None:
    """Return what takes a message that is plainly an answer: a sum alone, a number, "jeg mente"."""
    awaiting = turn.conversation.awaiting
    handler = _ANSWERED_BY.get(awaiting)
    if handler is not None and _BARE_SUM.fullmatch(turn.text):
        return handler
    if awaiting is Awaiting.OFFER and _is_a_yes(turn):
        return agreements.accept
    plainly = _in_a_bargain(turn, handler)
    if plainly is not None:
        return plainly
    if turn.is_proven and turn.heard.intent not in _NO_CORRECTIONS:
        return handler or agreements.propose_amount if corrects(turn.text, turn.today) else None
    return None


def _unheard(turn: Turn) -> Handler | None:
    """Return what takes a plan in plain figures that Rasa did not understand: "600 i måneden"."""
    nothing = turn.conversation.awaiting is Awaiting.NOTHING
    return agreements.propose_amount if nothing and names_unheard_plan(turn) else None


def _odd(turn: Turn) -> Handler | None:
    """Return what takes a message with an address in it, or without a word: smileys only."""
    if turn.heard.intent in _NOT_HEARD and has_address(turn.text):
        return general.is_this_scam
    has_words = any(letter.isalnum() for letter in turn.text)
    return None if has_words else misunderstandings.not_understood


def _is_a_yes(turn: Turn) -> bool:
    """Tell whether a message says yes to the offer, though Rasa heard thanks or nothing in it."""
    return turn.heard.intent in _MAYBE_YES and begins_with_yes(turn.text)


def _in_a_bargain(turn: Turn, handler: Handler | None) -> Handler | None:
    """Return what takes a choice between the ways, or a wish to think it over."""
    awaiting, intent = turn.conversation.awaiting, turn.heard.intent
    if awaiting is Awaiting.OFFER and _is_about_the_offer(turn):
        return handler
    if handler is not None and intent in _MAYBE_LATER and thinks_it_over(turn.text):
        return general.take_your_time
    return None


def _is_about_the_offer(turn: Turn) -> bool:
    """Tell whether a message chooses between the ways shown, or says yes to other terms."""
    if turn.heard.intent in {"accept", "decline", *ALONE}:
        return False
    if parse_choice(turn.text, _MOST_WAYS):
        return True
    if turn.heard.intent in _MAYBE_WHERE and where_to_lay(turn.text):
        return True
    return bool(_YES_BUT.match(turn.text)) and not parse_wish(turn.text, turn.today).is_empty
