"""Writes the files that hand claims over (overdragelsesfiler): one a recipient, each claim once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from data.models.cases import Task, TaskState
from data.models.citizens import Language
from data.models.claims import Claim, ClaimState, PaymentCoverage
from data.models.hand_overs import HandOver, HandOverFile, HandOverState
from data.notifications import notify
from data.values.ids import new_id
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from data.values.time import ONE_DAY, day_of, previous_bank_day
from outreach import audit, cases, jobs, tasks
from outreach.errors import UnknownMunicipalityError
from outreach.hand_overs import rows
from outreach.hand_overs.agreements import close_agreements, hold_agreements
from outreach.hand_overs.faults import told
from outreach.hand_overs.waiting import take_turns
from outreach.hand_overs.writers import CsvWriter, Numbered, file_name, reference
from outreach.rules.decision import Refused
from outreach.rules.hand_over_parts import PartKind
from outreach.rules.hand_over_rows import faults, still_fits
from outreach.withdrawals import INVALID, STOPPABLE, answer_task, record, stop_by_rule

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.values.ids import ClaimId
    from outreach.hand_overs.writers import Writer
    from outreach.rules.decision import Reason
    from outreach.rules.hand_over_rows import Fault, HandOverRow
    from outreach.runtime import Runtime

LIMITATION_NEAR: Final = "limitation_near"
#: While one of these tasks is open a person is looking at an earlier hand-over of the claim.
LOOKED_AT: Final = ("hand_over_rejected", "hand_over_returned")
_CSV: Final = CsvWriter()


@dataclass
class Filing:
    """What came of one recipient's list (overdragelsesrapport); `number` is none: no file."""

    recipient: Recipient
    number: int | None = None
    name: str | None = None
    rows: int = 0
    total: Money = NOTHING
    stopped: list[tuple[str, Reason]] = field(default_factory=list)
    invalid: list[tuple[str, Fault]] = field(default_factory=list)
    warnings: list[tuple[str, Fault]] = field(default_factory=list)
    #: Claims that wait for a person to close the task about their last hand-over.
    held: list[str] = field(default_factory=list)
    #: Claims that may have been paid in their quiet days: no payment file has told of them yet.
    uncovered: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Due:
    """A hand-over whose quiet period is over, and its claim; both locked."""

    hand_over: HandOver
    claim: Claim


@jobs.job("file_hand_overs")
async def file_hand_overs(runtime: Runtime, *, municipality: str) -> list[Filing]:
    """File all that is due in one municipality, a recipient a transaction."""
    if municipality not in runtime.policies:
        raise UnknownMunicipalityError(municipality)
    filings = []
    for recipient in Recipient:
        async with runtime.transaction() as session:
            filings.append(await file_due(session, runtime, municipality, recipient))
    return filings


async def file_due(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    recipient: Recipient,
    writer: Writer = _CSV,
) -> Filing:
    """Weigh every hand-over whose day has come again, and put the good ones into one file.

    What no longer fits is stopped with the reason; what lacks a field becomes invalid, with a
    task, and is tried again each time. Two at once take turns, and a file's number is the one
    after the last: nothing is filed twice and no number is left out.
    """
    await take_turns(session, municipality)
    filing = Filing(recipient)
    good = []
    due = await _due(session, runtime, municipality, recipient, filing)
    found = await cases.load(session, runtime, [each.claim.id for each in due])
    known = await rows.gather(session, [each.claim for each in due])
    today, policy = day_of(runtime.clock.now()), runtime.policies[municipality]
    for each in due:
        case = found[each.claim.id]
        proposed_on = day_of(each.hand_over.created_at)
        ground = still_fits(case, runtime.law, policy, today, recipient, proposed_on=proposed_on)
        if isinstance(ground, Refused):
            await answer_task(session, runtime, each.hand_over, ground.reason.value)
            await stop_by_rule(session, runtime, each.hand_over, ground)
            filing.stopped.append((each.claim.claim_ref, ground.reason))
            continue
        each.hand_over.ground = ground.value
        row = rows.make(runtime, each.hand_over, each.claim, case, known)
        if await _is_good(session, runtime, each, row, filing):
            good.append((each, row))
    if good:
        await _file(session, runtime, municipality, good, filing, writer)
    if due:
        await notify(session, municipality)
    return filing


