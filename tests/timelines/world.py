"""Walks a claim through time (dag for dag): asks the rules each day, and lets the world answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import StepKind
from data.values.time import (
    ONE_DAY,
    add_bank_days,
    at_local,
    day_of,
    is_bank_day,
    next_bank_day,
    previous_bank_day,
)
from outreach.rules.case import Case, Debtor, Taken, Word
from outreach.rules.closure import may_close
from outreach.rules.decision import Allowed, Reason, Refused
from outreach.rules.first_contact import Facts, may_write_first
from outreach.rules.ladder import Move, next_step
from outreach.rules.obstacles import against_any_word
from outreach.rules.overrides import may_say

if TYPE_CHECKING:
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from data.values.money import Money
    from outreach.rules.ladder import Answer
    from tests.timelines.stories import Event, Story

HAND_OVER = "hand_over:1"
RUNS = "runs"
#: Only counting days; a timeline says nothing of them.
_COUNTING = {Reason.TOO_EARLY, Reason.FIRST_CONTACT_FIRST, Reason.PAYMENTS_NOT_COVERED}
#: What a closure notice is refused for; anything else is said of the claim itself.
_OF_CLOSURE = {
    Reason.FORBIDDEN_BY_LAW: "forbidden by law",
    Reason.NO_PLAN_OFFERED: "no plan was offered",
    Reason.NO_BREACH: "too few broken plans",
    Reason.CHILDREN_FIRST: "social authorities first",
    Reason.NEEDS_CASEWORKER: "waits for caseworker",
    Reason.HELD_BY_CASEWORKER: "held by caseworker",
    Reason.ALREADY_DONE: "notice given",
}


@dataclass
class World:
    """What a claim has come to; `lines` is its timeline."""

    law: Law
    policy: Policy
    case: Case
    #: Steps whose letters to co-debtors leave on another day.
    late: set[str]
    lines: list[str] = field(default_factory=list)
    moves: list[tuple[date, Move]] = field(default_factory=list)
    status: str = RUNS
    closing: str = ""
    #: First day on which a waiting hand-over is filed.
    ready_on: date | None = None
    payments: dict[date, list[Money]] = field(default_factory=lambda: defaultdict(list))
    payment_files_come: bool = True
    #: The day that the last refusal named, unless something happened since.
    promised: date | None = None
    broken_promises: list[str] = field(default_factory=list)

    def say(self, day: date, words: str) -> None:
        """Write one line."""
        self.lines.append(f"{day}: {words}")

    def now(self, **changes: object) -> None:
        """Change the case."""
        self.case = replace(self.case, **changes)  # type: ignore[arg-type]

    def debtor(self, **changes: object) -> None:
        """Change what is known of the debtor."""
        self.now(debtor=replace(self.case.debtor, **changes))  # type: ignore[arg-type]


def case_of(story: Story, policy: Policy) -> Case:
    """Make the case as it stands when the story begins."""
    claim = story.claim
    return Case(
        claim_type=claim.type,
        principal=claim.principal,
        due_date=claim.due_date,
        bill_sent_on=claim.bill_sent_on,
        has_pay_instruction=claim.pay_instruction,
        tax_year=claim.tax_year,
        period_end=claim.period_end,
        contactable=claim.telephone and claim.type not in policy.first_contact.exclude_claim_types,
        series=claim.other_fees,
        debtor=Debtor(benefit=claim.benefit, children_at_home=claim.children_at_home),
    )


def end_of(story: Story) -> date:
    """Return the first day that is no longer walked."""
    years, month = divmod(story.first_day.month - 1 + story.months, 12)
    return story.first_day.replace(year=story.first_day.year + years, month=month + 1)


def walk(story: Story, municipality: str, law: Law, policy: Policy) -> World:
    """Walk every day of a story in one municipality."""
    late = set(story.at(municipality).late_letters)
    world = World(law, policy, case_of(story, policy), late)
    events: dict[date, list[Event]] = defaultdict(list)
    for on, event in story.events(municipality):
        assert on >= story.first_day, f"{on}: is before the walk begins"
        events[on].append(event)
    day = story.first_day
    while day < end_of(story):
        _morning(world, day)
        for event in events.pop(day, []):
            world.promised = None
            _happen(world, event, day)
        _round(world, day)
        day += ONE_DAY
    assert not events, f"after the walk's end: {sorted(events)}"
    return world


# ------------------------------------------------------------------------- what the night brought
def _morning(world: World, day: date) -> None:
    """Payments of the last bank day are known; what held the claim still may be over."""
    case = world.case
    for amount in world.payments.pop(day, []):
        world.now(paid=world.case.paid + amount)
    until = case.respite_until
    if case.state is ClaimState.IN_RESPITE and until is not None and until < day:
        world.now(state=ClaimState.OPEN, respite_until=None, rested_until=until)
    if case.paused_until is not None and case.paused_until < day:
        world.now(paused_until=None, rested_until=case.paused_until)


# ------------------------------------------------------------------------------- what people do
def _happen(world: World, event: Event, day: date) -> None:
    if event.payment_files is not None:
        world.payment_files_come = event.payment_files == "come"
    if event.pays is not None:
        world.payments[add_bank_days(next_bank_day(day), 1)].append(event.pays)
    if event.caseworker is not None:
        _caseworker(world, event, day)
    if event.last_letter_leaves is not None:
        _last_letter(world, event.last_letter_leaves, event.pay_by, day)
    if world.case.state is not ClaimState.HANDED_OVER:
        _agreements(world, event, day)
        _standing(world, event, day)
    _circumstances(world, event, day)


def _agreements(world: World, event: Event, day: date) -> None:
    known = world.case.agreements
    if event.agrees_to_a_plan:
        before = (*known.acknowledged_before, known.acknowledged_on)
        world.now(
            state=ClaimState.IN_PLAN,
            agreements=replace(
                known,
                acknowledged_on=day,
                acknowledged_before=tuple(one for one in before if one is not None),
            ),
        )
    if event.breaks_the_plan:
        broken = replace(known, breaches=known.breaches + 1)
        world.now(state=ClaimState.OPEN, rested_until=day, agreements=broken)
    if event.respite_until is not None:
        world.now(state=ClaimState.IN_RESPITE, respite_until=event.respite_until)


def _standing(world: World, event: Event, day: date) -> None:
    if event.says_it_is_paid:
        world.now(paused_until=add_bank_days(day, world.policy.already_paid.pause_bank_days))
    if event.disputes:
        world.now(state=ClaimState.DISPUTED)
    if event.dispute_answered or event.shelving_ends:
        world.now(state=ClaimState.OPEN)
        _quiet_days(world, day)


def _quiet_days(world: World, day: date) -> None:
    """After what held an open claim still nobody is written to for some bank days."""
    if world.case.state is ClaimState.OPEN:
        until = add_bank_days(day, world.policy.dialogue.bank_days_before_reminder)
        world.now(paused_until=max(until, world.case.paused_until or until))


def _circumstances(world: World, event: Event, day: date) -> None:
    if event.benefit is not None:
        world.debtor(benefit=event.benefit)
    if event.benefit_ends:
        world.debtor(benefit=None)
    if event.benefit is not None or event.benefit_ends:
        _quiet_days(world, day)
    if event.frozen is not None:
        world.debtor(is_frozen=event.frozen)
        if not event.frozen:
            _quiet_days(world, day)
    if event.social_authorities_told:
        world.debtor(social_authorities_told_on=day)
    if event.dies:
        world.debtor(is_deceased=True)


def _caseworker(world: World, event: Event, day: date) -> None:
    said = event.caseworker
    assert said is not None
    word = Word(said.step, said.effect, said.until, said.ground, said.facts, day)
    verdict = may_say(word, world.case, world.law, world.policy, day)
    if isinstance(verdict, Refused):
        world.say(day, f"word refused ({said.effect.value} {said.step}, {verdict.reason.value})")
        return
    world.now(words=(*world.case.words, word))
    if said.effect is Effect.SHELVE:
        world.now(state=ClaimState.SHELVED)
    if said.effect is Effect.HOLD and said.step == HAND_OVER and world.ready_on is not None:
        _off_the_list(world)
        world.say(day, "hand-over stopped")


def _last_letter(world: World, step: str, pay_by: date | None, day: date) -> None:
    taken = tuple(
        replace(one, pay_by=pay_by) if one.step == step else one for one in world.case.taken
    )
    world.now(taken=taken)
    world.say(day, f"the last letter leaves, pay by {pay_by}")


# ------------------------------------------------------------------------------ what the rules say
def _round(world: World, day: date) -> None:
    if world.payment_files_come:
        world.now(covers_until=previous_bank_day(day - ONE_DAY))
    _contact(world, day)
    answer = next_step(world.case, world.law, world.policy, day)
    _hold_to_promise(world, answer, day)
    if isinstance(answer, Move):
        _take(world, answer, day)
    elif world.ready_on is not None and answer.reason is not Reason.LADDER_ENDED:
        _off_the_list(world)
        world.say(day, "hand-over taken off the list")
    _file(world, day)
    _tell_status(world, answer, day)
    _closing(world, day)


def _hold_to_promise(world: World, answer: Answer, day: date) -> None:
    """A refusal that says when to ask again is not overtaken by a step before that day."""
    if isinstance(answer, Move):
        if world.promised is not None and day < world.promised:
            world.broken_promises.append(f"{day}: {answer.name}, promised {world.promised}")
        world.promised = None
    else:
        world.promised = day_of(answer.retry_at) if answer.retry_at else None


def _contact(world: World, day: date) -> None:
    """The first contact goes out on bank days, when nothing stands against a word at all."""
    case, kind = world.case, world.law.claim_types[world.case.claim_type]
    if case.contacted_on is not None or not is_bank_day(day):
        return
    facts = Facts(
        state=case.state,
        is_paid=not case.outstanding,
        due_date=case.due_date,
        bill_sent_on=case.bill_sent_on,
        claim_type=case.claim_type,
        type_is_automated=kind.automated,
        paused_until=case.paused_until,
        covers_until=case.covers_until,
        citizen_is_frozen=case.debtor.is_frozen,
        has_address=case.contactable,
        address_is_distrusted=False,
        opted_out=False,
    )
    allowed = may_write_first(facts, world.policy, at_local(day, 9))
    against = against_any_word(case, world.law, world.policy, day)
    if isinstance(allowed, Allowed) and against is None:
        world.now(contacted_on=day)
        world.say(day, "first contact")


def _take(world: World, move: Move, day: date) -> None:
    """The step is taken: its letters leave the same day, unless a co-debtor's is late."""
    is_late = move.name in world.late
    taken = Taken(
        move.name,
        day,
        None if is_late else move.pay_by,
        move.fee,
        move.offers_plan,
        move.gives_notice,
    )
    case = world.case
    world.now(taken=(*case.taken, taken), charged=case.charged + move.fee)
    if move.fee:
        world.now(series=(*case.series, day))
    world.moves.append((day, move))
    world.say(day, words_of(move))
    if move.kind is not StepKind.CLOSURE_NOTICE:
        world.status = RUNS
    if move.kind is StepKind.HAND_OVER:
        world.ready_on = move.ready_on


