"""A municipality's file loads, says where each rule comes from, and leaves nothing out."""

import pytest
import yaml

from data.municipalities.policy import Policies, Policy
from tests.house.sources import ROOT

FILES = sorted((ROOT / "data" / "municipalities").glob("*.yml"))
LAW = sorted((ROOT / "data" / "law").glob("*.yml"))
#: Who they are; everything else in the file is a rule, and a rule has a source.
NOT_RULES = {"key", "name"}
#: What a municipality may leave to the law and to people altogether.
OPTIONAL = {name for name, field in Policy.model_fields.items() if not field.is_required()}


def contents(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_every_municipality_file_loads():
    policies = Policies.load()
    assert {file.stem for file in FILES} == {contents(file)["key"] for file in FILES}
    assert all(policies[file.stem] for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_block_of_policy_has_a_source(file):
    blocks = {name: block for name, block in contents(file).items() if name not in NOT_RULES}
    without = [name for name, block in blocks.items() if not has_source(block)]
    assert without == []


def has_source(block):
    if isinstance(block, list):  # the ladders: each step has its own
        return all(has_source(step) for ladder in block for step in ladder["steps"])
    return isinstance(block, dict) and bool(str(block.get("source", "")).strip())


def test_all_municipalities_decide_the_same_things():
    decided = {file.stem: set(contents(file)) - OPTIONAL for file in FILES}
    everything = set.union(*decided.values())
    assert {name: everything - keys for name, keys in decided.items() if everything - keys} == {}


@pytest.mark.parametrize("file", LAW, ids=lambda file: file.stem)
def test_law_is_dated_and_has_a_source(file):
    figures = list(dated(contents(file)))
    assert figures
    assert all({"source", "verified_on"} <= figure.keys() for figure in figures)
    assert all(str(figure["source"]).strip() for figure in figures)


def dated(part):
    """Find every figure of a law file: whatever says from when it holds."""
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict) and "valid_from" in part:
        yield part
    for each in parts:
        yield from dated(each)
