"""Short answers that a chat shows as buttons (hurtige svar); by SMS they stand in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.places import is_ours
from data.models.agreements import AgreementState
from data.models.conversations import Awaiting
from outreach import agreements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.actions.turn import Reply, Turn
    from data.models.agreements import Agreement


async def short_answers(turn: Turn, reply: Reply) -> list[str]:
    """Return what may be answered with one tap: an offer, a choice, and always a person.

    While a person has the talk there is nothing to tap.
    """
    if not is_ours(turn):
        return []
    person = turn.say("word_person")
    if reply.choices:
        return [*dict.fromkeys((*reply.choices, person))]
    if reply.awaiting is Awaiting.OFFER:
        shown = await agreements.on_the_table(turn.session, turn.conversation)
        return [*_to_an_offer(turn, shown), person]
    if reply.awaiting is Awaiting.CHOICE:
        return [*(str(number) for number, _ in enumerate(reply.intents, start=1)), person]
    return [] if reply.awaiting is Awaiting.NOTHING else [person]


def _to_an_offer(turn: Turn, shown: Sequence[Agreement]) -> list[str]:
    """Return yes and no to what was read back, and the numbers of the others."""
    is_read = any(one.state is AgreementState.OFFERED and one.shown_text for one in shown)
    others = [str(one.option) for one in shown if not (is_read and _is_offered(one))]
    yes = [turn.say("word_yes")] if is_read else []
    return [*yes, *others, turn.say("word_no")]


def _is_offered(one: Agreement) -> bool:
    return one.state is AgreementState.OFFERED
