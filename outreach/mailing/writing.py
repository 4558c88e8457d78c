"""Takes letters that are due to leave (udgående breve): the last look, then each is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Row, select, text

from data.law.claim_types import Regime
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.models.letters import Letter, LetterStatus
from data.values.time import day_of
from outreach import cases
from outreach.errors import TextError
from outreach.mailing import contents, settling, texts
from outreach.mailing.settling import Leaving
from outreach.rules.decision import Refused
from outreach.rules.letters import may_leave
from outreach.runtime import OutgoingLetter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.law.law import Law
    from data.municipalities.policy import Policy
    from data.values.ids import CitizenId, ClaimId
    from outreach.mailing.contents import Sums
    from outreach.rules.case import Case
    from outreach.rules.ladder import Move
    from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

#: Claims whose letters are written in one transaction.
CLAIMS_AT_A_TIME = 100
#: What has been leaving for this long is nobody's any more: its sender has died.
STUCK_AFTER = timedelta(minutes=10)


@dataclass
class Batch:
    """What one look into the queue gave."""

    leaving: list[Leaving] = field(default_factory=list)
    stood_down: Counter[str] = field(default_factory=Counter)
    unwritten: int = 0
    #: The last claim looked at; none: there are no more.
    last: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the letters of one claim rest on."""

    claim: Claim
    case: Case
    sums: Sums
    policy: Policy


class Series:
    """The civil fees of this batch, which later letters of the same arrears must know of.

    With them those of letters that are leaving, whose fee is posted once they have left.

    Source: renteloven § 9 b: continuous arrears in one relationship are one series.
    """

    def __init__(
        self, law: Law, today: date, on_their_way: set[tuple[CitizenId, str]] | None = None
    ) -> None:
        self.today = today
        self._law = law
        self._charged = set(on_their_way or ())

    def seen_by(self, citizen_id: CitizenId, case: Case) -> Case:
        """Return the case with today's fee in its series, if another letter just got one."""
        regime = self._law.claim_types[case.claim_type].on(self.today).regime
        if regime is not Regime.CIVIL or (citizen_id, case.claim_type) not in self._charged:
            return case
        return replace(case, series=(*case.series, self.today))

    def add(self, citizen_id: CitizenId, case: Case, move: Move) -> None:
        """Note a fee on a civil claim."""
        regime = self._law.claim_types[case.claim_type].on(self.today).regime
        if move.fee and regime is Regime.CIVIL:
            self._charged.add((citizen_id, case.claim_type))


type _Queued = Row[Letter, Citizen]


async def take(
    session: AsyncSession, runtime: Runtime, municipality: str, after: UUID | None
) -> Batch:
    """Look once more at the next claims with letters waiting, and write what still may leave.

    Whoever pays or is frozen at this very moment either comes before the look, and is seen, or
    waits until the letter is marked as leaving. What is just being changed is left for next time.
    """
    await _take_turns(session, municipality)
    found = await _claims_waiting(session, municipality, after)
    batch = Batch(last=found[-1] if found else None)
    claims = await _lock(session, found)
    queued = await _queued(session, list(claims))
    known = await _known(session, runtime, claims)
    costs = await contents.charged(session, list(claims))
    theirs = await contents.on_their_way(session, [row[0].claim_id for row in queued])
    series = Series(runtime.law, day_of(runtime.clock.now()), theirs)
    for (claim_id, step), group in groupby(queued, lambda row: (row[0].claim_id, row[0].step)):
        about, rows = known[claim_id], list(group)
        case = series.seen_by(about.claim.citizen_id, about.case)
        answer = may_leave(case, step, runtime.law, about.policy, series.today)
        if isinstance(answer, Refused):
            await settling.stand_down(session, runtime, [row[0] for row in rows], answer)
            batch.stood_down[answer.reason.value] += len(rows)
            continue
        cost = costs.get((claim_id, step))
        move = answer if cost is None else replace(answer, fee=cost)
        series.add(about.claim.citizen_id, about.case, move)
        for row in rows:
            leaving = await _write(session, runtime, row, about, move, new_fee=cost is None)
            if leaving is None:
                batch.unwritten += 1
            else:
                batch.leaving.append(leaving)
    return batch


async def _take_turns(session: AsyncSession, municipality: str) -> None:
    """Let two senders look one after the other: fees of one series must know of each other."""
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"send_letters:{municipality}"},
    )


async def _claims_waiting(
    session: AsyncSession, municipality: str, after: UUID | None
) -> list[ClaimId]:
    waiting = select(Letter.claim_id).where(
        Letter.municipality == municipality, text("letters.status = 'queued'")
    )
    if after is not None:
        waiting = waiting.where(Letter.claim_id > after)
    found = await session.scalars(
        waiting.distinct().order_by(Letter.claim_id).limit(CLAIMS_AT_A_TIME)
    )
    return list(found)


