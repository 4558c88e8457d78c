"""Talks about agreements: asks, proposes, lets choose, reads back, concludes (aftaler)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.actions.bargaining import (
    bargain,
    heard,
    in_place_of,
    is_all_now,
    is_only_a_day,
    is_only_now,
    open_claims,
    read_again,
    read_option,
    said_so_far,
)
from bot.actions.changes import change_plan, change_to
from bot.actions.identity import needs_identity
from bot.actions.misunderstandings import not_understood, or_a_person
from bot.actions.payments import how_to_pay, partial_payment, pay_now
from bot.actions.places import is_ours
from bot.actions.respites import respite
from bot.actions.running import rests_on_a_plan, running_plans
from bot.actions.turn import Reply, Turn, keeping
from bot.actions.waiting import standing_respites
from data.models.agreements import AgreementKind, AgreementState
from data.models.conversations import Awaiting
from outreach import agreements
from outreach.agreements import Refusal
from outreach.rules.phrases.choices import parse_choice, parse_refused, where_to_lay
from outreach.rules.yes_words import begins_with_yes

if TYPE_CHECKING:
    from data.models.agreements import Agreement
    from outreach.rules.wish import Wish

#: The no that a counter-proposal begins with.
_NO = re.compile(r"^\W*(?:nej|næ|nope|no|nah)\b\W*(?:tak|thanks)?\W*", re.IGNORECASE)


@needs_identity("ask_plan")
async def ask_plan(turn: Turn) -> Reply:
    """Ask what the citizen can pay, and when; a message that says so already is a proposal."""
    return await _propose(turn)


@needs_identity("propose_amount")
async def propose_amount(turn: Turn) -> Reply:
    """Turn what the citizen can pay into ways to pay, or take the one they choose."""
    if turn.conversation.awaiting is Awaiting.OFFER:
        return await _answer_to_offer(turn)
    if turn.conversation.wanted == "change_plan":
        return await change_plan(turn)
    return await _propose(turn)


async def _propose(turn: Turn) -> Reply:
    """Bargain about what is open; who has an agreement already talks about changing it."""
    wish = await said_so_far(turn)
    if is_all_now(wish, turn.today):
        return await pay_now(turn)
    owed = await open_claims(turn)
    if isinstance(owed, Reply):
        if not is_ours(turn):
            return owed
        has_one = await running_plans(turn) or await standing_respites(turn)
        return await change_plan(turn) if has_one else owed
    if is_only_now(wish, turn.today):
        return await partial_payment(turn)
    if is_only_a_day(wish):
        return await respite(turn, ask="respite_date_again")
    return await or_a_person(turn, await bargain(turn, owed, wish))


async def _answer_to_offer(turn: Turn) -> Reply:
    """Take a choice between the ways shown, or a counter-proposal; ask again otherwise.

    "Nej, den første alligevel" is a choice too.
    """
    shown = await agreements.on_the_table(turn.session, turn.conversation)
    option = parse_choice(_NO.sub("", turn.text), len(shown)) if shown else None
    option = option or _laid_where(turn, shown)
    if option is not None:
        return await read_option(turn, option)
    if _keeps_what_is_offered(turn, shown):
        return keeping(turn, turn.say("not_that_way"))
    said = heard(turn, turn.text)
    if not said.is_empty:
        return await _counter(turn, shown, said)
    if _NO.match(turn.text):
        return await decline(turn)
    return await not_understood(turn)


def _laid_where(turn: Turn, shown: list[Agreement]) -> int | None:
    """Return the way that a missed instalment is laid as the citizen says: last, on the next."""
    where = where_to_lay(turn.text)
    found = (one.option for one in shown if where and one.why == f"why_{where}")
    return next(found, None)


def _keeps_what_is_offered(turn: Turn, shown: list[Agreement]) -> bool:
    """Tell whether a no is to another of the ways shown, and not to the one that is offered."""
    refused = parse_refused(turn.text, len(shown))
    offered = next((one for one in shown if one.state is AgreementState.OFFERED), None)
    return refused is not None and offered is not None and refused != offered.option


async def _counter(turn: Turn, shown: list[Agreement], said: Wish) -> Reply:
    """Bargain anew: "hellere 150", "hellere den 15."; what is not named stays as it was."""
    offered = next((one for one in shown if one.state is AgreementState.OFFERED), None)
    if offered is None:
        return await _propose(turn)
    wish = in_place_of(offered, said, turn.text)
    if offered.replaces is not None:
        return await change_to(turn, wish)
    if is_only_a_day(said) and offered.kind is AgreementKind.RESPITE:
        return await respite(turn, ask="respite_date_again")
    owed = await open_claims(turn)
    return owed if isinstance(owed, Reply) else await bargain(turn, owed, wish)


async def accept(turn: Turn) -> Reply:
    """Conclude what was read back, and confirm it in writing.

    "Ja til nummer 2" and "ja, 150" name something else than what was read back: that is read
    back first.
    """
    if turn.is_proven:
        other = await _names_something_else(turn) or await _is_unsure(turn)
        if other is not None:
            return other
    done = await agreements.accept(turn.session, turn.runtime, turn.conversation, turn.message.id)
    if isinstance(done, Refusal):
        return await _refused(turn, done)
    return await _concluded(turn, done)


async def _is_unsure(turn: Turn) -> Reply | None:
    """Read the offer again where a faint yes ("så den") follows what was not understood."""
    if not turn.conversation.misunderstood or begins_with_yes(turn.text):
        return None
    offered = await agreements.open_offer(turn.session, turn.conversation)
    return await read_again(turn, offered) if offered is not None else None


async def _names_something_else(turn: Turn) -> Reply | None:
    shown = await agreements.on_the_table(turn.session, turn.conversation)
    offered = next((one for one in shown if one.state is AgreementState.OFFERED), None)
    if offered is None:
        return None
    option = parse_choice(turn.text, len(shown))
    if option is not None:
        return None if option == offered.option else await read_option(turn, option)
    said = heard(turn, turn.text)
    return await _counter(turn, shown, said) if _differs(offered, said) else None


def _differs(offered: Agreement, said: Wish) -> bool:
    """Tell whether a message names another sum, day or number of instalments than the offer."""
    sums = {offered.total, *(rate.amount for rate in offered.instalments)}
    days = {offered.respite_until, *(rate.due_on for rate in offered.instalments)}
    rhythm = (offered.rhythm or "").partition(":")[0]
    return bool(
        (said.amount and said.amount not in sums)
        or (said.first_on and said.first_on not in days)
        or (said.count and said.count != len(offered.instalments))
        or (said.rhythm and said.rhythm.every.value != rhythm)
        or said.parts
        or said.first_amount
        or said.first_share
    )


async def _refused(turn: Turn, refused: Refusal) -> Reply:
    """Say kindly why the yes could not count, and what can be done instead."""
    match refused:
        case Refusal.NOT_PROVEN:
            return await read_standing(turn)
        case Refusal.NO_OFFER:
            return Reply(turn.say("nothing_on_the_table"), awaiting=Awaiting.AMOUNT)
        case Refusal.NOT_READ_BACK:
            offered = await agreements.open_offer(turn.session, turn.conversation)
            if offered is not None:
                return await read_again(turn, offered)
    again = refused in {Refusal.EXPIRED, Refusal.CHANGED, Refusal.NOT_READ_BACK}
    awaiting = Awaiting.AMOUNT if again else Awaiting.NOTHING
    return Reply(turn.say(f"offer_{refused.value}"), awaiting=awaiting)


@needs_identity("accept")
async def read_standing(turn: Turn) -> Reply:
    """Read what lies on the table back once more: the proof had run out since it was shown."""
    offered = await agreements.open_offer(turn.session, turn.conversation)
    if offered is None:
        return Reply(turn.say("nothing_on_the_table"), awaiting=Awaiting.AMOUNT)
    if turn.runtime.clock.now() > offered.expires_at:
        return Reply(turn.say("offer_expired"), awaiting=Awaiting.AMOUNT)
    return await read_again(turn, offered)


async def _concluded(turn: Turn, done: Agreement) -> Reply:
    """Confirm in writing: what, the first day, how to pay, and where it stands on paper."""
    ending = turn.say("agreement_in_writing")
    if done.kind is AgreementKind.RESPITE:
        key = "skip_accepted" if await rests_on_a_plan(turn, done) else "respite_accepted"
        until = done.respite_until or turn.today
        return Reply(f"{turn.say(key, total=done.total, until=until)} {ending}")
    first, last = done.instalments[0], done.instalments[-1]
    said = turn.count(
        "plan_accepted",
        len(done.instalments),
        total=done.total,
        amount=first.amount,
        date=first.due_on,
        last=last.due_on,
    )
    return Reply("\n".join([said, *await how_to_pay(turn, done), ending]))


async def decline(turn: Turn) -> Reply:
    """Take the offer off the table, and say which other ways there are (F13).

    "No, 300", "no, rather the 20th" and "no, number 2" are counter-proposals and choices.
    """
    turn.text = _NO.sub("", turn.text)
    if turn.is_proven:
        shown = await agreements.on_the_table(turn.session, turn.conversation)
        if _keeps_what_is_offered(turn, shown):
            return keeping(turn, turn.say("not_that_way"))
        other = await _names_something_else(turn)
        if other is not None:
            return other
    had = await agreements.withdraw(turn.session, turn.conversation, AgreementState.DECLINED)
    if had or turn.conversation.awaiting in {Awaiting.AMOUNT, Awaiting.OFFER}:
        return Reply(turn.say("declined"), awaiting=Awaiting.AMOUNT)
    if turn.conversation.awaiting is Awaiting.IDENTITY:
        return Reply(turn.say("declined_identity"))
    return Reply(turn.say("declined_nothing"))
