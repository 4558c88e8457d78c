"""Telling a person what set-up does, and running other programs under its eye."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

INTERRUPTED = 130
LAST_LINES = 25
SIGN_OF_LIFE = 15  # seconds


class MissingError(Exception):
    """Something this machine lacks; the message says what, and how to mend it."""


def line(text: str = "") -> None:
    """Print one line at once, so that progress is seen while it happens."""
    print(text, flush=True)


@contextlib.contextmanager
def step(number: int, of: int, what: str) -> Iterator[None]:
    """Print `[3/7] what … 4.2 s` around the work of one step."""
    started = time.monotonic()
    line(f"[{number}/{of}] {what} …")
    yield
    line(f"[{number}/{of}] done in {time.monotonic() - started:.1f} s")


def answers(command: Sequence[str | Path], patience: float = 20) -> str | None:
    """Run a program and return what it printed, or None if it is missing, fails or hangs.

    Being found on PATH proves nothing: a pyenv shim answers "command not found", and Ubuntu's
    chromium may be a signpost to snap.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def run(
    command: Sequence[str | Path],
    mend: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a program quietly; should it fail, show its last lines and how to mend that.

    Raises:
        MissingError: the program is missing or failed.
    """
    words = [str(part) for part in command]
    try:
        child = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            cwd=folder,
        )
    except OSError as error:
        raise MissingError(f"{words[0]} could not be started: {error}\n{mend}") from error
    try:
        said = _wait(child)
    except BaseException:
        child.terminate()
        child.wait()
        raise
    if child.returncode != 0:
        tail = "\n".join("    " + part for part in said.splitlines()[-LAST_LINES:])
        raise MissingError(f"This failed: {' '.join(words)}\n{tail}\n{mend}")


def _wait(child: subprocess.Popen[str]) -> str:
    """Return what the program said once it ends; until then show now and then that it lives."""
    started = time.monotonic()
    while True:
        try:
            return child.communicate(timeout=SIGN_OF_LIFE)[0]
        except subprocess.TimeoutExpired:
            line(f"      still at it after {time.monotonic() - started:.0f} s")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def to_a_person() -> Iterator[None]:
    """End the program with plain words: what is missing, or that it may be run again."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except MissingError as missing:
        line()
        line(f"Set-up stopped. {missing}")
        sys.exit(1)
    except KeyboardInterrupt:
        line()
        line("Interrupted. Nothing is broken: run the same command again to go on.")
        sys.exit(INTERRUPTED)
