"""`mindelig hand-over` and `mindelig import acknowledgements`, as a clerk runs them."""

import asyncio
import json

import pytest
from typer.testing import CliRunner

from data.models.claims import ClaimState
from data.models.hand_overs import HandOver, HandOverState
from mindelig import hand_over, intake
from outreach.errors import NotFoundError
from tests.outreach.hand_overs.conftest import HEADER, Town

ACCEPTED = f"{HEADER}\nF-1;S1-1;PSRM-77;accepted;;;;24-11-2026\n"


@pytest.fixture
def town(runtime, tmp_path):
    return Town(runtime, tmp_path)


@pytest.fixture
def clerk(runtime, postgres, tmp_path):
    """Runs a command of the clerk's at ten on Tuesday 24 November 2026."""
    env = {
        "MINDELIG_DATABASE_URL": postgres,
        "MINDELIG_HOME": str(tmp_path / "home"),
        "MINDELIG_NOW": "2026-11-24T10:00",
    }

    async def run(*arguments, app=hand_over.app, municipality="faxe"):
        given = [*arguments, "-m", municipality]
        return await asyncio.to_thread(CliRunner().invoke, app, given, env=env)

    return run


async def test_the_list_names_the_claim_its_sum_and_when_it_leaves(town, clerk):
    await town.ready()
    told = await clerk("list")
    assert told.exit_code == 0
    assert "F-1  1200.00 kr.  to state  waiting  ready 2026-11-24" in told.stdout
    [one] = json.loads((await clerk("list", "--json")).stdout)
    assert (one["claim_ref"], one["state"], one["hand_over_ref"]) == ("F-1", "waiting", None)
    assert "Mette" not in told.stdout + str(one)


async def test_nothing_on_its_way_is_said_in_words(clerk):
    assert (await clerk("list")).stdout == "Nothing is on its way.\n"
    assert (await clerk("write-downs")).stdout == "Nothing to write down.\n"


async def test_a_file_is_written_where_only_this_user_reads_it_and_once(town, clerk, tmp_path):
    await town.ready()
    told, again = await clerk("file", "--json"), await clerk("file")
    [to_state, to_bailiff] = json.loads(told.stdout)
    path = tmp_path / "home" / "hand_overs" / "faxe-state-000001.csv"
    assert (told.exit_code, to_state["file"], to_bailiff["file"]) == (0, 1, None)
    assert to_state["path"] == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="utf-8").count("\n") == 2
    assert "To state: no file" in again.stdout
    assert [one.name for one in path.parent.iterdir()] == [path.name]


async def test_out_names_another_folder_and_to_one_recipient(town, clerk, tmp_path):
    await town.ready()
    told = await clerk("file", "--to", "state", "--out", str(tmp_path / "out"))
    assert (tmp_path / "out" / "faxe-state-000001.csv").is_file()
    assert told.stdout.startswith("To state: file 1 with 1 claims, 1200.00 kr., in ")


async def test_what_is_wrong_is_told_with_its_mend_and_exit_3(town, clerk):
    await town.ready(period_start=None)
    told = await clerk("file")
    assert told.exit_code == 3
    assert "invalid  F-1, period_start: period_start is empty" in told.stdout
    assert "Fill it in in the ledger" in told.stdout


async def test_a_file_is_shown_and_written_again_as_it_was(town, clerk, tmp_path):
    await town.ready()
    await clerk("file")
    written = (tmp_path / "home" / "hand_overs" / "faxe-state-000001.csv").read_bytes()
    await clerk("show", "1", "--out", str(tmp_path / "again"))
    assert (tmp_path / "again" / "faxe-state-000001.csv").read_bytes() == written
    assert json.loads((await clerk("show", "1", "--json")).stdout)["content"].encode() == written
    assert isinstance((await clerk("show", "2")).exception, NotFoundError)


async def test_a_clerk_stops_a_claim_in_a_caseworkers_name(town, clerk):
    await town.ready()
    await town.staff("anna")
    told = await clerk("stop", "F-1", "--by", "anna", "--reason", "aftalt")
    assert told.stdout == "F-1 stays here: aftalt\n"
    assert (await town.hand_over()).state is HandOverState.STOPPED
    for username in ("anna", "ingen"):
        again = await clerk("stop", "F-1", "--by", username, "--reason", "igen")
        assert isinstance(again.exception, NotFoundError)


async def test_answers_are_taken_and_a_claim_is_recalled(town, clerk, tmp_path):
    await town.ready()
    await town.staff("anna")
    await clerk("file")
    answers = tmp_path / "answers.csv"
    answers.write_text(ACCEPTED, encoding="utf-8")
    first = await clerk("acknowledgements", str(answers), app=intake.app)
    again = await clerk("acknowledgements", str(answers), app=intake.app)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "1 new, 0 changed, 0 unchanged" in first.stdout
    assert "0 new, 0 changed, 1 unchanged" in again.stdout
    recalled = await clerk("recall", "F-1", "--by", "anna", "--reason", "forkert skyldner")
    assert "F-1 is ours again. Recall it with state too (PSRM-77)." in recalled.stdout
    assert (await town.claim()).state is ClaimState.OPEN
    assert [one.state for one in await town.all(HandOver)] == [HandOverState.RECALLED]


async def test_a_bad_answer_is_exit_3_and_no_file_of_answers_exit_2(town, clerk, tmp_path):
    await town.ready()
    await clerk("file")
    answers = tmp_path / "answers.csv"
    answers.write_text(ACCEPTED.replace("S1-1", "S4-1"), encoding="utf-8")
    told = await clerk("acknowledgements", str(answers), app=intake.app)
    assert told.exit_code == 3
    assert 'line 2, hand_over_ref "S4-1"' in told.stdout
    answers.write_text("nothing\n", encoding="utf-8")
    assert (await clerk("acknowledgements", str(answers), app=intake.app)).exit_code == 2


async def test_what_was_paid_to_us_since_is_listed_for_the_recipient(town, clerk, tmp_path):
    await town.ready()
    await clerk("file")
    payments = tmp_path / "payments.csv"
    payments.write_text("payment_ref;claim_ref;amount;paid_on\nP-1;F-1;300;23-11-2026\n")
    assert (await clerk("payments", str(payments), app=intake.app)).exit_code == 0
    assert "F-1  write down 300.00 kr. with state  S1-1" in (await clerk("write-downs")).stdout
    [one] = json.loads((await clerk("write-downs", "--json")).stdout)
    assert (one["to_report"], one["their_ref"]) == ("300.00", None)
