"""Says how things are paid, all of it or a part: pay lines, never a link (betaling)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.bargaining import bargain, for_some, keep_from_here, said_so_far
from bot.actions.changes import change_plan
from bot.actions.claims import is_for_people, label, overdue, overview, ways
from bot.actions.facts import answered, generally
from bot.actions.handoffs import hand_over
from bot.actions.running import Running, running_plans
from bot.actions.turn import Reply, Turn
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting
from data.values.money import NOTHING, Money
from outreach import agreements, pay_lines
from outreach.rules.decision import Refused
from outreach.rules.phrases.asides import ways_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.models.agreements import Agreement
    from data.values.pay_lines import PayLine
    from outreach.pay_lines import Payable
    from outreach.rules.wish import Wish

#: What may be paid though nothing is asked for now.
PAYABLE = frozenset({ClaimState.OPEN, ClaimState.IN_RESPITE, ClaimState.SHELVED})


async def pay_now(turn: Turn) -> Reply:
    """Show how to pay what is overdue, or the next instalment of a plan that runs and its rest.

    "Jeg vil gerne betale hver 14. dag" is no such question, but a wish.
    """
    wish = await said_so_far(turn)
    if wish.rhythm or wish.count or wish.days or wish.parts:
        return await change_plan(turn)
    if not turn.is_proven:
        return generally(turn, "\n".join([turn.say("pay_general"), *_asides(turn)]), "pay_now")
    claims = await overdue(turn)
    is_later = wish.first_on is not None and wish.first_on > turn.today
    person = await _for_person(turn, claims, may_be_some=is_later)
    if person is not None:
        return person
    if not claims:
        return Reply(turn.say("nothing_owed"))
    lines = await what_to_pay(turn, claims)
    if not lines:
        return await overview(turn)
    if turn.conversation.awaiting is Awaiting.AMOUNT:  # who pays is not asked what they can pay
        turn.conversation.awaiting = Awaiting.NOTHING
    rest = [line for each in await running_plans(turn) for line in _rest_of(turn, each)]
    said = [turn.say("pay_head"), *lines, *rest, *_asides(turn), *_direct_debit(turn, claims)]
    return answered(turn, *said)


def _asides(turn: Turn) -> list[str]:
    """Answer how else somebody would like to pay: MobilePay, a card, an account abroad."""
    return [turn.say(f"pay_aside_{way.value}") for way in ways_named(turn.text)]


def _rest_of(turn: Turn, running: Running) -> list[str]:
    """Say what all that is left of a plan comes to: who can may pay it at once."""
    standing = running.standing
    asked = standing.arrears or (standing.next.amount if standing.next else NOTHING)
    if running.left <= asked:
        return []
    whole = pay_lines.of_agreement(running.plan)
    if whole is not None:
        return [_to_pay(turn, turn.say("pay_whole_rest"), running.left, whole.line)]
    return [turn.say("pay_rest", amount=running.left)]


async def partial_payment(turn: Turn) -> Reply:
    """Say that any sum counts, how it is paid, and what the rest means; a whole wish is a plan."""
    if not turn.is_proven:
        return generally(turn, turn.say("part_yes"), "partial_payment")
    claims = await overdue(turn)
    person = await _for_person(turn, claims, may_be_some=True)
    if person is not None:
        return person
    owed = _agreeable(claims)
    wish = await said_so_far(turn)
    if owed and _is_whole(wish):
        return await bargain(turn, owed, wish)
    lines = await what_to_pay(turn, claims)
    if not lines:
        return await overview(turn)
    if not owed:
        return Reply(
            "\n".join([await _part_of_agreed(turn, claims), *lines, turn.say("pay_safety")])
        )
    keep_from_here(turn)
    text = "\n".join([turn.say("part_yes"), *lines, turn.say("part_rest")])
    return Reply(text, awaiting=Awaiting.AMOUNT, wanted="propose_amount", choices=ways(turn))


async def _for_person(turn: Turn, claims: list[Claim], *, may_be_some: bool) -> Reply | None:
    """Give to a person what nothing automatic may touch, and a wish for some of the bills."""
    if is_for_people(turn, claims):
        return await hand_over(turn, "sensitive_claim")
    return await for_some(turn, _agreeable(claims)) if may_be_some else None


def _agreeable(claims: Sequence[Claim]) -> list[Claim]:
    return [claim for claim in claims if agreements.agreeable(claim)]


async def _part_of_agreed(turn: Turn, claims: Sequence[Claim]) -> str:
    """Say what a part does where all is agreed on: to a plan's instalments, or in a respite."""
    if await running_plans(turn):
        return turn.say("part_of_plan")
    until = max((one.respite_until for one in claims if one.respite_until), default=None)
    return turn.say("part_in_respite", until=until) if until else turn.say("part_yes")


