"""What people fear may happen to wages, home, heat, child care or name (bekymringer).

All of it is general: what the state or the municipality may do, never what it will do to one
person. Only who has proven who they are hears whether their own bills are of that kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.claims import label
from bot.actions.facts import of_own_claims
from bot.actions.handoffs import hand_over
from bot.actions.onward import onward
from data.municipalities.ladders import StepKind
from outreach import tasks
from outreach.rules.closure import law_allows

if TYPE_CHECKING:
    from datetime import date

    from bot.actions.turn import Reply, Turn
    from data.models.claims import Claim


async def wage_withholding(turn: Turn) -> Reply:
    """Say that the municipality does not; the state may, by income, up to a limit."""
    law = turn.runtime.law.state_tools.on(turn.today)
    most = f"{law.wage_withholding_most:f}"
    return onward(turn, turn.say("wage_withholding", most=most))


async def credit_bureau(turn: Turn) -> Reply:
    """Say that a message from us puts nobody in a register; the general rule, no more."""
    return onward(turn, turn.say("credit_bureau"))


async def daycare_place(turn: Turn) -> Reply:
    """Threaten nothing, and let a person answer: no policy and no law we know speaks of it."""
    return await hand_over(turn, "daycare_place", "daycare_place")


def _auctions(turn: Turn) -> str:
    """Say how it goes where a bill gives a lien (pant): by the municipality's own ladder."""
    for ladder in turn.policy.ladders.ladders:
        steps = [step.step for step in ladder.steps]
        if StepKind.AUCTION_WARNING in steps:
            count = steps.count(StepKind.REMINDER)
            return turn.say("home_auction_bailiff", count=count)
    return turn.say("home_auction_state")


@of_own_claims(_auctions)
async def home_auction(turn: Turn, claims: list[Claim]) -> Reply:
    """Tell whether a bill of theirs gives a lien; if one does, a person looks the same day."""
    liens = [claim for claim in claims if _has_lien(turn, claim)]
    if not liens:
        return onward(turn, f"{turn.say('home_auction_none')} {_auctions(turn)}")
    due = await _look_today(turn, liens, "home_worry")
    labels = ", ".join(label(turn, claim) for claim in liens)
    found = turn.say("home_auction_person", labels=labels, due=due)
    return onward(turn, f"{found} {_auctions(turn)}")


def _has_lien(turn: Turn, claim: Claim) -> bool:
    law = turn.runtime.claim_types[claim.claim_type].on(turn.today)
    return law.prefers(claim.due_date, turn.today)


def _closures(turn: Turn) -> str:
    """Say when a supply may be shut off here (A27, A28), or that it is not done here."""
    closure = turn.policy.closure
    if closure is None:
        return turn.say("service_closure_none")
    return turn.say("service_closure", count=closure.least_breaches)


@of_own_claims(_closures)
async def service_closure(turn: Turn, claims: list[Claim]) -> Reply:
    """Tell whether a bill of theirs can lead to it; if one can, a person looks the same day."""
    if turn.policy.closure is None:
        return onward(turn, _closures(turn))
    supplies = [claim for claim in claims if _may_be_shut_off(turn, claim)]
    if not supplies:
        return onward(turn, f"{turn.say('service_closure_none_of_yours')} {_closures(turn)}")
    due = await _look_today(turn, supplies, "closure_worry")
    return onward(turn, f"{_closures(turn)} {turn.say('service_closure_person', due=due)}")


def _may_be_shut_off(turn: Turn, claim: Claim) -> bool:
    closure = turn.policy.closure
    law = turn.runtime.claim_types[claim.claim_type].on(turn.today)
    return (
        closure is not None and claim.claim_type in closure.claim_types and law_allows(law, closure)
    )


async def _look_today(turn: Turn, claims: list[Claim], kind: str) -> date:
    """Ask people to look at these claims the same day; return by which day they do."""
    asked = [
        await tasks.ask(turn.session, turn.runtime, claim=claim, kind=kind) for claim in claims
    ]
    return max(task.due_on for task, _ in asked)
