"""The command line as a user runs it, on a database of the story's own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url, text

from data.migrations.run import upgrade
from data.settings import EXAMPLES
from data.values.ids import new_id
from tests.house.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: A run that takes longer is stuck.
PATIENCE = 120


@pytest.fixture
def databases(postgres: str) -> Iterator[Callable[[], str]]:
    """Make as many databases as a story needs, each with nothing in it."""
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def another() -> str:
        made.append(f"story_{new_id().hex[:12]}")
        with server.connect() as connection:
            connection.execute(text(f"create database {made[-1]}"))
        return make_url(postgres).set(database=made[-1]).render_as_string(hide_password=False)

    yield another
    with server.connect() as connection:
        for name in made:
            connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


@pytest.fixture
def empty_database(databases: Callable[[], str]) -> str:
    """The address of a database with nothing in it."""
    return databases()


@pytest.fixture
def database(databases: Callable[[], str]) -> str:
    """The address of a database with our schema."""
    url = databases()
    upgrade(url)
    return url


@pytest.fixture
def mindelig(tmp_path: Path, database: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `mindelig …` in a shell with nothing of ours set but what the story gives."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        bare = {name: value for name, value in os.environ.items() if name not in EXAMPLES}
        ours = {"MINDELIG_HOME": str(tmp_path / "home"), "MINDELIG_DATABASE_URL": database}
        done = subprocess.run(
            [sys.executable, "-c", "from mindelig.cli import main; main()", *arguments],
            cwd=ROOT,
            env=bare | ours | environment | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return done

    return run