def _is_whole(wish: Wish) -> bool:
    """Tell whether a message says how the rest is paid too."""
    begins = wish.first_amount or wish.first_share or wish.parts
    goes_on = wish.amount or wish.days or wish.count or wish.parts
    return bool((begins and goes_on) or (wish.amount and wish.rhythm))


async def what_to_pay(turn: Turn, claims: Sequence[Claim]) -> list[str]:
    """Return a line for each thing to pay: what is missing or next of a plan, and each claim."""
    said = [line for each in await running_plans(turn) for line in await of_plan(turn, each)]
    for claim in claims:
        if claim.state in PAYABLE:
            line = pay_lines.of_claim(claim).line
            said.append(_to_pay(turn, label(turn, claim), claim.agreeable, line))
    return said


async def of_plan(turn: Turn, running: Running) -> list[str]:
    """Return how to pay what is missing of a plan, or else its next instalment."""
    standing = running.standing
    if standing.missed:
        numbers = [one.due.number for one in standing.missed]
        what, amount = turn.say("pay_missing"), standing.arrears
    elif standing.next is not None:
        numbers, amount = [standing.next.number], standing.next.amount
        what = turn.say("pay_next", date=standing.next.on)
    else:
        return []
    own = {one.instalment: one.line for one in pay_lines.of_instalments(running.plan)}
    if len(numbers) == 1 and numbers[0] in own:
        return [_to_pay(turn, what, amount, own[numbers[0]])]
    whole = pay_lines.of_agreement(running.plan)
    if whole is not None:
        return [_to_pay(turn, what, amount, whole.line)]
    lines = _by_bills(turn, running.claims)
    if not lines:
        return [turn.say("pay_as_billed", what=what, amount=amount)]
    return [turn.say("pay_amount", what=what, amount=amount), *lines]


async def how_to_pay(turn: Turn, agreement: Agreement) -> list[str]:
    """Return how the first instalment of a fresh agreement is paid; only who is proven hears it."""
    found = await pay_lines.pay_lines_of(turn.session, turn.runtime, turn.conversation, agreement)
    if isinstance(found, Refused):
        return []
    first = next((one for one in found if one.instalment == 1), None)
    if first is not None:
        return [turn.say("pay_first_by", line=first.line)]
    return _by_lines(turn, found) or [turn.say("pay_by_bill")]


def _by_bills(turn: Turn, claims: Sequence[Claim]) -> list[str]:
    found = [pay_lines.of_claim(claim) for claim in claims if claim.outstanding]
    return _by_lines(turn, found)


def _by_lines(turn: Turn, found: Sequence[Payable]) -> list[str]:
    """Name the line of each claim, in the order money goes to them; nothing where none has one."""
    return [
        turn.say("pay_by", ref=one.claim_ref or "", line=one.line)
        for one in found
        if one.line is not None
    ]


def _to_pay(turn: Turn, what: str, amount: Money, line: PayLine | None) -> str:
    if line is None:
        return turn.say("pay_as_billed", what=what, amount=amount)
    return turn.say("pay_line", what=what, amount=amount, line=line)


def _direct_debit(turn: Turn, claims: Sequence[Claim]) -> list[str]:
    """Say how bills to come are paid by themselves, where we know the numbers, and stay safe."""
    known = (pay_lines.enrolment(turn.policy, claim) for claim in claims)
    found = next((one for one in known if one is not None), None)
    if found is None:
        return [turn.say("pay_safety")]
    direct = turn.say("pay_direct_debit", number=found.pbs_no, group=found.debtor_group)
    return [direct, turn.say("pay_safety")]
