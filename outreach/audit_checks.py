"""Proves that the record is as it was written (efterprøvning): read through once, seal by seal.

It holds at most some thousand entries at a time, whatever the length of the record.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.queries import audit_chain
from outreach.audit_seals import PATIENCE, line_of
from outreach.rules import chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.queries.audit_chain import EntryRow, SealRow
    from outreach.runtime import Runtime

_SEALS_AT_ONCE: Final = 500
_ENTRIES_AT_ONCE: Final = 2000
#: Breaks that are told one by one; of more only their number.
TOLD: Final = 100


class Break(StrEnum):
    """What is wrong with the record (brud)."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_ADDED = "entry_added"  # put in behind the database's back: nothing waits to seal it
    ENTRY_UNSEALED = "entry_unsealed"  # waits for its seal for too long
    SEAL_CHANGED = "seal_changed"
    SEAL_MISSING = "seal_missing"
    HEAD_UNKNOWN = "head_unknown"  # the end was cut off, or the chain was made anew


@dataclass(frozen=True, slots=True)
class Finding:
    """One break: what, of which entry or seal."""

    what: Break
    entry: int | None = None
    seal: int | None = None


@dataclass(slots=True)
class Verified:
    """What came of reading a municipality's record through."""

    municipality: str
    entries: int = 0
    seals: int = 0
    #: The hash at the end of the chain, for the auditor to keep outside.
    head: str = ""
    #: Entries of the last minutes, which the next seal will hold.
    waiting: int = 0
    breaks: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, taken away or put in."""
        return not self.breaks

    def broken(self, what: Break, *, entry: int | None = None, seal: int | None = None) -> None:
        """Note a break; only the first of them are kept one by one."""
        self.breaks += 1
        if len(self.findings) < TOLD:
            self.findings.append(Finding(what, entry, seal))


async def verify(
    session: AsyncSession, runtime: Runtime, municipality: str, kept: str | None = None
) -> Verified:
    """Read a municipality's record through, and hold it against its seals.

    Args:
        session: a transaction that sees one state from beginning to end (repeatable read).
        runtime: the clock.
        municipality: whose record.
        kept: a head that was kept outside; it must be in the chain, or the end was cut off.
    """
    found = Verified(municipality)
    previous, is_known = chain.BEGINNING, kept is None or kept == chain.BEGINNING.hex()
    while seals := await audit_chain.seals_after(
        session, municipality, found.seals, _SEALS_AT_ONCE
    ):
        for some in _in_parts(seals):
            ids = [number for seal in some for number in seal.entries]
            rows = await audit_chain.entries(session, ids)
            for seal in some:
                while found.seals + 1 < seal.number:
                    found.seals += 1
                    found.broken(Break.SEAL_MISSING, seal=found.seals)
                _hold_seal(found, seal, previous)
                for number, digest in zip(seal.entries, chain.split(seal.digests), strict=False):
                    _hold_entry(found, seal, number, rows.get(number), digest)
                previous, found.seals = seal.hash, seal.number
                is_known = is_known or previous.hex() == kept
    found.head = previous.hex()
    if not is_known:
        found.broken(Break.HEAD_UNKNOWN)
    await _hold_unsealed(session, runtime, found)
    return found


def _in_parts(seals: list[SealRow]) -> Iterator[list[SealRow]]:
    """Put seals together until they hold some thousand entries: few questions, little memory."""
    left = deque(seals)
    while left:
        part = [left.popleft()]
        size = len(part[0].entries)
        while left and size + len(left[0].entries) <= _ENTRIES_AT_ONCE:
            part.append(left.popleft())
            size += len(part[-1].entries)
        yield part


def _hold_seal(found: Verified, seal: SealRow, previous: bytes) -> None:
    """Hold a seal against the one before it and against what it says of itself."""
    hashed = chain.seal(seal.previous, found.municipality, seal.number, seal.entries, seal.digests)
    if seal.previous != previous or hashed != seal.hash:
        found.broken(Break.SEAL_CHANGED, seal=seal.number)


def _hold_entry(
    found: Verified, seal: SealRow, number: int, row: EntryRow | None, digest: bytes
) -> None:
    found.entries += 1
    if row is None:
        found.broken(Break.ENTRY_MISSING, entry=number, seal=seal.number)
    elif chain.digest(line_of(row)) != digest:
        found.broken(Break.ENTRY_CHANGED, entry=number, seal=seal.number)


async def _hold_unsealed(session: AsyncSession, runtime: Runtime, found: Verified) -> None:
    """Look for entries under no seal: of the last minutes, too old, or put in by hand."""
    late = runtime.clock.now() - PATIENCE
    rows = await session.stream(audit_chain.unsealed(found.municipality))
    async for row in rows:
        if not row.waits:
            found.broken(Break.ENTRY_ADDED, entry=row.id)
        elif row.at < late:
            found.broken(Break.ENTRY_UNSEALED, entry=row.id)
        else:
            found.waiting += 1
