"""Open desks hear of changes at once: a real server, a real stream, real notices."""

import asyncio
import contextlib
import time

import httpx
from sqlalchemy import text

from data.notifications import notify
from desk.events import close_streams
from outreach import staff as staff_cases
from tests import make, make_desk


@contextlib.asynccontextmanager
async def stream(address, browser):
    cookies = {"mindelig_desk": browser.client.cookies["mindelig_desk"]}
    async with (
        httpx.AsyncClient(base_url=address, cookies=cookies, timeout=20) as client,
        client.stream("GET", "/desk/events") as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield response.aiter_lines()


async def next_event(lines):
    async with asyncio.timeout(5):
        async for line in lines:
            if line.startswith("event: "):
                return line.removeprefix("event: ")
    return None


async def settled(lines):
    """Read until nothing more comes for a moment: the stream listens."""
    seen = 0
    pending = asyncio.ensure_future(anext(lines))
    while True:
        done, _ = await asyncio.wait([pending], timeout=0.7)
        if not done:
            return seen, pending
        seen += pending.result().startswith("event: ")
        pending = asyncio.ensure_future(anext(lines))


async def tell(runtime, municipality):
    async with runtime.transaction() as session:
        await notify(session, municipality)


async def test_a_browser_that_connects_is_told_to_look(address, anna):
    async with stream(address, anna) as lines:
        assert await next_event(lines) == "changed"


async def test_a_change_is_on_every_desk_of_the_municipality_within_a_second(
    address, anna, runtime
):
    async with stream(address, anna) as one, stream(address, anna) as two:
        readers = [await settled(one), await settled(two)]
        began = time.monotonic()
        await tell(runtime, "albertslund")
        for _, pending in readers:
            assert (await asyncio.wait_for(pending, 5)).startswith("event: changed")
        assert time.monotonic() - began < 1


async def test_another_municipality_makes_no_noise_and_an_undone_change_neither(
    address, anna, runtime
):
    async with stream(address, anna) as lines:
        _, pending = await settled(lines)
        await tell(runtime, "faxe")
        with contextlib.suppress(RuntimeError):
            async with runtime.transaction() as session:
                await notify(session, "albertslund")
                raise RuntimeError("undone")
        done, _ = await asyncio.wait([pending], timeout=0.7)
        assert not done
        await tell(runtime, "albertslund")
        assert await asyncio.wait_for(pending, 5) == "event: changed"


async def test_the_stream_ends_with_the_session(address, anna, runtime):
    async with stream(address, anna) as lines:
        _, pending = await settled(lines)
        async with runtime.transaction() as session:
            await staff_cases.disable(session, runtime, "anna")
        await tell(runtime, "albertslund")
        assert await asyncio.wait_for(pending, 5) == "event: ended"


async def test_without_a_session_there_is_no_stream(address):
    headers = {"Accept": "text/event-stream"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        assert (await client.get("/desk/events")).status_code == 401


async def test_listening_begins_again_when_the_line_to_the_database_breaks(address, anna, runtime):
    async with stream(address, anna) as lines:
        _, pending = await settled(lines)
        async with runtime.transaction() as session:
            cut = text(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where query = 'listen \"desk\"' and datname = current_database()"
            )
            assert await session.scalar(cut) == 1
        assert await asyncio.wait_for(pending, 5) == "event: changed"


async def test_a_server_that_stops_does_not_wait_for_open_desks(address, anna, app):
    async with stream(address, anna) as lines:
        _, pending = await settled(lines)
        close_streams(app)
        await asyncio.wait_for(pending, 5)
        async with asyncio.timeout(5):
            rest = [line async for line in lines]
        assert "event: ended" not in rest


async def test_a_taken_conversation_leaves_the_other_desks_at_once(address, anna, runtime):
    talk = await make.conversation(runtime, await make.citizen(runtime))
    await make_desk.handoff(runtime, talk)
    async with stream(address, anna) as lines:
        _, pending = await settled(lines)
        await anna.send(f"/desk/conversations/{talk.id}/take")
        assert await asyncio.wait_for(pending, 5) == "event: changed"
