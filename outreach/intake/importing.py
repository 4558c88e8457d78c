"""Takes a whole file, a batch a transaction, in memory that does not grow with it.

What a file says is thousands of facts that do not depend on each other, so the one transaction of
the edge would only mean that an interruption loses all of them. Here each batch is committed; the
same file sent again takes what was left, and changes nothing else.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import batched
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, IntegrityError

from data.values.time import add_bank_days, day_of
from outreach import audit, withdrawals
from outreach.booking import Day
from outreach.errors import UnknownMunicipalityError
from outreach.intake import claim_rows, claims, early_payments, payments
from outreach.intake.bulk import one_import_at_a_time, refresh_statistics
from outreach.intake.cells import broken
from outreach.intake.claim_rows import ClaimRow
from outreach.intake.files import BrokenRow, CsvFile
from outreach.intake.matching import known_of
from outreach.intake.payment_batches import refused_by_database, write_batch
from outreach.intake.payment_sources import PaymentFile
from outreach.intake.report import Effect, Report, problem
from outreach.intake.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.municipalities.policy import Policy
    from outreach.intake.files import Row
    from outreach.runtime import Runtime

    #: Told how many bytes of how many are read, and how many rows.
    type Progress = Callable[[int, int, int], None]

ROWS_A_BATCH = 2000


def nobody_watches(_done: int, _size: int, _rows: int) -> None:
    """Show nothing."""


async def import_claims(
    runtime: Runtime, path: Path, municipality: str, progress: Progress = nobody_watches
) -> Report:
    """Take the claims (krav) of a file; the caller closes the report.

    Raises:
        UnknownMunicipalityError: no such municipality here.
        FileUnreadableError: nothing of the file was taken; the text says why.
    """
    policy_of(runtime, municipality)
    with (
        CsvFile(path, claim_rows.LAYOUT) as file,
        reporting("claims", path, municipality, file) as report,
    ):
        async with Seen.open(runtime.database) as seen:
            for batch in batched(file.rows(), ROWS_A_BATCH):
                effect, good = _read_claims(runtime, batch, file)
                rows, first = await _once(seen, good, effect)
                effect.add(await _write_claims(runtime, municipality, rows, first))
                effect.tell(report)
                progress(file.position, file.size, report.rows)
        await record_import(runtime, report)
        if report.new >= ROWS_A_BATCH:
            await refresh_statistics(runtime.database)
    return report


async def import_payments(
    runtime: Runtime, path: Path, municipality: str, progress: Progress = nobody_watches
) -> Report:
    """Book the payments (indbetalinger) of a file, CSV or camt; the caller closes the report.

    The day until which all payments are known moves last, when every row has had its answer, and
    not at all when a row may be a payment on a claim that nobody can tell.

    Raises:
        UnknownMunicipalityError: no such municipality here.
        FileUnreadableError: nothing of the file was taken; the text says why.
    """
    policy = policy_of(runtime, municipality)
    now = runtime.clock.now()
    day = Day(now, _quiet_until(runtime, municipality))
    coverage = payments.Coverage()
    async with runtime.transaction() as session:
        known = await known_of(session, policy, runtime.claim_types)
    with (
        PaymentFile(path, day_of(now)) as file,
        reporting("payments", path, municipality, file) as report,
    ):
        for batch in batched(file.rows(), ROWS_A_BATCH):
            effect = await write_batch(runtime, known, list(batch), coverage, day)
            effect.rows = len(batch)
            effect.tell(report)
            progress(file.position, file.size, report.rows)
        report.extra |= {f"bank_{why}": count for why, count in file.skipped().items()}
        await _cover(runtime, report, coverage)
        await record_import(runtime, report)
        if report.new >= ROWS_A_BATCH:
            await refresh_statistics(runtime.database)
    return report


def _quiet_until(runtime: Runtime, municipality: str) -> date:
    """Return until when a claim rests whose payment is in doubt, or that is owed again."""
    policy = runtime.policies[municipality]
    return add_bank_days(day_of(runtime.clock.now()), policy.already_paid.pause_bank_days)


def policy_of(runtime: Runtime, municipality: str) -> Policy:
    """Return the municipality's policy.

    Raises:
        UnknownMunicipalityError: no such municipality here.
    """
    if municipality not in runtime.policies:
        known = ", ".join(runtime.policies.keys)
        raise UnknownMunicipalityError(f"There is no municipality {municipality!r}. Use: {known}.")
    return runtime.policies[municipality]


@contextmanager
def reporting(
    kind: str, path: Path, municipality: str, file: CsvFile | PaymentFile
) -> Iterator[Report]:
    """Make the report; a fault on the way closes it."""
    report = Report(
        kind=kind,
        file=path.name,
        municipality=municipality,
        encoding=file.encoding,
        delimiter=file.delimiter,
        unknown_columns=file.unknown_columns,
    )
    try:
        yield report
    except BaseException:
        report.problems.close()
        raise


async def record_import(runtime: Runtime, report: Report) -> None:
    """Write down that a file was taken, with its counts."""
    async with runtime.transaction() as session:
        await audit.record(
            session,
            runtime,
            municipality=report.municipality,
            actor="import",
            act=f"imported_{report.kind}",
            subject_kind="file",
            subject_id=report.file[:60],
            why=None,
            **report.counts(),
        )


# ------------------------------------------------------------------------------------ claims
def _read_claims(
    runtime: Runtime, batch: tuple[Row | BrokenRow, ...], file: CsvFile
) -> tuple[Effect, list[ClaimRow]]:
    effect = Effect(rows=len(batch))
    good = []
    for row in batch:
        if isinstance(row, BrokenRow):
            effect.rejected.append([broken(row)])
            continue
        read = claim_rows.read(row, file.columns, runtime.claim_types)
        if isinstance(read, ClaimRow):
            good.append(read)
        else:
            effect.rejected.append(read)
    return effect, good


async def _once(
    seen: Seen, rows: list[ClaimRow], effect: Effect
) -> tuple[list[ClaimRow], list[ClaimRow]]:
    """Return the rows that name their claim first, and those of them that name their debtor first.

    A row that names a claim again gets its answer here.
    """
    first_of = await seen.first(row.of_the_row for row in rows)
    taken = []
    for row in rows:
        first = first_of[row.of_the_row.key]
        if first.line == row.line:
            taken.append(row)
            continue
        is_same = first.contents == row.of_the_row.contents
        code = "claim_repeated" if is_same else "claim_twice"
        facts = {"first": first.line}
        found = problem(row.line, "claim_ref", row.claim_ref, code, facts, is_warning=is_same)
        if is_same:
            effect.unchanged += 1
            effect.warnings.append(found)
        else:
            effect.rejected.append([found])
    return taken, await _first_of_debtor(seen, taken)


async def _first_of_debtor(seen: Seen, rows: list[ClaimRow]) -> list[ClaimRow]:
    first_of = await seen.first(row.of_the_citizen for row in rows)
    told_first = []
    for row in rows:
        first = first_of[row.of_the_citizen.key]
        if first.line == row.line:
            told_first.append(row)
        elif other := claim_rows.differing(first, row.of_the_citizen):
            facts = {"first": first.line, "columns": ", ".join(other)}
            number = row.debtor.digits
            row.warnings.append(
                problem(row.line, "debtor_id", number, "citizen_differs", facts, is_warning=True)
            )
    return told_first


async def _write_claims(
    runtime: Runtime, municipality: str, rows: list[ClaimRow], first: list[ClaimRow]
) -> Effect:
    if not rows:
        return Effect()
    now, quiet = runtime.clock.now(), _quiet_until(runtime, municipality)
    async with runtime.transaction() as session:
        await one_import_at_a_time(session, municipality)
        try:
            async with session.begin_nested():
                effect = await claims.write(session, municipality, rows, first, now, quiet)
        except (IntegrityError, DataError):
            effect = await _claims_one_by_one(runtime, session, municipality, rows, first)
        await early_payments.place(session, runtime, municipality, rows, Day(now, quiet))
        await withdrawals.weigh_again(session, runtime, effect.touched)
    return effect


async def _claims_one_by_one(
    runtime: Runtime,
    session: AsyncSession,
    municipality: str,
    rows: list[ClaimRow],
    first: list[ClaimRow],
) -> Effect:
    """One row broke a rule of the database that we did not foresee: the others are taken."""
    effect = Effect()
    quiet = _quiet_until(runtime, municipality)
    is_first = {row.line for row in first}
    for row in rows:
        told = [row] if row.line in is_first else []
        try:
            async with session.begin_nested():
                now = runtime.clock.now()
                effect.add(await claims.write(session, municipality, [row], told, now, quiet))
        except (IntegrityError, DataError) as fault:
            effect.rejected.append([refused_by_database(row.line, row.claim_ref, fault)])
    return effect


# ---------------------------------------------------------------------------------- payments
async def _cover(runtime: Runtime, report: Report, coverage: payments.Coverage) -> None:
    """Say until which day all payments are known; a row nobody can place holds it back."""
    until = None if coverage.held_by else coverage.until
    async with runtime.transaction() as session:
        stands = await payments.move_coverage(
            session, report.municipality, until, runtime.clock.now()
        )
    report.extra["file_covers_until"] = coverage.until and coverage.until.isoformat()
    report.extra["covers_until"] = stands and stands.isoformat()
    report.extra["coverage_held_by_lines"] = coverage.held_by
