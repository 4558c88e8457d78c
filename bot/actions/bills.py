"""When a bill is due, and how to get it again or have it paid by itself (regninger)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.charges import fees_in_general
from bot.actions.claims import label, lines_of, overdue, ways
from bot.actions.facts import answered, generally, of_own_claims
from bot.actions.payments import what_to_pay
from bot.actions.plans import standing_lines
from bot.actions.running import running_plans
from data.models.claims import Claim, ClaimState
from data.municipalities.ladders import StepKind
from data.queries import claims as questions
from data.values.time import add_bank_days
from outreach import claims as claim_acts
from outreach import tasks
from outreach.explain import prospects
from outreach.rules.ladder import last_deadline
from outreach.rules.outlook import Came
from outreach.rules.phrases.asides import says_it_never_came, says_it_was_not_taken
from outreach.texts import spoken_day

if TYPE_CHECKING:
    from datetime import date

    from bot.actions.turn import Reply, Turn
    from data.models.cases import Task
    from outreach.explain import Prospect
    from outreach.rules.outlook import Event

#: The tasks that ask for a bill anew: it was lost, or it never came (F3).
RESEND, NEVER_CAME = "resend_bill", "bill_never_came"
#: Steps that write to the citizen or take the matter on.
_LETTERS = frozenset({StepKind.REMINDER.value, StepKind.NOTICE.value})


# ----------------------------------------------------------------------------------- deadlines
def _when_in_general(turn: Turn) -> str:
    return f"{turn.say('due_general')} {fees_in_general(turn)}"


@of_own_claims(_when_in_general)
async def due_date(turn: Turn, claims: list[Claim]) -> Reply:
    """Say what was due when, what comes next and on which day, and until when it costs nothing."""
    lines = [*await _of_open(turn, claims), *await _of_others(turn, claims)]
    coming = await questions.coming_of(turn.session, claims[0].citizen_id, turn.today)
    lines += [
        turn.say(
            "due_coming",
            label=label(turn, one),
            amount=one.outstanding,
            day=_day(turn, one.due_date),
        )
        for one in coming
    ]
    owed = any(claim.state is ClaimState.OPEN for claim in claims)
    closing = turn.say("due_ways") if owed else ""
    return answered(turn, *lines, closing, choices=ways(turn) if owed else ())


async def _of_open(turn: Turn, claims: list[Claim]) -> list[str]:
    owed = [claim for claim in claims if claim.state in {ClaimState.OPEN, ClaimState.IN_RESPITE}]
    return [_due(turn, one) for one in await prospects(turn.session, turn.runtime, owed)]


def _due(turn: Turn, about: Prospect) -> str:
    """Say the deadline that counts now, and the next letter; a paused claim's letter comes late."""
    claim, said = about.claim, label(turn, about.claim)
    deadline = last_deadline(about.case.taken)
    if claim.respite_until is not None:
        head = turn.say("due_in_respite", label=said, day=_day(turn, claim.respite_until))
    elif deadline is not None and deadline >= turn.today:
        head = turn.say("due_by_letter", label=said, day=_day(turn, deadline))
    else:
        head = turn.say("due_was", label=said, day=_day(turn, deadline or claim.due_date))
    return f"{head} {_next(turn, about)}".strip()


def _next(turn: Turn, about: Prospect) -> str:
    """Say which letter comes next, and from which day on there is a fee."""
    coming = [one for one in about.ahead if one.came is Came.TAKEN and _is_letter(one)]
    if not coming:
        return ""
    said = turn.say("due_next", day=_day(turn, coming[0].day))
    fee = next((one for one in coming if one.fee), None)
    if fee is None:
        return f"{said} {turn.say('due_no_fee')}"
    key = "due_next_fee" if fee is coming[0] else "due_later_fee"
    return f"{said} {turn.say(key, fee=fee.fee, day=_day(turn, fee.day))}"


def _is_letter(event: Event) -> bool:
    return event.step.partition(":")[0] in _LETTERS


