"""A row of a claims file is a claim, or every reason why not."""

import pytest

from data.law.claim_types import ClaimTypes
from data.models.citizens import Language
from outreach.intake import claim_rows
from outreach.intake.files import Row

METTES = {
    "claim_ref": "A-1001",
    "debtor_id": "0101801233",
    "phone": "20304050",
    "email": "",
    "claim_type": "dagtilbud",
    "principal": "1.200,00",
    "due_date": "20-11-2026",
}


@pytest.fixture(scope="module")
def types():
    return ClaimTypes.load()


def read(types, given):
    cells = METTES | given
    return claim_rows.read(
        Row(2, list(cells.values())), {name: n for n, name in enumerate(cells)}, types
    )


@pytest.mark.parametrize(
    ("given", "column", "code"),
    [
        ({"claim_ref": ""}, "claim_ref", "required"),
        ({"claim_ref": "A" * 61}, "claim_ref", "too_long"),
        ({"claim_ref": "=HYPERLINK(1)"}, "claim_ref", "formula"),
        ({"claim_ref": "-2+3"}, "claim_ref", "formula"),
        ({"claim_ref": "@SUM(A1)"}, "claim_ref", "formula"),
        ({"debtor_id": ""}, "debtor_id", "required"),
        ({"debtor_id": "25313764"}, "debtor_id", "not_a_debtor_number"),
        ({"debtor_id": "3102801235"}, "debtor_id", "not_a_debtor_number"),
        ({"debtor_kind": "business"}, "debtor_kind", "debtor_kind_differs"),
        ({"debtor_kind": "ko"}, "debtor_kind", "not_a_debtor_kind"),
        ({"phone": "", "email": ""}, "phone", "unreachable"),
        ({"phone": "", "email": "mette"}, "email", "not_an_email"),
        ({"phone": "12", "email": "mette@example.dk"}, "phone", "not_a_phone"),
        ({"claim_type": "månerejse"}, "claim_type", "unknown_claim_type"),
        ({"claim_type": ""}, "claim_type", "required"),
        ({"principal": "0"}, "principal", "principal_not_positive"),
        ({"principal": "1.2.3"}, "principal", "not_an_amount"),
        ({"principal": ""}, "principal", "required"),
        ({"due_date": ""}, "due_date", "required"),
        ({"due_date": "20-11-1926"}, "due_date", "date_out_of_range"),
        ({"bill_sent_on": "21-11-2026"}, "bill_sent_on", "due_before_bill"),
        ({"period_start": "2-1-2026", "period_end": "1-1-2026"}, "period_end", "period_backwards"),
        ({"claim_type": "grundskyld", "tax_year": "2024"}, "tax_year", "state_collects"),
        ({"tax_year": "i fjor"}, "tax_year", "not_a_number"),
        ({"instalment_no": "0"}, "instalment_no", "not_a_number"),
        ({"betalingsservice": "måske"}, "betalingsservice", "not_yes_or_no"),
        ({"payment_id": "7,1E+14"}, "payment_id", "not_a_payment_id"),
        ({"creditor_no": "123"}, "creditor_no", "not_a_creditor_no"),
        ({"name": "x" * 201}, "name", "too_long"),
    ],
)
def test_a_bad_cell_names_line_column_and_reason(types, given, column, code):
    problems = read(types, given)
    assert [(one.line, one.column, one.code) for one in problems] == [(2, column, code)]


@pytest.mark.parametrize(
    ("given", "column", "code"),
    [
        ({"debtor_id": "0101801234"}, "debtor_id", "cpr_mod_11"),
        ({"language": "tlh"}, "language", "unknown_language"),
        ({"payment_id": "000000000000017"}, "payment_id", "payment_id_check_digit"),
        ({"claim_type": "ejendomsskat"}, "tax_year", "tax_year_missing"),
    ],
)
def test_what_only_looks_odd_is_taken_with_a_warning(types, given, column, code):
    row = read(types, given)
    assert [(one.column, one.code, one.is_warning) for one in row.warnings] == [
        (column, code, True)
    ]


def test_every_mistake_of_a_row_is_told_at_once(types):
    problems = read(types, {"claim_ref": "", "phone": "12", "principal": "-1", "due_date": "x"})
    assert [one.column for one in problems] == ["claim_ref", "phone", "principal", "due_date"]


def test_only_what_the_file_has_a_column_for_is_said(types):
    row = read(types, {})
    assert row.citizen.keys() == {"phone", "email"}
    assert row.claim.keys() == {"claim_type", "principal", "due_date"}


@pytest.mark.parametrize(
    ("cell", "language"),
    [("DA", Language.DANISH), ("dansk", Language.DANISH), ("uk", Language.ENGLISH)],
)
def test_a_language_may_be_written_in_its_common_ways(types, cell, language):
    assert read(types, {"language": cell}).citizen["language"] is language


def test_blanks_around_a_cell_are_not_part_of_it(types):
    assert read(types, {"claim_ref": " A-1001\xa0"}).claim_ref == "A-1001"


def test_what_two_rows_say_differently_of_a_debtor_is_named(types):
    one, other = read(types, {"name": "Mette"}), read(types, {"name": "Bo", "phone": "30304050"})
    assert claim_rows.differing(one.of_the_citizen, other.of_the_citizen) == ["name", "phone"]
    assert claim_rows.differing(one.of_the_citizen, one.of_the_citizen) == []
