"""A municipality's ladder as its file puts it: what is taken, and what is refused with the mend."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from data.municipalities.ladders import Ladders
from data.municipalities.policy import FOLDER, Policy
from data.values.money import NOTHING, Money
from data.yaml_files import DataFileError, read

GOOD = yaml.safe_load((FOLDER / "faxe.yml").read_text(encoding="utf-8"))


def changed(path, value):
    """The municipality's file with one value changed; `...` takes it out."""
    content = copy.deepcopy(GOOD)
    place = content
    for part in path[:-1]:
        place = place[part]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return content


def step(ladder, number, key):
    return ("ladders", ladder, "steps", number, key)


PREFERENTIAL, KONTANTHJAELP, ORDINARY = 0, 1, 2
NOTICE = {"step": "notice", "after_days": 3, "pay_within_days": 14, "source": "test"}


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (step(ORDINARY, 0, "after_dayz"), 3, "Extra inputs are not permitted"),
        (step(ORDINARY, 0, "after_days"), 0, "greater than or equal to 1"),
        (step(ORDINARY, 0, "after_days"), "soon", "valid integer"),
        (step(ORDINARY, 0, "after_days"), ..., "Field required"),
        (step(ORDINARY, 0, "step"), "gosub", "'reminder', 'notice'"),
        (step(ORDINARY, 0, "step"), "closure_notice", "see closure"),
        (step(ORDINARY, 0, "pay_within_days"), ..., "set pay_within_days"),
        (step(ORDINARY, 0, "fee"), -100, "more than 0"),
        (step(ORDINARY, 0, "fee"), "much", "is not an amount"),
        (step(ORDINARY, 0, "carries_notice"), False, "§ 2 stk. 4"),
        (step(ORDINARY, 0, "quiet_bank_days"), 5, "belong to hand_over"),
        (step(ORDINARY, 0, "source"), " ", "must say where the figure comes from"),
        (step(ORDINARY, 0, "least_breaches"), 2, "belong to hand_over"),
        (step(ORDINARY, 0, "after_days"), True, "must be a number, not yes"),
        (step(ORDINARY, 0, "fee"), {"up": 1}, "is not an amount"),
        (step(ORDINARY, 0, "fee"), [{"fee": [1]}], "is not an amount"),
        (step(ORDINARY, 0, "fee"), [], "needs a tier"),
        (step(ORDINARY, 0, "fee"), [{"fee": 100}, {"debt_up_to": 100, "fee": 50}], "comes last"),
        (step(ORDINARY, 0, "fee"),
         [{"debt_up_to": 200, "fee": 100}, {"debt_up_to": 200, "fee": 50}], "grows from tier"),
        (step(ORDINARY, 1, "quiet_bank_days"), ..., "needs quiet_bank_days"),
        (step(ORDINARY, 1, "grounds"), [], "names its grounds"),
        (step(ORDINARY, 1, "grounds"), ["able_but_unwilling"], "decided_by: caseworker"),
        (step(ORDINARY, 1, "grounds"), ["spite"], "'unpaid_reminder'"),
        (step(ORDINARY, 1, "to"), "police", "'state' or 'bailiff'"),
        (step(ORDINARY, 1, "to"), ..., "whom it goes to"),
        (step(ORDINARY, 1, "fee"), 100, "no fee, deadline or notice"),
        (step(PREFERENTIAL, 2, "fee"), 100, "belong to a reminder"),
        (("ladders", ORDINARY, "steps", 0), NOTICE, "first step must be a reminder"),
        (("ladders", ORDINARY, "steps"), [], "at least 1 item"),
        (("ladders", ORDINARY, "preferential"), True, "exactly one ladder"),
        (("ladders", ORDINARY, "key"), "kontanthjaelp", "two ladders share a key"),
        (("ladders", KONTANTHJAELP, "claim_types"), [], "exactly one ladder"),
        (("ladders", KONTANTHJAELP, "preferential"), True, "not both"),
        (("ladders", PREFERENTIAL, "preferential"), False, "preferential ladder"),
        (("ladders",), [], "exactly one ladder"),
        (("closure",), {"claim_types": [], "least_breaches": 2, "notice_days": 9, "source": "x"},
         "at least 1 item"),
        (("closure",), {"claim_types": ["vand"], "least_breaches": 2, "notice_days": 9,
                        "decided_by": "rule", "source": "x"}, "never by a rule"),
        (("shelving",), {"needs": ["rich"], "look_again_months": 6, "source": "x"}, "'willing'"),
        (("dialogue", "bank_days_before_reminder"), 0, "greater than or equal to 1"),
        (("interest", "charged"), "perhaps", "valid boolean"),
        (("interest", "runs_from"), "2027-01-01", "need charged: true"),
        (("interest", "in_agreements"), True, "need charged: true"),
        (("plans", "exceptions"),
         [{"claim_types": ["vand"], "allowed": False, "most_months": 3, "source": "x"}],
         "that none may"),
        (("first_contact", "channels"), ["fax"], "Input should be 'sms'"),
        (("plans", "grace_bank_days"), 100, "less than or equal to 60"),
    ],
)  # fmt: skip
def test_a_wrong_ladder_is_refused_with_line_field_and_reason(tmp_path: Path, path, value, says):
    file = tmp_path / "faxe.yml"
    file.write_text(yaml.safe_dump(changed(path, value), sort_keys=False), encoding="utf-8")
    with pytest.raises(DataFileError) as refused:
        read(file, Policy)
    told = str(refused.value)
    assert says in told
    assert told.startswith(f"{file}:")
    assert int(told.removeprefix(f"{file}:").partition(":")[0]) > 1


