"""The worker: runs jobs with the real doors to the outside (arbejder)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from procrastinate.exceptions import ProcrastinateException

import bot.converse
import bot.listen
import outreach.alerts
import outreach.audit_seals
import outreach.catch_up
import outreach.dispatch
import outreach.erasing
import outreach.fallbacks
import outreach.hand_overs
import outreach.handoffs
import outreach.mailing.sending
import outreach.reconcile
import outreach.rounds
import outreach.takeovers
from outreach import jobs

if TYPE_CHECKING:
    from procrastinate import App

    from outreach.runtime import Runtime

log = structlog.get_logger()

#: Importing these registers their jobs.
WORK = (
    bot.converse,
    bot.listen,
    outreach.alerts,
    outreach.catch_up,
    outreach.dispatch,
    outreach.fallbacks,
    outreach.erasing,
    outreach.hand_overs,
    outreach.handoffs,
    outreach.mailing.sending,
    outreach.reconcile,
    outreach.rounds,
    outreach.takeovers,
)
JOBS_AT_ONCE = 8
RESCUE_SECONDS = 30.0
GRACE_SECONDS = 20.0


async def run(runtime: Runtime, url: str, stop: asyncio.Event) -> None:
    """Run jobs until `stop`; what is under way is finished first."""
    app = jobs.make_app(runtime, url)
    async with app.open_async():
        rescue = asyncio.create_task(_rescue_again_and_again(app))
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE_SECONDS,
                fetch_job_polling_interval=1.0,
                delete_jobs="successful",
            )
        )
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in (rescue, worker, stopped):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await worker


async def run_until_empty(runtime: Runtime, url: str) -> None:
    """Run what waits, and return when nothing does."""
    app = jobs.make_app(runtime, url)
    async with app.open_async():
        await app.run_worker_async(wait=False, install_signal_handlers=False)


async def _rescue_again_and_again(app: App) -> None:
    """Take up the jobs of workers that died."""
    while True:
        await asyncio.sleep(RESCUE_SECONDS)
        try:
            count = await jobs.rescue_stalled(app)
        except ProcrastinateException as fault:
            log.warning("rescue_failed", reason=type(fault).__name__)
            continue
        if count:
            log.warning("jobs_rescued", count=count)
