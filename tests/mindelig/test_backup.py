"""A backup is whole or not there, for its owner's eyes, and comes back into an empty database."""

import stat

import pytest
from sqlalchemy import create_engine, text

from data.migrations.run import upgrade
from mindelig.backup import backup, restore
from outreach.errors import ConflictError, FileUnreadableError


@pytest.fixture
def filled(database):
    """A database with one no on record and one job that waits."""
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into opt_outs (municipality, channel, address, at, source)"
                " values ('faxe', 'sms', '+4520304050', now(), 'citizen')"
            )
        )
        connection.execute(
            text(
                "insert into procrastinate_jobs (task_name, queue_name, args)"
                " values ('dispatch', 'default', '{}')"
            )
        )
    engine.dispose()
    return database


def rows(url, question):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return found


def test_what_was_backed_up_comes_back_with_its_jobs(filled, empty_database, tmp_path):
    file = tmp_path / "mindelig.backup"
    backup(filled, file)
    restore(empty_database, file)
    for question in (
        "select municipality, channel, address, source from opt_outs",
        "select task_name, status::text from procrastinate_jobs",
        "select version_num from alembic_version",
        "select conname from pg_constraint where connamespace = 2200 order by 1",
    ):
        assert rows(empty_database, question) == rows(filled, question)
    upgrade(empty_database)  # nothing is left to do


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside_it(filled, tmp_path):
    file = tmp_path / "mindelig.backup"
    backup(filled, file)
    backup(filled, file)  # a second takes the place of the first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob("mindelig*")) == [file]


def test_a_backup_that_fails_leaves_the_last_one(filled, tmp_path):
    file = tmp_path / "mindelig.backup"
    file.write_text("the last one")
    with pytest.raises(FileUnreadableError, match="cannot back up to"):
        backup(filled.replace("/story_", "/gone_"), file)
    assert file.read_text() == "the last one"
    assert list(tmp_path.glob("*.making")) == []


def test_a_folder_that_is_not_there_is_told(filled, tmp_path):
    with pytest.raises(FileUnreadableError, match="cannot back up to"):
        backup(filled, tmp_path / "gone" / "mindelig.backup")


def test_a_database_with_tables_is_not_written_over(filled, database, tmp_path):
    file = tmp_path / "mindelig.backup"
    backup(filled, file)
    with pytest.raises(ConflictError, match="tables"):
        restore(filled, file)
    assert len(rows(filled, "select 1 from opt_outs")) == 1


@pytest.mark.parametrize("content", [b"", b"no backup at all", b"PGDMP\x01\x0e"])
def test_what_is_no_backup_is_told_and_nothing_is_made(empty_database, tmp_path, content):
    file = tmp_path / "mindelig.backup"
    file.write_bytes(content)
    with pytest.raises(FileUnreadableError, match="cannot restore"):
        restore(empty_database, file)
    assert rows(empty_database, "select 1 from pg_tables where schemaname = 'public'") == []


def test_half_a_backup_brings_back_nothing(filled, empty_database, tmp_path):
    whole, half = tmp_path / "whole", tmp_path / "half"
    backup(filled, whole)
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    with pytest.raises(FileUnreadableError, match="cannot restore"):
        restore(empty_database, half)
    assert rows(empty_database, "select 1 from pg_tables where schemaname = 'public'") == []


def test_a_backup_that_is_not_there_is_told(empty_database, tmp_path):
    with pytest.raises(FileUnreadableError, match="is not there"):
        restore(empty_database, tmp_path / "gone")


def test_a_folder_is_no_file_to_back_up_to(filled, tmp_path):
    with pytest.raises(FileUnreadableError, match="is a folder"):
        backup(filled, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_why_the_database_cannot_be_backed_up_is_told_first(tmp_path):
    nobody = "postgresql+psycopg://u:geheim@127.0.0.1:1/x"
    with pytest.raises(FileUnreadableError, match="Connection refused") as refused:
        backup(nobody, tmp_path / "x.backup")
    assert "geheim" not in str(refused.value)
