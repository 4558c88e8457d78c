"""Talks about plans and respites: asks, proposes, reads back, concludes (aftaler)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.claims import is_for_people, overdue
from bot.actions.handoffs import hand_over
from bot.actions.identity import needs_identity
from bot.actions.turn import Reply, Turn
from data.law.claim_types import PlanKind
from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting
from outreach import agreements
from outreach.agreements import Refusal, Terms
from outreach.rules.instalments import Every, PlanRefusal, Wish, propose
from outreach.rules.phrases import parse_amount, parse_date, parse_rhythm
from outreach.rules.respite import RespiteRefusal, may_wait

if TYPE_CHECKING:
    from data.values.money import Money
    from outreach.rules.instalments import Proposal

#: So many dates are written out one by one; longer plans by first, last and rhythm.
DATES_WRITTEN_OUT = 3


async def _open_claims(turn: Turn) -> list[Claim] | Reply:
    """Return what may be agreed on here, or the reply that says why nothing may."""
    claims = await overdue(turn)
    if is_for_people(turn, claims):
        return await hand_over(turn, "sensitive_claim")
    owed = [claim for claim in claims if claim.state is ClaimState.OPEN]
    if not owed:
        return Reply(turn.say("nothing_to_agree" if claims else "nothing_owed"))
    kinds = {turn.runtime.claim_types[claim.claim_type].on(turn.today).plan for claim in owed}
    if PlanKind.STATUTORY in kinds:
        return await hand_over(turn, "statutory_plan", "statutory_plan")
    return owed


@needs_identity("ask_plan")
async def ask_plan(turn: Turn) -> Reply:
    """Ask what the citizen can pay, and when; a message that says so already is a proposal."""
    owed = await _open_claims(turn)
    if isinstance(owed, Reply):
        return owed
    if parse_amount(turn.text) is not None:
        return await _propose(turn, owed)
    return Reply(turn.say("ask_amount", total=agreements.total_of(owed)), awaiting=Awaiting.AMOUNT)


@needs_identity("propose_amount")
async def propose_amount(turn: Turn) -> Reply:
    """Turn what the citizen can pay into a plan, and read it back."""
    if await _names_only_a_day(turn):
        return await _respite(turn, ask="respite_date_again")
    owed = await _open_claims(turn)
    return owed if isinstance(owed, Reply) else await _propose(turn, owed)


async def _names_only_a_day(turn: Turn) -> bool:
    """Tell whether the citizen names a day and no sum, and no plan lies on the table."""
    if parse_amount(turn.text) is not None or parse_date(turn.text, turn.today) is None:
        return False
    offered = await agreements.open_offer(turn.session, turn.conversation)
    return offered is None or offered.kind is AgreementKind.RESPITE


async def _names_other_terms(turn: Turn) -> bool:
    """Tell whether a no names another sum, or another day, than what lies on the table."""
    offered = await agreements.open_offer(turn.session, turn.conversation)
    if offered is None:
        return False
    amount, day = parse_amount(turn.text), parse_date(turn.text, turn.today)
    if amount is not None:
        return amount not in {offered.total, *(rate.amount for rate in offered.instalments)}
    return offered.respite_until is not None and day not in {None, offered.respite_until}


async def _propose(turn: Turn, owed: list[Claim]) -> Reply:
    wish = await _wish(turn)
    if wish is None:
        return _amount_again(turn)
    types, plans = frozenset(claim.claim_type for claim in owed), turn.policy.plans
    if not plans.allowed_for(types):
        return await hand_over(turn, "plan_beyond_mandate", "plan_beyond_mandate")
    total = agreements.total_of(owed)
    proposal = propose(total, wish, plans.limited_to(types), turn.today)
    if proposal is PlanRefusal.NO_AMOUNT:
        return _amount_again(turn)
    if isinstance(proposal, PlanRefusal):
        return await hand_over(turn, "plan_beyond_mandate", "plan_beyond_mandate")
    terms = Terms(owed, plan=proposal)
    offered = await agreements.offer(turn.session, turn.runtime, turn.conversation, terms)
    return _offer_reply(offered, _plan_text(turn, proposal))


async def _wish(turn: Turn) -> Wish | None:
    """Read what the citizen can pay; "every week instead" keeps the sum of the plan shown."""
    rhythm = parse_rhythm(turn.text)
    amount = parse_amount(turn.text) or (await _rate_on_the_table(turn) if rhythm else None)
    if amount is None:
        return None
    first = parse_date(turn.text, turn.today)
    return Wish(
        amount=amount,
        every=Every(rhythm.every) if rhythm else Every.MONTH,
        day_of_month=rhythm.day_of_month if rhythm else None,
        last_bank_day=bool(rhythm and rhythm.last_bank_day),
        first_on=first if first and first > turn.today else None,
    )


async def _rate_on_the_table(turn: Turn) -> Money | None:
    offered = await agreements.open_offer(turn.session, turn.conversation)
    return offered.instalments[0].amount if offered and offered.instalments else None


def _amount_again(turn: Turn) -> Reply:
    return Reply(turn.say("amount_again"), awaiting=Awaiting.AMOUNT, understood=False)


def _plan_text(turn: Turn, proposal: Proposal) -> str:
    """Read a plan back: total, dates, sums, how to pay, what a yes means, how to change it."""
    rates = proposal.rates
    raised = [turn.say("plan_raised")] if proposal.raised else []
    if len(rates) <= DATES_WRITTEN_OUT:
        lines = [turn.say("plan_rate", amount=rate.amount, date=rate.due_on) for rate in rates]
        head = [turn.count("plan_head", len(rates), total=proposal.total), *lines]
    else:
        head = [
            turn.say(
                f"plan_series_{proposal.every.value}",
                total=proposal.total,
                count=len(rates),
                amount=proposal.first.amount,
                first=proposal.first.due_on,
                last_amount=proposal.last.amount,
                last=proposal.last.due_on,
            )
        ]
    return "\n".join([*raised, *head, turn.say("plan_terms")])


def _offer_reply(offered: Agreement, text: str) -> Reply:
    def keep(whole: str) -> None:
        offered.shown_text = whole

    return Reply(text, awaiting=Awaiting.OFFER, shown=keep)


@needs_identity("ask_respite")
async def ask_respite(turn: Turn) -> Reply:
    """Ask until when payment should wait, or propose it when the message says so."""
    return await _respite(turn, ask="ask_respite_date")


@needs_identity("ask_respite")
async def respite_date(turn: Turn) -> Reply:
    """Take the day the citizen names; a sum without a day is a proposal to pay in parts."""
    if parse_amount(turn.text) is not None and parse_date(turn.text, turn.today) is None:
        return await propose_amount(turn)
    return await _respite(turn, ask="respite_date_again")


async def _respite(turn: Turn, *, ask: str) -> Reply:
    owed = await _open_claims(turn)
    if isinstance(owed, Reply):
        return owed
    until = parse_date(turn.text, turn.today)
    if until is None:
        understood = ask == "ask_respite_date"
        return Reply(turn.say(ask), awaiting=Awaiting.RESPITE_DATE, understood=understood)
    decided = may_wait(until, turn.policy.respite, turn.today)
    if decided is RespiteRefusal.IN_THE_PAST:
        return Reply(turn.say("respite_in_the_past"), awaiting=Awaiting.RESPITE_DATE)
    if isinstance(decided, RespiteRefusal):
        return await hand_over(turn, "respite_beyond_mandate", "respite_beyond_mandate")
    terms = Terms(owed, respite_until=decided.until)
    offered = await agreements.offer(turn.session, turn.runtime, turn.conversation, terms)
    text = turn.say("respite_offer", total=terms.total, until=decided.until)
    return _offer_reply(offered, text)


async def accept(turn: Turn) -> Reply:
    """Conclude what was read back, and confirm it in writing."""
    done = await agreements.accept(turn.session, turn.runtime, turn.conversation, turn.message.id)
    if done is Refusal.NOT_PROVEN:
        return await _prove_again(turn)
    if done is Refusal.NO_OFFER:
        return Reply(turn.say("nothing_on_the_table"))
    if isinstance(done, Refusal):
        return Reply(turn.say(f"offer_{done.value}"), awaiting=Awaiting.AMOUNT)
    if done.kind is AgreementKind.RESPITE:
        return Reply(
            turn.say("respite_accepted", total=done.total, until=done.respite_until or turn.today)
        )
    first = done.instalments[0]
    return Reply(
        turn.count(
            "plan_accepted",
            len(done.instalments),
            total=done.total,
            amount=first.amount,
            date=first.due_on,
            last=done.instalments[-1].due_on,
        )
    )


@needs_identity("ask_plan")
async def _prove_again(turn: Turn) -> Reply:
    """The proof has run out since the offer was shown: ask again, then start anew."""
    return Reply(turn.say("nothing_on_the_table"))


async def decline(turn: Turn) -> Reply:
    """Take the offer off the table, and say which other ways there are (F13).

    "No, 300" and "no, rather the 20th" are counter-proposals.
    """
    if turn.is_proven and await _names_other_terms(turn):
        return await propose_amount(turn)
    had = await agreements.withdraw(turn.session, turn.conversation, AgreementState.DECLINED)
    if had or turn.conversation.awaiting in {Awaiting.AMOUNT, Awaiting.OFFER}:
        return Reply(turn.say("declined"), awaiting=Awaiting.AMOUNT)
    if turn.conversation.awaiting is Awaiting.IDENTITY:
        return Reply(turn.say("declined_identity"))
    return Reply(turn.say("declined_nothing"))
