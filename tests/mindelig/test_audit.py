"""`mindelig audit` proves the record, tells its head, and writes cases for the case file."""

import asyncio
import json

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from data.settings import load
from mindelig.audit import app
from mindelig.backup import backup, restore
from mindelig.installation import open_runtime
from outreach.audit_seals import seal_record
from outreach.errors import NotFoundError

ENTRY = (
    "insert into audit_entries (municipality, at, actor, act, subject_kind, subject_id, facts)"
    " values ('faxe', now(), 'rule', :act, 'claim', 'x', '{}')"
)


def on(url, *statements, **values):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement), values)
    engine.dispose()


def note(url, act="frozen"):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(ENTRY), {"act": act})
    engine.dispose()


@pytest.fixture
def audit(runtime, postgres, tmp_path):
    """Run `mindelig audit …` on the story's own database, or on another."""

    def run(*arguments, url=postgres):
        environment = {"MINDELIG_DATABASE_URL": url, "MINDELIG_HOME": str(tmp_path / "home")}
        return CliRunner().invoke(app, arguments, env=environment)

    return run


@pytest.fixture
def seal(tmp_path):
    async def sealed(url):
        async with open_runtime(settings=load(home=tmp_path / "home", database_url=url)) as runtime:
            await seal_record(runtime, municipality="faxe")

    return lambda url: asyncio.run(sealed(url))


def test_a_record_that_holds_is_told_with_its_head(audit, postgres, seal):
    note(postgres)
    seal(postgres)
    done = audit("verify", "--json", "-m", "faxe")
    assert done.exit_code == 0, done.output
    [found] = json.loads(done.stdout)
    assert (found["holds"], found["entries"], found["seals"]) == (True, 1, 1)
    head = json.loads(audit("head", "--json").stdout)["faxe"]
    assert head == {"seal": 1, "head": found["head"]}
    kept = audit("verify", "-m", "faxe", "--head", head["head"])
    assert (kept.exit_code, "holds" in kept.stdout) == (0, True)
    assert audit("verify", "--head", head["head"]).exit_code == 2


def test_a_record_that_was_changed_ends_with_a_fault(audit, postgres, seal):
    note(postgres)
    seal(postgres)
    on(postgres, "update audit_entries set act = 'unfrozen'")
    done = audit("verify")
    assert done.exit_code == 1
    assert "IS BROKEN in 1 places" in done.stdout
    assert "entry 1 of seal 1 was changed" in done.stdout
    assert "albertslund: the record holds" in done.stdout


def test_a_backup_brought_back_is_sealed_on_from_where_it_was(
    audit, postgres, empty_database, seal, tmp_path
):
    note(postgres)
    seal(postgres)
    note(postgres, "waits")
    backup(postgres, tmp_path / "x.backup")
    restore(empty_database, tmp_path / "x.backup")
    note(empty_database, "afterwards")
    seal(empty_database)
    done = audit("verify", "--json", "-m", "faxe", url=empty_database)
    [found] = json.loads(done.stdout)
    assert (found["holds"], found["entries"], found["seals"]) == (True, 3, 2)


def test_a_case_of_nobody_is_not_written_and_a_reason_is_asked_for(audit, tmp_path):
    into = ("--into", str(tmp_path / "cases"))
    nobody = audit("export", "A-1", "-m", "faxe", "--reason", "Aktindsigt", *into)
    assert isinstance(nobody.exception, NotFoundError)
    assert audit("export", "A-1", "-m", "faxe", *into).exit_code == 2
    assert not (tmp_path / "cases").exists()


def test_a_case_is_written_as_json_and_pdf_for_its_owners_eyes(audit, postgres, tmp_path):
    on(
        postgres,
        "insert into citizens (id, municipality, debtor_id, debtor_kind, name, language,"
        " address_protected, created_at, updated_at) values"
        " ('00000000-0000-0000-0000-000000000001', 'faxe', '0101801234', 'person', 'Mette', 'da',"
        " false, now(), now())",
    )
    number = "00000000-0000-0000-0000-000000000001"
    into = ("--into", str(tmp_path / "cases"))
    done = audit("export", number, "-m", "faxe", "--reason", "Aktindsigt", *into)
    assert done.exit_code == 0, done.output
    files = {path.suffix: path for path in (tmp_path / "cases").iterdir()}
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert json.loads(files[".json"].read_text())["citizen"]["name"] == "Mette"
    assert files[".pdf"].read_bytes().startswith(b"%PDF")
