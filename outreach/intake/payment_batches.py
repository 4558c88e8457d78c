"""Writes one batch of payments in one transaction, with all that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DataError, IntegrityError

from outreach.intake import payments
from outreach.intake.bulk import one_import_at_a_time
from outreach.intake.payment_rows import PaymentRow, RefusedRow
from outreach.intake.report import Effect, Problem, problem
from outreach.payment_effects import follow_up

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.booking import Day
    from outreach.intake.matching import Known
    from outreach.intake.payment_rows import AnyRow
    from outreach.intake.payments import Coverage
    from outreach.runtime import Runtime

_HELD_LISTED: Final = 100


async def write_batch(
    runtime: Runtime, known: Known, rows: list[AnyRow], coverage: Coverage, day: Day
) -> Effect:
    """Book a batch; a row that the database refuses lets the others through."""
    municipality = known.policy.key
    async with runtime.transaction() as session:
        await one_import_at_a_time(session, municipality)
        try:
            async with session.begin_nested():
                part = payments.Coverage()
                effect = await payments.write(session, known, rows, part, day)
        except (IntegrityError, DataError):
            part = payments.Coverage()
            effect = await _one_by_one(session, known, rows, part, day)
        await follow_up(session, runtime, municipality, effect.follow_up, effect.touched, day)
    coverage.reach(part.until)
    coverage.held_by += part.held_by[: _HELD_LISTED - len(coverage.held_by)]
    return effect


async def _one_by_one(
    session: AsyncSession, known: Known, rows: list[AnyRow], coverage: Coverage, day: Day
) -> Effect:
    """One row broke a rule of the database that we did not foresee: the others are taken."""
    effect = Effect()
    for row in rows:
        try:
            async with session.begin_nested():
                part = payments.Coverage()
                effect.add(await payments.write(session, known, [row], part, day))
        except (IntegrityError, DataError) as fault:
            part = payments.Coverage()
            refused = _refused(row, fault)
            effect.add(await payments.write(session, known, [refused], part, day))
        coverage.reach(part.until)
        coverage.held_by += part.held_by
    return effect


def _refused(row: AnyRow, fault: IntegrityError | DataError) -> RefusedRow:
    ref = row.payment_ref if isinstance(row, PaymentRow) else ""
    names = row.names if isinstance(row, PaymentRow | RefusedRow) else ()
    problems = [refused_by_database(row.line, ref, fault)]
    return RefusedRow(row.line, problems, names, may_hide_a_payment=True, payment_ref=ref)


def refused_by_database(line: int, ref: str, fault: IntegrityError | DataError) -> Problem:
    """Say which rule of the database a row broke, and nothing else of the fault."""
    told = getattr(fault.orig, "diag", None)
    rule = getattr(told, "constraint_name", None) or getattr(told, "sqlstate", None) or fault.code
    return problem(line, None, ref, "database_refused", {"rule": rule})
