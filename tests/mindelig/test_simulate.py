"""Two policies held side by side on a file of claims, before a council decides; nothing is sent."""

import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from data.municipalities.policy import FOLDER
from data.settings import EXAMPLES
from mindelig.cli import app
from tests.house.sources import ROOT

HEADER = "claim_ref;debtor_id;name;phone;claim_type;principal;due_date;bill_sent_on;payment_id;creditor_no"  # noqa: E501
PAYABLE = "000000000010017;89990101"
CLAIMS = (
    f"S-1;0101800000;Mette Hansen;20304050;dagtilbud;1.840,00;20-01-2027;31-12-2026;{PAYABLE}",
    f"S-2;0101800000;Mette Hansen;20304050;fjernvarme;2.315,50;20-01-2027;31-12-2026;{PAYABLE}",
    f"S-3;0101800000;Mette Hansen;20304050;kontanthjaelp;5.000,00;10-02-2027;31-12-2026;{PAYABLE}",
    "S-4;0101800000;Mette Hansen;20304050;renovation;900,00;10-02-2027;;;",
)
SPAN = ("--from", "2027-01-01", "--to", "2027-12-31")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def claims(tmp_path):
    return save(tmp_path / "claims.csv", HEADER, *CLAIMS)


def save(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def simulate(claims, *more, municipality="albertslund", code=0):
    done = CliRunner().invoke(
        app, ["simulate", "-m", municipality, "--claims", str(claims), *SPAN, *map(str, more)]
    )
    assert done.exit_code == code, done.output + done.stderr
    return done


def counted(claims, *more, **given):
    return json.loads(simulate(claims, "--json", *more, **given).stdout)


def policy_like(path, name, *changes):
    """Write another policy: one of ours with some lines changed."""
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return path


# --------------------------------------------------------------------------------- the figures
def test_every_step_of_every_claim_is_counted(claims):
    [albertslund] = counted(claims)["policies"]
    total = albertslund["total"]
    assert total["claims"] == 4
    assert total["contacts"] == 3  # nobody is written to without a bill
    assert total["reminders"] == 6
    assert total["fees"] == 25000 + 10000  # no law gives a fee on kontanthjælp
    assert total["notices"] == 3
    assert total["hand_overs_waiting"] == 3
    assert total["hand_overs"] == total["hand_overs_decided"] == 0
    assert total["arrears"] == 184000 + 231550 + 500000 + 90000 + 35000
    assert albertslund["reasons"] == {"needs_caseworker": 3, "no_bill": 1}


def test_types_and_months_add_up_to_the_whole(claims):
    result = counted(claims, "--policy", FOLDER / "faxe.yml")
    for policy in result["policies"]:
        kinds, months = policy["by_type"].values(), policy["by_month"]
        assert len(months) == 12
        for figure, whole in policy["total"].items():
            assert sum(kind[figure] for kind in kinds) == whole
            if figure != "arrears":
                assert sum(month[figure] for month in months.values()) == whole
        assert months["2027-12"]["arrears"] == policy["total"]["arrears"]


def test_two_policies_stand_side_by_side_with_their_difference(claims):
    done = simulate(claims, "--policy", FOLDER / "faxe.yml", "--language", "en")
    assert re.search(r"handed over +0 +2 +\+2\n", done.stdout)
    assert re.search(r"reminders +6 +3 +-3\n", done.stdout)
    assert "Albertslund Municipality: Opkrævningspolitik" in done.stdout
    assert "Faxe Municipality: Opkrævningsstrategi" in done.stdout


def test_what_is_taken_for_granted_stands_on_the_page(claims):
    danish = simulate(claims).stdout
    assert "Ingen betaler." in danish
    assert "Ingen medarbejder griber ind" in danish
    paid = simulate(claims, "--pay-rate", "0.25", "--language", "en").stdout
    assert "25 % of the claims are paid in full 10 days after the last day to pay" in paid
    assert "Nobody pays." not in paid


def test_interest_is_counted_where_the_other_policy_charges_it(claims, tmp_path):
    charging = policy_like(
        tmp_path / "other.yml", "albertslund", ("charged: false", "charged: true")
    )
    without, with_interest = counted(claims, "--policy", charging)["policies"]
    assert without["total"]["interest"] == 0
    assert with_interest["total"]["interest"] > 11 * 1840  # one per cent for each month begun
    more = with_interest["total"]["arrears"] - without["total"]["arrears"]
    assert more == with_interest["total"]["interest"]


# ----------------------------------------------------------------------------------- who pays
def test_payments_of_a_file_are_booked_and_the_unknown_are_told(claims, tmp_path):
    payments = save(
        tmp_path / "payments.csv",
        "payment_ref;claim_ref;amount;paid_on",
        "B-1;S-1;1.840,00;22-01-2027",
        "B-2;S-2;1.000,00;25-01-2027",
        "B-3;S-9;10,00;25-01-2027",
    )
    result = counted(claims, "--payments", payments)
    [policy] = result["policies"]
    assert policy["by_type"]["dagtilbud"]["reminders"] == 0
    assert policy["total"]["paid"] == 184000 + 100000
    assert result["unused_payments"] == 1
    assert result["payments_file"]["new"] == 3


def test_a_share_that_pays_is_the_same_each_time_and_grows_with_the_rate(tmp_path):
    lines = [CLAIMS[0].replace("S-1;", f"S-{number};") for number in range(200)]
    claims = save(tmp_path / "many.csv", HEADER, *lines)
    [half] = counted(claims, "--pay-rate", "0.5")["policies"]
    [again] = counted(claims, "--pay-rate", "0.5")["policies"]
    [all_of_them] = counted(claims, "--pay-rate", "1")["policies"]
    assert half == again
    assert 70 * 184000 < half["total"]["paid"] < 130 * 184000
    assert all_of_them["total"]["paid"] == 200 * 184000
    assert all_of_them["total"]["arrears"] == 0


# ---------------------------------------------------------------------------- who agrees a plan
def test_plans_are_agreed_kept_and_broken_and_the_policies_meet_the_same_people(tmp_path):
    lines = [CLAIMS[0].replace("S-1;", f"S-{number};") for number in range(200)]
    claims = save(tmp_path / "many.csv", HEADER, *lines, CLAIMS[2].replace("S-3", "K-3"))
    more = ("--plan-rate", "0.5", "--keep-rate", "0.5", "--instalments", "4")
    both = counted(claims, *more, "--policy", FOLDER / "faxe.yml")
    assert (both["plan_rate"], both["keep_rate"], both["instalments"]) == (0.5, 0.5, 4)
    assert both["monthly"] is None
    assert counted(claims, *more)["policies"] == both["policies"][:1]
    for total in (policy["total"] for policy in both["policies"]):
        ended = total["plans_kept"] + total["plans_broken"] + total["plans_running"]
        assert total["plans_agreed"] == ended
        assert total["plans_agreed"] > 70
        assert 30 < total["plans_kept"] < 100
        assert total["plans_broken"] > 20
        assert total["plans_waiting"] in {0, 1}  # kontanthjælp: the law's own table
    everybody = counted(claims, "--plan-rate", "1", "--monthly", "500")
    [policy] = everybody["policies"]
    assert everybody["monthly"] == 50000
    assert policy["by_type"]["dagtilbud"]["plans_kept"] == 200
    assert policy["by_type"]["dagtilbud"]["arrears"] == 0
    assert policy["by_type"]["kontanthjaelp"]["plans_waiting"] == 1


def test_plans_stand_in_the_tables_and_what_is_assumed_of_them_on_the_page(claims, tmp_path):
    out = tmp_path / "out"
    more = ("--plan-rate", "1", "--keep-rate", "0.25", "--out", out)
    danish = simulate(claims, *more).stdout
    assert re.search(r"afdragsordninger aftalt +[1-9]", danish)
    assert re.search(r"afdragsordning venter på en medarbejder +1\n", danish)
    assert "100 % af dem, der bliver skrevet til" in danish
    assert "6 månedlige afdrag" in danish
    assert "25 % af afdragsordningerne betales til ende" in danish
    assert "Der aftales ingen afdragsordninger" not in danish
    assert '<th scope="col">afdragsordninger aftalt</th>' in (out / "simulation.html").read_text(
        encoding="utf-8"
    )
    english = simulate(claims, *more, "--monthly", "1200", "--language", "en").stdout
    assert "They wish to pay 1,200 kr. a month" in english
    assert "Only those who have agreed a plan pay." in english


@pytest.mark.parametrize(
    ("option", "text"),
    [("--plan-rate", "1.5"), ("--keep-rate", "-1"), ("--instalments", "0"), ("--monthly", "0")],
)
def test_shares_and_instalments_that_make_no_sense_are_refused(claims, option, text):
    simulate(claims, option, text, code=2)


# ------------------------------------------------------------------------------- the two files
def test_the_page_stands_by_itself_and_says_all_the_figures(claims, tmp_path):
    out = tmp_path / "out"
    simulate(claims, "--policy", FOLDER / "faxe.yml", "--out", out)
    page = (out / "simulation.html").read_text(encoding="utf-8")
    assert page.startswith('<!doctype html>\n<html lang="da">')
    assert not re.search(r"""(src|href)=["'](?!data:)""", page)
    assert "<script" not in page
    assert page.count("<table>") == page.count("<caption") == 6
    assert re.search(r'<img [^>]*alt="Diagram: [^"]+"', page)
    assert "Fjernvarme" in page
    assert "Mette" not in page
    assert (out / "simulation.png").read_bytes().startswith(PNG)
    figures = json.loads((out / "simulation.json").read_text(encoding="utf-8"))
    assert [policy["key"] for policy in figures["policies"]] == ["albertslund", "faxe"]


# ------------------------------------------------------------------------------------ bad input
def test_rows_that_cannot_be_read_are_told_with_line_and_mend_and_the_rest_goes_on(tmp_path):
    claims = save(
        tmp_path / "claims.csv",
        HEADER,
        CLAIMS[0],
        CLAIMS[0].replace("S-1", "S-5").replace("1.840,00", "-5"),
        CLAIMS[0].replace("S-1", "S-6").replace("dagtilbud", "rumfart"),
        CLAIMS[0].replace("1.840,00", "2,00"),
        CLAIMS[0],
        "S-7;for;kort",
    )
    result = counted(claims, code=3)
    rejected = [(row["line"], row["code"]) for row in result["claims_file"]["rejected_rows"]]
    assert rejected == [
        (3, "principal_not_positive"),
        (4, "unknown_claim_type"),
        (5, "claim_twice"),
        (7, "cell_count"),
    ]
    assert all(row["mend"] for row in result["claims_file"]["rejected_rows"])
    assert result["policies"][0]["total"]["claims"] == 1
    told = simulate(claims, code=3).stdout
    assert "4 rækker kunne ikke læses" in told
    assert 'line 4, claim_type "rumfart"' in told


def test_a_file_that_is_none_is_told(tmp_path):
    done = simulate(tmp_path / "nothing.csv", code=2)
    assert "does not exist" in done.stderr


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [("--from", "i morgen", "no day such as"), ("--to", "2026-01-01", "lies before --from")],
)
def test_days_that_make_no_sense_are_told(claims, option, text, told):
    done = simulate(claims, option, text, code=2)
    assert told in done.stderr