async def _due(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    recipient: Recipient,
    filing: Filing,
) -> list[_Due]:
    """Lock what is due, claims in the order in which everybody locks them."""
    chosen = await session.scalars(
        select(HandOver)
        .where(
            HandOver.municipality == municipality,
            HandOver.recipient == recipient,
            HandOver.state.in_(STOPPABLE),
            HandOver.ready_on <= day_of(runtime.clock.now()),
        )
        .order_by(HandOver.created_at, HandOver.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    waiting = chosen.all()
    ids = [hand_over.claim_id for hand_over in waiting]
    await hold_agreements(session, ids)
    locked = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(ids))
        .order_by(Claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    claims = {claim.id: claim for claim in locked}
    looked_at = await _looked_at(session, ids)
    filing.held = [claims[each].claim_ref for each in ids if each in looked_at]
    covers_until = await _covers_until(session, municipality)
    due = [_Due(one, claims[one.claim_id]) for one in waiting if one.claim_id not in looked_at]
    covered = [one for one in due if _is_covered(one, covers_until)]
    filing.uncovered = [one.claim.claim_ref for one in due if one not in covered]
    return covered


def _is_covered(due: _Due, covers_until: date | None) -> bool:
    """Tell whether all payments are known of the days before the one it may leave on (A8)."""
    last = previous_bank_day(due.hand_over.ready_on - ONE_DAY)
    still_owed = due.claim.state is ClaimState.OPEN and not due.claim.is_settled
    return not still_owed or (covers_until is not None and covers_until >= last)


async def _covers_until(session: AsyncSession, municipality: str) -> date | None:
    return await session.scalar(
        select(PaymentCoverage.covers_until).where(PaymentCoverage.municipality == municipality)
    )


async def _looked_at(session: AsyncSession, ids: list[ClaimId]) -> set[ClaimId | None]:
    found = await session.scalars(
        select(Task.claim_id).where(
            Task.claim_id.in_(ids), Task.kind.in_(LOOKED_AT), Task.state == TaskState.OPEN
        )
    )
    return set(found)


async def _is_good(
    session: AsyncSession, runtime: Runtime, each: _Due, row: HandOverRow, filing: Filing
) -> bool:
    """Validate every field; what is wrong becomes a task with field, reason and mend."""
    found = faults(row, runtime.law, day_of(runtime.clock.now()))
    errors = [fault for fault in found if not fault.is_warning]
    ref = each.claim.claim_ref
    filing.warnings += [(ref, fault) for fault in found if fault.is_warning]
    filing.invalid += [(ref, fault) for fault in errors]
    if any(fault.code == LIMITATION_NEAR for fault in found):
        await tasks.open_task(session, runtime, claim=each.claim, kind=LIMITATION_NEAR)
    if errors:
        await _mark_invalid(session, runtime, each, errors)
    return not errors


async def _mark_invalid(
    session: AsyncSession, runtime: Runtime, each: _Due, errors: list[Fault]
) -> None:
    if each.hand_over.state is not HandOverState.INVALID:
        each.hand_over.state = HandOverState.INVALID
        each.hand_over.updated_at = runtime.clock.now()
        codes = ", ".join(fault.code for fault in errors)
        await record(session, runtime, each.hand_over, "rule", "hand_over_invalid", codes=codes)
    words = [told(fault, Language.DANISH) for fault in errors]
    facts = {
        "field": ", ".join(dict.fromkeys(fault.field for fault in errors)),
        "code": ", ".join(dict.fromkeys(fault.code for fault in errors)),
        "reason": " ".join(one.why for one in words),
        "mend": " ".join(one.mend for one in words),
    }
    await tasks.open_task(session, runtime, claim=each.claim, kind=INVALID, facts=facts)


async def _file(
    session: AsyncSession,
    runtime: Runtime,
    municipality: str,
    good: list[tuple[_Due, HandOverRow]],
    filing: Filing,
    writer: Writer,
) -> None:
    number = await _next_number(session, municipality, filing.recipient)
    numbered = [
        Numbered(reference(filing.recipient, number, at), row)
        for at, (_, row) in enumerate(good, start=1)
    ]
    filing.number, filing.rows = number, len(good)
    filing.name = file_name(municipality, filing.recipient, number, writer.suffix)
    filing.total = sum((row.total for _, row in good), NOTHING)
    file = HandOverFile(
        id=new_id(),
        municipality=municipality,
        recipient=filing.recipient,
        number=number,
        rows=filing.rows,
        total=filing.total,
        content=writer.write(numbered),
        created_at=runtime.clock.now(),
    )
    session.add(file)
    await session.flush()
    for at, (each, row) in enumerate(good, start=1):
        await _leave(session, runtime, each, row, file, at)
    await close_agreements(session, [each.claim.id for each, _ in good])
    await audit.record(
        session,
        runtime,
        municipality=municipality,
        actor="rule",
        act="hand_over_file_written",
        subject_kind="hand_over_file",
        subject_id=file.id,
        recipient=filing.recipient.value,
        number=number,
        rows=filing.rows,
        total=filing.total.oere,
    )


async def _next_number(session: AsyncSession, municipality: str, recipient: Recipient) -> int:
    last = await session.scalar(
        select(func.max(HandOverFile.number)).where(
            HandOverFile.municipality == municipality, HandOverFile.recipient == recipient
        )
    )
    return (last or 0) + 1


async def _leave(
    session: AsyncSession,
    runtime: Runtime,
    each: _Due,
    row: HandOverRow,
    file: HandOverFile,
    at: int,
) -> None:
    """The claim is with the recipient from now on: no plan, no fee, no message."""
    now = runtime.clock.now()
    hand_over, claim = each.hand_over, each.claim
    await answer_task(session, runtime, hand_over, reference(file.recipient, file.number, at))
    hand_over.state, hand_over.updated_at = HandOverState.FILED, now
    hand_over.file_id, hand_over.row = file.id, at
    hand_over.sums = {
        "principal": row.sum_of(PartKind.PRINCIPAL).oere,
        "fees": row.sum_of(PartKind.FEE).oere,
        "interest": row.sum_of(PartKind.INTEREST).oere,
    }
    claim.state, claim.updated_at = ClaimState.HANDED_OVER, now
    await record(session, runtime, hand_over, "rule", "hand_over_filed", ground=hand_over.ground)
