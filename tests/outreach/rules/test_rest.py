"""What a rest gives the citizen: days of peace after it, and time for the payment to arrive."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.models.cases import Effect
from data.municipalities.ladders import Ground
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from outreach.rules.case import Agreements, Taken, Word
from outreach.rules.decision import Reason, Refused
from outreach.rules.hand_over_rows import still_fits
from outreach.rules.ladder import Move, next_step
from outreach.rules.reminders import fee_of
from tests.outreach.rules.make_case import PLAIN_LADDER, case, law, policy, reminded

HELD_UNTIL = date(2026, 4, 10)  # a Friday, long after every deadline of the stories


def ask(known, today, **given):
    return next_step(known, law(), policy(ladders=PLAIN_LADDER, **given), today)


def held(step="all", until=HELD_UNTIL):
    return case(taken=(reminded(),), words=(Word(step, Effect.HOLD, until),))


@pytest.mark.parametrize("step", ["all", "reminder:2"])
def test_A39_when_a_caseworkers_hold_ends_the_payments_of_its_last_day_must_be_known(step):
    """Who was told that it waits until Friday, and pays on Friday, gets no fee on Monday."""
    monday = HELD_UNTIL + timedelta(days=3)
    assert ask(held(step), HELD_UNTIL).reason is Reason.HELD_BY_CASEWORKER
    unknown = replace(held(step), covers_until=HELD_UNTIL - timedelta(days=1))
    assert ask(unknown, monday).reason is Reason.PAYMENTS_NOT_COVERED
    assert isinstance(ask(replace(held(step), covers_until=HELD_UNTIL), monday), Move)


def test_a_hold_on_another_step_gives_this_one_nothing():
    assert isinstance(ask(held("hand_over:1"), date(2026, 3, 27)), Move)


def test_A8_after_a_rest_the_payments_of_its_last_day_must_be_known():
    """Who was told to wait, and pays on the last day, gets no fee before the payment arrives."""
    rested = {"taken": (reminded(),), "rested_until": HELD_UNTIL}
    monday = HELD_UNTIL + timedelta(days=3)
    unknown = case(covers_until=HELD_UNTIL - timedelta(days=1), **rested)
    assert ask(unknown, monday).reason is Reason.PAYMENTS_NOT_COVERED
    assert isinstance(ask(case(covers_until=HELD_UNTIL, **rested), monday), Move)


def test_a_reminder_of_nothing_but_fees_costs_nothing():
    step = policy(ladders=PLAIN_LADDER).ladders.ladders[0].steps[1]
    known = case(taken=(reminded(),), charged=Money(25000), paid=Money(120000))
    assert known.outstanding == Money(25000)
    assert fee_of(step, "reminder:2", known, law(), date(2026, 4, 1)) == NOTHING
    a_krone_left = case(taken=(reminded(),), charged=Money(25000), paid=Money(119900))
    assert fee_of(step, "reminder:2", a_krone_left, law(), date(2026, 4, 1)) > NOTHING


def test_an_approval_of_the_day_on_which_a_plan_was_agreed_is_of_the_case_before_it():
    day = date(2026, 4, 1)
    yes = Word("hand_over:1", Effect.APPROVE, ground=Ground.ABLE_BUT_UNWILLING, said_on=day)
    assert case(words=(yes,)).word(Effect.APPROVE, "hand_over:1", day) is yes
    agreed = case(words=(yes,), agreements=Agreements(acknowledged_on=day))
    assert agreed.word(Effect.APPROVE, "hand_over:1", day) is None


# ----------------------------------------------------------------- a hand-over that waits its turn
PROPOSED = date(2026, 4, 8)


def waits(**given):
    told = reminded(2, gave_notice=True)
    return case(taken=(reminded(), told, Taken("hand_over:1", PROPOSED)), **given)


def fits(known, today=date(2026, 4, 15), ladder=PLAIN_LADDER):
    rules = policy(ladders=ladder)
    return still_fits(known, law(), rules, today, Recipient.STATE, proposed_on=PROPOSED)


def test_F21_what_nothing_has_happened_to_leaves():
    assert fits(waits()) is Ground.UNPAID_REMINDER


@pytest.mark.parametrize("rested", [PROPOSED, date(2026, 4, 14)])
def test_what_rested_since_it_was_put_on_the_list_waits_anew(rested):
    assert fits(waits(rested_until=rested)) == Refused(
        Reason.TOO_EARLY, None, "test 3", "hand_over:1"
    )


def test_a_rest_before_it_was_put_on_the_list_does_not_count():
    assert fits(waits(rested_until=PROPOSED - timedelta(days=1))) is Ground.UNPAID_REMINDER


def test_a_hold_that_began_and_ended_in_the_quiet_days_does():
    word = Word("hand_over:1", Effect.HOLD, date(2026, 4, 10))
    assert fits(waits(words=(word,))).reason is Reason.TOO_EARLY


def test_a_policy_that_asks_for_another_reminder_by_now_stops_it():
    [plain] = PLAIN_LADDER
    first, second, last = plain["steps"]
    third = {**second, "source": "one more, by the council's new decision"}
    longer = [{**plain, "steps": [first, second, third, last]}]
    assert fits(waits(), ladder=longer) == Refused(
        Reason.NOT_IN_POLICY, None, third["source"], "hand_over:1"
    )


def test_a_weekend_stops_nothing():
    assert fits(waits(), today=date(2026, 4, 18)) is Ground.UNPAID_REMINDER