# --------------------------------------------------------------------- as a user would run it
def run(*arguments, home):
    bare = {name: value for name, value in os.environ.items() if name not in EXAMPLES}
    return subprocess.run(
        [sys.executable, "-c", "from mindelig.cli import main; main()", *map(str, arguments)],
        cwd=ROOT,
        env=bare | {"MINDELIG_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_no_database_is_opened_and_no_home_is_made(claims, tmp_path):
    home = tmp_path / "home"
    done = run("simulate", "-m", "faxe", "--claims", claims, *SPAN, home=home)
    assert done.returncode == 0, done.stderr
    assert "Faxe Kommune" in done.stdout
    assert not home.exists()


@pytest.mark.slow
def test_a_policy_against_the_law_is_refused_with_line_and_paragraph(claims, tmp_path):
    greedy = policy_like(tmp_path / "greedy.yml", "albertslund", ("fee: law_max", "fee: 300"))
    more = ("--claims", claims, *SPAN, "--policy", greedy)
    done = run("simulate", "-m", "albertslund", *more, home=tmp_path)
    assert done.returncode == 2
    assert re.search(r"greedy\.yml:\d+: ladders\.0\.steps\.1\.fee: 300", done.stderr)
    assert "gebyrloven" in done.stderr


@pytest.mark.slow
def test_an_unknown_municipality_is_told_with_those_there_are(claims, tmp_path):
    done = run("simulate", "-m", "atlantis", "--claims", claims, *SPAN, home=tmp_path)
    assert done.returncode == 1
    assert "albertslund, faxe" in done.stderr


@pytest.mark.slow
def test_other_commands_do_not_wait_for_the_chart_library(tmp_path):
    asks = "import sys, mindelig.cli; sys.exit('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, check=False)
    assert done.returncode == 0
