"""A report can be read by anyone at the clerk's screen, and is complete for a machine."""

import json

import pytest

from outreach.intake.reasons import REASONS
from outreach.intake.rendering import LISTED, render
from outreach.intake.report import CHANGES_LISTED, SHOWN, Report, problem, shown


@pytest.fixture
def report():
    with Report(kind="claims", file="claims.csv", municipality="faxe") as open_report:
        yield open_report


@pytest.mark.parametrize(
    ("column", "value", "seen"),
    [
        ("debtor_id", "0101801235", "010180-••••"),
        ("debtor_id", "12345", "••••"),
        ("phone", "20304050", "20••••50"),
        ("phone", "+45 20 30 40 50", "+4••••50"),
        ("email", "mette@example.dk", "m••••@example.dk"),
        ("name", "Mette 010180-1235 Hansen", "Mette 010180-•••• Hansen"),
        ("claim_ref", "0101801235", "010180-••••"),
        ("principal", "1.2.3", "1.2.3"),
        ("name", "a\x07b\n", "a\\x07b\\n"),
    ],
)
def test_people_are_hidden_and_the_rest_is_shown(column, value, seen):
    assert shown(column, value) == seen


def test_a_long_cell_is_cut():
    assert len(shown("name", "x" * 500)) == SHOWN


def test_every_reason_has_a_mend_and_is_written_as_sentences():
    for reason in REASONS.values():
        assert reason.why.endswith(".")
        assert reason.mend.endswith(".")


def test_many_problems_are_counted_by_reason_on_screen_and_complete_in_json(report):
    for line in range(2, 1002):
        report.reject([problem(line, "due_date", "i går", "not_a_date")])
    text = list(render(report))
    written = json.loads("".join(report.as_json()))
    assert sum("not a date" in line and "line " in line for line in text) == LISTED
    assert any("800 x due_date" in line for line in text)
    assert written["rejected"] == len(written["rejected_rows"]) == 1000
    assert written["rejected_rows"][0] == {
        "line": 2,
        "column": "due_date",
        "value": "i går",
        "code": "not_a_date",
        "reason": REASONS["not_a_date"].why,
        "mend": REASONS["not_a_date"].mend,
    }


def test_warnings_and_rejections_are_kept_apart(report):
    report.reject([problem(2, "phone", "12", "not_a_phone")])
    report.note([problem(3, "debtor_id", "0101801234", "cpr_mod_11", is_warning=True)])
    written = json.loads("".join(report.as_json()))
    assert (written["rejected"], written["warnings"]) == (1, 1)
    assert [row["line"] for row in written["warning_rows"]] == [3]
    assert not report.all_taken


def test_only_the_first_changes_are_listed_and_all_are_counted(report):
    for line in range(CHANGES_LISTED + 5):
        report.change(line, f"A-{line}", ["phone"])
    assert (report.changed, len(report.changes)) == (CHANGES_LISTED + 5, CHANGES_LISTED)
    assert "  and 5 more" in list(render(report))
