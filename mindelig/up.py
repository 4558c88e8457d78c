"""Everything on one machine: `mindelig up`, with sample citizens and telephones for a demo."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from rich.console import Console
from sqlalchemy import func, select

import bot.telegram.polling
import bot.worker
from data import database
from data.migrations.run import upgrade
from data.models.citizens import Citizen
from data.settings import SecondFactor, load
from data.values.time import add_bank_days, at_local, copenhagen, day_of, is_bank_day
from mindelig import demo, rasa, web
from mindelig.installation import equip
from outreach import jobs, schedule
from outreach.errors import MindeligError
from outreach.intake.importing import import_claims, import_payments
from outreach.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator
    from datetime import datetime
    from pathlib import Path

    from data.settings import Settings

log = structlog.get_logger()
console = Console(stderr=True, highlight=False)

HOST = "127.0.0.1"
RASA_BACK_OFF_SECONDS = 5.0
READY_WITHIN_SECONDS = 120.0
DEMO_OPENS, DEMO_HOUR, DEMO_CLOSES = 9, 10, 16


@dataclass(frozen=True)
class Plan:
    """What is to be started."""

    settings: Settings
    port: int
    demo_password: str | None = None


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    if console.is_terminal:
        console.print(f"… {what}", end="\r")
    yield
    console.print(f"✓ {what} ({time.monotonic() - began:.1f} s)")


def plan(*, is_demo: bool, port: int, host: str = HOST) -> Plan:
    """Read the settings, with this machine's own addresses where none are given.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    here = f"http://{host}:{port}"
    given: dict[str, object] = {"actions_url": f"{here}/internal/actions"}
    plain = load()
    if not _is_set(plain, "public_url"):
        given["public_url"] = here
    if not _is_set(plain, "rasa_url"):
        given["rasa_url"] = f"http://{host}:{free_port()}"
    if not is_demo:
        return Plan(load(**given), port)
    given |= {
        "public_url": here,
        "twilio_account_sid": f"AC{_kept(plain, 'demo_account', 16)}",
        "twilio_auth_token": _kept(plain, "demo_token", 16),
        "twilio_api_url": f"{here}/simulator/twilio",
        "smtp_url": None,  # sample citizens get no mail, and their clock travels
        "now": (plain.now or demo_now(plain)).isoformat(),
    }
    if not _is_set(plain, "second_factor"):
        given["second_factor"] = SecondFactor.OPTIONAL  # sample citizens only
    return Plan(load(**given), port, demo_password=_kept(plain, "demo_password", 6))


def _is_set(settings: Settings, name: str) -> bool:
    return name in settings.model_fields_set


def _kept(settings: Settings, name: str, length: int) -> str:
    """Return a secret of this demo, made at its first start."""
    path = settings.home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(length))
    return path.read_text()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def demo_now(settings: Settings) -> datetime:
    """Return a time when citizens may be written to, never before one this demo has seen.

    How far the demo's clock is ahead is kept in `MINDELIG_HOME`: were it set back by another
    start, new messages would stand above old ones.
    """
    real, kept = settings.clock.now(), settings.home / "demo_clock"
    ahead = timedelta(seconds=float(kept.read_text()) if kept.exists() else 0)
    now = _office_hours(real + ahead)
    kept.write_text(str((now - real).total_seconds()))
    return now


def _office_hours(now: datetime) -> datetime:
    """Return `now`, or ten o'clock on the next bank day when citizens are not written to.

    A demo shown on a Sunday evening would otherwise send nothing before Monday.
    """
    local = copenhagen(now)
    if is_bank_day(local.date()) and DEMO_OPENS <= local.hour < DEMO_CLOSES:
        return now
    early = is_bank_day(local.date()) and local.hour < DEMO_OPENS
    return at_local(local.date() if early else add_bank_days(local.date(), 1), DEMO_HOUR)


async def run(plan: Plan) -> None:
    """Start everything, say when it is ready, and stop it all in order at Ctrl-C or SIGTERM.

    Raises:
        NotConfiguredError: the port is taken, or Rasa's environment or model is not there.
    """
    web.need_port(HOST, plan.port)  # before minutes are spent on a model
    settings = plan.settings
    with step("database"):
        url = await asyncio.to_thread(database.address, settings)
        await asyncio.to_thread(upgrade, url)
    with step("dialogue model"):
        model, _ = await asyncio.to_thread(rasa.train, only_if_changed=True)
    # Until here there is nothing to stop in order, and a signal ends us at once.
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runtime = equip(Runtime.build(settings, url, pool_size=20))
    try:
        await _run_parts(plan, runtime, url, model, stop)
    except* MindeligError as faults:
        raise _first_of(faults) from None
    finally:
        await runtime.close()
        console.print("Stopped.")


