"""Says how a plan stands, and which ways back there are (afdragsordning, mens den løber)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.changes import talk_anew
from bot.actions.claims import overview
from bot.actions.handoffs import hand_over
from bot.actions.identity import needs_identity
from bot.actions.payments import of_plan
from bot.actions.reading import Way, in_short
from bot.actions.running import Running, running_plans
from bot.actions.turn import Reply, Turn, keeping
from data.models.conversations import Awaiting
from data.queries import plans as questions
from data.values.money import NOTHING
from outreach import agreements
from outreach.agreements import Terms
from outreach.rules.plan_limits import Limits
from outreach.rules.ways_back import late_of, to_the_end, to_the_next

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.rules.keeping import Missed


@needs_identity("plan_status")
async def plan_status(turn: Turn) -> Reply:
    """Say what is paid of a plan, what comes next, and what is missing and until when."""
    running = await running_plans(turn)
    if not running:
        return await overview(turn)
    known = await questions.covers_until(turn.session, turn.policy.key)
    lines = [line for each in running for line in standing_lines(turn, each)]
    if known is not None:
        lines.append(turn.say("status_known", until=known))
    return keeping(turn, "\n".join(lines))


def standing_lines(turn: Turn, running: Running) -> Iterator[str]:
    """Say how a plan stands: what is paid, what is missing, what comes next and last."""
    standing, total, left = running.standing, running.plan.total, running.left
    paid = max(total - left, NOTHING)
    yield turn.say("status_paid", total=total, paid=paid, left=left)
    if running.rests_until is not None:
        coming = running.after_rest(turn.policy.plans)[0]
        yield turn.say(
            "status_at_rest", until=running.rests_until, amount=coming.amount, date=coming.on
        )
        return
    for missed in standing.missed:
        yield _missing(turn, missed)
    if standing.next is not None:
        next_one = standing.next
        yield turn.say("status_next", amount=next_one.amount, date=next_one.on)
    if len(standing.uncovered) > 1:
        yield turn.say("status_last", last=max(due.on for due in standing.uncovered))


def _missing(turn: Turn, missed: Missed) -> str:
    if missed.way_back_ends is None:
        return turn.say("status_missing", date=missed.due.on, amount=missed.missing)
    until = missed.way_back_ends
    key = "status_missing_until" if until >= turn.today else "status_missing"
    return turn.say(key, date=missed.due.on, amount=missed.missing, until=until)


@needs_identity("missed_instalment")
async def missed_instalment(turn: Turn) -> Reply:
    """Show the ways back: pay it now, lay it on the next, move it to the end, or change it."""
    running = await running_plans(turn)
    if not running:
        return await talk_anew(turn)
    if len(running) > 1:
        return await hand_over(turn, "change_beyond_mandate", "change_beyond_mandate")
    [only] = running
    if not late_of(only.standing.uncovered, turn.today):
        lines = [turn.say("missed_none"), *standing_lines(turn, only)]
        return keeping(turn, "\n".join(lines))
    return await _ways_back(turn, only)


async def _ways_back(turn: Turn, running: Running) -> Reply:
    """Say how to pay it now, and put the other ways on the table, to be read back when chosen."""
    said = [turn.say("missed_head"), *await of_plan(turn, running)]
    changed = await questions.changes_so_far(turn.session, [one.id for one in running.claims])
    terms = _moved(turn, running)
    if changed >= turn.policy.plans.assistant_may_change_times or not terms:
        return Reply("\n".join([*said, turn.say("missed_ask_person")]))
    first, *beside = terms
    await agreements.offer(
        turn.session,
        turn.runtime,
        turn.conversation,
        first,
        beside=beside,
        replaces=running.plan.id,
    )
    shown = await agreements.on_the_table(turn.session, turn.conversation)
    said.append(turn.say("missed_or_move"))
    said += [in_short(turn, Way.of(one, [*running.claims])) for one in shown]
    return Reply(
        "\n".join([*said, turn.count("missed_choose", len(shown))]), awaiting=Awaiting.OFFER
    )


def _moved(turn: Turn, running: Running) -> list[Terms]:
    """Return the plan with what is late laid on the next instalment, and moved to its end."""
    uncovered, left, today = running.standing.uncovered, running.left, turn.today
    claims = [*running.claims]
    types = frozenset(claim.claim_type for claim in claims)
    last_day = Limits(turn.policy.plans, types, left, today).last_day
    ways = [
        (to_the_next(uncovered, left, today), "why_to_the_next"),
        (to_the_end(uncovered, left, running.rhythm, today), "why_to_the_end"),
    ]
    return [
        Terms(claims, rates=rates, rhythm=running.rhythm, why=why)
        for rates, why in ways
        if rates and (last_day is None or rates[-1].due_on <= last_day)
    ]
