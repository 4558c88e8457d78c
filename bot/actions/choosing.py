"""Answers which of two questions was meant (valg): a number, its words, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.answers import BARGAINS, WANTED
from bot.actions.joining import answer_all
from bot.actions.misunderstandings import in_other_words, or_a_person, which_of
from bot.actions.places import standing_place
from bot.actions.turn import Heard
from data.models.conversations import Message
from outreach.rules.phrases import parse_wish
from outreach.rules.phrases.choices import choices_in

if TYPE_CHECKING:
    from bot.actions.turn import Reply, Turn


def chosen_in(turn: Turn) -> tuple[str, ...]:
    """Return which of the intents we asked about were chosen; none where that is not plain."""
    intents = turn.conversation.choices
    labels = [turn.say(f"choice_{name}") for name in intents]
    return tuple(intents[number - 1] for number in choices_in(turn.text, labels))


async def choose(turn: Turn) -> Reply:
    """Answer what was meant, with the words of the message we asked about.

    A sum instead is a proposal. Anything else is asked about once more, in other words.
    """
    chosen = chosen_in(turn)
    if chosen:
        return await _answer_as_meant(turn, chosen)
    place = turn.conversation
    intents = tuple(place.choices)
    if not parse_wish(turn.text, turn.today).is_empty:
        place.awaiting = await standing_place(turn)
        return await BARGAINS["propose_amount"](turn)
    if not intents or place.misunderstood > 1:
        place.awaiting = await standing_place(turn)
        return await or_a_person(turn, in_other_words(turn))
    asked_of = place.wanted_message_id
    reply = which_of(turn, intents)
    place.wanted_message_id = asked_of or turn.said_in
    return await or_a_person(turn, reply)


async def _answer_as_meant(turn: Turn, chosen: tuple[str, ...]) -> Reply:
    place = turn.conversation
    first, *others = chosen
    asked = None
    if place.wanted_message_id is not None:
        asked = await turn.session.get(Message, place.wanted_message_id)
    if asked is not None:
        turn.text, turn.said_in = asked.body, asked.id
        asked.understood_as, asked.also = first, others
    place.awaiting = await standing_place(turn)
    turn.heard = Heard(first, also=tuple(others))
    return await answer_all(turn, WANTED[first])


async def none_of_them(turn: Turn) -> Reply:
    """Ask for other words, where neither question was meant."""
    turn.conversation.awaiting = await standing_place(turn)
    return await or_a_person(turn, in_other_words(turn))
