"""The schema: from nothing to the models, once, whoever starts first; and what a table refuses."""

import threading
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from data.migrations.run import config, revisions, upgrade
from data.models import Record
from data.values.ids import new_id


@pytest.fixture
def empty_database(postgres):
    """The address of a database with nothing in it."""
    name = f"empty_{new_id().hex[:12]}"
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


def differences(url: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: (
                    kind != "table" or name in Record.metadata.tables
                ),
            },
        )
        found = compare_metadata(context, Record.metadata)
    engine.dispose()
    return list(found)


def test_from_nothing_the_migrations_make_exactly_what_the_models_say(empty_database):
    assert revisions(empty_database)[0] is None
    newest = upgrade(empty_database)
    assert revisions(empty_database) == (newest, newest)
    assert differences(empty_database) == []


def test_the_migrations_are_one_line_with_one_end():
    script = ScriptDirectory.from_config(config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_the_newest_step_can_be_taken_back_and_made_again(empty_database):
    newest = upgrade(empty_database)
    engine, alembic = create_engine(empty_database), config()
    with engine.begin() as connection:
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, "-1")
    engine.dispose()
    assert differences(empty_database) != []
    assert upgrade(empty_database) == newest
    assert differences(empty_database) == []


def test_a_second_upgrade_does_nothing(empty_database):
    newest = upgrade(empty_database)
    before = tables_with_age(empty_database)
    assert upgrade(empty_database) == newest
    assert tables_with_age(empty_database) == before


def tables_with_age(url: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "select relname, oid, xmin::text from pg_class where relnamespace = 2200 order by 1"
            )
        ).all()
    engine.dispose()
    return list(found)


def test_two_that_upgrade_at_once_take_turns(empty_database):
    done, barrier = [], threading.Barrier(2)

    def start():
        barrier.wait()
        done.append(upgrade(empty_database))

    both = [threading.Thread(target=start) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(done) == 2
    assert differences(empty_database) == []


@pytest.mark.slow
def test_the_second_waits_longer_than_any_table_lock_may_last(empty_database):
    """A long migration on one machine must not fail the start of the others."""
    holder = create_engine(empty_database)
    done: list[str] = []
    with holder.connect() as connection:
        connection.execute(text("select pg_advisory_lock(770001)"))
        waiting = threading.Thread(target=lambda: done.append(upgrade(empty_database)))
        waiting.start()
        waiting.join(timeout=11)
        assert waiting.is_alive()
        connection.execute(text("select pg_advisory_unlock(770001)"))
    waiting.join(timeout=30)
    holder.dispose()
    assert len(done) == 1