def words_of(move: Move) -> str:
    """Write a step as the timelines do."""
    if move.kind is StepKind.HAND_OVER:
        ground = move.ground.value if move.ground else "no ground"
        to = move.to.value if move.to else "nobody"
        return f"hand-over to {to} ({ground}), leaves {move.ready_on}"
    until = f"pay by {move.pay_by}"
    if move.kind is not StepKind.REMINDER:
        return f"{_LETTERS[move.kind]}, {until}"
    notice = " with notice of hand-over" if move.gives_notice else ""
    fee = f"fee {move.fee.oere // 100} kr." if move.fee else "no fee"
    return f"reminder {move.name.partition(':')[2]}{notice}, {fee}, {until}"


_LETTERS = {
    StepKind.NOTICE: "notice of hand-over",
    StepKind.AUCTION_WARNING: "auction warning",
    StepKind.CLOSURE_NOTICE: "closure notice",
}


def _off_the_list(world: World) -> None:
    world.ready_on = None
    world.now(taken=tuple(one for one in world.case.taken if one.step != HAND_OVER))


def _file(world: World, day: date) -> None:
    if world.ready_on is not None and day >= world.ready_on:
        world.ready_on, world.status = None, Reason.HANDED_OVER.value
        world.now(state=ClaimState.HANDED_OVER)
        world.say(day, "handed over")


def _tell_status(world: World, answer: Answer, day: date) -> None:
    """Say why nothing happens, once, on the first day of it."""
    if isinstance(answer, Move) or world.ready_on is not None:
        return
    if world.case.state is ClaimState.HANDED_OVER or answer.reason is Reason.NOT_A_BANK_DAY:
        return
    status = RUNS if answer.reason in _COUNTING else answer.reason.value
    if status != world.status:
        world.status = status
        waits = f"waits for caseworker ({answer.step})"
        stands = waits if answer.reason is Reason.NEEDS_CASEWORKER else f"stands still ({status})"
        world.say(day, "runs again" if status == RUNS else stands)


def _closing(world: World, day: date) -> None:
    """Ask beside the ladder whether water or heat may be shut off."""
    answer = may_close(world.case, world.law, world.policy, day)
    if isinstance(answer, Move):
        _take(world, answer, day)
        return
    words = _OF_CLOSURE.get(answer.reason) if answer.step else None
    if words is not None and words != world.closing:
        world.closing = words
        world.say(day, f"closure ({words})")