def test_a_hand_over_is_the_last_step(tmp_path: Path):
    content = copy.deepcopy(GOOD)
    steps = content["ladders"][ORDINARY]["steps"]
    steps.reverse()
    steps.insert(0, GOOD["ladders"][PREFERENTIAL]["steps"][0])
    file = tmp_path / "faxe.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(DataFileError, match="hand_over must be the last step"):
        read(file, Policy)


def test_a_claim_type_stands_on_one_ladder_only():
    ladders = copy.deepcopy(GOOD["ladders"])
    ladders.append(ladders[KONTANTHJAELP] | {"key": "again"})
    with pytest.raises(ValueError, match="stands on two ladders: kontanthjaelp"):
        Ladders.model_validate(ladders)


def test_only_one_ladder_is_preferential():
    ladders = copy.deepcopy(GOOD["ladders"])
    ladders.append(ladders[PREFERENTIAL] | {"key": "again"})
    with pytest.raises(ValueError, match="only one ladder may be preferential"):
        Ladders.model_validate(ladders)


def test_each_claim_finds_its_ladder():
    ladders = Ladders.model_validate(GOOD["ladders"])
    assert ladders.of("kontanthjaelp", preferential=False).key == "kontanthjaelp"
    assert ladders.of("kontanthjaelp", preferential=True).key == "kontanthjaelp"
    assert ladders.of("ejendomsskat", preferential=True).key == "preferential"
    assert ladders.of("ejendomsskat", preferential=False).key == "ordinary"
    assert ladders.of("dagtilbud", preferential=False).key == "ordinary"
    assert ladders.of("dagtilbud", preferential=False).is_default


def test_steps_are_numbered_among_their_kind():
    ladder = Ladders.model_validate(GOOD["ladders"]).ladders[PREFERENTIAL]
    assert ladder.numbers() == (1, 2, 1, 1)


@pytest.mark.parametrize(
    ("fee", "debt", "most", "costs"),
    [
        ("none", 100, 25000, 0),
        ("law_max", 100, 25000, 25000),
        (100, 100, 25000, 10000),
        ("100,50", 100, 25000, 10050),
        (300, 100, 25000, 25000),  # the law outranks the file
        ([{"debt_up_to": 100, "fee": 100}, {"fee": "law_max"}], 10000, 25000, 10000),
        ([{"debt_up_to": 100, "fee": 100}, {"fee": "law_max"}], 10001, 25000, 25000),
        ([{"debt_up_to": 100, "fee": 100}], 10001, 25000, 0),
    ],
)
def test_a_fee_is_none_the_laws_most_a_sum_or_goes_by_the_size_of_the_debt(fee, debt, most, costs):
    ladders = copy.deepcopy(GOOD["ladders"])
    ladders[ORDINARY]["steps"][0]["fee"] = fee
    first = Ladders.model_validate(ladders).ladders[ORDINARY].steps[0]
    assert first.fee_of(Money(debt), Money(most)) == Money(costs)
    assert first.has_fee is (fee != "none")
    assert first.fee_of(Money(debt), NOTHING) == NOTHING
