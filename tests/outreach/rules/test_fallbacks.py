"""Which way comes next, when nobody was reached on the one before."""

import pytest

from data.municipalities.first_contact import FirstContact, Way
from data.municipalities.policy import Policies
from outreach.rules.decision import Reason
from outreach.rules.fallbacks import (
    MAY_BE_OVER,
    WORTH_ANOTHER_CALL,
    Reachable,
    Step,
    Tried,
    next_step,
)

ALL = frozenset({Way.VOICE, Way.EMAIL})
SMS = Tried(Step(Way.SMS), "30003")
POLICIES = Policies.load()


def policy(*channels, most_calls=1):
    return FirstContact(
        bank_days_after_deadline=1,
        needs_payment_file=True,
        channels=channels,
        most_calls=most_calls,
        useless_after_bank_days=5,
        exclude_claim_types=frozenset(),
        source="a test",
    )


def call(number, because="no_answer"):
    return Tried(Step(Way.VOICE, number), because)


def test_an_sms_is_followed_by_a_call_and_in_the_end_by_a_letter():
    order = policy(Way.SMS, Way.VOICE, Way.EMAIL, Way.LETTER_LIST)
    tried = [SMS]
    for way in (Way.VOICE, Way.EMAIL, Way.LETTER_LIST):
        step = next_step(order, ALL, tried)
        assert step == Step(way)
        tried.append(Tried(step, "no_answer"))
    assert next_step(order, ALL, tried) is None


def test_the_order_is_the_policys():
    order = policy(Way.VOICE, Way.EMAIL, Way.SMS, Way.LETTER_LIST)
    assert next_step(order, ALL, [SMS]) == Step(Way.VOICE)
    order = policy(Way.EMAIL, Way.VOICE, Way.SMS)
    assert next_step(order, ALL, [SMS]) == Step(Way.EMAIL)


def test_what_the_installation_does_not_have_is_passed_over():
    order = policy(Way.SMS, Way.VOICE, Way.EMAIL, Way.LETTER_LIST)
    assert next_step(order, {Way.EMAIL}, [SMS]) == Step(Way.EMAIL)
    assert next_step(order, frozenset(), [SMS]) == Step(Way.LETTER_LIST)


def test_without_a_letter_list_it_ends_with_nothing():
    assert next_step(policy(Way.SMS), ALL, [SMS]) is None


@pytest.mark.parametrize("because", sorted(WORTH_ANOTHER_CALL))
def test_who_did_not_pick_up_is_called_again_as_often_as_the_policy_says(because):
    order = policy(Way.SMS, Way.VOICE, Way.LETTER_LIST, most_calls=3)
    assert next_step(order, ALL, [SMS, call(1, because)]) == Step(Way.VOICE, 2)
    assert next_step(order, ALL, [SMS, call(1), call(2, because)]) == Step(Way.VOICE, 3)
    assert next_step(order, ALL, [SMS, call(1), call(2), call(3, because)]) == Step(Way.LETTER_LIST)


@pytest.mark.parametrize("because", ["call_failed", "21214", "number_distrusted", "opted_out"])
def test_a_number_that_cannot_be_called_is_not_called_again(because):
    order = policy(Way.SMS, Way.VOICE, Way.LETTER_LIST, most_calls=3)
    assert next_step(order, ALL, [SMS, call(1, because)]) == Step(Way.LETTER_LIST)


def test_only_calls_are_tried_again():
    order = policy(Way.SMS, Way.EMAIL, Way.LETTER_LIST, most_calls=3)
    busy = Tried(Step(Way.EMAIL), "busy")
    assert next_step(order, ALL, [SMS, busy]) == Step(Way.LETTER_LIST)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (Step(Way.SMS), "reach_sms"),
        (Step(Way.VOICE), "reach_voice:1"),
        (Step(Way.VOICE, 2), "reach_voice:2"),
        (Step(Way.EMAIL), "reach_email"),
        (Step(Way.LETTER_LIST), "reach_letter_list"),
    ],
)
def test_a_step_is_kept_by_a_name_that_is_read_again(step, name):
    assert step.name == name
    assert Step.parse(name) == step


@pytest.mark.parametrize(
    ("known", "way", "obstacle"),
    [
        ({}, Way.VOICE, None),
        ({"protected": True}, Way.VOICE, Reason.ADDRESS_PROTECTED),
        ({"protected": True}, Way.EMAIL, None),
        ({"opted_out": True}, Way.EMAIL, Reason.OPTED_OUT),
        ({"opted_out": True}, Way.LETTER_LIST, None),
        ({"has_address": False}, Way.EMAIL, Reason.NO_ADDRESS),
        ({"has_address": False, "distrusted": True}, Way.VOICE, Reason.NUMBER_DISTRUSTED),
        ({"distrusted": True}, Way.VOICE, None),  # another number is trusted
        ({"has_address": False, "protected": True}, Way.LETTER_LIST, None),
    ],
)
def test_why_a_way_is_not_tried(known, way, obstacle):
    assert Reachable(**{"has_address": True} | known).obstacle(way) is obstacle


def test_what_is_said_no_to_or_wrong_is_never_over():
    assert MAY_BE_OVER.isdisjoint(
        {Reason.OPTED_OUT, Reason.NUMBER_DISTRUSTED, Reason.USELESS_NOW, Reason.ADDRESS_PROTECTED}
    )


@pytest.mark.parametrize(
    ("channels", "why"),
    [
        ((Way.SMS, Way.SMS), "twice"),
        ((Way.VOICE, Way.EMAIL), "sms is missing"),
        ((Way.SMS, Way.LETTER_LIST, Way.VOICE), "comes last"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(channels, why):
    with pytest.raises(ValueError, match=why):
        policy(*channels)


def test_F29_faxe_calls_and_mails_first_and_both_end_with_a_letter():
    faxe, albertslund = (POLICIES[key].first_contact for key in ("faxe", "albertslund"))
    assert faxe.channels[:2] == (Way.VOICE, Way.EMAIL)
    assert {faxe.channels[-1], albertslund.channels[-1]} == {Way.LETTER_LIST}
