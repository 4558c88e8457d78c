"""One citizen's whole case for the case file system (ESDH, journal): JSON, and a PDF to read.

docs/journal.md describes the file. What it says is held together by a checksum, and the head of
the record's chain tells which state of the record it was taken from (`mindelig audit verify`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from data.models.audit import READINGS
from data.queries import audit as audit_queries
from data.queries import audit_chain
from data.queries import journal as queries
from outreach import audit, journal_pages
from outreach.printing import as_pdf

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.audit import AuditEntry
    from data.models.citizens import Citizen
    from outreach.runtime import Runtime

    type Journal = dict[str, Any]

SCHEMA: Final = "mindelig.journal"
VERSION: Final = 1
TEMPLATE: Final = "agreement.typ"
#: Who fetches it on the command line.
OPERATOR: Final = "operator"


async def export(
    session: AsyncSession, runtime: Runtime, citizen: Citizen, *, by: str, why: str | None
) -> Journal:
    """Gather all that is known and was done about a citizen, and put on record who asked for it.

    Args:
        session: the caller's transaction.
        runtime: the clock, and the municipality's name.
        citizen: whose case.
        by: the actor, for the record.
        why: the reason that was given.
    """
    town = citizen.municipality
    found = await queries.gather(session, citizen)
    entries = await audit_queries.of_citizen(session, citizen)
    chain = await audit_chain.status(session, town)
    journal: Journal = {
        "schema": SCHEMA,
        "version": VERSION,
        "made_at": queries.plain(runtime.clock.now()),
        "made_by": by,
        "municipality": {"key": town, "name": runtime.policies[town].name.of("da")},
        **found,
        "acts": [_entry(each) for each in entries if each.act not in READINGS],
        "readings": [_entry(each) for each in entries if each.act in READINGS],
        "staff": await queries.staff_names(session, town),
        "chain": {
            "seal": chain.number,
            "head": chain.hash.hex() if chain.hash else None,
            "sealed_at": queries.plain(chain.sealed_at),
        },
    }
    journal["staff"] = _named_only(journal)
    journal["checksum"] = {"algorithm": "sha-256", "value": checksum(journal)}
    await audit.record(
        session,
        runtime,
        municipality=town,
        actor=by,
        act="journal_exported",
        subject_kind="citizen",
        subject_id=citizen.id,
        why=why,
        checksum=journal["checksum"]["value"],
    )
    return journal


def checksum(journal: Journal) -> str:
    """Hash a case file without its checksum: sorted keys, no blanks, UTF-8 (docs/journal.md)."""
    rest = {name: part for name, part in journal.items() if name != "checksum"}
    written = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def as_json(journal: Journal) -> str:
    """Write a case file for machines."""
    return json.dumps(journal, ensure_ascii=False, indent=1) + "\n"


async def printed(runtime: Runtime, journal: Journal, language: str) -> bytes:
    """Print a case file for people, in `da` or `en` (PDF/UA-1)."""
    document = journal_pages.document(runtime, journal, language)
    return await asyncio.to_thread(as_pdf, TEMPLATE, document, runtime.clock.now())


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": queries.plain(entry.at),
        "actor": entry.actor,
        "act": entry.act,
        "subject": f"{entry.subject_kind}:{entry.subject_id}",
        "facts": entry.facts,
    }


def _named_only(journal: Journal) -> dict[str, str]:
    """Keep the names of those the file mentions, and of nobody else who works here."""
    rest = json.dumps({name: part for name, part in journal.items() if name != "staff"})
    return {number: name for number, name in journal["staff"].items() if number in rest}
