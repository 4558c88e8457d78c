"""Says what is owed, to whom it may be said (krav)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.handoffs import hand_over
from bot.actions.identity import needs_identity
from bot.actions.turn import Reply
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting
from data.queries import claims as claim_queries
from data.queries import hand_overs as hand_over_queries
from data.queries import plans as plan_queries
from data.queries import postings as posting_queries
from data.values.recipients import Recipient
from data.values.time import add_bank_days
from outreach import claims as claim_acts
from outreach import standings
from outreach.agreements import total_of
from outreach.rules.phrases.asides import has_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.actions.turn import Turn
    from data.models.hand_overs import HandOver
    from data.queries.postings import Charges


async def overdue(turn: Turn) -> list[Claim]:
    """Return the citizen's overdue claims."""
    if turn.conversation.citizen_id is None:
        return []
    return await claim_queries.overdue_of(turn.session, turn.conversation.citizen_id, turn.today)


def is_for_people(turn: Turn, claims: list[Claim]) -> bool:
    """Tell whether a person must talk about these: a type nothing automatic may touch."""
    return any(not turn.runtime.claim_types[claim.claim_type].automated for claim in claims)


def label(turn: Turn, claim: Claim) -> str:
    """Name a claim as it may be said on this channel; a sensitive type only by its number."""
    kind = turn.runtime.claim_types[claim.claim_type]
    if kind.sensitive:
        return turn.say("claim_by_number", ref=claim.claim_ref)
    name = kind.en if turn.conversation.language == "en" else kind.da
    return turn.say("claim_by_name", name=name, ref=claim.claim_ref)


@needs_identity("what_is_this")
async def what_is_this(turn: Turn) -> Reply:
    """Say what the matter is, for which time, who owns it, and what can be done."""
    return await overview(turn, with_period=True)


@needs_identity("how_much")
async def how_much(turn: Turn) -> Reply:
    """Say what is owed, claim by claim."""
    return await overview(turn)


async def overview(turn: Turn, *, with_period: bool = False) -> Reply:
    """Show all overdue claims in one view, and at least two ways forward (F13, F19)."""
    claims = await overdue(turn)
    if is_for_people(turn, claims):
        return await hand_over(turn, "sensitive_claim")
    if not claims:
        return Reply(turn.say("nothing_owed"))
    charges = await posting_queries.charges_of(turn.session, [claim.id for claim in claims])
    standing = await lines_of(turn, claims)
    lines = [
        line
        + _split(turn, claim, charges[claim.id])
        + (_period(turn, claim) if with_period else "")
        for claim, line in standing
    ]
    owed = [claim for claim in claims if claim.state is ClaimState.OPEN]
    unit = owner_of(turn, claims)
    parts = [turn.count("overview_head", len(claims), unit=unit), *lines]
    if not owed:
        return Reply("\n".join([*parts, *await _what_is_left(turn, claims)]))
    if len(owed) > 1:
        parts.append(turn.say("overview_total", total=total_of(owed)))
    parts.append(turn.say("overview_ways"))
    return Reply("\n".join(parts), awaiting=Awaiting.AMOUNT, choices=ways(turn))


async def _what_is_left(turn: Turn, claims: Sequence[Claim]) -> list[str]:
    """Say which instalments are missing; where all is settled here, that nothing is to be done."""
    covered = [claim.id for claim in claims if claim.state is ClaimState.IN_PLAN]
    ids = await plan_queries.running_on(turn.session, covered) if covered else []
    plans = await plan_queries.lock(turn.session, ids)
    found = await standings.of_plans(turn.session, turn.policy, plans)
    missed = [each for standing in found.values() for each in standing.missed]
    if missed:
        key = "status_missing"
        return [turn.say(key, date=one.due.on, amount=one.missing) for one in missed]
    is_elsewhere = any(claim.state is ClaimState.HANDED_OVER for claim in claims)
    return [] if is_elsewhere else [turn.say("overview_settled")]


def ways(turn: Turn) -> tuple[str, ...]:
    """Return the ways forward as short answers: a plan, more time, or a person (F13, F14)."""
    return tuple(turn.say(key) for key in ("choice_plan", "choice_time", "choice_person"))


def owner_of(turn: Turn, claims: list[Claim]) -> str:
    """Name whose claims they are (F2); the collections office where the ledger does not say."""
    units = dict.fromkeys(claim.owning_unit for claim in claims if claim.owning_unit)
    return ", ".join(units) or turn.policy.units.default.of(turn.conversation.language)


async def lines_of(turn: Turn, claims: Sequence[Claim]) -> list[tuple[Claim, str]]:
    """Say of each claim how much it is, and where it stands."""
    gone = await hand_over_queries.alive_of(turn.session, [claim.id for claim in claims])
    return [(claim, _line(turn, claim, gone.get(claim.id))) for claim in claims]


def _line(turn: Turn, claim: Claim, gone: HandOver | None) -> str:
    to = gone.recipient if gone is not None else Recipient.STATE
    key = {
        ClaimState.IN_PLAN: "line_in_plan",
        ClaimState.IN_RESPITE: "line_in_respite",
        ClaimState.DISPUTED: "line_disputed",
        ClaimState.SHELVED: "line_shelved",
        ClaimState.HANDED_OVER: f"line_with_{to.value}",
    }.get(claim.state, "line_open")
    return turn.say(
        key,
        label=label(turn, claim),
        amount=claim.outstanding,
        due=claim.due_date,
        until=claim.respite_until or claim.due_date,
        phone=phone_of(turn, to),
    )


def phone_of(turn: Turn, to: Recipient) -> object:
    """Return whom to call about a claim that was handed over: the state, or us."""
    law = turn.runtime.law.hand_over.on(turn.today)
    return law.recipients[to].telephone or turn.policy.telephone.number


def _period(turn: Turn, claim: Claim) -> str:
    """Say which time the bill is for, where the ledger tells it."""
    if claim.period_start is None or claim.period_end is None:
        return ""
    return "\n" + turn.say("line_period", first=claim.period_start, last=claim.period_end)


def _split(turn: Turn, claim: Claim, charges: Charges) -> str:
    """Say what the sum consists of, on a line of its own, where fees or interest are in it."""
    if not charges.fees and not charges.interest:
        return ""
    sums = {
        "split_principal": claim.principal,
        "split_fees": charges.fees,
        "split_interest": charges.interest,
        "split_paid": claim.paid,
    }
    parts = [turn.say(key, amount=amount) for key, amount in sums.items() if amount]
    return "\n" + turn.say("line_split", parts=", ".join(parts))


async def already_paid(turn: Turn) -> Reply:
    """Thank, explain the bank days' lag, and pause the chase for the citizen's claims.

    Nothing more is asked: a receipt is only needed where the money does not come.
    """
    if turn.conversation.citizen_id is None:
        return await hand_over(turn, "unknown_number", "already_paid_unknown")
    claims = await overdue(turn)
    if turn.is_proven and not claims:
        return Reply(turn.say("paid_indeed"))
    until = add_bank_days(turn.today, turn.policy.already_paid.pause_bank_days)
    await claim_acts.pause(turn.session, turn.runtime, claims, until=until, because="said_paid")
    said = turn.say("already_paid", until=until)
    if turn.is_proven:
        known = await plan_queries.covers_until(turn.session, turn.policy.key)
        said += f" {turn.say('status_known', until=known)}" if known else ""
    receipt = turn.say("keep_receipt") if has_receipt(turn.text) else ""
    return Reply(f"{said} {receipt}".strip(), choices=(turn.say("choice_person"),))
