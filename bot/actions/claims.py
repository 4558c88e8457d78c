"""Says what is owed, to whom it may be said (krav)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.handoffs import hand_over
from bot.actions.identity import needs_identity
from bot.actions.turn import Reply
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting
from data.queries import claims as claim_queries
from data.queries import postings as posting_queries
from data.values.time import add_bank_days
from outreach import claims as claim_acts
from outreach.agreements import total_of

if TYPE_CHECKING:
    from bot.actions.turn import Turn
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
    """Say what the matter is, who owns it, and what can be done."""
    return await overview(turn)


@needs_identity("how_much")
async def how_much(turn: Turn) -> Reply:
    """Say what is owed, claim by claim."""
    return await overview(turn)


async def overview(turn: Turn) -> Reply:
    """Show all overdue claims in one view, and at least two ways forward (F13, F19)."""
    claims = await overdue(turn)
    if is_for_people(turn, claims):
        return await hand_over(turn, "sensitive_claim")
    if not claims:
        return Reply(turn.say("nothing_owed"))
    charges = await posting_queries.charges_of(turn.session, [claim.id for claim in claims])
    lines = [_line(turn, claim) + _split(turn, claim, charges[claim.id]) for claim in claims]
    owed = [claim for claim in claims if claim.state is ClaimState.OPEN]
    unit = _owner(turn, claims)
    parts = [turn.count("overview_head", len(claims), unit=unit), *lines]
    if not owed:
        return Reply("\n".join([*parts, turn.say("overview_settled")]))
    if len(owed) > 1:
        parts.append(turn.say("overview_total", total=total_of(owed)))
    parts.append(turn.say("overview_ways"))
    return Reply("\n".join(parts), awaiting=Awaiting.AMOUNT)


def _owner(turn: Turn, claims: list[Claim]) -> str:
    """Name whose claims they are (F2); the collections office where the ledger does not say."""
    units = dict.fromkeys(claim.owning_unit for claim in claims if claim.owning_unit)
    return ", ".join(units) or turn.policy.units.default.of(turn.conversation.language)


def _line(turn: Turn, claim: Claim) -> str:
    key = {
        ClaimState.IN_PLAN: "line_in_plan",
        ClaimState.IN_RESPITE: "line_in_respite",
        ClaimState.DISPUTED: "line_disputed",
        ClaimState.SHELVED: "line_shelved",
        ClaimState.HANDED_OVER: "line_handed_over",
    }.get(claim.state, "line_open")
    return turn.say(
        key,
        label=label(turn, claim),
        amount=claim.outstanding,
        due=claim.due_date,
        until=claim.respite_until or claim.due_date,
    )


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
    """Thank, explain the bank days' lag, and pause the chase for the citizen's claims."""
    if turn.conversation.citizen_id is None:
        return await hand_over(turn, "unknown_number", "already_paid_unknown")
    pause = turn.policy.already_paid.pause_bank_days
    until = add_bank_days(turn.today, pause)
    await claim_acts.pause(
        turn.session, turn.runtime, await overdue(turn), until=until, because="said_paid"
    )
    return Reply(turn.say("already_paid", until=until))


async def dispute_claim(turn: Turn) -> Reply:
    """Stop the chase, and send the objection to a person; nothing is argued."""
    claims = await overdue(turn)
    await claim_acts.dispute(turn.session, turn.runtime, claims)
    unit = _owner(turn, claims)
    key = "dispute" if turn.is_proven else "dispute_unproven"
    return await hand_over(turn, "dispute", key, unit=unit)
