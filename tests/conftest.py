"""The runtime every story runs on: real PostgreSQL, a clock that travels, a gateway that keeps."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import hypothesis
import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from data.database import Database, libpq, start_embedded
from data.migrations.run import upgrade
from data.models import Record
from data.settings import Settings, load
from data.values.time import StandingClock
from outreach.runtime import Runtime
from tests.gateway import KeepingSms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

#: Tuesday 24 November 2026, 10.00 in Copenhagen: a bank day, inside the contact window.
TUESDAY_MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

#: One Rasa for every folder that asks for it.
pytest_plugins = ["tests.real_rasa"]

# `make mutants` asks each property thousands of times: a few examples, the same each time, and
# the first failure is enough, whatever the smallest one would be.
MUTANTS = "mutants"
hypothesis.settings.register_profile(
    MUTANTS,
    derandomize=True,
    max_examples=10,
    deadline=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Function]) -> None:
    """Ask worked examples before properties where the first failure is enough."""
    if config.getoption("hypothesis_profile") == MUTANTS:
        items.sort(key=lambda item: hypothesis.is_hypothesis_test(item.obj))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Start one PostgreSQL for the whole run; return the address of this worker's database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if worker != "main" else base) / "postgres"
    url = start_embedded(folder, f"mindelig_{worker}_test")
    _care_for_speed_not_for_power_cuts(url)
    upgrade(url)
    return url


def _care_for_speed_not_for_power_cuts(url: str) -> None:
    """Let PostgreSQL skip waiting for the disk; every test empties every table."""
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(SQL("alter system set {} = off").format(Identifier(setting)))
        connection.execute("select pg_reload_conf()")


@pytest.fixture
def clock() -> StandingClock:
    """A clock that stands on a Tuesday morning until the story moves it."""
    return StandingClock(TUESDAY_MORNING)


@pytest.fixture
def sms() -> KeepingSms:
    """A gateway that keeps what it is given."""
    return KeepingSms()


@pytest.fixture
def settings(tmp_path: Path, postgres: str) -> Settings:
    """Settings of an installation of its own, where a password is enough at the desk."""
    return load(home=tmp_path / "home", database_url=postgres, second_factor="optional")


@pytest.fixture
async def runtime(
    settings: Settings, postgres: str, clock: StandingClock, sms: KeepingSms
) -> AsyncIterator[Runtime]:
    """An empty installation serving Albertslund and Faxe."""
    await _empty(postgres)
    built = Runtime.build(settings, postgres).at(clock).equip(sms=sms)
    yield built
    await built.close()


async def _empty(url: str) -> None:
    database = Database.connect(url, pool_size=1)
    tables = [table.name for table in Record.metadata.sorted_tables]
    async with database.transaction() as session:
        names = ", ".join([*tables, "procrastinate_jobs"])
        # The record refuses to be emptied, as it should; as a replica no trigger is asked.
        await session.execute(text("set local session_replication_role = replica"))
        await session.execute(text(f"truncate {names} restart identity cascade"))
    await database.close()
