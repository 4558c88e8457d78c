"""Talks about respites (henstand): until when payment waits, or a plan stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.bargaining import bargain, open_claims, said_so_far
from bot.actions.changes import skip
from bot.actions.identity import needs_identity
from bot.actions.misunderstandings import or_a_person
from bot.actions.payments import pay_now
from bot.actions.places import is_ours
from bot.actions.running import running_plans
from bot.actions.turn import Reply, Turn
from bot.actions.waiting import change_respite, standing_respites
from data.models.conversations import Awaiting
from outreach.rules.phrases import parse_date
from outreach.rules.phrases.identity import parse_birth_date
from outreach.rules.wish import Wish

if TYPE_CHECKING:
    from data.models.claims import Claim


@needs_identity("ask_respite")
async def ask_respite(turn: Turn) -> Reply:
    """Ask until when payment should wait, or propose it when the message says so."""
    return await respite(turn, ask="ask_respite_date")


@needs_identity("ask_respite")
async def respite_date(turn: Turn) -> Reply:
    """Take the day the citizen names; a sum is a proposal to pay in parts."""
    return await respite(turn, ask="respite_date_again")


async def respite(turn: Turn, *, ask: str) -> Reply:
    """Propose to wait until the day named; a plan that runs stands still until then.

    Who has a respite already talks about changing it.
    """
    owed = await open_claims(turn)
    if isinstance(owed, Reply):
        if not is_ours(turn):
            return owed
        if await running_plans(turn):
            return await skip(turn)
        standing = await standing_respites(turn)
        wish = await said_so_far(turn)
        return await change_respite(turn, standing, wish) if standing else owed
    wish = await said_so_far(turn)
    if wish.amount or wish.count or wish.parts or wish.first_share or wish.first_amount:
        return await bargain(turn, owed, wish)
    return await _wait(turn, owed, wish, ask)


async def _wait(turn: Turn, owed: list[Claim], wish: Wish, ask: str) -> Reply:
    until = wish.first_on or parse_date(turn.text, turn.today)
    if until is not None and until in parse_birth_date(turn.text, turn.today):
        until = None  # the proof came with it
    if until == turn.today:
        return await pay_now(turn)
    if until is not None and until < turn.today:
        return Reply(turn.say("respite_in_the_past"), awaiting=Awaiting.RESPITE_DATE)
    if until is None and not wish.payday:
        is_first = ask != "respite_date_again"
        reply = Reply(turn.say(ask), awaiting=Awaiting.RESPITE_DATE, understood=is_first)
        return await or_a_person(turn, reply)
    return await bargain(turn, owed, Wish(whole=True, first_on=until, payday=wish.payday))
