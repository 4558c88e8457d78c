"""The layers of law and policy are held against each other at the start, with file and line."""

import shutil
from datetime import date

import pytest

from data.law.law import Law
from data.municipalities.policy import FOLDER, Policies
from data.yaml_files import DataFileError
from outreach import layers
from outreach.runtime import Runtime

TODAY = date(2026, 11, 24)
LAW = Law.load()


@pytest.fixture
def folder(tmp_path):
    """A folder with both municipalities' files."""
    for path in FOLDER.glob("*.yml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def change(path, right, wrong):
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if wrong in line)


def refused(folder, today=TODAY):
    policies = Policies.load(folder)
    with pytest.raises(DataFileError) as fault:
        layers.check(policies, LAW, today, folder)
    return str(fault.value).splitlines()


def test_the_shipped_policies_stand_under_the_law(folder):
    layers.check(Policies.load(folder), LAW, TODAY, folder)


def test_A21_a_fee_above_the_law_is_shown_with_file_line_key_and_paragraph(folder):
    path = folder / "albertslund.yml"
    line = change(path, "fee: law_max", "fee: 250")
    [said] = refused(folder)
    assert said.startswith(f"{path}:{line}: ladders.0.steps.1.fee: 250.00 kr. is above the 100.00")
    assert said.endswith("(renteloven § 9 b (S3))")


def test_every_conflict_of_a_file_is_told_at_once(folder):
    path = folder / "albertslund.yml"
    closing = change(path, "claim_types: [vand, fjernvarme]", "claim_types: [vand, renovation]")
    giving = change(path, "benefits: [overskydende_skat,", "benefits: [boerne_og_ungeydelse,")
    said = refused(folder)
    assert [line.split(": ")[0] for line in said] == [f"{path}:{closing}", f"{path}:{giving}"]


def test_one_policy_can_be_held_against_the_law_by_itself(folder):
    path = folder / "faxe.yml"
    change(path, "to: bailiff", "to: state")
    layers.check_one(Policies.load(folder)["faxe"], path, LAW, TODAY)


async def test_a_runtime_knows_the_law_and_its_claim_types(runtime: Runtime):
    assert runtime.claim_types is runtime.law.claim_types
    assert runtime.claim_types["vand"].da == "Vand"
