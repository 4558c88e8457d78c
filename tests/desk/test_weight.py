"""How much a page asks of the line: everything a first load fetches, and a second one."""

import re

import pytest

from desk import assets
from tests import make, make_desk, make_town
from tests.desk.browsing import open_desk

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FIRST = 300_000
AGAIN = 100_000
ROWS = 50


@pytest.fixture
async def town(runtime):
    """Make a town in which fifty more citizens wait."""
    built = await make_town.town(runtime)
    for number in range(ROWS):
        phone = f"+45301000{number:02}"
        one = await make.citizen(
            runtime, name=f"Borger {number}", debtor_id=f"01017010{number:02}", phone=phone
        )
        talk = await make.conversation(runtime, one, address=phone)
        await make_desk.handoff(runtime, talk)
    return built


async def weigh(page, address):
    """Open a page and add up all that came over the line, heads and bodies as they were sent."""
    sizes = []
    line = await page.context.new_cdp_session(page)
    await line.send("Network.enable")
    line.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    await page.goto(address, wait_until="load")
    await page.evaluate("document.fonts.ready.then(() => true)")
    await line.detach()
    return sum(sizes)


async def test_a_first_load_weighs_less_than_300_kb(address, runtime, town):
    where = {
        "queue": "/desk",
        "conversation": "/desk/conversations/{mine}",
        "citizen": "/desk/citizens/{citizen}",
        "tasks": "/desk/tasks",
        "record": "/desk/record",
    }
    first, again = {}, {}
    for name, there in where.items():
        async with open_desk(address, runtime) as desk:
            page = await desk(town.anna)
            first[name] = await weigh(page, there.format(**town.ids))
            again[name] = await weigh(page, there.format(**town.ids))
    assert {name: size for name, size in first.items() if not 50_000 < size < FIRST} == {}
    assert {name: size for name, size in again.items() if size >= AGAIN} == {}


async def test_files_are_packed_and_kept_as_long_as_they_are_the_same(anna):
    page = (await anna.get("/desk")).text
    named = re.findall(r'(?:href|src)="(/static/[^"#]+\.(?:css|js|svg))', page)
    assert len(named) > 8
    for there in named:
        answer = await anna.get(there, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip", there
        assert "immutable" in answer.headers["cache-control"], there
    plain = await anna.get(named[0], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == (await anna.get(named[0])).content


async def test_a_file_of_another_day_is_not_kept(anna):
    old = await anna.get(f"/static/{'0' * 12}/desk.css")
    new = await anna.get(f"{assets.address()}/desk.css")
    bare = await anna.get("/static/desk.css")
    assert old.content == new.content == bare.content
    assert old.headers["cache-control"] == bare.headers["cache-control"] == "no-cache"
    known = {"If-None-Match": bare.headers["etag"]}
    assert (await anna.get("/static/desk.css", headers=known)).status_code == 304
    assert (await anna.get("/static/none.css")).status_code == 404
    assert (await anna.get("/static/../app.py")).status_code == 404
