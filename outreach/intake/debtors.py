"""Writes what a claims file says of the debtors, and where they can be reached."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Table, and_, bindparam, case, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, insert

from data.models.citizens import Channel, Citizen, ContactPoint, Language
from data.queries.bulk import as_rows, given
from data.values.ids import CitizenId, new_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.intake.claim_rows import ClaimRow

LEDGER = "ledger"
REPLACED = "replaced_in_ledger"

_CITIZENS = cast("Table", Citizen.__table__)
_POINTS = cast("Table", ContactPoint.__table__)
#: The file's column for each way to be reached.
_WAYS: Final = {"phone": Channel.SMS, "email": Channel.EMAIL}
_KEPT = ("name", "language", "address_protected")

_KNOWN = select(
    _CITIZENS.c.id, _CITIZENS.c.debtor_id,
    _CITIZENS.c.protection_noted_at, _CITIZENS.c.language_noted_at,
    *(_CITIZENS.c[name] for name in _KEPT),
).where(
    _CITIZENS.c.municipality == bindparam("municipality"),
    _CITIZENS.c.debtor_id == bindparam("debtors", type_=ARRAY(TEXT)).any_(),
)  # fmt: skip
_CITIZEN_COLUMNS = (
    "id", "municipality", "debtor_id", "debtor_kind", "name", "language", "address_protected",
    "created_at", "updated_at",
)  # fmt: skip
_NEW_CITIZEN = insert(_CITIZENS).from_select(
    _CITIZEN_COLUMNS, select(given(_CITIZENS, *_CITIZEN_COLUMNS))
)
#: A protection that a caseworker noted stands, whatever the ledger says, also if noted just now.
_STAYS_PROTECTED = or_(
    _NEW_CITIZEN.excluded["address_protected"], _CITIZENS.c.protection_noted_at.is_not(None)
)
#: So does the language a citizen asked a caseworker for.
_PREFERRED_LANGUAGE = case(
    (_CITIZENS.c.language_noted_at.is_not(None), _CITIZENS.c.language),
    else_=_NEW_CITIZEN.excluded["language"],
)
_WRITE_CITIZENS = _NEW_CITIZEN.on_conflict_do_update(
    index_elements=["municipality", "debtor_id"],
    set_={name: _NEW_CITIZEN.excluded[name] for name in (*_KEPT, "updated_at")}
    | {"address_protected": _STAYS_PROTECTED, "language": _PREFERRED_LANGUAGE},
    where=or_(*(_CITIZENS.c[name].is_distinct_from(_NEW_CITIZEN.excluded[name]) for name in _KEPT)),
)


class Debtors:
    """The debtors of one batch: who they are here, and what the batch changed about them."""

    def __init__(self) -> None:
        self.ids: dict[str, CitizenId] = {}
        #: By debtor number: the file's columns that changed something known before.
        self.changed: dict[str, list[str]] = defaultdict(list)


async def write(
    session: AsyncSession,
    municipality: str,
    rows: list[ClaimRow],
    first_rows: list[ClaimRow],
    now: datetime,
) -> Debtors:
    """Write the debtors, and return them by number.

    Args:
        session: the batch's transaction.
        municipality: whose ledger it is.
        rows: all rows of the batch.
        first_rows: those whose debtor this file has not named before.
        now: the instant it is.
    """
    debtors = Debtors()
    known = await _known(session, municipality, rows)
    debtors.ids = {number: row["id"] for number, row in known.items()}
    fresh = []
    stamp = now.isoformat()
    for row in _who_tell(rows, first_rows, known):
        entry = _entry(row, known.get(row.debtor.digits), debtors.changed)
        if entry is not None:
            fresh.append(
                entry | {"municipality": municipality, "created_at": stamp, "updated_at": stamp}
            )
            debtors.ids[row.debtor.digits] = entry["id"]
    if fresh:
        await session.execute(_WRITE_CITIZENS, as_rows(fresh))
    await _write_points(session, municipality, _who_tell(rows, first_rows, known), debtors, now)
    return debtors


def _who_tell(
    rows: list[ClaimRow], first_rows: list[ClaimRow], known: dict[str, dict[str, Any]]
) -> list[ClaimRow]:
    """Return the rows that speak for their debtor.

    That is the first one of the file; had that been refused, the next, for a debtor not known here.
    """
    told = {row.debtor.digits for row in first_rows} | known.keys()
    stand_ins = {row.debtor.digits: row for row in reversed(rows) if row.debtor.digits not in told}
    return [*first_rows, *stand_ins.values()]


async def _known(
    session: AsyncSession, municipality: str, rows: list[ClaimRow]
) -> dict[str, dict[str, Any]]:
    numbers = sorted({row.debtor.digits for row in rows})
    found = await session.execute(_KNOWN, {"municipality": municipality, "debtors": numbers})
    return {row["debtor_id"]: dict(row) for row in found.mappings()}


def _entry(
    row: ClaimRow, known: dict[str, Any] | None, changed: dict[str, list[str]]
) -> dict[str, Any] | None:
    """Return the citizen to write, or nothing when the ledger says what we know already.

    What the file has no column for, and a language left empty, stay as they are.
    """
    said = {name: row.citizen[name] for name in _KEPT if row.citizen.get(name) is not None}
    if known is None:
        start = {"name": "", "language": Language.DANISH, "address_protected": False}
        return start | said | _identity(row, new_id())
    if known["protection_noted_at"] is not None:
        said.pop("address_protected", None)
    if known["language_noted_at"] is not None:
        said.pop("language", None)
    other = [name for name, value in said.items() if known[name] != value]
    if not other:
        return None
    changed[row.debtor.digits] += other
    return {name: known[name] for name in _KEPT} | said | _identity(row, known["id"])


def _identity(row: ClaimRow, citizen_id: object) -> dict[str, Any]:
    return {
        "id": citizen_id,
        "debtor_id": row.debtor.digits,
        "debtor_kind": row.debtor.kind,
    }


# ------------------------------------------------------------------------------ contact points
_POINTS_OF = select(
    _POINTS.c.id, _POINTS.c.citizen_id, _POINTS.c.channel, _POINTS.c.address, _POINTS.c.source,
    _POINTS.c.distrusted_because,
).where(
    _POINTS.c.municipality == bindparam("municipality"),
    _POINTS.c.citizen_id == bindparam("citizens", type_=ARRAY(_POINTS.c.citizen_id.type)).any_(),
    _POINTS.c.channel.in_([way.value for way in _WAYS.values()]),
)  # fmt: skip
_POINT_COLUMNS = ("municipality", "citizen_id", "channel", "address", "source", "created_at")
_ADD_POINTS = (
    insert(_POINTS)
    .from_select(_POINT_COLUMNS, select(given(_POINTS, *_POINT_COLUMNS)))
    .on_conflict_do_nothing(index_elements=["municipality", "citizen_id", "channel", "address"])
)
_IDS = bindparam("ids", type_=ARRAY(_POINTS.c.id.type))
_REPLACE = (
    update(_POINTS)
    .where(_POINTS.c.id == _IDS.any_())
    .values(distrusted_at=bindparam("now"), distrusted_because=REPLACED)
)
_TRUST_AGAIN = (
    update(_POINTS)
    .where(and_(_POINTS.c.id == _IDS.any_(), _POINTS.c.distrusted_because == REPLACED))
    .values(distrusted_at=None, distrusted_because=None)
)


async def _write_points(
    session: AsyncSession,
    municipality: str,
    first_rows: list[ClaimRow],
    debtors: Debtors,
    now: datetime,
) -> None:
    """Use the ledger's newest number and address; keep the older ones, no longer trusted.

    A number that a citizen said is not theirs stays distrusted, however often the ledger sends it.
    """
    known = await _known_points(session, municipality, first_rows, debtors)
    add: list[dict[str, Any]] = []
    replace: list[int] = []
    trust: list[int] = []
    for row in first_rows:
        citizen_id = debtors.ids[row.debtor.digits]
        for column, channel in _WAYS.items():
            if column not in row.citizen:
                continue
            address = _spelled(row.citizen[column])
            held = known.get((citizen_id, channel), [])
            older = [p["id"] for p in held if _is_older(p, address)]
            again = [p["id"] for p in held if _comes_back(p, address)]
            is_new = address is not None and all(p["address"] != address for p in held)
            if is_new:
                add.append({"municipality": municipality, "citizen_id": citizen_id,
                            "channel": channel, "address": address, "source": LEDGER,
                            "created_at": now.isoformat()})  # fmt: skip
            if older or again or (is_new and held):
                debtors.changed[row.debtor.digits].append(column)
            replace += older
            trust += again
    if add:
        await session.execute(_ADD_POINTS, as_rows(add))
    if replace:
        await session.execute(_REPLACE, {"ids": replace, "now": now})
    if trust:
        await session.execute(_TRUST_AGAIN, {"ids": trust})


async def _known_points(
    session: AsyncSession, municipality: str, first_rows: list[ClaimRow], debtors: Debtors
) -> dict[tuple[CitizenId, Channel], list[dict[str, Any]]]:
    ids = [debtors.ids[row.debtor.digits] for row in first_rows]
    found = await session.execute(_POINTS_OF, {"municipality": municipality, "citizens": ids})
    known: dict[tuple[CitizenId, Channel], list[dict[str, Any]]] = defaultdict(list)
    for point in found.mappings():
        known[point["citizen_id"], point["channel"]].append(dict(point))
    return known


def _spelled(address: object) -> str | None:
    return None if address is None else str(getattr(address, "e164", address))


def _is_older(point: dict[str, Any], address: str | None) -> bool:
    """A ledger address we still trust, which the ledger no longer gives."""
    is_trusted = point["source"] == LEDGER and point["distrusted_because"] is None
    return bool(is_trusted and point["address"] != address)


def _comes_back(point: dict[str, Any], address: str | None) -> bool:
    """An address the ledger had replaced, and now gives again."""
    return bool(point["address"] == address and point["distrusted_because"] == REPLACED)
