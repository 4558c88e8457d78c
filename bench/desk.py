"""How fast the desk answers twenty busy caseworkers, beside the plain SQL of the same rows."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
from sqlalchemy import select, text

from bench import desk_base
from data.database import start_embedded
from data.migrations.run import upgrade
from data.models.conversations import Conversation, Owner
from data.models.handoffs import Handoff, HandoffState
from data.settings import load
from data.values.time import SystemClock
from mindelig import up
from outreach import conversations, handoffs
from outreach.runtime import Runtime
from outreach.signing_in.attempts import Attempt, sign_in
from outreach.signing_in.passwords import hash_password
from outreach.staff import add

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from data.models.staff import Staff
    from data.values.ids import ConversationId

CASEWORKERS: Final = 20
SECONDS: Final = 60
#: The first pages of a process are slower (templates, plans): not counted.
WARM_UP: Final = 15
#: A caseworker opens a page every second or third: far busier than people are.
PAUSE: Final = (1.0, 3.0)
ALERTS: Final = 12
_ROOT = Path(__file__).parent.parent
_COOKIE = "mindelig_desk"
_PATIENCE = 180.0

#: The same rows without us: queue, thread, citizen.
_PLAIN: Final = {
    "the queue": """
        select h.*, c.*, z.* from handoffs h join conversations c on c.id = h.conversation_id
        join citizens z on z.id = c.citizen_id
        where h.municipality = 'albertslund' and h.state = 'waiting'
        order by h.severity, h.due_at limit 50""",
    "a thread": """
        select m.* from messages m where m.conversation_id = :talk
        order by m.created_at desc limit 200""",
    "a citizen": """
        select z.*, k.*, m.body from citizens z join claims k on k.citizen_id = z.id
        join messages m on m.citizen_id = z.id where z.id = :citizen
        order by m.created_at desc limit 50""",
}


@dataclass
class _Measured:
    """What was measured, by the name of the page: seconds."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, what: str, seconds: float) -> None:
        self.seconds.setdefault(what, []).append(seconds)

    def rows(self, prefix: str = "") -> Iterator[tuple[str, str]]:
        for what, values in self.seconds.items():
            yield f"{prefix}{what} ({len(values)})", _told(values)


@dataclass(frozen=True)
class _Place:
    """What the caseworkers open."""

    talks: list[ConversationId]
    citizens: list[str]
    long: ConversationId


def measure() -> list[tuple[str, str]]:
    """Fill a base, let twenty people work at it through real uvicorn, and ask it plainly."""
    with tempfile.TemporaryDirectory(prefix="mindelig-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(home: Path) -> list[tuple[str, str]]:
    url = start_embedded(home / "postgres", "bench_desk")
    upgrade(url)
    runtime = Runtime.build(load(home=home, database_url=url), url).at(SystemClock())
    tokens = await _people(runtime)
    began = time.monotonic()
    await desk_base.fill(runtime.database.engine)
    filled = time.monotonic() - began
    place = await _place(runtime)
    plain = await _plain(runtime, place)
    port = up.free_port()
    async with _serving(home, url, port) as address:
        pages, size = await _busy(address, tokens, place)
        heard = await _heard(runtime, address, tokens)
    await runtime.close()
    load_now = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        (f"base of {desk_base.CONVERSATIONS:,} conversations made in", f"{filled:.0f} s"),
        ("load of the machine (1, 5, 15 min), processors", f"{load_now}, {os.cpu_count()}"),
        *pages.rows(f"{CASEWORKERS} busy: "),
        *plain.rows("plain SQL alone: "),
        (f"new handoff to all {CASEWORKERS} open desks ({ALERTS})", _told(heard)),
        ("the queue's page, uncompressed", f"{size / 1024:.0f} kB"),
    ]


async def _people(runtime: Runtime) -> list[str]:
    hashed, tokens = hash_password("en lang og god adgangskode"), []
    for number in range(CASEWORKERS):
        async with runtime.transaction() as session:
            person: Staff = await add(
                session,
                runtime,
                municipality="albertslund",
                username=f"person{number:02d}",
                name=f"Person {number}",
                password_hash=hashed,
            )
        async with runtime.transaction() as session:
            begun = await sign_in(session, runtime, Attempt(person.id, person.password_hash))
            tokens.append(begun.token)
    return tokens


async def _place(runtime: Runtime) -> _Place:
    async with runtime.transaction() as session:
        rows = await session.execute(
            select(Handoff.conversation_id, Handoff.citizen_id)
            .where(Handoff.state == HandoffState.WAITING)
            .limit(200)
        )
        found = rows.all()
        long = await session.scalar(
            select(Conversation.id).where(Conversation.address == "+4520000400")
        )
    if long is None:
        raise SystemExit("the long thread is not there")
    return _Place([row[0] for row in found], [str(row[1]) for row in found], long)


