"""How fast the outbox empties, and what a message costs; beside the bare HTTP loop.

Run alone: `python -m bench.delivery`. "CPU" is user and system seconds of the worker and of
PostgreSQL; the stand-in for Twilio answers at once and is not counted.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from sqlalchemy import insert

from data.database import start_embedded
from data.migrations.run import upgrade
from data.models.citizens import Channel, Citizen, Language
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.conversations import (
    Author,
    Awaiting,
    Conversation,
    Direction,
    Message,
    MessageKind,
    MessageStatus,
    Owner,
)
from data.settings import load
from data.values.ids import DebtorKind, new_id
from data.values.money import NOTHING, Money
from data.values.phone import PhoneNumber
from data.values.time import StandingClock
from outreach.dispatch import AT_ONCE, drain
from outreach.gateways.twilio import TwilioSms
from outreach.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.settings import Settings

MESSAGES = 2_000
MUNICIPALITY = "albertslund"
OPEN_HOURS = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BODY = "Hej. Vi skriver fra Albertslund Kommune om en betaling, der er gået over tiden. Svar her."
ACCOUNT, TOKEN = "AC" + "0" * 32, "0" * 32
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds on the wall, CPU seconds of ours and of PostgreSQL."""

    seconds: float
    cpu: float

    def told(self) -> str:
        """Say it a second and a thousand messages."""
        return (
            f"{MESSAGES / self.seconds:,.0f} messages/s, "
            f"{self.cpu / MESSAGES * 1000:.2f} CPU s per 1,000"
        )


def measure() -> list[tuple[str, str]]:
    """Send 2,000 replies and 2,000 first messages through the outbox, and 2,000 without it."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder, stand_in() as url:
        home = Path(folder)
        database = start_embedded(home / "postgres", "bench_delivery")
        upgrade(database)
        settings = load(
            home=home, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_api_url=url
        )
        return asyncio.run(_measure(settings, database, home / "postgres"))


async def _measure(settings: Settings, database: str, cluster: Path) -> list[tuple[str, str]]:
    runtime = Runtime.build(settings, database).at(StandingClock(OPEN_HOURS))
    runtime = runtime.equip(sms=TwilioSms(settings))
    figures = [(f"{MESSAGES:,} by a bare aiohttp loop", (await _bare(settings)).told())]
    figures.append((f"{MESSAGES:,} by the SDK, no database", (await _by_sdk(runtime)).told()))
    for name, kind in (
        ("replies", MessageKind.REPLY),
        ("first messages", MessageKind.FIRST_CONTACT),
    ):
        async with runtime.transaction() as session:
            await _queue(session, kind)
        began = time.perf_counter(), _cpu() + _cpu_of_postgres(cluster)
        report = await drain(runtime, [MUNICIPALITY])
        cost = Cost(time.perf_counter() - began[0], _cpu() + _cpu_of_postgres(cluster) - began[1])
        assert report.sent == MESSAGES, report  # noqa: S101 - a figure of anything else is none
        figures.append((f"{MESSAGES:,} {name} queued → accepted, one worker", cost.told()))
    await runtime.close()
    return figures


async def _bare(settings: Settings) -> Cost:
    """Post the same forms with nothing around them, as many at a time as the outbox does."""
    address = f"{settings.twilio_api_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    began = time.perf_counter(), _cpu()
    async with aiohttp.ClientSession() as client:

        async def post(number: int) -> None:
            form = {"From": "+4570990101", "To": _phone(number), "Body": BODY}
            async with client.post(address, data=form) as answer:
                await answer.json()

        await _at_once(post)
    return Cost(time.perf_counter() - began[0], _cpu() - began[1])


async def _by_sdk(runtime: Runtime) -> Cost:
    """Send through our gateway, and so through Twilio's SDK, without outbox and database."""
    gateway, sender = runtime.sms, runtime.policies[MUNICIPALITY].senders.sms
    assert gateway is not None  # noqa: S101 - it was made three lines above
    began = time.perf_counter(), _cpu()

    async def send(number: int) -> None:
        await gateway.send(sender, PhoneNumber(_phone(number)), BODY, message_id=str(new_id()))

    await _at_once(send)
    return Cost(time.perf_counter() - began[0], _cpu() - began[1])


async def _at_once(call: Any) -> None:  # noqa: ANN401
    numbers = iter(range(MESSAGES))

    async def line() -> None:
        for number in numbers:
            await call(number)

    await asyncio.gather(*(line() for _ in range(AT_ONCE)))


@contextmanager
def stand_in(module: str = "bench.stand_in") -> Iterator[str]:
    """Run the stand-in for Twilio, or another vendor's, in a process of its own."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def _phone(number: int) -> str:
    return f"+4520{number:06d}"


async def _queue(session: AsyncSession, kind: MessageKind) -> None:
    """Queue one message each for 2,000 citizens with one unpaid claim."""
    now = OPEN_HOURS - timedelta(minutes=1)
    base = {"municipality": MUNICIPALITY}
    dates = base | {"created_at": now, "updated_at": now}
    offset = MESSAGES if kind is MessageKind.FIRST_CONTACT else 0
    rows: dict[type, list[dict[str, Any]]] = {
        Citizen: [], Conversation: [], Claim: [], Message: [], Decision: []
    }  # fmt: skip
    for number in range(MESSAGES):
        citizen, talk, claim, message = new_id(), new_id(), new_id(), new_id()
        phone = _phone(number + offset)
        rows[Citizen].append(
            dates
            | {"id": citizen, "debtor_id": f"{number + offset:010d}", "name": "Borger"}
            | {"debtor_kind": DebtorKind.PERSON, "language": Language.DANISH}
        )
        rows[Conversation].append(
            base
            | {"id": talk, "channel": Channel.SMS, "address": phone, "citizen_id": citizen}
            | {"owner": Owner.ASSISTANT, "awaiting": Awaiting.NOTHING, "language": Language.DANISH}
            | {"owner_since": now, "created_at": now}
        )
        rows[Claim].append(
            dates
            | {"id": claim, "citizen_id": citizen, "claim_ref": f"B-{number + offset}"}
            | {"claim_type": "dagtilbud", "principal": Money(120000), "paid": NOTHING}
            | {"due_date": now.date() - timedelta(days=4), "state": ClaimState.OPEN}
        )
        rows[Message].append(
            base
            | {"id": message, "conversation_id": talk, "citizen_id": citizen, "body": BODY}
            | {"direction": Direction.OUT, "author": Author.ASSISTANT, "kind": kind}
            | {"channel": Channel.SMS, "address": phone, "status": MessageStatus.QUEUED}
            | {"dedupe_key": str(message), "not_before": now, "created_at": now, "status_at": now}
        )
        rows[Decision].append(
            base
            | {"claim_id": claim, "step": "first_contact", "outcome": Outcome.ALLOWED}
            | {"facts": {}, "message_id": message, "decided_at": now}
        )
    for table, values in rows.items():
        await session.execute(insert(table), values)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _cpu_of_postgres(cluster: Path) -> float:
    """Sum what the server, its living children and those that have ended have used."""
    server = int((cluster / "postmaster.pid").read_text().splitlines()[0])
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        parent, times = int(fields[1]), [int(ticks) for ticks in fields[11:15]]
        if int(folder.name) == server:
            total += sum(times)
        elif parent == server:
            total += times[0] + times[1]
    return total / _TICK


if __name__ == "__main__":
    for what, figure in measure():
        print(f"{what:55} {figure}")
