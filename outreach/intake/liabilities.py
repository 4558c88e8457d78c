"""Writes who owes a claim beside its debtor (medhæftere), as the ledger names them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, insert

from data.models.cases import Liability
from data.models.citizens import Citizen, Language
from data.queries.bulk import as_rows, given
from data.values.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import DebtorNumber

COLUMN = "co_debtors"

_CITIZENS = cast("Table", Citizen.__table__)
_LIABILITIES = cast("Table", Liability.__table__)
_CLAIMS = bindparam("claims", type_=ARRAY(_LIABILITIES.c.claim_id.type))
_KNOWN = (
    select(_LIABILITIES.c.claim_id, _CITIZENS.c.debtor_id)
    .join(_CITIZENS, _CITIZENS.c.id == _LIABILITIES.c.citizen_id)
    .where(_LIABILITIES.c.claim_id == _CLAIMS.any_())
)
_PERSON = (
    "id", "municipality", "debtor_id", "debtor_kind", "name", "language", "address_protected",
    "created_at", "updated_at",
)  # fmt: skip
_ADD_PEOPLE = (
    insert(_CITIZENS)
    .from_select(_PERSON, select(given(_CITIZENS, *_PERSON)))
    .on_conflict_do_nothing(index_elements=["municipality", "debtor_id"])
)
_IDS = select(_CITIZENS.c.debtor_id, _CITIZENS.c.id).where(
    _CITIZENS.c.municipality == bindparam("municipality"),
    _CITIZENS.c.debtor_id == bindparam("debtors", type_=ARRAY(TEXT)).any_(),
)
_ROW = ("municipality", "claim_id", "citizen_id", "created_at")
_ADD = (
    insert(_LIABILITIES)
    .from_select(_ROW, select(given(_LIABILITIES, *_ROW)))
    .on_conflict_do_nothing(index_elements=["claim_id", "citizen_id"])
)


async def known(session: AsyncSession, claim_ids: list[UUID]) -> dict[UUID, set[str]]:
    """Return the debtor numbers that owe beside the debtor, by claim."""
    numbers: dict[UUID, set[str]] = defaultdict(set)
    if claim_ids:
        for claim_id, debtor_id in await session.execute(_KNOWN, {"claims": claim_ids}):
            numbers[claim_id].add(debtor_id)
    return numbers


async def write(
    session: AsyncSession,
    municipality: str,
    named: dict[UUID, tuple[DebtorNumber, ...]],
    now: datetime,
) -> None:
    """Let each claim be owed by exactly those the ledger names beside its debtor.

    Args:
        session: the batch's transaction; the claims are written already.
        municipality: whose ledger it is.
        named: the co-debtors by claim; an empty tuple takes those of before away.
        now: the instant it is.
    """
    if not named:
        return
    people = {number.digits: number for numbers in named.values() for number in numbers}
    await session.execute(
        _ADD_PEOPLE, as_rows(_person(each, municipality, now) for each in people.values())
    )
    found = await session.execute(_IDS, {"municipality": municipality, "debtors": list(people)})
    ids: dict[str, UUID] = dict(found.all())
    await session.execute(delete(_LIABILITIES).where(_LIABILITIES.c.claim_id.in_(list(named))))
    rows = [
        {"municipality": municipality, "claim_id": claim_id, "citizen_id": ids[each.digits],
         "created_at": now.isoformat()}
        for claim_id, numbers in named.items()
        for each in numbers
    ]  # fmt: skip
    if rows:
        await session.execute(_ADD, as_rows(rows))


def _person(number: DebtorNumber, municipality: str, now: datetime) -> dict[str, Any]:
    """Someone we know nothing of yet but the number; their own row of the ledger tells the rest."""
    return {
        "id": new_id(), "municipality": municipality, "debtor_id": number.digits,
        "debtor_kind": number.kind, "name": "", "language": Language.DANISH,
        "address_protected": False, "created_at": now.isoformat(), "updated_at": now.isoformat(),
    }  # fmt: skip
