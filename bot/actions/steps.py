"""What happens next, day by day, and who collects then (de næste skridt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.bargaining import if_offer_is_not_kept
from bot.actions.charges import default_ladder, fees_in_general
from bot.actions.claims import label, lines_of, phone_of, ways
from bot.actions.facts import WITH_US, answered, basis, of_own_claims, wants_law
from bot.actions.next_steps import step_lines
from data.models.claims import Claim, ClaimState
from data.models.hand_overs import HandOver, HandOverState
from data.municipalities.ladders import DecidedBy, StepKind
from data.queries import hand_overs as questions
from data.values.recipients import Recipient
from outreach.explain import Prospect, prospects
from outreach.texts import spoken_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.actions.turn import Reply, Turn
    from data.values.ids import ClaimId


# ---------------------------------------------------------------------------------- consequences
def _in_general(turn: Turn) -> str:
    """Say in general what happens when a bill is not paid: the same text for all (A30, A31)."""
    ladder = default_ladder(turn)
    reminders = sum(step.step is StepKind.REMINDER for step in ladder.steps)
    law, language = turn.runtime.law.paragraphs, turn.conversation.language
    said = [
        turn.count("consequences_reminders", reminders),
        fees_in_general(turn),
        _who_decides(turn),
        turn.say("consequences"),
    ]
    if wants_law(turn):
        said.append(basis(turn, law.hand_over.on(turn.today).of(language)))
    return " ".join(said)


def _who_decides(turn: Turn) -> str:
    """Say whether a person looks before a claim goes on to the state."""
    by_person = default_ladder(turn).steps[-1].decided_by is DecidedBy.CASEWORKER
    return turn.say("consequences_person" if by_person else "consequences_rule")


@of_own_claims(_in_general)
async def consequences(turn: Turn, claims: list[Claim]) -> Reply:
    """List the next steps with their days as the claims stand now, and what the state may do.

    The steps are the municipality's own; of the state there is general information, the same for
    all, and never what it will do to this person (A30, A31, A33).
    """
    ahead = await prospects(turn.session, turn.runtime, claims)
    standing = {claim.id: line for claim, line in await lines_of(turn, claims)}
    with_law = wants_law(turn)
    lines = [
        line
        for labels, said in _grouped(turn, ahead, standing, with_law=with_law)
        for line in ([turn.say("steps_of", labels=labels)] if labels else []) + said
    ]
    here = any(claim.state in WITH_US for claim in claims)
    closing = [turn.say("steps_ways")] if here else []
    if not with_law:
        closing.append(turn.say("steps_ask_law"))
    head = [turn.say("steps_head")] if here else []
    return answered(
        turn,
        await if_offer_is_not_kept(turn),
        *head,
        *lines,
        turn.say("consequences_state"),
        " ".join(closing),
        choices=ways(turn) if here else (),
    )


def _grouped(
    turn: Turn, ahead: Sequence[Prospect], standing: dict[ClaimId, str], *, with_law: bool
) -> list[tuple[str, list[str]]]:
    """Say the same steps of several claims once, under their names; one claim needs no name."""
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for one in ahead:
        said = step_lines(turn, one, with_law=with_law) or [standing[one.claim.id]]
        groups.setdefault(tuple(said), []).append(one.claim)
    named = len(ahead) > 1
    return [
        (", ".join(label(turn, claim) for claim in claims) if named else "", [*said])
        for said, claims in groups.items()
    ]


# -------------------------------------------------------------------------------- who has it now
def _state_in_general(turn: Turn) -> str:
    return turn.say("state_general", phone=phone_of(turn, Recipient.STATE))


@of_own_claims(_state_in_general)
async def state_collection(turn: Turn, claims: list[Claim]) -> Reply:
    """Say of each claim whether it has been handed over, to whom, and whom to call about it."""
    gone = await questions.alive_of(turn.session, [claim.id for claim in claims])
    noticed = {
        one.claim.id
        for one in await prospects(turn.session, turn.runtime, claims)
        if any(step.gave_notice for step in one.case.taken)
    }
    lines = [
        _where(turn, claim, gone.get(claim.id), was_told=claim.id in noticed) for claim in claims
    ]
    here = [claim for claim in claims if claim.state in WITH_US]
    closing = f"{_who_decides(turn)} {turn.say('state_ways')}" if here else ""
    return answered(turn, *lines, closing, choices=ways(turn) if here else ())


def _where(turn: Turn, claim: Claim, gone: HandOver | None, *, was_told: bool) -> str:
    said = label(turn, claim)
    to = gone.recipient if gone is not None else Recipient.STATE
    if claim.state is ClaimState.HANDED_OVER:
        return turn.say(f"state_with_{to.value}", label=said, phone=phone_of(turn, to))
    if gone is not None and gone.state is HandOverState.WAITING:
        day = spoken_day(gone.ready_on, turn.today, turn.conversation.language)
        return turn.say(f"state_leaving_to_{to.value}", label=said, day=day)
    return turn.say("state_told" if was_told else "state_here", label=said)