def _first_of(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first of the faults by which the parts ended; people mend one at a time."""
    first = faults.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


async def _run_parts(
    plan: Plan, runtime: Runtime, url: str, model: Path, stop: asyncio.Event
) -> None:
    app = web.create_app(runtime, demo_password=plan.demo_password)
    last = asyncio.Event()  # the worker's last answers still need Rasa, and Rasa our actions
    async with asyncio.TaskGroup() as parts:
        parts.create_task(_stop_all_if_ends(keep_rasa(plan.settings, url, model, last), stop))
        parts.create_task(
            _stop_all_if_ends(web.serve(app, host=HOST, port=plan.port, stop=last), stop)
        )
        if plan.demo_password:
            with step("sample citizens of both municipalities"):
                await _fill_demo(runtime, plan)
        parts.create_task(_announce(plan, runtime, stop))
        work = (
            bot.worker.run(runtime, url, stop),
            schedule.run(runtime, url, stop),
            bot.telegram.polling.run(runtime, url, stop),
        )
        await asyncio.wait([parts.create_task(_stop_all_if_ends(part, stop)) for part in work])
        last.set()


async def _stop_all_if_ends(part: Awaitable[None], stop: asyncio.Event) -> None:
    try:
        await part
    finally:
        stop.set()


async def keep_rasa(settings: Settings, url: str, model: Path, stop: asyncio.Event) -> None:
    """Keep Rasa running; citizens are handed to people while it is away."""
    while not stop.is_set():
        process = await rasa.start(settings, url, model)
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:  # also when another part could not start
            if not ended.done():
                await _end(process)
        if not stop.is_set():
            log.error("rasa_ended", code=process.returncode)
            await asyncio.wait({stopping}, timeout=RASA_BACK_OFF_SECONDS)
        stopping.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _fill_demo(runtime: Runtime, plan: Plan) -> None:
    """Import the sample files as a ledger's own, and add a caseworker a municipality, once."""
    async with runtime.transaction() as session:
        is_empty = not await session.scalar(select(func.count()).select_from(Citizen))
    if is_empty:
        folder = plan.settings.home / "samples"
        for files in demo.write_samples(folder, day_of(runtime.clock.now())):
            await import_claims(runtime, files.claims, files.municipality)
            await import_payments(runtime, files.payments, files.municipality)
    async with runtime.transaction() as session:
        for key in runtime.policies.keys:
            await demo.add_people(session, runtime, key, plan.demo_password or "")
            await jobs.defer(
                session, "outreach_round", once=f"outreach_round:{key}", municipality=key
            )


async def _announce(plan: Plan, runtime: Runtime, stop: asyncio.Event) -> None:
    """Wait until the assistant answers too, then say where everything is."""
    began = time.monotonic()
    here = f"http://{HOST}:{plan.port}"
    while not stop.is_set() and runtime.dialogue and not await runtime.dialogue.ready():
        if time.monotonic() - began > READY_WITHIN_SECONDS:
            log.error("rasa_not_ready", seconds=READY_WITHIN_SECONDS)
            return
        await asyncio.sleep(0.2)
    if stop.is_set():
        return
    console.print(f"✓ assistant ({time.monotonic() - began:.1f} s)")
    console.print(f"\n[bold]Mindelig is ready.[/bold]\n  desk        {here}/desk")
    if plan.demo_password:
        keys = ", ".join(map(demo.username, runtime.policies.keys))
        console.print(f"  telephones  {here}/simulator")
        console.print(f"  sign in as  {keys}; password {plan.demo_password}")
        if plan.settings.second_factor is SecondFactor.OPTIONAL:
            console.print(
                "  no codes    a password is enough in a demo; elsewhere a code comes on top"
            )
        clock = copenhagen(runtime.clock.now())
        console.print(f"  the clock   {clock:%A %d %B %Y, %H:%M} in Copenhagen")
    console.print("  stop        Ctrl-C\n")
