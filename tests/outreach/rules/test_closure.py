"""When water or heat may be closed: worked examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from data.law.claim_types import Closure
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import StepKind
from data.values.time import at_local
from outreach.rules.case import Agreements, Debtor, Word
from outreach.rules.closure import may_close
from outreach.rules.decision import Reason, Refused
from outreach.rules.ladder import Move, next_step
from tests.outreach.rules.make_case import (
    MONDAY,
    case,
    law,
    noticed,
    policy,
    reminded,
)

FIRST_REMINDER = date(2026, 3, 12)
ALBERTSLUND, FAXE = policy("albertslund"), policy("faxe")


def ask(one, rules=ALBERTSLUND, day=FIRST_REMINDER):
    return next_step(one, law(), rules, day)


def why(answer):
    assert isinstance(answer, Refused), answer
    return answer.reason


HEAT = {"claim_type": "fjernvarme", "taken": (reminded(),), "agreements": Agreements(breaches=2)}
NO_CHILDREN = Debtor(children_at_home=False)
YES = (Word("closure_notice:1", Effect.APPROVE),)


BEFORE, JUNE = date(2026, 6, 5), date(2026, 6, 8)
assert ALBERTSLUND.closure is not None
assert ALBERTSLUND.shelving is not None
SHELVING = ALBERTSLUND.shelving.source
NOTICE, LINE = "closure_notice:1", ALBERTSLUND.closure.source
HEAT_LAW, WATER_LAW = (law().claim_types[key].on(JUNE).source for key in ("fjernvarme", "vand"))
NEEDS_CASEWORKER = Refused(Reason.NEEDS_CASEWORKER, None, LINE, NOTICE)


def close(one, rules=ALBERTSLUND, day=JUNE):
    return may_close(one, law(), rules, day)


def test_A28_heat_is_closed_after_breached_plans_by_a_person_with_notice():
    move = close(case(**HEAT, debtor=NO_CHILDREN, words=YES))
    pay_by = date(2026, 6, 29)
    assert move == Move(
        StepKind.CLOSURE_NOTICE, NOTICE, LINE, pay_by=pay_by, offers_plan=True, gives_notice=False
    )


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"words": ()}, NEEDS_CASEWORKER),
        ({"words": (replace(YES[0], until=BEFORE),)}, NEEDS_CASEWORKER),
        ({"agreements": Agreements(breaches=1)}, Refused(Reason.NO_BREACH, None, LINE, NOTICE)),
        ({"taken": ()}, Refused(Reason.NO_PLAN_OFFERED, None, HEAT_LAW, NOTICE)),
        (
            {"taken": (reminded(offered_plan=False),)},
            Refused(Reason.NO_PLAN_OFFERED, None, HEAT_LAW, NOTICE),
        ),
        (
            {"debtor": Debtor(children_at_home=True)},
            Refused(Reason.CHILDREN_FIRST, None, LINE, NOTICE),
        ),
        ({"debtor": Debtor()}, Refused(Reason.CHILDREN_FIRST, None, LINE, NOTICE)),
        ({"debtor": replace(NO_CHILDREN, is_frozen=True)}, Refused(Reason.FROZEN)),
        ({"state": ClaimState.SHELVED}, Refused(Reason.SHELVED, basis=SHELVING)),
        (
            {"taken": (reminded(), noticed(step="closure_notice:1"))},
            Refused(Reason.ALREADY_DONE, step=NOTICE),
        ),
        (
            {"words": (*YES, Word("closure_notice:1", Effect.HOLD, until=JUNE))},
            Refused(Reason.HELD_BY_CASEWORKER, step=NOTICE),
        ),
        ({"claim_type": "dagtilbud"}, Refused(Reason.NOT_IN_POLICY, step=NOTICE)),
        ({"claim_type": "vand"}, Refused(Reason.FORBIDDEN_BY_LAW, None, WATER_LAW, NOTICE)),
    ],
)
def test_A27_A28_what_stands_against_closing_and_what_it_rests_on(given, refused):
    one = case(**{**HEAT, "debtor": NO_CHILDREN, "words": YES} | given)
    assert close(one) == refused


def test_a_closure_notice_leaves_on_a_bank_day_only_and_says_when():
    one = case(**HEAT, debtor=NO_CHILDREN, words=YES)
    saturday, monday = date(2026, 6, 6), at_local(JUNE, 0)
    assert close(one, day=saturday) == Refused(Reason.NOT_A_BANK_DAY, monday, "", NOTICE)


def test_a_hold_that_has_ended_does_not_stop_a_closure_notice():
    ended = Word("closure_notice:1", Effect.HOLD, until=BEFORE)
    assert isinstance(close(case(**HEAT, debtor=NO_CHILDREN, words=(*YES, ended))), Move)


def test_children_in_the_home_are_told_of_first():
    told = Debtor(children_at_home=True, social_authorities_told_on=date(2026, 5, 1))
    assert isinstance(close(case(**HEAT, debtor=told, words=YES)), Move)


def test_A27_faxe_closes_nothing():
    assert why(close(case(**HEAT, debtor=NO_CHILDREN, words=YES), FAXE)) is Reason.NOT_IN_POLICY


def test_water_is_closed_once_a_lawyer_has_confirmed_the_right():
    assert ALBERTSLUND.closure is not None
    gate = ALBERTSLUND.closure.model_copy(update={"legal_gate_confirmed": "notat af 1. maj 2026"})
    rules = policy(closure=gate)
    water = case(**HEAT | {"claim_type": "vand"}, debtor=NO_CHILDREN, words=YES)
    assert isinstance(close(water, rules), Move)
    assert law().claim_types["vand"].on(MONDAY).closure is Closure.LEGAL_GATE


def test_A29_the_claim_goes_on_by_its_ladder_beside_a_closure_notice():
    one = case(**HEAT | {"taken": (reminded(), noticed(step="closure_notice:1"))})
    assert ask(one, day=date(2026, 6, 8)).name == "reminder:2"