async def _of_others(turn: Turn, claims: list[Claim]) -> list[str]:
    """Say how plans stand, and where claims are that nothing is due on here."""
    lines = [line for each in await running_plans(turn) for line in standing_lines(turn, each)]
    told = {ClaimState.OPEN, ClaimState.IN_RESPITE, ClaimState.IN_PLAN}
    rest = [claim for claim in claims if claim.state not in told]
    return lines + [line for _, line in await lines_of(turn, rest)]


def _day(turn: Turn, day: date) -> str:
    return spoken_day(day, turn.today, turn.conversation.language)


# --------------------------------------------------------------------------------- the bill again
def _where_in_general(turn: Turn) -> str:
    return turn.say("bill_general")


@of_own_claims(_where_in_general)
async def send_bill_again(turn: Turn, claims: list[Claim]) -> Reply:
    """Say where the bill is and how to pay it now, and ask its owner to send it again (F3).

    Who never got it is not chased while people look: a fee needs proof of the bill.
    """
    owed = [claim for claim in claims if claim.state is ClaimState.OPEN]
    if not owed:
        return answered(turn, *[line for _, line in await lines_of(turn, claims)])
    never_came = says_it_never_came(turn.text)
    kind = NEVER_CAME if never_came else RESEND
    asked = [(claim, *await _ask(turn, claim, kind)) for claim in owed]
    if never_came:
        await _spare(turn, [(claim, task) for claim, task, is_new in asked if is_new])
    due = max(task.due_on for _, task, _ in asked)
    lines = [_sent(turn, claim) for claim in owed]
    key = "bill_again_never_came" if never_came else "bill_again"
    known = [claim for claim in owed if claim.bill_sent_on or claim.payment_id]
    pay = [turn.say("bill_pay_now"), *await what_to_pay(turn, known)] if known else []
    return answered(turn, *lines, turn.say(key, day=_day(turn, due)), *pay)


async def _ask(turn: Turn, claim: Claim, kind: str) -> tuple[Task, bool]:
    facts = {
        "bill_sent_on": claim.bill_sent_on.isoformat() if claim.bill_sent_on else None,
        "charged": claim.charged.oere,
        "message": str(turn.said_in),
    }
    return await tasks.ask(turn.session, turn.runtime, claim=claim, kind=kind, facts=facts)


async def _spare(turn: Turn, asked: list[tuple[Claim, Task]]) -> None:
    """Stop the chase until people have looked, and the bill has had time to come."""
    quiet = turn.policy.dialogue.bank_days_before_reminder
    for claim, task in asked:
        until = add_bank_days(task.due_on, quiet)
        await claim_acts.pause(
            turn.session, turn.runtime, [claim], until=until, because="bill_never_came"
        )


def _sent(turn: Turn, claim: Claim) -> str:
    if claim.bill_sent_on is None:
        return turn.say("bill_not_seen", label=label(turn, claim))
    return turn.say(
        "bill_was_sent",
        label=label(turn, claim),
        day=_day(turn, claim.bill_sent_on),
        due=_day(turn, claim.due_date),
    )


# ------------------------------------------------------------------------------ by direct debit
async def autopay(turn: Turn) -> Reply:
    """Say how bills to come are paid by themselves, and that this one is paid by hand (F27).

    Who is enrolled already is told that the bill was not paid by it, and is not invited.
    """
    claims = await overdue(turn) if turn.is_proven else []
    enrolled = [claim for claim in claims if claim.betalingsservice]
    if enrolled:
        labels = ", ".join(label(turn, claim) for claim in enrolled)
        return answered(turn, turn.say("autopay_failed", labels=labels))
    if says_it_was_not_taken(turn.text):
        told = turn.say("autopay_not_taken")
        if not turn.is_proven:
            return generally(turn, told, "autopay")
        return answered(turn, f"{turn.say('autopay_not_seen')} {told}" if claims else told)
    numbers = turn.policy.betalingsservice
    if numbers.pbs_no and numbers.debtor_group:
        head = turn.say("autopay_numbers", number=numbers.pbs_no, group=numbers.debtor_group)
    else:
        head = turn.say("autopay_on_bill")
    invited = turn.say("autopay_invited") if numbers.promoted else ""
    return answered(turn, f"{head} {invited}".strip(), turn.say("autopay_this_one"))
