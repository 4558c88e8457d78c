"""When a claim may leave, on which ground, and to whom: worked examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from data.models.cases import Effect
from data.municipalities.ladders import Ground, StepKind
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from data.values.time import COPENHAGEN
from outreach.rules.case import Agreements, Word
from outreach.rules.decision import Reason, Refused
from outreach.rules.hand_over import hand_over
from outreach.rules.ladder import Move, has_preference, ladder_of, last_deadline, next_step
from tests.outreach.rules.make_case import (
    PLAIN_LADDER,
    case,
    law,
    noticed,
    policy,
    reminded,
)

FIRST_REMINDER = date(2026, 3, 12)
ALBERTSLUND, FAXE = policy("albertslund"), policy("faxe")
BOTH_REMINDERS = (reminded(1), reminded(2))
READY = date(2026, 5, 6)


def ask(one, rules=ALBERTSLUND, day=FIRST_REMINDER):
    return next_step(one, law(), rules, day)


def why(answer):
    assert isinstance(answer, Refused), answer
    return answer.reason


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN)


def after_the_notice(**given):
    taken = (*BOTH_REMINDERS, noticed(pay_by=date(2026, 4, 30)))
    return case(**{"taken": taken} | given)


def approved(ground, step="hand_over:1"):
    return (Word(step, Effect.APPROVE, ground=ground),)


def test_A24_without_a_persons_assessment_nothing_is_handed_over():
    answer = ask(after_the_notice(), day=READY)
    assert why(answer) is Reason.NEEDS_CASEWORKER
    assert answer.step == "hand_over:1"
    assert "A24" in answer.basis


def test_A24_able_but_unwilling_is_a_ground_when_a_person_has_said_so():
    move = ask(after_the_notice(words=approved(Ground.ABLE_BUT_UNWILLING)), day=READY)
    assert move.kind is StepKind.HAND_OVER
    assert move.ground is Ground.ABLE_BUT_UNWILLING
    assert move.to is Recipient.STATE
    assert move.ready_on == READY
    assert move.pay_by is None


@pytest.mark.parametrize(("breaches", "leaves"), [(0, False), (1, False), (2, True), (3, True)])
def test_A25_a_repeated_breach_is_two_or_more(breaches, leaves):
    one = after_the_notice(
        words=approved(Ground.REPEATED_BREACH), agreements=Agreements(breaches=breaches)
    )
    answer = ask(one, day=READY)
    assert isinstance(answer, Move) is leaves
    if not leaves:
        assert answer.reason is Reason.NO_GROUND


@pytest.mark.parametrize("ground", [None, Ground.UNPAID_REMINDER, Ground.BROKEN_AGREEMENT])
def test_A26_no_other_ground_will_do(ground):
    one = after_the_notice(words=approved(ground), agreements=Agreements(breaches=5))
    assert why(ask(one, day=READY)) is Reason.NO_GROUND


def test_the_notice_must_have_run_out():
    one = after_the_notice(words=approved(Ground.ABLE_BUT_UNWILLING))
    assert why(ask(one, day=date(2026, 5, 1))) is Reason.TOO_EARLY


def test_a_claim_whose_letters_never_gave_notice_does_not_leave():
    taken = (*BOTH_REMINDERS, noticed(gave_notice=False, pay_by=date(2026, 4, 30)))
    answer = ask(case(taken=taken, words=approved(Ground.ABLE_BUT_UNWILLING)), day=READY)
    assert why(answer) is Reason.FORBIDDEN_BY_LAW
    assert answer.basis == "gældsinddrivelsesloven § 2 stk. 4"


def test_A10_a_plan_was_offered_before_a_claim_leaves():
    silent = tuple(replace(one, offered_plan=False) for one in BOTH_REMINDERS)
    taken = (*silent, noticed(pay_by=date(2026, 4, 30)))
    one = case(taken=taken, words=approved(Ground.ABLE_BUT_UNWILLING))
    assert why(ask(one, day=READY)) is Reason.NO_PLAN_OFFERED
    told = (*silent, noticed(pay_by=date(2026, 4, 30), offered_plan=True))
    assert isinstance(ask(replace(one, taken=told), day=READY), Move)


@pytest.mark.parametrize(("paid", "leaves"), [(110000, True), (110001, False)])
def test_less_than_100_kroner_does_not_leave(paid, leaves):
    one = after_the_notice(words=approved(Ground.ABLE_BUT_UNWILLING), paid=Money(paid))
    assert isinstance(ask(one, day=READY), Move) is leaves


def test_F21_an_unpaid_first_reminder_leaves_by_rule_after_a_quiet_period():
    first = reminded(gave_notice=True, pay_by=date(2026, 3, 26))
    one = case(taken=(first,))
    assert why(ask(one, FAXE, date(2026, 3, 27))) is Reason.TOO_EARLY
    move = ask(one, FAXE, date(2026, 3, 30))
    assert (move.kind, move.ground) == (StepKind.HAND_OVER, Ground.UNPAID_REMINDER)
    assert move.ready_on == date(2026, 4, 9)  # five bank days, Easter in between


@pytest.mark.parametrize(("breaches", "leaves"), [(0, False), (1, True)])
def test_F20_kontanthjaelp_leaves_only_on_a_broken_agreement(breaches, leaves):
    first = reminded(gave_notice=True, pay_by=date(2026, 3, 26))
    one = case(claim_type="kontanthjaelp", taken=(first,), agreements=Agreements(breaches=breaches))
    answer = ask(one, FAXE, date(2026, 3, 30))
    assert isinstance(answer, Move) is leaves
    assert leaves or answer.reason is Reason.NO_GROUND


RATE = {"claim_type": "ejendomsskat", "tax_year": 2023}


def test_F22_F23_F24_two_reminders_a_rate_then_a_warning_by_a_person_then_the_bailiff():
    day = date(2026, 4, 27)
    one = case(**RATE, taken=(reminded(1), reminded(2, pay_by=date(2026, 3, 30))))
    assert why(ask(one, FAXE, day)) is Reason.NEEDS_CASEWORKER
    assert ask(one, FAXE, day).step == "auction_warning:1"
    warning = ask(replace(one, words=approved(None, "auction_warning:1")), FAXE, day)
    assert (warning.kind, warning.gives_notice) == (StepKind.AUCTION_WARNING, True)
    assert warning.fee == NOTHING
    warned = noticed(step="auction_warning:1", pay_by=warning.pay_by)
    one = replace(one, taken=(*one.taken, warned))
    later = warning.pay_by + timedelta(days=9)
    assert why(ask(one, FAXE, later)) is Reason.NEEDS_CASEWORKER
    gone = ask(replace(one, words=approved(Ground.UNPAID_REMINDER)), FAXE, later)
    assert gone.to is Recipient.BAILIFF


def test_F24_the_rule_for_all_others_never_fires_for_a_preferential_claim():
    first = reminded(gave_notice=True, pay_by=date(2026, 3, 23))
    assert ask(case(**RATE, taken=(first,)), FAXE, date(2026, 4, 20)).name == "reminder:2"


def test_the_law_must_give_preference_before_anyone_is_warned_of_an_auction():
    steps = [
        PLAIN_LADDER[0]["steps"][0],
        {"step": "auction_warning", "after_days": 3, "pay_within_days": 21, "source": "test"},
    ]
    rules = policy(ladders=[{"key": "own", "preferential": True, "steps": steps}, *PLAIN_LADDER])
    one = case(**RATE, taken=(reminded(),))
    assert ask(one, rules, date(2026, 4, 20)).kind is StepKind.AUCTION_WARNING


def test_when_all_is_done_the_ladder_has_ended():
    taken = (*BOTH_REMINDERS, noticed(), noticed(step="hand_over:1", pay_by=None))
    answer = ask(case(taken=taken), day=date(2026, 8, 3))
    assert why(answer) is Reason.LADDER_ENDED


def test_the_last_deadline_given_is_the_latest():
    assert last_deadline(()) is None
    assert last_deadline((reminded(pay_by=None),)) is None
    assert last_deadline((reminded(2), reminded(1))) == reminded(2).pay_by


def test_preference_ends_after_two_years_and_three_months_and_the_claim_is_like_any_other():
    one = case(**RATE, due_date=date(2024, 3, 1), contacted_on=None, contactable=False)
    assert has_preference(one, law(), date(2026, 6, 1))
    assert not has_preference(one, law(), date(2026, 6, 2))
    assert ladder_of(one, law(), FAXE, date(2026, 6, 1)).key == "preferential"
    assert ladder_of(one, law(), FAXE, date(2026, 6, 2)).key == "ordinary"


def test_where_a_table_decides_nobody_assesses_what_a_citizen_can_pay():
    one = after_the_notice(claim_type="kontanthjaelp", words=approved(Ground.ABLE_BUT_UNWILLING))
    answer = ask(one, day=READY)
    assert why(answer) is Reason.FORBIDDEN_BY_LAW
    assert "30-14" in answer.basis
    twice = replace(one, words=approved(Ground.REPEATED_BREACH), agreements=Agreements(breaches=2))
    assert isinstance(ask(twice, day=READY), Move)


LINE = ALBERTSLUND.ladders.of("dagtilbud", preferential=False).steps[-1].source
UNWILLING = {"words": approved(Ground.ABLE_BUT_UNWILLING)}
GIL = "gældsinddrivelsesloven § 2 stk. 4"


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (
            {"taken": (*BOTH_REMINDERS, noticed(gave_notice=False, pay_by=date(2026, 4, 30)))},
            Refused(Reason.FORBIDDEN_BY_LAW, None, GIL, "hand_over:1"),
        ),
        (
            {
                "taken": (
                    *(replace(one, offered_plan=False) for one in BOTH_REMINDERS),
                    noticed(pay_by=date(2026, 4, 30)),
                )
            },
            Refused(Reason.NO_PLAN_OFFERED, None, "A10 (line 24)", "hand_over:1"),
        ),
        (
            UNWILLING | {"paid": Money(110001)},
            Refused(Reason.BELOW_FLOOR, None, law().hand_over.on(READY).source, "hand_over:1"),
        ),
        ({}, Refused(Reason.NEEDS_CASEWORKER, None, LINE, "hand_over:1")),
        (
            {"words": approved(Ground.BROKEN_AGREEMENT)},
            Refused(Reason.NO_GROUND, None, LINE, "hand_over:1"),
        ),
        (
            UNWILLING | {"claim_type": "kontanthjaelp"},
            Refused(
                Reason.FORBIDDEN_BY_LAW,
                None,
                law().claim_types["kontanthjaelp"].on(READY).source,
                "hand_over:1",
            ),
        ),
    ],
)
def test_why_a_claim_does_not_leave_names_the_step_and_what_it_rests_on(given, refused):
    assert ask(after_the_notice(**given), day=READY) == refused


def test_where_a_rule_decides_the_missing_ground_names_the_policys_line():
    first = reminded(gave_notice=True, pay_by=date(2026, 3, 26))
    one = case(claim_type="kontanthjaelp", taken=(first,))
    line = FAXE.ladders.of("kontanthjaelp", preferential=False).steps[-1].source
    assert ask(one, FAXE, date(2026, 3, 30)) == Refused(Reason.NO_GROUND, None, line, "hand_over:1")


def test_a_notice_has_run_out_the_day_after_its_last_day_to_pay():
    taken = (*BOTH_REMINDERS, noticed(pay_by=READY))
    step = ALBERTSLUND.ladders.of("dagtilbud", preferential=False).steps[-1]
    one = case(taken=taken, **UNWILLING)
    early = hand_over(step, "hand_over:1", one, law(), READY)
    assert early == Refused(Reason.FORBIDDEN_BY_LAW, None, GIL, "hand_over:1")
    after = READY + timedelta(days=1)
    assert hand_over(step, "hand_over:1", one, law(), after) is Ground.ABLE_BUT_UNWILLING


def test_an_approval_that_has_ended_is_none():
    ended = replace(approved(Ground.ABLE_BUT_UNWILLING)[0], until=READY - timedelta(days=1))
    assert why(ask(after_the_notice(words=(ended,)), day=READY)) is Reason.NEEDS_CASEWORKER


def test_the_whole_move_of_a_hand_over():
    assert ask(after_the_notice(**UNWILLING), day=READY) == Move(
        StepKind.HAND_OVER,
        "hand_over:1",
        LINE,
        to=Recipient.STATE,
        ground=Ground.ABLE_BUT_UNWILLING,
        ready_on=READY,
    )


def test_whatever_ladder_it_is_given_the_rule_asks_the_law_before_an_auction_is_warned_of():
    kept = FAXE.ladders.of("ejendomsskat", preferential=True)
    own = kept.model_copy(update={"claim_types": frozenset({"ejendomsskat"})})
    rules = policy("faxe").model_copy(
        update={"ladders": FAXE.ladders.model_copy(update={"root": (own,)})}
    )
    due = date(2024, 3, 1)
    letters = tuple(replace(each, pay_by=date(2026, 3, 30)) for each in BOTH_REMINDERS)
    words = approved(None, "auction_warning:1")
    rate = case(**RATE, due_date=due, taken=letters, words=words)
    paragraph = law().claim_types["ejendomsskat"].on(READY).source
    assert ask(rate, rules, date(2026, 6, 1)).kind is StepKind.AUCTION_WARNING
    assert ask(rate, rules, date(2026, 6, 2)) == Refused(
        Reason.FORBIDDEN_BY_LAW, None, paragraph, "auction_warning:1"
    )
