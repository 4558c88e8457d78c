"""Changes a respite that stands: a later day, or a plan instead (ændring af en henstand)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.actions.bargaining import bargain, claims_of, is_only_a_day
from bot.actions.claims import is_for_people, overdue
from bot.actions.handoffs import hand_over
from bot.actions.misunderstandings import or_a_person
from bot.actions.turn import Reply, Turn
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting
from data.queries import plans as questions
from data.values.time import next_bank_day
from outreach import agreements
from outreach.rules.phrases import parse_date
from outreach.rules.phrases.corrections import corrects

if TYPE_CHECKING:
    from datetime import date

    from data.models.agreements import Agreement
    from outreach.rules.wish import Wish


async def standing_respites(turn: Turn) -> list[Agreement]:
    """Return the respites under which the citizen's claims wait, locked.

    One on top of a plan is the plan's; what only a person may talk about is not named here.
    """
    claims = await overdue(turn)
    waiting = [one.id for one in claims if one.state is ClaimState.IN_RESPITE]
    if not waiting or is_for_people(turn, claims):
        return []
    ids = await questions.respites_of(turn.session, waiting)
    return await questions.lock(turn.session, ids)


async def change_respite(turn: Turn, standing: list[Agreement], wish: Wish) -> Reply:
    """Bargain about a later day, or a plan, in place of the respite; that is never a breach."""
    claims = [claim for each in standing for claim in await _waiting_on(turn, each)]
    changed = await questions.changes_so_far(turn.session, [claim.id for claim in claims])
    if len(standing) != 1 or changed >= turn.policy.plans.assistant_may_change_times:
        return await hand_over(turn, "change_beyond_mandate", "change_beyond_mandate")
    [only] = standing
    if wish.is_empty or is_only_a_day(replace(wish, whole=False)):
        day = wish.first_on or parse_date(turn.text, turn.today)
        is_other = day is not None and corrects(turn.text, turn.today)
        if not (wish.payday or is_other or _is_later(only, day)):
            return await _ask(turn, only, claims)
        wish = replace(wish, whole=True, first_on=day)
    return await or_a_person(turn, await bargain(turn, claims, wish, replaces=only.id))


async def _waiting_on(turn: Turn, respite: Agreement) -> list[Claim]:
    found = await claims_of(turn, respite)
    return [one for one in found if one.state is ClaimState.IN_RESPITE and one.agreeable]


def _is_later(respite: Agreement, day: date | None) -> bool:
    """Tell whether a day gives more time: "jeg kan ikke nå det til den 15." names the agreed."""
    until = respite.respite_until
    return day is not None and until is not None and next_bank_day(day) > until


async def _ask(turn: Turn, respite: Agreement, claims: list[Claim]) -> Reply:
    """Say until when payment waits now, and ask what should be different."""
    is_first = turn.conversation.awaiting is not Awaiting.RESPITE_DATE
    text = turn.say(
        "respite_change_ask",
        total=agreements.total_of(claims),
        until=respite.respite_until or turn.today,
    )
    reply = Reply(text, awaiting=Awaiting.RESPITE_DATE, understood=is_first)
    return await or_a_person(turn, reply)
