"""The record as an auditor reads it (log): who did and read what, when, and why."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from data.models.audit import READINGS
from data.queries import audit as queries
from data.queries import audit_chain
from data.queries.audit import Asked
from data.values.ids import CitizenId
from data.values.time import at_local
from desk import pages
from desk.auth import SignedIn, Visitor
from desk.forms import FieldsError, read_days
from desk.texts import catalogue
from outreach import audit, audit_seals

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.audit import AuditEntry
    from data.queries.audit_chain import ChainStatus
    from data.values.ids import StaffId

router = APIRouter(route_class=pages.DeskRoute)

#: Rows in one file; what is more is fetched by days.
MOST_IN_FILE: Final = 50_000
#: All acts of reading, and all that are none.
READING, ACTING = "reading", "acting"
_LONGEST: Final = 80
#: A cell that begins so is a formula to a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_COLUMNS: Final = ("number", "at", "actor", "name", "act", "subject", "id", "citizen", "facts")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the auditor asked for, as they wrote it, and what it means."""

    given: dict[str, str]
    asked: Asked
    faults: dict[str, str]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """All that the page of the record shows."""

    filter: Filter
    entries: list[AuditEntry]
    more: int | None
    people: dict[StaffId, str]
    names: dict[str, str]
    chain: ChainStatus
    is_late: bool

    def name_of(self, actor: str) -> str | None:
        """Return who is behind `staff:<id>`, or none: no person did it."""
        kind, _, number = actor.partition(":")
        found = (name for staff_id, name in self.people.items() if str(staff_id) == number)
        return next(found, None) if kind == "staff" else None

    def citizen_of(self, entry: AuditEntry) -> str | None:
        """Return the number of the citizen an entry is about, where it says so."""
        return citizen_of(entry)


@router.get("/desk/record")
async def record(request: Request, visitor: SignedIn) -> Response:
    """Show the record, a page at a time; that it was read is on record too."""
    before = request.query_params.get("before", "")
    number = int(before[:18]) if before.isascii() and before.isdecimal() else None
    async with pages.runtime_of(request).transaction() as session:
        shown = await _page(session, request, visitor, number)
        await _note(session, request, visitor, "record_opened", shown.filter, len(shown.entries))
    texts = catalogue(pages.language_of(request)).texts
    return pages.page(
        request,
        "record.html",
        status=422 if shown.filter.faults else 200,
        visitor=visitor,
        shown=shown,
        acts=sorted(key.removeprefix("audit_act.") for key in texts if _is_act(key)),
        groups=(READING, ACTING),
        facts_of=facts_of,
    )


@router.get("/desk/record/entries.csv")
async def download(request: Request, visitor: SignedIn) -> Response:
    """Hand out what is asked for as a file that opens harmless in a spreadsheet."""
    async with pages.runtime_of(request).transaction() as session:
        chosen = await _filter(session, request, visitor)
        entries = await queries.listed(
            session, visitor.municipality, chosen.asked, before=None, most=MOST_IN_FILE
        )
        people = await queries.people(session, visitor.municipality)
        await _note(session, request, visitor, "record_exported", chosen, len(entries))
    named = {f"staff:{staff_id}": name for staff_id, name in people.items()}
    return Response(
        written(entries, named).encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="record.csv"'},
    )


def written(entries: list[AuditEntry], named: dict[str, str]) -> str:
    """Write entries as CSV; no cell begins as a formula does."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for entry in entries:
        cells = (
            str(entry.id), entry.at.isoformat(), entry.actor, named.get(entry.actor, ""), entry.act,
            entry.subject_kind, entry.subject_id, citizen_of(entry) or "",
            json.dumps(entry.facts, ensure_ascii=False, sort_keys=True),
        )  # fmt: skip
        writer.writerow([harmless(cell) for cell in cells])
    return file.getvalue()


def harmless(cell: str) -> str:
    """Keep a spreadsheet from reading a cell as a formula (CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def facts_of(entry: AuditEntry) -> dict[str, Any]:
    """Return the facts that have no place of their own on the page."""
    own = {"before", "after", "why", "citizen"}
    return {name: fact for name, fact in entry.facts.items() if name not in own}


def citizen_of(entry: AuditEntry) -> str | None:
    """Return the number of the citizen an entry is about, where it says so."""
    if entry.subject_kind == "citizen":
        return entry.subject_id
    named = entry.facts.get("citizen")
    return str(named) if named else None


async def _page(
    session: AsyncSession, request: Request, visitor: Visitor, before: int | None
) -> RecordPage:
    town = visitor.municipality
    chosen = await _filter(session, request, visitor)
    most = queries.SHOWN_AT_ONCE
    found = await queries.listed(session, town, chosen.asked, before=before, most=most + 1)
    shown = found[:most]
    ids = {citizen_of(entry) for entry in shown} | {chosen.given["citizen"]}
    numbers = [number for each in ids if (number := _uuid(each or "")) is not None]
    chain = await audit_chain.status(session, town)
    return RecordPage(
        filter=chosen,
        entries=shown,
        more=shown[-1].id if len(found) > most else None,
        people=await queries.people(session, town),
        names=await queries.names_of(session, town, numbers),
        chain=chain,
        is_late=audit_seals.lags(chain, pages.runtime_of(request).clock.now()),
    )


async def _filter(session: AsyncSession, request: Request, visitor: Visitor) -> Filter:
    asked = request.query_params
    names = ("person", "citizen", "act", "since", "until")
    given = {name: asked.get(name, "").replace("\x00", "")[:_LONGEST].strip() for name in names}
    faults: dict[str, str] = {}
    citizen_id = _uuid(given["citizen"])
    if given["citizen"] and citizen_id is None:
        found = await queries.citizen_named(session, visitor.municipality, given["citizen"])
        citizen_id = found.id if found else UUID(int=0)
        if found is None:
            faults["citizen"] = "record.no_citizen"
    days = _days(given, faults)
    act = given["act"]
    return Filter(
        given,
        Asked(
            actor=f"staff:{given['person']}" if given["person"] else "",
            citizen_id=CitizenId(citizen_id) if citizen_id else None,
            acts=READINGS if act == READING else (act,) if act not in {"", ACTING} else (),
            but=READINGS if act == ACTING else (),
            since=_begin(days["since"]),
            until=_begin(days["until"], 1),
        ),
        faults,
    )


def _days(given: dict[str, str], faults: dict[str, str]) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            found |= read_days({name: given[name]})
        except FieldsError:
            found[name] = None
            faults[name] = "claim.fault.day"
    return found


def _begin(day: date | None, later: int = 0) -> datetime | None:
    """Return when a day begins, or the day after it."""
    try:
        return at_local(day + timedelta(days=later), 0) if day else None
    except OverflowError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_act(key: str) -> bool:
    return key.startswith("audit_act.") and key != "audit_act.other"


async def _note(
    session: AsyncSession, request: Request, visitor: Visitor, act: str, chosen: Filter, rows: int
) -> None:
    """Put on record that the record was read: whose and of which days, and how much of it."""
    asked = chosen.asked
    await audit.record(
        session,
        pages.runtime_of(request),
        municipality=visitor.municipality,
        actor=audit.actor(visitor.staff),
        act=act,
        subject_kind="record",
        subject_id=visitor.municipality,
        person=chosen.given["person"] or None,
        citizen=str(asked.citizen_id) if asked.citizen_id else None,
        since=asked.since.isoformat() if asked.since else None,
        until=asked.until.isoformat() if asked.until else None,
        rows=rows,
    )
