"""Writes a batch of claims: the new ones, the changed ones, and nothing of ours touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Date, Table, bindparam, case, exists, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, insert

from data.models.citizens import Citizen
from data.models.claims import ENDED_BY_PAYMENT, Claim, ClaimState, Decision, Outcome
from data.queries.bulk import as_rows, given
from data.values.ids import new_id
from outreach.intake import debtors, liabilities
from outreach.intake.payments import OWED_AGAIN
from outreach.intake.report import Effect, problem

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import DebtorNumber
    from outreach.intake.claim_rows import ClaimRow
    from outreach.intake.debtors import Debtors

_CLAIMS = cast("Table", Claim.__table__)

#: What the ledger decides; the state, the payments and the pauses are ours.
LEDGERS: Final = (
    "claim_type", "principal", "due_date", "bill_sent_on", "payment_id", "creditor_no",
    "owning_unit", "period_start", "period_end", "instalment_no", "tax_year", "betalingsservice",
)  # fmt: skip
_KNOWN = (
    select(
        _CLAIMS.c.id, _CLAIMS.c.claim_ref, _CLAIMS.c.citizen_id, _CLAIMS.c.state,
        *(_CLAIMS.c[name] for name in LEDGERS), Citizen.debtor_id,
    )
    .join(Citizen, Citizen.id == _CLAIMS.c.citizen_id)
    .where(
        _CLAIMS.c.municipality == bindparam("municipality"),
        _CLAIMS.c.claim_ref == bindparam("refs", type_=ARRAY(TEXT)).any_(),
    )
)  # fmt: skip
_COLUMNS = (
    "id", "municipality", "citizen_id", "claim_ref", *LEDGERS, "paid", "state", "created_at",
    "updated_at",
)  # fmt: skip
_NEW = insert(_CLAIMS).from_select(_COLUMNS, select(given(_CLAIMS, *_COLUMNS)))
_OWED = _NEW.excluded.principal + _CLAIMS.c.charged  # fees and interest are ours, and stay
_IS_SETTLED = _CLAIMS.c.state.in_(ENDED_BY_PAYMENT) & (_CLAIMS.c.paid >= _OWED)
_IS_OWED_AGAIN = (_CLAIMS.c.state == ClaimState.PAID) & (_CLAIMS.c.paid < _OWED)
_WRITE = _NEW.on_conflict_do_update(
    index_elements=["municipality", "claim_ref"],
    set_={name: _NEW.excluded[name] for name in ("citizen_id", *LEDGERS, "updated_at")}
    | {
        "state": case(
            (_IS_SETTLED, ClaimState.PAID.value),
            (_IS_OWED_AGAIN, ClaimState.OPEN.value),
            else_=_CLAIMS.c.state,
        ),
        "respite_until": case((_IS_SETTLED, None), else_=_CLAIMS.c.respite_until),
        "paused_until": case(
            (_IS_OWED_AGAIN, bindparam("quiet_until", type_=Date)), else_=_CLAIMS.c.paused_until
        ),
        "paused_because": case((_IS_OWED_AGAIN, OWED_AGAIN), else_=_CLAIMS.c.paused_because),
    },
    where=or_(
        *(
            _CLAIMS.c[name].is_distinct_from(_NEW.excluded[name])
            for name in ("citizen_id", *LEDGERS)
        )
    ),
)


async def write(
    session: AsyncSession,
    municipality: str,
    rows: list[ClaimRow],
    first_rows: list[ClaimRow],
    now: datetime,
    quiet_until: date,
) -> Effect:
    """Write a batch, each claim at most once in it; see `debtors.write` for the arguments.

    A principal lowered so far that what has been paid covers it, with fees and interest, ends the
    claim as paid; raised again, it is open, and nothing happens to it before `quiet_until` is over.

    Raises:
        IntegrityError: a row breaks a rule of the database; nothing of the batch stands.
    """
    effect = Effect()
    known = await _known(session, municipality, rows)
    rows = await _without_moved(session, rows, known, effect)
    kept = {id(row) for row in rows}
    first_rows = [row for row in first_rows if id(row) in kept]
    people = await debtors.write(session, municipality, rows, first_rows, now)
    owed_with = await liabilities.known(session, [before["id"] for before in known.values()])
    others: dict[UUID, tuple[DebtorNumber, ...]] = {}
    fresh = []
    stamp = now.isoformat()
    first = {id(row) for row in first_rows}
    for row in rows:
        effect.warnings += row.warnings
        before = known.get(row.claim_ref)
        entry = _entry(row, before, people)
        changed = (
            [] if before is None else [name for name in LEDGERS if entry[name] != before[name]]
        )
        if before is not None and before["debtor_id"] != row.debtor.digits:
            changed.append("debtor_id")
        if before is None or changed:
            fresh.append(
                entry | {"municipality": municipality, "created_at": stamp, "updated_at": stamp}
            )
            if before is not None:
                effect.touched.add(before["id"])
        if row.co_debtors is not None:
            named = {number.digits for number in row.co_debtors}
            if named != owed_with.get(entry["id"], set()):
                others[entry["id"]] = row.co_debtors
                changed.append(liabilities.COLUMN)
        about_debtor = people.changed.get(row.debtor.digits, []) if id(row) in first else []
        _count(effect, row, before, [*changed, *about_debtor])
    if fresh:
        await session.execute(_WRITE, as_rows(fresh) | {"quiet_until": quiet_until})
    await liabilities.write(session, municipality, others, now)
    return effect


async def _known(
    session: AsyncSession, municipality: str, rows: list[ClaimRow]
) -> dict[str, dict[str, Any]]:
    refs = [row.claim_ref for row in rows]
    found = await session.execute(_KNOWN, {"municipality": municipality, "refs": refs})
    return {row["claim_ref"]: dict(row) for row in found.mappings()}


async def _without_moved(
    session: AsyncSession, rows: list[ClaimRow], known: dict[str, dict[str, Any]], effect: Effect
) -> list[ClaimRow]:
    """Take out the claims that would move to another debtor after the first one was told of them.

    What was written, agreed and said stands in the first debtor's file and stays true there.
    """
    moved = [
        row
        for row in rows
        if (before := known.get(row.claim_ref)) and before["debtor_id"] != row.debtor.digits
    ]
    if not moved:
        return rows
    begun = await _begun(session, [known[row.claim_ref]["id"] for row in moved])
    refused = [
        row
        for row in moved
        if known[row.claim_ref]["id"] in begun or known[row.claim_ref]["state"] != ClaimState.OPEN
    ]
    for row in refused:
        effect.rejected.append(
            [problem(row.line, "debtor_id", row.debtor.digits, "debtor_changed")]
        )
    gone = {id(row) for row in refused}
    return [row for row in rows if id(row) not in gone]


async def _begun(session: AsyncSession, ids: list[object]) -> set[object]:
    """Return which of these claims a citizen has been, or is to be, written to about."""
    is_begun = exists().where(
        Decision.claim_id == _CLAIMS.c.id, Decision.outcome == Outcome.ALLOWED
    )
    found = await session.scalars(select(_CLAIMS.c.id).where(_CLAIMS.c.id.in_(ids), is_begun))
    return set(found)


def _entry(row: ClaimRow, before: dict[str, Any] | None, people: Debtors) -> dict[str, Any]:
    """Return the claim to write: what the file has no column for stays as it is."""
    start = before or {"betalingsservice": False}
    claim = {name: start.get(name) for name in LEDGERS} | row.claim
    return claim | {
        "id": before["id"] if before else new_id(),
        "citizen_id": people.ids[row.debtor.digits],
        "claim_ref": row.claim_ref,
        "paid": 0,
        "state": ClaimState.OPEN,
    }


def _count(
    effect: Effect, row: ClaimRow, before: dict[str, Any] | None, changed: list[str]
) -> None:
    if before is None:
        effect.new += 1
    elif changed:
        effect.changes.append((row.line, row.claim_ref, changed))
    else:
        effect.unchanged += 1
