"""Trains the dialogue model once for what it is made of, and runs Rasa on loopback."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from outreach.errors import NotConfiguredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
#: What Rasa learns from; the texts under `responses` are ours alone.
LEARNT = ("components", "domain", "nlu", "rules")
LEARN = [
    *("--config", "config.yml", "--domain", "dialogues/domain"),
    *("--data", "dialogues/nlu", "dialogues/rules"),
]
SCHEMA = "rasa"
#: How Rasa begins a line about something wrong; what Python's libraries say of their age is none.
_FAULT = re.compile(r"\b(?:WARNING|ERROR|CRITICAL)\b|\b(?:UserWarning|\w+Exception|\w+Error):")

#: Rasa 3.6 is old and talks much: no telemetry, one thread, no warnings about its own age.
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "OMP_NUM_THREADS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SANIC_HOST": "127.0.0.1",
}


def models_folder() -> Path:
    """Return where models are kept: shared by all clones of one user, named by what made them."""
    cache = os.environ.get("MINDELIG_CACHE") or "~/.cache/mindelig"
    return Path(cache).expanduser() / "models"


def checksum() -> str:
    """Return a name for everything the model is made of."""
    parts = [ROOT / "config.yml", ROOT / "requirements" / "rasa.txt"]
    for folder in LEARNT:
        found = sorted((ROOT / "dialogues" / folder).rglob("*.*"))
        parts += [path for path in found if path.suffix in {".yml", ".py"}]
    digest = hashlib.sha256()
    for path in parts:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Return where the model of exactly these dialogues is, or will be."""
    return models_folder() / f"{checksum()}.tar.gz"


def train(*, only_if_changed: bool) -> tuple[Path, bool]:
    """Train the model; return its path, and whether it was trained now.

    Two trainings at once take turns, and an interrupted one leaves no half model behind.

    Raises:
        NotConfiguredError: Rasa's environment is not there, or the training failed.
    """
    path = model_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _turn(path.parent / ".lock"):
        if path.exists() and only_if_changed:
            return path, False
        _need_environment()
        making = path.with_name(f"making-{os.getpid()}-{path.name}")
        try:
            _run_training(making)
            making.replace(path)
        finally:
            making.unlink(missing_ok=True)
    return path, True


def _run_training(model: Path) -> None:
    """Train; Rasa's many words are shown only when it fails.

    Raises:
        NotConfiguredError: it failed; the end of its output is in the text.
    """
    done = _run(_train_command(model), ROOT)
    if done.returncode or not model.exists():
        end = "\n".join(done.stdout.splitlines()[-20:])
        raise NotConfiguredError(f"the dialogue model could not be trained:\n{end}")


def validate(root: Path = ROOT) -> list[str]:
    """Hold the dialogues against themselves, as Rasa does; return what it warns of or refuses.

    An intent without a rule or without examples, an example of two intents, rules that contradict
    each other: whatever Rasa only warns of is a fault here.

    Raises:
        NotConfiguredError: Rasa's environment is not there.
    """
    _need_environment()
    done = _run([str(PYTHON), "-m", "rasa", "data", "validate", "--fail-on-warnings", *LEARN], root)
    said = done.stdout.splitlines()
    faults = [line.strip() for line in said if _FAULT.search(line)]
    if done.returncode and not faults:
        return said[-20:]
    return faults


def _run(command: list[str], root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_ending_with_us(), *command],
        cwd=root,
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _train_command(model: Path) -> list[str]:
    name = model.name.removesuffix(".tar.gz")
    return [
        *(str(PYTHON), "-m", "rasa", "train", *LEARN),
        *("--out", str(model.parent), "--fixed-model-name", name, "--skip-validation"),
    ]


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ending_with_us() -> list[str]:
    """Let the system end Rasa when we are killed: it would keep its port and 0.6 GB."""
    setpriv = shutil.which("setpriv")  # of util-linux, on every Debian
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _need_environment() -> None:
    if not PYTHON.exists():
        raise NotConfiguredError(f"{PYTHON} is not there: run `make setup`")


def prepare_database(url: str) -> None:
    """Make the schema Rasa keeps its events in, if it is not there."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"create schema if not exists {SCHEMA}"))
    engine.dispose()


def environment(settings: Settings, url: str) -> dict[str, str]:
    """Return the environment Rasa runs in."""
    plain = url.replace("postgresql+psycopg://", "postgresql+psycopg2://", 1)
    return (
        os.environ
        | QUIET
        | {
            "MINDELIG_RASA_TOKEN": settings.rasa_token.get_secret_value(),
            "MINDELIG_ACTIONS_URL": settings.actions_url,
            "MINDELIG_RASA_DB_URL": plain,
            "POSTGRESQL_SCHEMA": SCHEMA,
            "POSTGRESQL_POOL_SIZE": "2",
            "POSTGRESQL_MAX_OVERFLOW": "4",
        }
    )


async def start(settings: Settings, url: str, model: Path) -> asyncio.subprocess.Process:
    """Start Rasa on the port of `MINDELIG_RASA_URL`, on loopback only.

    What it prints goes to `MINDELIG_HOME/logs/rasa.log`.

    Raises:
        NotConfiguredError: the environment or the model is not there (Rasa would silently take
            another model of the same folder).
    """
    _need_environment()
    if not model.exists():  # noqa: ASYNC240 - one look, before anything runs
        raise NotConfiguredError(f"{model} is not there: run `mindelig train`")
    await asyncio.to_thread(prepare_database, url)
    port = urlsplit(settings.rasa_url).port or 5005
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "rasa.log").open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *_ending_with_us(),
            *(str(PYTHON), "-m", "rasa", "run", "-m", str(model), "-i", "127.0.0.1"),
            *("-p", str(port), "--endpoints", "dialogues/endpoints.yml"),
            *("--credentials", "dialogues/credentials.yml"),
            cwd=ROOT,
            env=environment(settings, url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches us first, and we stop it in order
        )
