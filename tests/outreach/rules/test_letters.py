"""May a letter that was decided still leave: the same question once more, on the day it leaves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.models.cases import Effect
from data.models.claims import ClaimState
from data.values.money import Money
from outreach.rules.case import Taken
from outreach.rules.closure import NAME as CLOSURE
from outreach.rules.decision import Reason, Refused
from outreach.rules.ladder import Move, next_step
from outreach.rules.letters import may_leave
from tests.policy.ladder import ALBERTSLUND as KIND
from tests.policy.ladder import FAXE, LAW, a_case, breached, says

DECIDED, LATER = date(2026, 12, 1), date(2026, 12, 2)


def decided(**changed):
    """A claim in Faxe whose reminder was decided and has not left."""
    case = a_case(covers_until=DECIDED, taken=(Taken("reminder:1", DECIDED),))
    return replace(case, **changed)


def leaves(case, *, policy=FAXE, step="reminder:1", today=DECIDED):
    return may_leave(case, step, LAW, policy, today)


def test_a_letter_of_which_nothing_has_changed_may_leave():
    before = replace(decided(), taken=())
    assert leaves(decided()) == next_step(before, LAW, FAXE, DECIDED)
    assert isinstance(leaves(decided()), Move)


def test_its_deadline_counts_from_the_day_it_leaves():
    first, second = leaves(decided()), leaves(decided(), today=LATER)
    assert second.pay_by - first.pay_by >= timedelta(days=1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"paid": Money.kroner(1200)}, Reason.PAID),
        ({"state": ClaimState.IN_PLAN}, Reason.IN_PLAN),
        ({"state": ClaimState.DISPUTED}, Reason.DISPUTED),
        ({"paused_until": LATER}, Reason.PAUSED),
        ({"words": (says(Effect.HOLD, "reminder:1"),)}, Reason.HELD_BY_CASEWORKER),
        ({"words": (says(Effect.SKIP, "reminder:1"),)}, Reason.HELD_BY_CASEWORKER),
        ({"covers_until": date(2026, 11, 19)}, Reason.PAYMENTS_NOT_COVERED),
    ],
)
def test_what_came_in_between_holds_it(changed, reason):
    answer = leaves(
        decided(**changed), policy=KIND if reason is Reason.HELD_BY_CASEWORKER else FAXE
    )
    assert isinstance(answer, Refused)
    assert answer.reason is reason


def test_a_letter_of_a_step_that_the_policy_no_longer_has_stays():
    case = decided(taken=(Taken("reminder:2", DECIDED),))
    answer = leaves(case, step="reminder:2")
    assert (answer.reason, answer.step) == (Reason.NOT_IN_POLICY, "reminder:2")


def test_a_closure_notice_is_asked_about_as_such():
    case = decided(
        claim_type="fjernvarme",
        taken=(
            Taken("reminder:1", date(2026, 11, 24), date(2026, 11, 30), offered_plan=True),
            Taken(CLOSURE, DECIDED),
        ),
        agreements=breached(2),
        debtor=replace(a_case().debtor, children_at_home=False),
        words=(says(Effect.APPROVE, CLOSURE),),
    )
    assert leaves(case, policy=KIND, step=CLOSURE).name == CLOSURE
    unsaid = replace(case, words=())
    assert leaves(unsaid, policy=KIND, step=CLOSURE).reason is Reason.NEEDS_CASEWORKER


@given(
    paid=st.integers(0, 200_000),
    state=st.sampled_from(ClaimState),
    days=st.integers(0, 60),
    frozen=st.booleans(),
)
def test_a_letter_leaves_only_where_its_step_might_be_taken_that_day(paid, state, days, frozen):
    today = DECIDED + timedelta(days=days)
    case = decided(
        paid=Money(paid),
        state=state,
        covers_until=today,
        debtor=replace(a_case().debtor, is_frozen=frozen),
    )
    answer = leaves(case, today=today)
    assert answer == next_step(replace(case, taken=()), LAW, FAXE, today)
    if paid >= 120_000 or frozen or state is not ClaimState.OPEN:
        assert isinstance(answer, Refused)


def test_a_letter_that_was_skipped_since_says_which():
    skipped = decided(words=(says(Effect.SKIP, "reminder:1"),))
    assert leaves(skipped) == Refused(Reason.HELD_BY_CASEWORKER, step="reminder:1")


def test_a_skip_that_has_ended_holds_nothing():
    ended = replace(says(Effect.SKIP, "reminder:1"), until=DECIDED - timedelta(days=1))
    assert isinstance(leaves(decided(words=(ended,))), Move)
