"""The job engine (procrastinate): jobs are queued in the caller's own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued

from data.database import libpq

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

#: A fault of ours or of the network: tried again for about an hour, then left for a person.
PATIENT = RetryStrategy(max_attempts=8, wait=2, exponential_wait=3)
#: Somebody waits for an answer: again after 2, 4, 6 … seconds, for some minutes.
SOON_AGAIN = RetryStrategy(max_attempts=16, wait=2, linear_wait=2)

STALLED_AFTER_SECONDS = 60
NO_WAIT = timedelta()


class Work(Protocol):
    """A job's function: the runtime, and ids by name."""

    async def __call__(self, runtime: Runtime, **ids: str) -> object:
        """Do the job; it may run twice."""


@dataclass(frozen=True)
class Job:
    """A kind of job (opgave): its name in the queue, its function, when it is tried again."""

    name: str
    work: Callable[..., Awaitable[object]]
    retry: RetryStrategy
    priority: int


REGISTRY: dict[str, Job] = {}


def job[Function: Callable[..., Awaitable[object]]](
    name: str, *, retry: RetryStrategy = PATIENT, priority: int = 0
) -> Callable[[Function], Function]:
    """Register a function `(runtime, **ids)` as a job; higher priorities are taken first."""

    def register(work: Function) -> Function:
        if name in REGISTRY:
            raise ValueError(f"two jobs are called {name!r}")
        REGISTRY[name] = Job(name, work, retry, priority)
        return work

    return register


#: Only shapes jobs for `defer`; it is never opened, since the caller's connection is used.
_WRITER = App(connector=PsycopgConnector())


async def defer(
    session: AsyncSession,
    name: str,
    *,
    lock: str | None = None,
    once: str | None = None,
    wait: timedelta = NO_WAIT,
    **ids: str,
) -> bool:
    """Queue a job in this session's transaction; tell whether it was queued.

    Args:
        session: the caller's transaction; a rollback takes the job with it.
        name: a registered job.
        lock: jobs with the same lock run one at a time, in the order they were queued.
        once: while a job with the same word waits, another is not queued.
        wait: how long it waits before it may begin.
        ids: what the job needs to look things up again; never a text or a number of a person.
    """
    kind = REGISTRY.get(name)  # a process that only queues need not know the work
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    deferrer = _WRITER.configure_task(
        name,
        allow_unknown=True,
        lock=lock,
        queueing_lock=once,
        schedule_in={"seconds": wait.total_seconds()} if wait else None,
        priority=kind.priority if kind else 0,
        connection=cast("Any", raw.driver_connection),
    )
    try:
        async with connection.begin_nested():  # a refusal must not undo the caller's work
            await deferrer.defer_async(**ids)
    except AlreadyEnqueued:
        return False
    return True


def make_app(runtime: Runtime, url: str) -> App:
    """Make procrastinate's app with every registered job bound to `runtime`."""
    app = App(connector=PsycopgConnector(conninfo=libpq(url), min_size=1, max_size=6))
    for kind in REGISTRY.values():
        _bind(app, kind, runtime)
    return app


def _bind(app: App, kind: Job, runtime: Runtime) -> None:
    async def run(_context: JobContext, /, **ids: str) -> None:
        await kind.work(runtime, **ids)

    app.task(name=kind.name, retry=kind.retry, pass_context=True)(run)


async def rescue_stalled(app: App) -> int:
    """Queue again the jobs whose worker died; return how many."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    count = 0
    for stuck in stalled:
        await app.job_manager.retry_job(stuck)
        count += 1
    return count
