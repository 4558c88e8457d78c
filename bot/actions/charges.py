"""Why there is a fee, and whether interest runs (gebyrer og renter)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.claims import label, ways
from bot.actions.facts import answered, basis, of_own_claims, wants_law
from bot.actions.handoffs import hand_over
from data.law.interest import NoInterest, PerStartedMonth, ReferencePlus
from data.models.claims import Claim, ClaimState
from data.queries import postings as questions
from data.values.money import NOTHING
from outreach.explain import prospects
from outreach.rules.outlook import Came
from outreach.rules.phrases.asides import asks_to_waive
from outreach.texts import spoken_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.actions.turn import Reply, Turn
    from data.law.claim_types import Regime
    from data.models.postings import Posting
    from data.municipalities.ladders import Ladder
    from data.values.money import Money

#: A fee that stands, and what is left of it.
type Fee = tuple[Posting, Money]


# ------------------------------------------------------------------------------------------ fees
def fees_in_general(turn: Turn) -> str:
    """Say which of the municipality's reminders cost something, without a sum."""
    reminders = [step for step in default_ladder(turn).steps if step.step == "reminder"]
    with_fee = [step.has_fee for step in reminders]
    if not any(with_fee):
        return turn.say("fees_none")
    return turn.say("fees_all" if with_fee[0] else "fees_later")


def default_ladder(turn: Turn) -> Ladder:
    """Return the ladder that most claims of the municipality are on."""
    return next(one for one in turn.policy.ladders.ladders if one.is_default)


def _fees_for_anybody(turn: Turn) -> str:
    allowed = turn.runtime.law.paragraphs
    paragraphs = [
        one.on(turn.today).of(turn.conversation.language)
        for one in (allowed.fee_udpantning, allowed.fee_civil)
    ]
    told = turn.say("fees_by_law", law=", ".join(paragraphs))
    return f"{fees_in_general(turn)} {told} {turn.say('fees_person')}"


@of_own_claims(_fees_for_anybody)
async def fee_question(turn: Turn, claims: list[Claim]) -> Reply:
    """Say which fee is for which reminder, since when and by which law; people may remove it."""
    fees = await questions.fees_of(turn.session, [claim.id for claim in claims])
    if not fees:
        return await _no_fee(turn, claims)
    if asks_to_waive(turn.text):
        return await _waiver(turn, claims, fees)
    known = {claim.id: claim for claim in claims}
    lines = [_fee(turn, known[fee.claim_id], fee, left) for fee, left in fees]
    laws = [_law_of_fee(turn, known[fee.claim_id], fee.day) for fee, _ in fees]
    choices = (turn.say("choice_waiver"), turn.say("choice_person"))
    return answered(turn, *lines, basis(turn, *laws), turn.say("fee_person"), choices=choices)


async def _waiver(turn: Turn, claims: list[Claim], fees: list[Fee]) -> Reply:
    """Give the wish to a person, who is told which fees: nothing of that is ours to decide."""
    refs = {claim.id: claim.claim_ref for claim in claims}
    note = "; ".join(f"{refs[fee.claim_id]} {fee.key}: {left}" for fee, left in fees)
    total = sum((left for _, left in fees), NOTHING)
    return await hand_over(turn, "fee_waiver", "fee_waiver", note=note, amount=total)


def _fee(turn: Turn, claim: Claim, fee: Posting, left: Money) -> str:
    _, kind, number, *_ = [*fee.key.split(":"), "", ""]
    key = "fee_for_reminder" if kind == "reminder" else "fee_for_letter"
    return turn.say(
        key, label=label(turn, claim), amount=left, number=number, day=_day(turn, fee.day)
    )


def _law_of_fee(turn: Turn, claim: Claim, day: date) -> str | None:
    regime = turn.runtime.law.claim_types[claim.claim_type].on(day).regime
    found = turn.runtime.law.paragraphs.of_fee(regime)
    return found.on(day).of(turn.conversation.language) if found else None


async def _no_fee(turn: Turn, claims: list[Claim]) -> Reply:
    """Say that there is none, and the first day on which there may be one."""
    owed = [claim for claim in claims if claim.state in {ClaimState.OPEN, ClaimState.IN_RESPITE}]
    ahead = await prospects(turn.session, turn.runtime, owed)
    next_ones = [
        turn.say(
            "fee_may_come",
            label=label(turn, one.claim),
            amount=event.fee,
            day=_day(turn, event.day),
        )
        for one in ahead
        for event in [
            next((each for each in one.ahead if each.fee and each.came is Came.TAKEN), None)
        ]
        if event is not None
    ]
    lines = next_ones or [turn.say("fee_never")]
    laws = [_law_of_fee(turn, claim, turn.today) for claim in owed] if next_ones else []
    told = basis(turn, *laws) if wants_law(turn) else ""
    closing = turn.say("fee_before") if next_ones else ""
    return answered(
        turn, turn.say("fee_none"), *lines, closing, told, choices=ways(turn) if next_ones else ()
    )


# -------------------------------------------------------------------------------------- interest
def _interest_for_anybody(turn: Turn) -> str:
    key = "interest_by_law" if turn.policy.interest.charged else "interest_not_charged"
    return turn.say(key)


@of_own_claims(_interest_for_anybody)
async def interest_question(turn: Turn, claims: list[Claim]) -> Reply:
    """Say whether interest runs on each claim, at which rate since when, and how much so far."""
    charges = await questions.charges_of(turn.session, [claim.id for claim in claims])
    so_far = [
        turn.say("interest_so_far", label=label(turn, claim), amount=charges[claim.id].interest)
        for claim in claims
        if charges[claim.id].interest
    ]
    rates = list(_rates(turn, claims)) if turn.policy.interest.charged else []
    head = [] if rates else [turn.say("interest_not_charged")]
    laws = [_law_of_interest(turn, claim) for claim in claims] if rates else []
    told = basis(turn, *laws) if wants_law(turn) or rates else ""
    return answered(turn, *head, *rates, *so_far, _in_plan(turn), told)


def _rates(turn: Turn, claims: list[Claim]) -> Iterator[str]:
    for claim in claims:
        rates = turn.runtime.law.interest.of(_regime(turn, claim))
        said = {"label": label(turn, claim), "due": _day(turn, claim.due_date)}
        match rates:
            case PerStartedMonth():
                rate = rates.rates.on(turn.today)
                yield turn.say("rate_monthly", percent=rate.percent, since=rate.valid_from, **said)
            case ReferencePlus():
                since = max(
                    rates.references.on(turn.today).valid_from,
                    rates.supplements.on(turn.today).valid_from,
                )
                percent = rates.on(turn.today)
                yield turn.say("rate_yearly", percent=percent, since=since, **said)
            case NoInterest():
                yield turn.say("rate_none", **said)


def _in_plan(turn: Turn) -> str:
    interest = turn.policy.interest
    if not interest.charged:
        return ""
    return turn.say("interest_in_plan" if interest.in_agreements else "interest_rests_in_plan")


def _law_of_interest(turn: Turn, claim: Claim) -> str | None:
    found = turn.runtime.law.paragraphs.of_interest(_regime(turn, claim))
    return found.on(turn.today).of(turn.conversation.language) if found else None


def _regime(turn: Turn, claim: Claim) -> Regime:
    return turn.runtime.law.claim_types[claim.claim_type].on(claim.due_date).regime


def _day(turn: Turn, day: date) -> str:
    return spoken_day(day, turn.today, turn.conversation.language)
