"""What the citizen has a right to: complain, see, be represented, be helped (rettigheder)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.handoffs import hand_over
from bot.actions.identity import ask_for_identity
from bot.actions.onward import ask_people, onward
from bot.actions.turn import keeping
from outreach.rules.phrases.errands import asks_about_power, asks_how, is_for_the_leader

if TYPE_CHECKING:
    from bot.actions.turn import Reply, Turn
    from data.municipalities.guidance import Line


async def complaint(turn: Turn) -> Reply:
    """Say the way for a complaint, or take it; a lawyer, the press or a politician: the leader.

    Source: domain research H19; instalments and respites cannot be appealed (GIL § 2 stk. 3).
    """
    leader = turn.policy.guidance.complaints.of(turn.conversation.language)
    if is_for_the_leader(turn.text):
        return await hand_over(turn, "complaint_to_leader", "complaint_leader", leader=leader)
    if asks_how(turn.text):
        return keeping(turn, _routes(turn, leader))
    return await ask_people(turn, "complaint", "complaint_taken", leader=leader)


def _routes(turn: Turn, leader: str) -> str:
    route = turn.say("complaint_route", leader=leader)
    adviser = turn.policy.guidance.adviser
    if adviser is None:
        return route
    name = adviser.name.of(turn.conversation.language)
    return f"{route} {turn.say('complaint_adviser', adviser=name, number=adviser.number)}"


async def access_data(turn: Turn) -> Reply:
    """Say what we keep, and let people answer in time (aktindsigt, forvaltningsloven § 16).

    The request counts from the moment it came, so who is known by the number need not prove it
    first: the person who answers sees to that.
    """
    office = _office(turn, turn.policy.guidance.data_protection)
    if turn.citizen is None:
        text = turn.say("access_data_unknown", **office)
        asked = await ask_for_identity(turn, "access_data")
        asked.text = text
        return asked
    return await ask_people(turn, "access_request", "access_data", **office)


async def representative(turn: Turn) -> Reply:
    """Tell somebody who writes for another nothing, until a person has seen the power (fuldmagt).

    What the citizen proved holds no longer, for it may be another who writes (forvaltningsloven
    § 8). Who only asks how another may speak for them goes on.
    """
    if asks_about_power(turn.text):
        return keeping(turn, turn.say("representative_how"))
    place = turn.conversation
    place.identity_level, place.identity_at = 0, None
    place.identity_birth_date = place.identity_claim_ref = None
    return await hand_over(turn, "representative", "representative")


async def debt_relief(turn: Turn) -> Reply:
    """Say in general how debt may be settled, private and public; recommend nothing (A32-A34)."""
    office = _office(turn, turn.policy.guidance.debt_advice)
    return keeping(turn, turn.say("debt_relief", **office))


async def economic_help(turn: Turn) -> Reply:
    """Say that there is help with a bill, and who decides; never assess it (aktivloven § 81)."""
    office = _office(turn, turn.policy.guidance.benefits)
    return onward(turn, turn.say("economic_help", **office))


def _office(turn: Turn, line: Line) -> dict[str, object]:
    return {"office": line.name.of(turn.conversation.language), "number": line.number}
