"""The doctor's list of the law: what nobody verified, what is old, what is out of date."""

from datetime import date

from mindelig.doctor import law_and_policies

TODAY = date(2026, 11, 24)


def findings(today=TODAY):
    return {found.part: found for found in law_and_policies(today)}


def test_each_file_of_the_law_is_one_line_with_count_and_names():
    fees = findings()["law fees.yml"]
    assert fees.says == "figures: 3; 3 not verified: udpantning, civil, none"
    assert fees.mend == "hold them against their source and correct data/law/fees.yml"
    assert fees.details[1] == "civil from 2018-01-01 (found): renteloven § 9 b (S3)"


def test_a_table_whose_newest_row_is_missing_is_not_well():
    assert findings()["law interest.yml"].is_well
    next_year = findings(date(2027, 1, 1))["law interest.yml"]
    assert not next_year.is_well
    assert next_year.says.endswith("1 out of date: civil.references since 2027-01-01")


def test_a_name_stands_once_however_many_its_versions():
    assert findings()["law interest.yml"].says.count("civil.references") == 1


def test_what_waits_for_a_lawyer_is_told_with_the_policies():
    policies = findings()["policies"]
    assert policies.is_well
    assert "1 open: albertslund: vand waits for legal_gate_confirmed" in policies.says
    assert "bek. 837/1998 § 7" in policies.details[0]


def test_where_nobody_is_called_at_night_is_named():
    found = findings(date(2026, 11, 24))["on call"]
    assert "albertslund, faxe" in found.says
    assert "desk.on_call" in found.mend
