"""Brings the database's schema forward, one process at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

_UPGRADE_LOCK = 770_001  # any number, the same in every process


def config() -> Config:
    """Return Alembic's configuration, which needs no ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def upgrade(url: str) -> str:
    """Upgrade to the newest schema and return its revision; a second call does nothing.

    An advisory lock lets only one process upgrade; a table somebody holds for more than 10
    seconds stops the upgrade rather than the town.
    """
    alembic = config()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            # The turn is waited for without a limit: another machine's upgrade may take long.
            connection.execute(text("select pg_advisory_lock(:key)"), {"key": _UPGRADE_LOCK})
            connection.execute(text("set lock_timeout = '10s'"))
            connection.execute(text("set statement_timeout = '10min'"))
            connection.commit()
            try:
                alembic.attributes["connection"] = connection
                command.upgrade(alembic, "head")
                connection.commit()
            finally:
                connection.rollback()
                connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _UPGRADE_LOCK})
                connection.commit()
    finally:
        engine.dispose()
    return str(ScriptDirectory.from_config(alembic).get_current_head())


def revisions(url: str) -> tuple[str | None, str | None]:
    """Return the revision the database is at (none if empty), and the newest there is."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return found, ScriptDirectory.from_config(config()).get_current_head()
