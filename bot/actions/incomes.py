"""Money that is on its way to the citizen, and what may be taken from it (indtægter)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.claims import is_for_people, label, overdue, ways
from bot.actions.facts import answered, basis, generally, of_own_claims, wants_law
from bot.actions.handoffs import hand_over
from bot.actions.identity import needs_identity
from bot.actions.respites import respite
from bot.actions.turn import Reply
from outreach import agreements, assignments
from outreach.rules.phrases.asides import Income, income_named
from outreach.texts import catalogue

if TYPE_CHECKING:
    from bot.actions.turn import Turn
    from data.models.claims import Claim


@needs_identity("waiting_for_money")
async def waiting_for_money(turn: Turn) -> Reply:
    """Let payment wait until the money comes (henstand), or ask which day that is."""
    return await respite(turn, ask="ask_money_day")


# --------------------------------------------------------------------------------------- set-off
def _offset_in_general(turn: Turn) -> str:
    return turn.say("offset_general")


@of_own_claims(_offset_in_general)
async def offset_question(turn: Turn, claims: list[Claim]) -> Reply:
    """Say what the law lets be set off (modregning), and for which of the citizen's claims.

    Never what will be set off: that is the state's to decide (A31).
    """
    law = turn.runtime.law
    child = [
        claim
        for claim in claims
        if Income.CHILD in law.claim_types[claim.claim_type].on(turn.today).set_off
    ]
    key = "offset_child_may" if child else "offset_child_never"
    own = turn.say(key, labels=", ".join(label(turn, claim) for claim in child))
    paragraph = law.paragraphs.child_benefit.on(turn.today).of(turn.conversation.language)
    told = basis(turn, paragraph) if wants_law(turn) else ""
    return answered(
        turn, turn.say("offset_general"), own, told, turn.say("offset_ways"), choices=ways(turn)
    )


# ------------------------------------------------------------------------------------ assignment
async def assign_future_claim(turn: Turn) -> Reply:
    """Say which money to come may be assigned (transport), and give the wish to a person (A16).

    A caseworker signs it with the citizen; what comes each month is no such money.
    """
    named = income_named(turn.text)
    allowed = assignments.benefits(turn.runtime, turn.conversation.municipality)
    text = _of_assignment(turn, named, allowed)
    if not turn.is_proven:
        return generally(turn, text, "assign_future_claim")
    claims = await overdue(turn)
    if is_for_people(turn, claims):
        return await hand_over(turn, "sensitive_claim")
    owed = [claim for claim in claims if agreements.agreeable(claim)]
    if named is None or named.value not in allowed or not owed:
        return answered(turn, text, choices=ways(turn) if owed else ())
    key = f"benefit.{named.value}"
    note = catalogue("da").render(key)
    return await hand_over(turn, "assignment", "assign_wish", note=note, benefit=turn.say(key))


def _of_assignment(turn: Turn, named: Income | None, allowed: list[str]) -> str:
    """Say what may be assigned here, and why what was named may not."""
    if not allowed:
        return turn.say("assign_not_here")
    kinds = ", ".join(turn.say(f"benefit.{key}") for key in allowed)
    if named is None or named.value in allowed:
        return turn.say("assign_may", kinds=kinds)
    if named is Income.CHILD:
        law = turn.runtime.law.paragraphs.child_benefit.on(turn.today)
        paragraph = law.of(turn.conversation.language)
        return turn.say("assign_never_child", kinds=kinds, law=paragraph)
    key = "assign_not_monthly" if named is Income.MONTHLY else "assign_not_this"
    return turn.say(key, kinds=kinds)
