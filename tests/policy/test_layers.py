"""Statute over policy over caseworker: a policy that asks for more than the law is refused."""

import shutil
from datetime import date

import pytest

from data.municipalities.policy import FOLDER, Policies
from data.yaml_files import DataFileError
from outreach.layers import check
from tests.policy.ladder import LAW

TODAY = date(2026, 11, 24)


@pytest.fixture
def council(tmp_path):
    """Change one municipality's file, and hold it against the law."""

    def decide(key, right, wrong):
        file = tmp_path / f"{key}.yml"
        shutil.copy(FOLDER / f"{key}.yml", file)
        text = file.read_text(encoding="utf-8")
        assert right in text
        file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        check(Policies.load(tmp_path), LAW, TODAY, tmp_path)

    return decide


@pytest.mark.parametrize(
    ("key", "right", "wrong", "said"),
    [
        ("albertslund", "fee: law_max", "fee: 500", ("above the", "gebyrloven § 2")),
        ("albertslund", "[vand, fjernvarme]", "[vand, dagtilbud]", ("no right to close",)),
        (
            "albertslund",
            "[overskydende_skat,",
            "[boerne_og_ungeydelse,",
            ("cannot be assigned", "børne- og ungeydelsesloven § 11"),
        ),
        ("faxe", "claim_types: [kontanthjaelp]", "claim_types: [krisecenter]", ("people only",)),
        ("faxe", "to: state", "to: bailiff", ("preferential claims only",)),
    ],
)
def test_F34_a_policy_that_asks_for_more_than_the_law_is_refused_with_the_paragraph(
    council, key, right, wrong, said
):
    with pytest.raises(DataFileError) as refused:
        council(key, right, wrong)
    text = str(refused.value)
    assert f"{key}.yml:" in text
    assert all(part in text for part in said), text


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("decided_by: caseworker", "decided_by: rule", "person's assessment"),
        (
            "needs: [dependent_on_service, willing, currently_unable]",
            "needs: []",
            "at least 1 item",
        ),
    ],
)
def test_A19_A24_what_the_policy_leaves_to_a_person_cannot_be_taken_from_them(
    council, right, wrong, said
):
    with pytest.raises(DataFileError, match=said):
        council("albertslund", right, wrong)


def test_F34_both_policies_as_they_are_keep_the_law():
    check(Policies.load(), LAW, TODAY)
