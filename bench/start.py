"""How long `mindelig up --demo` takes until it is ready: the first start and the second."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

from mindelig import up

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 180


def measure() -> list[tuple[str, str]]:
    """Start a demo in an empty home, stop it, and start it again."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as home:
        first = _start_and_stop(home)
        second = _start_and_stop(home)
    return [
        ("demo, first start (set up, model trained) to ready", _told(first)),
        ("demo, second start to ready", _told(second)),
    ]


def _told(run: tuple[float, float, float]) -> str:
    page, ready, stop = run
    return f"first page {page:.1f} s, ready {ready:.1f} s; stopped in {stop:.1f} s"


def _start_and_stop(home: str) -> tuple[float, float, float]:
    port = up.free_port()
    command = [str(ROOT / ".venv" / "bin" / "mindelig"), "up", "--demo", "--port", str(port)]
    began = time.monotonic()
    with subprocess.Popen(
        command,
        env=os.environ | {"MINDELIG_HOME": home},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        page = _until(f"http://127.0.0.1:{port}/simulator", began)
        ready = _until(f"http://127.0.0.1:{port}/health/ready", began)
        stopping = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    return page, ready, time.monotonic() - stopping


def _until(address: str, began: float) -> float:
    while time.monotonic() - began < PATIENCE_SECONDS:
        try:
            if httpx.get(address, timeout=5).is_success:
                return time.monotonic() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{address} did not answer within {PATIENCE_SECONDS} s")
