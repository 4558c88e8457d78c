"""Which figures a person should look at: the list `mindelig doctor` gives."""

from datetime import date

import pytest

from data.law.review import review

TODAY = date(2026, 11, 24)
HEATING = 'source: "renteloven § 9 b (S3)"\n    verified_on: null'


def found(law, file, today=TODAY):
    return next(part for part in review(law, today) if part.file == file)


def test_every_file_of_figures_is_looked_through(law):
    assert [part.file for part in review(law, TODAY)] == [
        "claim_types.yml",
        "fees.yml",
        "interest.yml",
        "limitation.yml",
        "statutory.yml",
        "hand_over.yml",
        "assignments.yml",
        "paragraphs.yml",
        "state_tools.yml",
    ]


def test_figures_nobody_verified_are_named(law):
    fees = found(law, "fees.yml")
    assert [figure.name for figure in fees.unverified()] == ["udpantning", "civil", "none"]
    assert str(fees.figures[1]) == "civil from 2018-01-01 (found): renteloven § 9 b (S3)"
    types = found(law, "claim_types.yml")
    assert "dagtilbud" in [figure.name for figure in types.unverified()]
    statutory = found(law, "statutory.yml")
    assert [figure.name for figure in statutory.figures] == ["statutory"]


@pytest.mark.parametrize(
    ("verified", "is_old"), [("2025-11-24", False), ("2025-11-23", True), ("2026-11-01", False)]
)
def test_a_verification_holds_for_a_year(amend, verified, is_old):
    law = amend("fees.yml", HEATING, HEATING.replace("null", verified))
    fees = found(law, "fees.yml")
    assert "civil" not in [figure.name for figure in fees.unverified()]
    assert [figure.name for figure in fees.old(TODAY)] == (["civil"] if is_old else [])


def test_a_half_year_without_its_rate_is_out_of_date_from_its_first_day(law):
    assert found(law, "interest.yml", date(2026, 12, 31)).late == ()
    assert found(law, "interest.yml", date(2027, 1, 1)).late == (
        "civil.references since 2027-01-01",
    )


def test_the_income_table_is_renewed_each_year(law):
    assert found(law, "statutory.yml", date(2024, 9, 30)).late == ()
    assert found(law, "statutory.yml").late == ("statutory since 2024-10-01",)