async def _plain(runtime: Runtime, place: _Place) -> _Measured:
    measured = _Measured()
    for number in range(50):
        given = {"talk": place.talks[number], "citizen": place.citizens[number]}
        for what, statement in _PLAIN.items():
            wanted = {name: value for name, value in given.items() if f":{name}" in statement}
            async with runtime.transaction() as session:
                began = time.monotonic()
                (await session.execute(text(statement), wanted)).all()
                measured.add(what, time.monotonic() - began)
    return measured


@asynccontextmanager
async def _serving(home: Path, url: str, port: int) -> AsyncIterator[str]:
    """Serve from a process of its own, as in production."""
    environment = os.environ | {
        "MINDELIG_HOME": str(home),
        "MINDELIG_DATABASE_URL": url,
        "MINDELIG_SECOND_FACTOR": "optional",  # they have signed in already
    }
    command = [str(_ROOT / ".venv" / "bin" / "mindelig"), "web", "--port", str(port)]
    silent = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=silent)
    address = f"http://127.0.0.1:{port}"
    try:
        await _until_live(address)
        yield address
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_live(address: str) -> None:
    async with asyncio.timeout(_PATIENCE), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{address}/health/live")).is_success:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.2)


async def _busy(address: str, tokens: list[str], place: _Place) -> tuple[_Measured, int]:
    measured = _Measured()
    async with asyncio.TaskGroup() as work:
        for token in tokens:
            work.create_task(_works(address, token, place, measured))
    async with _client(address, tokens[0]) as client:
        return measured, len((await client.get("/desk?view=waiting")).content)


async def _works(address: str, token: str, place: _Place, measured: _Measured) -> None:
    """One caseworker: queue, thread, citizen, now and then the long thread and a search."""
    counted_from = time.monotonic() + WARM_UP
    chance = random.Random(token)
    async with _client(address, token) as client:
        while time.monotonic() < counted_from + SECONDS:
            await asyncio.sleep(chance.uniform(*PAUSE))
            what, path = _next(chance, place)
            began = time.monotonic()
            answer = await client.get(path)
            if began > counted_from:
                measured.add(what, time.monotonic() - began)
            if answer.status_code != httpx.codes.OK:
                raise SystemExit(f"{path} answered {answer.status_code}")


def _next(chance: random.Random, place: _Place) -> tuple[str, str]:
    talk, citizen = chance.choice(place.talks), chance.choice(place.citizens)
    return chance.choice(
        [
            ("the queue", "/desk?view=waiting"),
            ("the queue", "/desk?view=waiting"),
            ("the queue, what changed", "/desk/live?view=waiting"),
            ("a thread", f"/desk/conversations/{talk}"),
            ("a thread", f"/desk/conversations/{talk}"),
            ("a thread of 10,000", f"/desk/conversations/{place.long}"),
            ("a citizen", f"/desk/citizens/{citizen}"),
            ("all conversations", "/desk/conversations"),
            ("search in the queue", "/desk?view=waiting&q=hansen"),
        ]
    )


async def _heard(runtime: Runtime, address: str, tokens: list[str]) -> list[float]:
    """Open a desk for everybody; how long after the commit the last of them shows a handoff."""
    seconds: list[float] = []
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(_client(address, each)) for each in tokens]
        streams = []
        for client in clients:
            entered = client.stream("GET", "/desk/events", timeout=None)
            streams.append((await stack.enter_async_context(entered)).aiter_lines())
        await asyncio.gather(*(_next_change(lines) for lines in streams))
        for number in range(ALERTS):
            await asyncio.sleep(0.5)
            handoff_id = await _open(runtime, number)
            began = time.monotonic()
            pairs = zip(clients, streams, strict=True)
            await asyncio.gather(*(_shows(*each, str(handoff_id)) for each in pairs))
            seconds.append(time.monotonic() - began)
    return seconds


async def _open(runtime: Runtime, number: int) -> object:
    async with runtime.transaction() as session:
        free = await session.scalar(
            select(Conversation.id)
            .where(Conversation.owner == Owner.ASSISTANT)
            .order_by(Conversation.address.desc())
            .offset(number)
            .limit(1)
        )
        if free is None:
            raise SystemExit("no conversation left")
        place = await conversations.lock(session, free)
        opened = await handoffs.open_handoff(
            session, runtime, conversation=place, reason="hard_suicide", summary="-"
        )
        await session.flush()
        return opened.id


async def _shows(client: httpx.AsyncClient, lines: AsyncIterator[str], handoff_id: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            await _next_change(lines)
            if handoff_id in (await client.get("/desk/live?view=waiting")).text:
                return


async def _next_change(lines: AsyncIterator[str]) -> None:
    async for line in lines:
        if line == "event: changed":
            return


def _client(address: str, token: str) -> httpx.AsyncClient:
    cookies = httpx.Cookies()
    cookies.set(_COOKIE, token, domain="127.0.0.1", path="/desk")
    return httpx.AsyncClient(base_url=address, cookies=cookies, timeout=_PATIENCE)


def _told(values: list[float]) -> str:
    worst = sorted(values)[min(int(len(values) * 0.95), len(values) - 1)]
    return f"median {statistics.median(values) * 1000:.0f} ms, 95 % {worst * 1000:.0f} ms"
