"""Keeps each act and decision with its facts (log)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from data.models.audit import AuditEntry

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from outreach.runtime import Runtime

    type Fact = str | float | bool | None

ASSISTANT = "assistant"
CITIZEN = "citizen"

#: A reason on record is cut here: it says why, it does not tell the case.
LONGEST_WHY: Final = 400
#: Ten digits as people write a CPR number: `010180-1234`, `0101801234`, `010180 1234`.
_LIKE_CPR: Final = re.compile(r"(?<!\d)\d{6}[- ]?\d{4}(?!\d)")


def actor(staff: Staff) -> str:
    """Return how the record names a person who works here."""
    return f"staff:{staff.id}"


def without_numbers(text: str) -> str:
    """Take out what looks like a CPR number: the record is never deleted."""
    return _LIKE_CPR.sub("[cpr]", text)


async def record(
    session: AsyncSession,
    runtime: Runtime,
    *,
    municipality: str,
    actor: str,
    act: str,
    subject_kind: str,
    subject_id: object,
    before: Mapping[str, Fact] | Fact = None,
    after: Mapping[str, Fact] | Fact = None,
    why: str | None = None,
    **facts: Fact,
) -> None:
    """Write down one act in the transaction that did it.

    Args:
        session: the transaction of the act.
        runtime: the clock.
        municipality: whose record it is.
        actor: `staff:<id>`, or the word of who else acts.
        act: what was done, a word of `desk/texts/*/audit.yml`.
        subject_kind: what it was done to: `claim`, `citizen`, `handoff` …
        subject_id: which.
        before: what the act changes, as it was: ids, codes, days and sums, never texts.
        after: the same as it is now.
        why: the reason that somebody gave; cut, and without CPR numbers.
        facts: what else it rested on: ids and codes, no texts.
    """
    kept: dict[str, Any] = dict(facts)
    for name, state in (("before", before), ("after", after)):
        if state is not None:
            kept[name] = dict(state) if isinstance(state, Mapping) else state
    if why is not None and why.strip():
        kept["why"] = without_numbers(why.strip())[:LONGEST_WHY]
    session.add(
        AuditEntry(
            municipality=municipality,
            at=runtime.clock.now(),
            actor=actor,
            act=act,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            facts=kept,
        )
    )
