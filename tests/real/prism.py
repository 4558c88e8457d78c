"""Starts Prism, a server made of Twilio's own published description, and stops it again."""

from __future__ import annotations

import json
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.real.listening import until_listening

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PRISM = ROOT / "node_modules" / ".bin" / "prism"
DESCRIPTION = ROOT / "tests" / "vendor" / "twilio_api_v2010.json"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
MESSAGE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls.json"
ACCOUNT = "/2010-04-01/Accounts/{Sid}.json"
#: Some 10 s on a quiet machine with the whole description, 2 s with what we use of it.
READY_WITHIN_SECONDS = 120


@contextmanager
def prism(log: Path) -> Iterator[str]:
    """Serve Twilio's description on a free port; yields its address once it answers."""
    port = _free_port()
    description = log.with_name("twilio.json")
    description.write_text(json.dumps(what_we_use()))
    command = [str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(description)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            until_listening(process, port, log, within=READY_WITHIN_SECONDS)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def what_we_use() -> dict[str, Any]:
    """Read the description of the addresses we call.

    Two words of it are changed. Twilio's example of a list shows the addresses of its pages
    without a host, which its own format "uri" forbids, and Prism takes it at its word; and the
    example names a next page, which Prism would answer with the same example for ever.
    """
    whole: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    used = {path: whole["paths"][path] for path in (MESSAGES, MESSAGE, CALLS, ACCOUNT)}
    listed = used[MESSAGES]["get"]["responses"]["200"]["content"]["application/json"]
    for example in listed["examples"].values():
        example["value"]["next_page_uri"] = None
    for field in listed["schema"]["properties"].values():
        if field.get("format") == "uri":
            field["format"] = "uri-reference"
    return whole | {"paths": used}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
