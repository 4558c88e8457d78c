"""`mindelig import`: what the clerk sees, and the number a script goes by."""

import json

import pytest
from typer.testing import CliRunner

from mindelig.intake import app

CLAIMS = (
    "claim_ref;debtor_id;phone;claim_type;principal;due_date\n"
    "A-1;010180-1233;20304050;vand;1.234,50;20-11-2026\n"
)


@pytest.fixture
def clerk(runtime, postgres, tmp_path):
    """Runs a command of the clerk's; the database is empty at first."""
    env = {
        "MINDELIG_DATABASE_URL": postgres,
        "MINDELIG_HOME": str(tmp_path / "home"),
        "MINDELIG_NOW": "2026-11-24T10:00",
    }

    def run(kind, content, *options, municipality="albertslund"):
        path = tmp_path / f"{kind}.csv"
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        given = [kind, str(path), "--municipality", municipality, *options]
        return CliRunner().invoke(app, given, env=env)

    return run


def test_all_taken_is_exit_0_and_a_second_time_changes_nothing(clerk):
    first, again = clerk("claims", CLAIMS), clerk("claims", CLAIMS)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "1 new, 0 changed, 0 unchanged, 0 rejected, 0 warnings" in first.stdout
    assert "0 new, 0 changed, 1 unchanged, 0 rejected, 0 warnings" in again.stdout


def test_some_rejected_is_exit_3_with_line_column_value_reason_and_mend(clerk):
    told = clerk("claims", f"{CLAIMS}A-2;0101801233;20304050;vand;1.2.3;20-11-2026\n")
    assert told.exit_code == 3
    assert 'line 3, principal "1.2.3": It is not a sum of money.' in told.stdout
    assert "Write it as 1.234,50 or 1234.50" in told.stdout
    assert "1 new" in told.stdout


def test_json_is_one_object_and_nothing_else(clerk):
    told = clerk("claims", f"{CLAIMS}A-2;1;20304050;vand;1,00;20-11-2026\n", "--json")
    report = json.loads(told.stdout)
    assert told.exit_code == 3
    assert (report["new"], report["rejected"], report["municipality"]) == (1, 1, "albertslund")
    [row] = report["rejected_rows"]
    assert (row["line"], row["column"], row["code"]) == (3, "debtor_id", "not_a_debtor_number")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (CLAIMS.encode("utf-16"), "UTF-16"),
        (CLAIMS.replace("due_date", "frist"), "has no column due_date"),
    ],
)
def test_unreadable_is_exit_2_with_a_sentence_and_no_traceback(clerk, content, words):
    told = clerk("claims", content)
    assert told.exit_code == 2
    assert words in told.stderr
    assert "Nothing was taken." in told.stderr
    assert "Traceback" not in told.output


def test_an_unknown_municipality_is_exit_2_and_names_those_there_are(clerk):
    told = clerk("claims", CLAIMS, municipality="atlantis")
    assert told.exit_code == 2
    assert "albertslund, faxe" in told.stderr


def test_payments_say_until_which_day_they_are_known_and_what_holds_it(clerk):
    header = "payment_ref;claim_ref;amount;paid_on;covers_until\n"
    clerk("claims", CLAIMS)
    good = clerk("payments", f"{header}P-1;A-1;100,00;23-11-2026;23-11-2026\n")
    bad = clerk("payments", f"{header}P-2\nP-3;A-1;1,00;24-11-2026;24-11-2026\n")
    assert (good.exit_code, bad.exit_code) == (0, 3)
    assert "All payments are known until 2026-11-23." in good.stdout
    assert "This file did not move the day: line 2 may be a payment on any claim" in bad.stdout
