"""Changes what is agreed: other sums, other days, or a rest (ændring af en aftale)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.actions.bargaining import (
    bargain,
    in_place_of,
    instead,
    is_only_a_day,
    keep_from_here,
    open_claims,
    reading_reply,
    said_so_far,
)
from bot.actions.handoffs import hand_over
from bot.actions.identity import needs_identity
from bot.actions.misunderstandings import or_a_person
from bot.actions.reading import interest_said, noted, sums_and_days
from bot.actions.running import Running, running_plans
from bot.actions.turn import Reply, Turn
from bot.actions.waiting import change_respite, standing_respites
from data.models.conversations import Awaiting
from data.phrases.folding import fold
from data.queries import plans as questions
from data.values.money import NOTHING, Money
from data.values.time import next_bank_day
from outreach import agreements
from outreach.agreements import Terms
from outreach.agreements.owing import owed_of
from outreach.rules.counter_wish import wish_of
from outreach.rules.instalments import Rate
from outreach.rules.phrases import parse_date
from outreach.rules.phrases.dates import month_in
from outreach.rules.phrases.skips import asks_to_skip
from outreach.rules.suspension import Because, Rest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from outreach.rules.keeping import Due
    from outreach.rules.wish import Wish


@needs_identity("change_plan")
async def change_plan(turn: Turn) -> Reply:
    """Bargain anew about what is left of a plan, or about a respite; that is never a breach."""
    running = await running_plans(turn)
    standing = [] if running else await standing_respites(turn)
    if not running and not standing:
        return await talk_anew(turn)
    said = await said_so_far(turn)
    if turn.conversation.awaiting is Awaiting.OFFER and not said.is_empty:
        offered = await agreements.open_offer(turn.session, turn.conversation)
        if offered is not None and offered.replaces is None:
            return await talk_anew(turn, in_place_of(offered, said, turn.text))
    if standing:
        return await change_respite(turn, standing, said)
    if asks_to_skip(turn.text):
        return await skip(turn)
    if said.is_empty:
        return await _ask(turn, running)
    return await change_to(turn, _as_it_runs(turn, running, said))


def _as_it_runs(turn: Turn, running: list[Running], said: Wish) -> Wish:
    """Read a wish to change: what it does not name stays as it is in the plan."""
    coming = _to_come(running[0], turn.today)
    before = wish_of(_rates(coming), running[0].rhythm)
    return instead(before, said, turn.text) if coming else said


async def talk_anew(turn: Turn, wish: Wish | None = None) -> Reply:
    """Bargain about what is open: there is no plan to change."""
    owed = await open_claims(turn)
    if isinstance(owed, Reply):
        return owed
    wish = wish or await said_so_far(turn)
    return await or_a_person(turn, await bargain(turn, owed, wish))


async def change_to(turn: Turn, wish: Wish) -> Reply:
    """Bargain about another agreement in place of the plan that runs, or the respite."""
    running = await running_plans(turn)
    standing = [] if running else await standing_respites(turn)
    if standing:
        return await change_respite(turn, standing, wish)
    person = await _beyond_mandate(turn, running)
    if person is not None:
        return person
    [only] = running
    reply = await bargain(turn, [*only.claims], wish, replaces=only.plan.id)
    return await or_a_person(turn, reply)


async def _ask(turn: Turn, running: list[Running]) -> Reply:
    """Say what the plan is now, and ask what should be different."""
    person = await _beyond_mandate(turn, running)
    if person is not None:
        return person
    [only] = running
    rates = _rates(_to_come(only, turn.today))
    now = sums_and_days(turn.texts, rates, only.rhythm, is_respite=False) if rates else ""
    keep_from_here(turn)
    is_first = turn.conversation.wanted != "change_plan"
    text = turn.say("change_ask", left=only.left, now=now)
    reply = Reply(text, awaiting=Awaiting.AMOUNT, wanted="change_plan", understood=is_first)
    return await or_a_person(turn, reply)


async def _beyond_mandate(turn: Turn, running: list[Running]) -> Reply | None:
    """Hand over what the assistant may not change: more than one plan, or the same too often."""
    ids = [claim.id for each in running for claim in each.claims]
    changed = await questions.changes_so_far(turn.session, ids)
    for each in running:
        changed += await questions.rests_so_far(turn.session, each.plan.id)
    if len(running) == 1 and changed < turn.policy.plans.assistant_may_change_times:
        return None
    return await hand_over(turn, "change_beyond_mandate", "change_beyond_mandate")


def _to_come(running: Running, today: date) -> list[Due]:
    return [due for due in running.standing.uncovered if due.on > today]


def _rates(dues: Sequence[Due]) -> list[Rate]:
    return [Rate(due.number, due.amount, due.on) for due in dues]


async def skip(turn: Turn) -> Reply:
    """Let a plan stand still until a day; the instalments of that time move to its end."""
    running = await running_plans(turn)
    person = await _beyond_mandate(turn, running)
    if person is not None:
        return person
    [only] = running
    coming = _to_come(only, turn.today)
    if not coming:
        return await _anew_after_the_last(turn, running)
    if await _is_a_later_one(turn, coming):
        return await hand_over(turn, "change_beyond_mandate", "change_beyond_mandate")
    until = await _until(turn, coming)
    if until is None:
        return Reply(turn.say("skip_not_needed", date=coming[0].on))
    if until > turn.today + timedelta(days=turn.policy.respite.assistant_may_grant_days):
        note = noted(Terms([*only.claims], respite_until=until))
        return await hand_over(turn, "respite_beyond_mandate", "respite_beyond_mandate", note)
    return await _offer_rest(turn, only, until)


async def _is_a_later_one(turn: Turn, coming: Sequence[Due]) -> bool:
    """Tell whether only a month is named ("spring januar over"), and it is not the next one's."""
    said = await said_so_far(turn)
    month = month_in(fold(turn.text), turn.today)
    if month is None or said.first_on or parse_date(turn.text, turn.today):
        return False
    return (month.year, month.month) > (coming[0].on.year, coming[0].on.month)


