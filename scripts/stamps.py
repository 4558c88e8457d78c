"""Stamps: small files that say which state a part of the set-up was finished in."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
from typing import TYPE_CHECKING

from scripts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def checksum(files: Iterable[Path], *words: str) -> str:
    """Return one checksum over the files' contents and the given words."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    for word in words:
        digest.update(hashlib.sha256(word.encode()).digest())
    return digest.hexdigest()


def read(stamp: Path) -> str:
    """Return what the stamp says, or nothing if the part was never finished."""
    try:
        return stamp.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def write(stamp: Path, state: str) -> None:
    """Say that the part is finished in this state; always the last thing that is done."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    making = stamp.with_name(stamp.name + ".making")
    making.write_text(state + "\n", encoding="utf-8")
    making.replace(stamp)


def remove(stamp: Path) -> None:
    """Say that work on the part has begun: until it is written again, the part is unfinished."""
    with contextlib.suppress(FileNotFoundError):
        stamp.unlink()


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep two set-ups from building the same thing at the same time; the second waits.

    The lock goes with the process that holds it, however that ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say.line("      another set-up is at work here; waiting for it to finish")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
