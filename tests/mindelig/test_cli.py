"""The commands as a user meets them: exit codes and JSON for machines, sentences for people."""

import json
import socket

import pytest
from sqlalchemy import create_engine, text

from data.values.time import parse_instant
from mindelig.demo import write_samples

pytestmark = pytest.mark.slow

AS_OF = "2026-11-24T10:00"


@pytest.fixture
def samples(tmp_path):
    """The demo's ledger files around 24 November 2026, by municipality."""
    made = write_samples(tmp_path / "samples", parse_instant(AS_OF).date())
    return {files.municipality: files for files in made}


@pytest.fixture
def imported(mindelig, samples):
    """Albertslund's claims and payments are in."""
    files = samples["albertslund"]
    for what, file in (("claims", files.claims), ("payments", files.payments)):
        done = mindelig("import", what, str(file), "-m", "albertslund", MINDELIG_NOW=AS_OF)
        assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_command_the_help_is_shown(mindelig):
    done = mindelig("--help")
    assert done.returncode == 0
    for (
        command
    ) in "up web worker scheduler rasa db import outreach dispatch chat show doctor".split():  # noqa: SIM905
        assert command in done.stdout


def test_an_unknown_command_is_told(mindelig):
    done = mindelig("nonsense")
    assert done.returncode == 2
    assert "nonsense" in done.stderr


def test_a_round_is_counted_for_machines_and_a_second_finds_nothing(mindelig, imported):
    run = ("outreach", "run", "--municipality", "albertslund", "--as-of", AS_OF)
    first = json.loads(mindelig(*run, "--json").stdout)
    assert first["municipality"] == "albertslund"
    assert first["messages"] > 0
    assert first["claims"] >= first["messages"]
    assert all(isinstance(count, int) for count in first["refused"].values())
    second = json.loads(mindelig(*run, "--json").stdout)
    assert (second["messages"], second["claims"]) == (0, 0)
    assert second["refused"] == first["refused"]
    assert set(first["ladder"]) == {"municipality", "steps", "refused", "tasks"}
    assert second["ladder"]["steps"] == {}


def test_a_round_is_told_in_words(mindelig, imported):
    done = mindelig("outreach", "run", "-m", "albertslund", "--as-of", AS_OF)
    assert done.returncode == 0
    assert "first messages about" in done.stdout
    assert "steps on the ladder" in done.stdout


@pytest.mark.parametrize("as_of", ["tomorrow", "2026-13-01", "09:00"])
def test_a_time_that_is_none_is_told(mindelig, as_of):
    done = mindelig("outreach", "run", "-m", "albertslund", "--as-of", as_of)
    assert done.returncode == 2
    assert done.stderr.startswith("--as-of: ")
    assert as_of in done.stderr


def test_a_municipality_nobody_knows_is_told(mindelig):
    done = mindelig("outreach", "run", "-m", "odense")
    assert done.returncode == 2
    assert "--municipality odense: there are albertslund, faxe" in done.stderr


def test_nothing_can_be_sent_without_an_account(mindelig):
    done = mindelig("dispatch", "--drain")
    assert done.returncode == 2
    assert "TWILIO_ACCOUNT_SID" in done.stderr


def test_all_that_is_known_of_a_citizen(mindelig, imported, database):
    ref = one(database, "select claim_ref from claims order by claim_ref limit 1")
    phone = one(
        database,
        "select address from contact_points join claims using (citizen_id)"
        " order by claim_ref limit 1",
    )
    by_ref = json.loads(mindelig("show", ref, "--json").stdout)
    by_phone = json.loads(mindelig("show", phone, "--json").stdout)
    assert ref in {claim["claim_ref"] for claim in by_ref[0]["claims"]}
    assert [person["name"] for person in by_ref] == [
        person["name"] for person in by_phone if person["name"] == by_ref[0]["name"]
    ]
    assert ref in mindelig("show", ref).stdout


def one(url, question):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text(question))
    engine.dispose()
    return found


def test_nobody_is_shown_for_what_leads_to_nobody(mindelig):
    done = mindelig("show", "Z-0000")
    assert done.returncode == 1


def test_a_wrong_setting_is_named_with_an_example(mindelig):
    done = mindelig("show", "A-1", MINDELIG_RASA_URL="rasa")
    assert done.returncode == 2
    assert done.stderr.startswith("MINDELIG_RASA_URL: is not a web address. Example: ")


@pytest.mark.parametrize("command", [("show", "A-1"), ("db", "upgrade"), ("db", "backup", "x")])
def test_a_database_that_does_not_answer_is_told(mindelig, command, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    url = f"postgresql://me:secret@127.0.0.1:{port}/mindelig"
    done = mindelig(*command, MINDELIG_DATABASE_URL=url)
    assert done.returncode in {1, 2}
    assert "secret" not in done.stderr
    assert done.stderr.strip()


def test_an_older_schema_is_told_with_its_mend(mindelig, empty_database):
    done = mindelig("show", "A-1", MINDELIG_DATABASE_URL=empty_database)
    assert done.returncode == 2
    assert "mindelig db upgrade" in done.stderr
    upgraded = mindelig("db", "upgrade", MINDELIG_DATABASE_URL=empty_database)
    assert upgraded.returncode == 0
    assert mindelig("show", "A-1", MINDELIG_DATABASE_URL=empty_database).returncode == 1


def test_backup_and_restore(mindelig, imported, empty_database, tmp_path, database):
    file = str(tmp_path / "mindelig.backup")
    assert mindelig("db", "backup", file).returncode == 0
    restored = mindelig("db", "restore", file, MINDELIG_DATABASE_URL=empty_database)
    assert restored.returncode == 0, restored.stderr
    count = "select count(*) from claims"
    assert one(empty_database, count) == one(database, count) > 0
    again = mindelig("db", "restore", file)
    assert again.returncode == 1
    assert "holds" in again.stderr


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(mindelig):
    done = mindelig("doctor", "--json", MINDELIG_RASA_URL="http://127.0.0.1:1")
    findings = {found["part"]: found for found in json.loads(done.stdout)}
    assert done.returncode == 1
    assert findings["database"]["is_well"]
    assert findings["policies"]["is_well"]
    assert not findings["rasa"]["is_well"]
    assert not findings["twilio"]["is_well"]
    assert all(found["mend"] for found in findings.values() if not found["is_well"])


def test_the_doctor_looks_also_where_a_setting_is_wrong(mindelig):
    done = mindelig("doctor", MINDELIG_PUBLIC_URL="nowhere")
    assert done.returncode == 1
    assert "MINDELIG_PUBLIC_URL" in done.stdout


def test_a_language_nobody_speaks_is_told(mindelig):
    done = mindelig("chat", "-m", "albertslund", "--language", "pl")
    assert done.returncode == 2