async def _anew_after_the_last(turn: Turn, running: list[Running]) -> Reply:
    """Bargain about what is missing where no instalment is to come that could be moved."""
    said = await said_so_far(turn)
    if said.is_empty:
        return await _ask(turn, running)
    whole = is_only_a_day(said)  # one sum, one day: what is missing is put off to it
    return await change_to(turn, replace(said, whole=True) if whole else said)


async def _until(turn: Turn, coming: Sequence[Due]) -> date | None:
    """Return the day until which the plan should rest; none: no instalment falls due before it."""
    said = await said_so_far(turn)
    named = said.first_on or parse_date(turn.text, turn.today)
    if named is None:
        return coming[0].on
    until = next_bank_day(named)
    return until if any(due.on <= until for due in coming) else None


async def _offer_rest(turn: Turn, running: Running, until: date) -> Reply:
    """Put a respite on top of the plan on the table, and say what it does to the plan's days."""
    rest = Rest(turn.today, until, Because.RESPITE)
    after = running.after_rest(turn.policy.plans, rest)
    moved = sum(1 for due in running.standing.uncovered if turn.today < due.on <= until)
    owed = [owed_of(claim, claim.agreeable) for claim in running.claims]
    offered = await agreements.offer(
        turn.session,
        turn.runtime,
        turn.conversation,
        Terms([*running.claims], respite_until=until),
    )
    interest = interest_said(turn, owed, _as_owed(after, running.left))
    text = turn.count("skip_offer", moved, until=until, last=after[-1].on, interest=interest)
    return reading_reply(offered, text)


def _as_owed(dues: Sequence[Due], left: Money) -> list[Rate]:
    """Return instalments that cover what is left: the last one takes what has come to it."""
    rates = _rates(dues)
    over = left - sum((rate.amount for rate in rates), NOTHING)
    return [*rates[:-1], replace(rates[-1], amount=rates[-1].amount + max(over, NOTHING))]
