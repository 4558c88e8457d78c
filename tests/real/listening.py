"""Waits for a server that another process runs: there is no event to wait for, only its port."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

LOOK_AGAIN_SECONDS = 0.1


def until_listening(
    process: subprocess.Popen[bytes], port: int, log: Path, *, within: float
) -> None:
    """Return once somebody listens at the port.

    Raises:
        RuntimeError: it ended, or did not come up within so many seconds; with what it said.
    """
    give_up_at = time.monotonic() + within
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(LOOK_AGAIN_SECONDS)
        else:
            return
    raise RuntimeError(f"{log.name}: it did not start: {log.read_text(errors='replace')[-2000:]}")
