"""What is not as it should be around the work: figures nobody verified, numbers nobody gave, Rasa.

The duty list and `mindelig doctor` say the same of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.law.review import review
from data.queries import audit_chain
from data.values.time import day_of
from outreach import audit_seals

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.runtime import Runtime, Understanding

#: How long Rasa may take to understand a word before it counts as away, in seconds.
PATIENCE_SECONDS: Final = 2.0
ON_CALL, GUIDANCE = "on_call", "guidance"


@dataclass(frozen=True, slots=True)
class Health:
    """How things stand around the work of one municipality (driftsstatus)."""

    #: Figures of the law that nobody has held against their source, or not for a year.
    figures: list[str]
    #: Tables of the law that miss their newest row.
    out_of_date: list[str]
    #: `on_call`: nobody is called at night; `guidance`: nobody has confirmed whom to call.
    gaps: list[str]
    #: Since when the record waits for its seal; none: it does not lag.
    unsealed_since: datetime | None
    #: Whether Rasa answers; none: this process has no dialogue.
    dialogue: bool | None


def figures_to_verify(law: Law, today: date) -> list[str]:
    """Name the figures that a person should hold against their source, with their files."""
    return [
        f"{part.file}: {figure.name}"
        for part in review(law, today)
        for figure in (*part.unverified(), *part.old(today))
    ]


def out_of_date(law: Law, today: date) -> list[str]:
    """Name the tables of the law that miss their newest row, with their files."""
    return [f"{part.file}: {name}" for part in review(law, today) for name in part.late]


def gaps(policy: Policy) -> list[str]:
    """Name what a municipality's own file still leaves open and people need."""
    missing = [ON_CALL] if policy.desk.on_call is None else []
    return missing + ([GUIDANCE] if policy.guidance.verified_on is None else [])


async def dialogue_answers(dialogue: Understanding) -> bool:
    """Tell whether Rasa answers soon enough; called outside of any transaction."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await dialogue.ready()
    except TimeoutError:
        return False


async def unsealed_since(
    session: AsyncSession, runtime: Runtime, municipality: str
) -> datetime | None:
    """Return since when the record waits for its seal if that is too long, or none."""
    chain = await audit_chain.status(session, municipality)
    return chain.waits_since if audit_seals.lags(chain, runtime.clock.now()) else None


async def look(runtime: Runtime, municipality: str) -> Health:
    """Look at all of it, in a transaction of its own; Rasa is asked outside of it."""
    today = day_of(runtime.clock.now())
    async with runtime.transaction() as session:
        since = await unsealed_since(session, runtime, municipality)
    return Health(
        figures=figures_to_verify(runtime.law, today),
        out_of_date=out_of_date(runtime.law, today),
        gaps=gaps(runtime.policies[municipality]),
        unsealed_since=since,
        dialogue=await dialogue_answers(runtime.dialogue) if runtime.dialogue else None,
    )
