"""What a caseworker may say of a step, and when a case may rest."""

from __future__ import annotations

import pytest

from data.models.cases import Effect
from data.municipalities.ladders import Fact, Ground
from outreach.rules.case import Agreements, Word
from outreach.rules.decision import ALLOWED, Reason, Refused
from outreach.rules.overrides import may_say
from outreach.rules.shelving import may_shelve
from tests.outreach.rules.make_case import (
    MONDAY,
    case,
    law,
    policy,
)

ALBERTSLUND, FAXE = policy("albertslund"), policy("faxe")


def why(answer):
    assert isinstance(answer, Refused), answer
    return answer.reason


ALL_FACTS = frozenset(Fact)
STEPS = ALBERTSLUND.ladders.of("dagtilbud", preferential=False).steps


@pytest.mark.parametrize("missing", list(Fact))
def test_A19_shelving_needs_all_three_facts(missing):
    assert may_shelve(ALL_FACTS, ALBERTSLUND) == ALLOWED
    answer = may_shelve(ALL_FACTS - {missing}, ALBERTSLUND)
    assert why(answer) is Reason.FACTS_MISSING
    assert isinstance(answer, Refused)
    assert "A19" in answer.basis


def test_faxe_shelves_nothing():
    assert why(may_shelve(ALL_FACTS, FAXE)) is Reason.NOT_IN_POLICY


def say(word, rules=ALBERTSLUND, **given):
    return may_say(word, case(**given), law(), rules, MONDAY)


@pytest.mark.parametrize("effect", [Effect.HOLD, Effect.WITHOUT_FEE])
@pytest.mark.parametrize("rules", [ALBERTSLUND, FAXE])
@pytest.mark.parametrize("step", ["all", "reminder:1", "hand_over:1", "closure_notice:1"])
def test_A39_softening_is_always_a_caseworkers_to_do(effect, rules, step):
    assert say(Word(step, effect), rules) == ALLOWED


@pytest.mark.parametrize(
    ("word", "rules", "reason"),
    [
        (Word("reminder:1", Effect.SKIP), ALBERTSLUND, None),
        (Word("notice:1", Effect.SKIP), ALBERTSLUND, Reason.FORBIDDEN_BY_LAW),
        (Word("hand_over:1", Effect.SKIP), ALBERTSLUND, Reason.FORBIDDEN_BY_LAW),
        (Word("reminder:1", Effect.SKIP), FAXE, Reason.FORBIDDEN_BY_LAW),  # it carries the notice
        (Word("reminder:9", Effect.SKIP), ALBERTSLUND, Reason.NOT_IN_POLICY),
        (Word("all", Effect.SKIP), ALBERTSLUND, Reason.NOT_IN_POLICY),
        (Word("hand_over:1", Effect.APPROVE), ALBERTSLUND, Reason.NO_GROUND),
        (Word("reminder:1", Effect.APPROVE), ALBERTSLUND, Reason.NOT_IN_POLICY),
        (Word("hand_over:1", Effect.APPROVE), FAXE, Reason.NOT_IN_POLICY),
        (Word("closure_notice:1", Effect.APPROVE), ALBERTSLUND, Reason.NOT_IN_POLICY),
        (Word("closure_notice:1", Effect.APPROVE), FAXE, Reason.NOT_IN_POLICY),
        (Word("all", Effect.SHELVE, facts=ALL_FACTS), ALBERTSLUND, None),
        (Word("all", Effect.SHELVE), ALBERTSLUND, Reason.FACTS_MISSING),
    ],
)
def test_what_a_caseworker_may_and_may_not_say(word, rules, reason):
    answer = say(word, rules)
    assert (answer == ALLOWED) if reason is None else (why(answer) is reason)


def test_A24_the_assessment_names_one_of_the_policys_grounds():
    twice = Agreements(breaches=2)
    for ground in Ground:
        answer = say(Word("hand_over:1", Effect.APPROVE, ground=ground), agreements=twice)
        is_ours = ground in {Ground.ABLE_BUT_UNWILLING, Ground.REPEATED_BREACH}
        assert (answer == ALLOWED) is is_ours


def test_the_auction_warning_is_approved_without_a_ground():
    assert (
        say(
            Word("auction_warning:1", Effect.APPROVE),
            FAXE,
            claim_type="ejendomsskat",
            tax_year=2023,
        )
        == ALLOWED
    )


def test_A24_nobody_assesses_ability_where_a_table_decides():
    word = Word("hand_over:1", Effect.APPROVE, ground=Ground.ABLE_BUT_UNWILLING)
    assert why(say(word, claim_type="kontanthjaelp")) is Reason.FORBIDDEN_BY_LAW
    breach = Word("hand_over:1", Effect.APPROVE, ground=Ground.REPEATED_BREACH)
    twice = Agreements(breaches=2)
    assert say(breach, claim_type="kontanthjaelp", agreements=twice) == ALLOWED


@pytest.mark.parametrize(
    ("word", "rules", "refused"),
    [
        (
            Word("reminder:9", Effect.SKIP),
            ALBERTSLUND,
            Refused(Reason.NOT_IN_POLICY, step="reminder:9"),
        ),
        (
            Word("notice:1", Effect.SKIP),
            ALBERTSLUND,
            Refused(Reason.FORBIDDEN_BY_LAW, basis="gældsinddrivelsesloven § 2 stk. 4"),
        ),
        (
            Word("reminder:1", Effect.APPROVE),
            ALBERTSLUND,
            Refused(Reason.NOT_IN_POLICY, basis=STEPS[0].source),
        ),
        (
            Word("hand_over:1", Effect.APPROVE),
            ALBERTSLUND,
            Refused(Reason.NO_GROUND, basis=STEPS[-1].source),
        ),
    ],
)
def test_a_word_that_may_not_stand_is_answered_with_what_it_breaks(word, rules, refused):
    assert say(word, rules) == refused


def test_a_ground_the_law_does_not_know_is_answered_with_the_paragraph():
    word = Word("hand_over:1", Effect.APPROVE, ground=Ground.ABLE_BUT_UNWILLING)
    paragraph = law().claim_types["kontanthjaelp"].on(MONDAY).source
    assert say(word, claim_type="kontanthjaelp") == Refused(
        Reason.FORBIDDEN_BY_LAW, basis=paragraph
    )


@pytest.mark.parametrize(("breaches", "reason"), [(1, Reason.NO_BREACH), (2, None)])
def test_A25_A28_nothing_is_approved_ahead_of_the_breaches_it_asks_for(breaches, reason):
    kept = {"claim_type": "fjernvarme", "agreements": Agreements(breaches=breaches)}
    closing = Word("closure_notice:1", Effect.APPROVE)
    leaving = Word("hand_over:1", Effect.APPROVE, ground=Ground.REPEATED_BREACH)
    for word in (closing, leaving):
        answer = say(word, **kept)
        assert (answer == ALLOWED) if reason is None else (why(answer) is reason)
