"""A trained model, a real Rasa server, and a stand-in for our app that tells what it was asked."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mindelig import rasa

ROOT = Path(__file__).parents[2]
PYTHON = str(ROOT / ".venv-rasa" / "bin" / "python")
RASA = [PYTHON, "-m", "rasa"]
TOKEN = "a-token-for-tests"
READY_WITHIN = 120.0  # seconds; usually under ten


def run_rasa(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Rasa command to its end, from the project's root."""
    return run_python("-m", "rasa", *arguments, **environment)


def run_python(
    *arguments: str, told: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Rasa's own Python, from the project's root, and tell it something on its input."""
    return subprocess.run(
        [PYTHON, *arguments],
        cwd=ROOT,
        env={**os.environ, **rasa.QUIET, **environment},
        input=told,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model: as given by MINDELIG_MODEL, from the cache, or trained now, once."""
    given = os.environ.get("MINDELIG_MODEL")
    return Path(given) if given else rasa.train(only_if_changed=True)[0]


@dataclass(frozen=True)
class Parsed:
    """What the model makes of a text: `intent` is `nlu_fallback` where the citizen is asked."""

    intent: str
    likeliest: str
    also: list[str]
    ms: float


Parser = Callable[[Iterable[str]], list[Parsed]]


@pytest.fixture(scope="session")
def parse(model: Path) -> Parser:
    """Parse texts by the trained model; each is parsed once."""
    known: dict[str, Parsed] = {}

    def parse_all(texts: Iterable[str]) -> list[Parsed]:
        told = list(texts)
        new = sorted(set(told) - known.keys())
        if new:
            done = run_python("-m", "dialogues.measuring.parsing", str(model), told=json.dumps(new))
            assert done.returncode == 0, done.stderr[-4000:]
            answers = json.loads(done.stdout.splitlines()[-1])
            known.update((text, Parsed(**one)) for text, one in zip(new, answers, strict=True))
        return [known[text] for text in told]

    return parse_all


@dataclass
class StandIn:
    """Our app as Rasa sees it: answers each action with a reply that names it."""

    url: str = ""
    awaiting: dict[str, str] = field(default_factory=dict)
    """What each conversation has been asked for; `nothing` for those not named."""
    sets: dict[str, str] = field(default_factory=dict)
    """What an action sets `awaiting` to, by the action's name."""
    tokens: set[str | None] = field(default_factory=set)

    def answer(self, call: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one call of Rasa's."""
        action = call["next_action"]
        if action == "action_session_start":
            awaiting = self.awaiting.get(call["sender_id"], "nothing")
            return {"events": session_start(call["sender_id"], awaiting), "responses": []}
        latest = call["tracker"]["latest_message"]
        heard = {"action": action, "intent": latest["intent"]["name"], "text": latest["text"]}
        changed = self.sets.get(action)
        events = [] if changed is None else [slot("awaiting", changed)]
        return {"events": events, "responses": [{"custom": heard}]}


def slot(name: str, value: str) -> dict[str, str]:
    """Write a slot event as the actions do."""
    return {"event": "slot", "name": name, "value": value}


def session_start(sender: str, awaiting: str) -> list[dict[str, str]]:
    """Write the events of our own `action_session_start`."""
    slots = {"case_id": sender, "language": "da", "awaiting": awaiting, "wanted": ""}
    return [
        {"event": "session_started"},
        *(slot(name, value) for name, value in slots.items()),
        {"event": "action", "name": "action_listen"},
    ]


@pytest.fixture(scope="session")
def stand_in() -> Iterator[StandIn]:
    """The stand-in, listening on a free port."""
    app = StandIn()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            app.tokens.add(self.headers.get("Authorization"))
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(app.answer(call)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: a log is not what is tested."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app.url = f"http://127.0.0.1:{server.server_port}/internal/actions"
    yield app
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Dialogue:
    """Rasa as our app sees it."""

    http: httpx.Client
    stand_in: StandIn

    def post(self, body: object, **headers: str) -> httpx.Response:
        """Post to the private channel, with the token unless other headers are given."""
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        given = headers or {"Authorization": f"Bearer {TOKEN}"}
        return self.http.post("/webhooks/internal/webhook", content=content, headers=given)

    def begin(self, awaiting: str = "nothing") -> str:
        """Begin a conversation in which we have asked for something; give its id."""
        sender = str(uuid4())
        self.stand_in.awaiting[sender] = awaiting
        return sender

    def say(self, message: str, sender: str | None = None, **fields: object) -> dict[str, Any]:
        """Say something and get what our app was asked to do: action, intent and text."""
        told = {"sender": sender or self.begin(), "message": message, **fields}
        answer = self.post(told)
        assert answer.status_code == 200, answer.text
        [reply] = answer.json()
        heard: dict[str, Any] = reply["custom"]
        return heard


@pytest.fixture(scope="session")
def dialogue(model: Path, stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A Rasa server with the real model, its conversations kept in memory."""
    home = tmp_path_factory.mktemp("rasa")
    endpoints = home / "endpoints.yml"
    real = (ROOT / "dialogues" / "endpoints.yml").read_text(encoding="utf-8")
    endpoints.write_text(real[: real.index("tracker_store:")], encoding="utf-8")
    port = free_port()
    command = [
        *(*RASA, "run", "--model", str(model), "--interface", "127.0.0.1", "--port", str(port)),
        *("--endpoints", str(endpoints), "--credentials", "dialogues/credentials.yml"),
    ]
    settings = {"MINDELIG_RASA_TOKEN": TOKEN, "MINDELIG_ACTIONS_URL": stand_in.url}
    log = home / "rasa.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **rasa.QUIET, **settings}, stdout=out, stderr=out
        )
        try:
            base = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=base, timeout=60) as http:
                wait_until_ready(http, process, log)
                yield Dialogue(http, stand_in)
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(http: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until Rasa answers; it opens its port when the model is loaded."""
    give_up = time.monotonic() + READY_WITHIN
    while time.monotonic() < give_up:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
        try:
            http.get("/").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)  # nothing tells when a port opens
        else:
            return
    pytest.fail(f"Rasa was not ready in time: {log.read_text(encoding='utf-8')[-4000:]}")
