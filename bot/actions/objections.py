"""Takes an objection, and what is offered for the rest (indsigelse)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.bargaining import heard
from bot.actions.claims import overdue, owner_of
from bot.actions.handoffs import hand_over
from outreach import claims as claim_acts
from outreach.texts import catalogue

if TYPE_CHECKING:
    from bot.actions.turn import Reply, Turn

#: Beside an objection these say that something is offered for the rest.
OFFERS = frozenset({"propose_amount", "ask_plan", "partial_payment", "ask_respite"})


async def dispute_claim(turn: Turn) -> Reply:
    """Stop the chase, and send the objection to a person; nothing is argued.

    What is offered for the rest goes along: who looks at the one talks about the other too.
    """
    claims = await overdue(turn)
    note = _offer(turn)
    await claim_acts.dispute(turn.session, turn.runtime, claims, turn.said_in)
    key = "dispute" if turn.is_proven else "dispute_unproven"
    reply = await hand_over(turn, "dispute", key, note=note, unit=owner_of(turn, claims))
    if note is not None:
        reply.text = f"{reply.text} {turn.say('dispute_and_offer')}"
    return reply


def _offer(turn: Turn) -> str | None:
    """Write down for a caseworker, in Danish, that something is offered for the rest; or none."""
    wish = heard(turn, turn.text)
    is_named = wish.amount and (wish.rhythm or wish.count)
    if not (is_named or OFFERS & {turn.heard.intent, *turn.heard.also}):
        return None
    texts = catalogue("da")
    if wish.amount is None:
        return texts.render("dispute_note")
    return texts.render("dispute_note_sum", amount=wish.amount)