async def _lock(session: AsyncSession, found: Sequence[ClaimId]) -> dict[ClaimId, Claim]:
    """Lock the claims, so that two senders never write the letters of one step both."""
    rows = await session.scalars(
        select(Claim)
        .where(Claim.id.in_(found))
        .order_by(Claim.id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return {claim.id: claim for claim in rows}


async def _queued(session: AsyncSession, claims: Sequence[ClaimId]) -> list[_Queued]:
    """Lock the letters and to whom they go; the citizen's own letter comes first."""
    rows = await session.execute(
        select(Letter, Citizen)
        .join(Citizen, Citizen.id == Letter.citizen_id)
        .join(Claim, Claim.id == Letter.claim_id)
        .where(Letter.claim_id.in_(claims), text("letters.status = 'queued'"))
        .order_by(
            Letter.claim_id, Letter.step, Letter.citizen_id != Claim.citizen_id, Letter.citizen_id
        )
        .with_for_update(read=True, of=[Letter, Citizen], skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(rows.all())


async def _known(
    session: AsyncSession, runtime: Runtime, claims: dict[ClaimId, Claim]
) -> dict[ClaimId, _Known]:
    if not claims:
        return {}
    seen = await cases.load(session, runtime, list(claims))
    sums = await contents.sums(session, list(claims))
    return {
        claim_id: _Known(
            claim, seen[claim_id], sums[claim_id], runtime.policies[claim.municipality]
        )
        for claim_id, claim in claims.items()
    }


async def _write(
    session: AsyncSession,
    runtime: Runtime,
    row: _Queued,
    about: _Known,
    move: Move,
    *,
    new_fee: bool,
) -> Leaving | None:
    """Write one letter and mark it as leaving; none if its template is at fault."""
    letter, citizen = row
    now = runtime.clock.now()
    letter.attempts += 1
    try:
        said = contents.of_letter(
            about.claim,
            citizen,
            about.case,
            move,
            about.sums,
            new_fee=new_fee,
            law=runtime.law,
            policy=about.policy,
            today=day_of(now),
        )
        written = texts.write(said)
    except TextError as fault:
        log.error("letter_not_written", letter_id=str(letter.id), why=str(fault))  # noqa: TRY400
        await settling.call_a_person(session, runtime, letter, about.claim)
        return None
    letter.status, letter.sending_since = LetterStatus.SENDING, now
    letter.fee, letter.pay_by, letter.written_on = move.fee, move.pay_by, day_of(now)
    letter.body = written.html
    outgoing = _outgoing(letter, citizen, about.claim, about.policy)
    return Leaving(
        outgoing,
        letter.claim_id,
        letter.step,
        letter.attempts,
        offers_plan=move.offers_plan,
        gives_notice=said.gives_notice,
    )


async def take_stuck(session: AsyncSession, runtime: Runtime, municipality: str) -> list[Leaving]:
    """Take the letters whose hand-over nobody saw the end of, as they were written."""
    now = runtime.clock.now()
    rows = await session.execute(
        select(Letter, Citizen, Claim)
        .join(Citizen, Citizen.id == Letter.citizen_id)
        .join(Claim, Claim.id == Letter.claim_id)
        .where(
            Letter.municipality == municipality,
            text("letters.status = 'sending'"),
            Letter.sending_since < now - STUCK_AFTER,
        )
        .order_by(Letter.sending_since, Letter.id)
        .limit(CLAIMS_AT_A_TIME)
        .with_for_update(of=Letter, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    stuck = []
    for letter, citizen, claim in rows:
        letter.sending_since, letter.attempts = now, letter.attempts + 1
        outgoing = _outgoing(letter, citizen, claim, runtime.policies[municipality])
        stuck.append(Leaving(outgoing, claim.id, letter.step, letter.attempts, is_again=True))
    return stuck


def _outgoing(letter: Letter, citizen: Citizen, claim: Claim, policy: Policy) -> OutgoingLetter:
    """Make what the gateway is given of a letter that is written."""
    assert letter.body is not None  # noqa: S101 - the table holds no such letter
    assert letter.pay_by is not None  # noqa: S101 - the same
    assert letter.written_on is not None  # noqa: S101 - the same
    return OutgoingLetter(
        id=letter.id,
        municipality=letter.municipality,
        sender=policy.name.of(letter.language),
        written_on=letter.written_on,
        kind=letter.template,
        language=letter.language.value,
        pay_by=letter.pay_by,
        claim_ref=claim.claim_ref,
        debtor_id=citizen.debtor_id,
        debtor_kind=citizen.debtor_kind,
        name=contents.spoken_name(citizen),
        subject=texts.subject(letter.body),
        html=letter.body,
    )
