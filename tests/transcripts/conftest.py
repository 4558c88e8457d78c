"""One stage a run, and the choice to rewrite."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.rasa import RasaDialogue
from data.values.time import StandingClock
from mindelig import web
from outreach import jobs
from outreach.runtime import Runtime
from tests.conftest import TUESDAY_MORNING
from tests.gateway import KeepingSms
from tests.journeys.town import until_it_answers
from tests.transcripts.stage import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from data.settings import Settings


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the transcripts be written anew: `pytest tests/transcripts --rewrite`."""
    parser.addoption(
        "--rewrite", action="store_true", help="Write what the assistant says now into the files."
    )


@pytest.fixture(scope="session")
def rewrites(pytestconfig: pytest.Config) -> bool:
    """Whether the files are to be written anew."""
    return bool(pytestconfig.getoption("--rewrite", default=False))


@pytest.fixture(scope="package")  # its port is free again for what comes after
async def stage(
    rasa_server: None,
    town_settings: Settings,
    postgres: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stage]:
    """The web server, Rasa and a worker, opened once for all transcripts."""
    clock, sms = StandingClock(TUESDAY_MORNING), KeepingSms()
    built = Runtime.build(town_settings, postgres).at(clock)
    runtime = built.equip(sms=sms, dialogue=RasaDialogue(town_settings))
    port = int(town_settings.actions_url.split(":")[2].split("/")[0])
    stop = asyncio.Event()
    serving = asyncio.create_task(
        web.serve(web.create_app(runtime), host="127.0.0.1", port=port, stop=stop)
    )

    async def close_web() -> None:
        stop.set()
        await serving

    app = jobs.make_app(runtime, postgres)
    address = f"http://127.0.0.1:{port}"
    async with app.open_async(), httpx.AsyncClient(base_url=address) as client:
        await until_it_answers(client)
        yield Stage(
            runtime, town_settings, sms, postgres, client, close_web,
            clock=clock, jobs=app, folder=tmp_path_factory.mktemp("payments"),
        )  # fmt: skip
    await close_web()
    await runtime.close()
