"""The four processes, one at a time, for installations of many machines."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import bot.telegram.polling
import bot.worker
import mindelig.rasa
import mindelig.web
from data import database
from data.settings import load
from mindelig.installation import log_to_stderr, open_runtime
from outreach import schedule

if TYPE_CHECKING:
    from data.settings import Settings


def _stop_at_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _begin() -> tuple[Settings, str, asyncio.Event]:
    log_to_stderr()
    settings = load()
    return settings, database.address(settings), _stop_at_signals()


async def web(host: str, port: int) -> None:
    """Serve webhooks, the desk and Rasa's door until told to stop."""
    settings, _, stop = _begin()
    async with open_runtime(settings=settings) as runtime:
        app = mindelig.web.create_app(runtime)
        await mindelig.web.serve(app, host=host, port=port, stop=stop)


async def worker() -> None:
    """Run jobs until told to stop, and ask Telegram for updates where it cannot call us."""
    settings, url, stop = _begin()
    async with open_runtime(settings=settings) as runtime:
        asking = asyncio.create_task(bot.telegram.polling.run(runtime, url, stop))
        try:
            await bot.worker.run(runtime, url, stop)
        finally:
            stop.set()
            await asking


async def scheduler() -> None:
    """Lead the timetable, or stand by, until told to stop."""
    settings, url, stop = _begin()
    async with open_runtime(settings=settings) as runtime:
        await schedule.run(runtime, url, stop)


async def rasa() -> None:
    """Run Rasa until it ends or is told to stop.

    Raises:
        NotConfiguredError: the model has not been trained, or Rasa's environment is missing.
    """
    settings, url, stop = _begin()
    process = await mindelig.rasa.start(settings, url, mindelig.rasa.model_path())
    ended = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if process.returncode is None:
        process.terminate()
        await process.wait()
    raise SystemExit(0 if stop.is_set() else process.returncode or 1)
