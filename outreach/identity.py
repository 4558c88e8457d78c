"""Who is it: birth date and case number, or a code; three tries everywhere (identifikation)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from data.channels import carried_by
from data.models.citizens import Channel, Citizen
from data.models.claims import Claim
from data.values.ids import CPR_DIGITS, DebtorKind, DebtorNumber
from data.values.time import day_of
from outreach import audit, confirming, continuing, identity_locks, one_time_codes
from outreach.rules.one_time_codes import codes_in, without_codes
from outreach.rules.phrases import claim_ref_candidates, matches_ref, parse_birth_date
from outreach.rules.phrases.identity import without_addresses

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.values.ids import CitizenId
    from outreach.runtime import Runtime

#: The level at which a citizen's own facts may be said.
PROVEN = 2
#: Eight figures that stand alone; "A-20261001" is a case number as a whole.
_CVR = re.compile(
    r"(?:(?<![\w/.#-])|(?<=cvr))\d{2}\s?\d{2}\s?\d{2}\s?\d{2}(?!\d|[-/.]\d)", re.IGNORECASE
)
_APART = "|"
#: Nobody younger writes; but bills are numbered by the year, and `20261001` looks like a day.
YOUNGEST = 7
#: Who writes more dates or case numbers than this in one try is guessing.
MOST_GIVEN = 6
#: How a birth date looks when its digits are written together.
_BIRTH_SHAPES = ("%d%m%y", "%d%m%Y", "%Y%m%d", "%Y")


class Check(StrEnum):
    """What became of one attempt to prove who writes."""

    PROVEN = "proven"
    NEED_REF = "need_ref"
    NEED_BIRTH_DATE = "need_birth_date"
    NOTHING_GIVEN = "nothing_given"
    WRONG = "wrong"
    #: A code, written where it was sent: it proves who writes elsewhere.
    CODE_ELSEWHERE = "code_elsewhere"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a message holds that may prove who writes; hides itself."""

    births: frozenset[str]  # ISO dates
    refs: frozenset[str]
    #: Eight figures: a CVR number or a case number; who writes, and what else, tells which.
    numbers: frozenset[str] = frozenset()
    says_cvr: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether both halves are there: when they were born (or a CVR number), and a case."""
        given = self.births or (self.numbers if self.says_cvr else ())
        return bool(given and (self.refs or (self.numbers and self.births)))

    def __repr__(self) -> str:
        """Hide it, so that a log line cannot leak it."""
        return f"Evidence({len(self.births)} dates, {len(self.refs)} refs)"


def read_evidence(text: str, today: date) -> Evidence:
    """Find birth dates (or a CVR number) and case numbers in what a citizen wrote."""
    text = without_addresses(text)
    born = [day for day in parse_birth_date(text, today) if today.year - day.year >= YOUNGEST]
    spent = {day.strftime(shape) for day in born for shape in _BIRTH_SHAPES}
    numbers = {re.sub(r"\s", "", number) for number in _CVR.findall(text)} - spent
    refs = {ref for ref in claim_ref_candidates(text) if not _is_spent(ref, spent)}
    return Evidence(
        births=frozenset(day.isoformat() for day in born),
        refs=frozenset(ref for ref in refs if re.sub(r"\D", "", ref) not in numbers),
        numbers=frozenset(numbers),
        says_cvr="cvr" in text.casefold(),
    )


def _is_spent(ref: str, spent: set[str]) -> bool:
    """Tell whether a candidate is only the birth date (or a CPR number, or a year) once more."""
    digits = re.sub(r"\D", "", ref)
    return digits in spent or (len(digits) == CPR_DIGITS and digits[:6] in spent)


def halves(evidence: Evidence, kept: Evidence, *, is_business: bool) -> Evidence:
    """Join what is written now with the half given before, and say what eight figures mean.

    It is never looked up whether a number exists: the question that follows would tell.
    """
    births, refs = evidence.births, evidence.refs
    if is_business or evidence.says_cvr:
        births |= evidence.numbers
        refs |= evidence.numbers if len(evidence.numbers) > 1 else frozenset()
    elif (refs or kept.refs) and not (births or kept.births):
        births |= evidence.numbers
    else:
        refs |= evidence.numbers
    return Evidence(births or kept.births, refs or kept.refs)


def level(conversation: Conversation, runtime: Runtime) -> int:
    """Return the identity level (identitetsniveau) that holds now, on this channel.

    A proof ends after a time, and a channel carries no more than its ceiling.
    """
    stands = runtime.policies[conversation.municipality].identity.stands
    ceiling = carried_by(conversation.channel).ceiling
    if conversation.identity_level < PROVEN or conversation.identity_at is None:
        return min(conversation.identity_level, 1, ceiling)
    fresh = runtime.clock.now() - conversation.identity_at < stands
    return min(conversation.identity_level if fresh else 1, ceiling)


def ends_at(conversation: Conversation, runtime: Runtime) -> datetime | None:
    """Return when the proof of who writes ends, or ended; none where nothing was proven."""
    if conversation.identity_level < PROVEN or conversation.identity_at is None:
        return None
    return conversation.identity_at + runtime.policies[conversation.municipality].identity.stands


def tries_left(conversation: Conversation, runtime: Runtime) -> int:
    """Return how many wrong answers are left before a person must look."""
    most = runtime.policies[conversation.municipality].identity.tries
    return max(0, most - conversation.identity_tries)


async def check(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, text: str
) -> Check:
    """Weigh what the citizen wrote, together with the half they gave before.

    It is never told which half was wrong. The conversation must be locked in this transaction.
    """
    if await identity_locks.left(session, runtime, conversation) == 0:
        return Check.LOCKED
    by_code = await _check_code(session, runtime, conversation, text)
    if by_code is not None:
        return by_code
    evidence = read_evidence(text, day_of(runtime.clock.now()))
    if not (evidence.births or evidence.refs or evidence.numbers):
        return Check.NOTHING_GIVEN
    kept = Evidence(_kept(conversation.identity_birth_date), _kept(conversation.identity_claim_ref))
    both = halves(evidence, kept, is_business=await _is_business(session, conversation))
    refs = await _real_refs(session, conversation, both.refs) or both.refs
    conversation.identity_birth_date = _keep(both.births)
    conversation.identity_claim_ref = _keep(refs)
    if not refs:
        return Check.NEED_REF
    if not both.births:
        return Check.NEED_BIRTH_DATE
    return await _decide(session, runtime, conversation, both.births, refs)


async def remember_named(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, text: str
) -> bool:
    """Keep a case number from a text as half of a proof; tell whether one is kept, real or not."""
    evidence = read_evidence(without_codes(text), day_of(runtime.clock.now()))
    kept = Evidence(frozenset(), _kept(conversation.identity_claim_ref))
    named = halves(evidence, kept, is_business=await _is_business(session, conversation)).refs
    refs = await _real_refs(session, conversation, named) or named
    conversation.identity_claim_ref = _keep(refs)
    return bool(refs)


async def whom(session: AsyncSession, conversation: Conversation) -> Citizen | None:
    """Return whom the conversation is with, or the only one whose case number was named in it."""
    if conversation.citizen_id is not None:
        return await session.get_one(Citizen, conversation.citizen_id)
    refs = _kept(conversation.identity_claim_ref)
    named = await _named(session, conversation, refs) if len(refs) <= MOST_GIVEN else []
    return named[0] if len(named) == 1 else None


async def _is_business(session: AsyncSession, conversation: Conversation) -> bool:
    if conversation.citizen_id is None:
        return False
    citizen = await session.get_one(Citizen, conversation.citizen_id)
    return citizen.debtor_kind is DebtorKind.BUSINESS


async def _decide(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    births: frozenset[str],
    refs: frozenset[str],
) -> Check:
    """Count the try, then weigh it: guesses in other chats count too."""
    conversation.identity_birth_date = conversation.identity_claim_ref = None
    is_guessing = len(births) > MOST_GIVEN or len(refs) > MOST_GIVEN
    named = [] if is_guessing else await _named(session, conversation, refs)
    counted = () if is_guessing else refs
    left = await identity_locks.charge(
        session, runtime, conversation, refs=counted, citizens={one.id for one in named}
    )
    fitting = {one.id: one for one in named if _born(one) in births}
    if left < 0 or len(fitting) != 1:
        await _record(session, runtime, conversation, "identity_wrong")
        return Check.LOCKED if left <= 0 else Check.WRONG
    [citizen] = fitting.values()
    await identity_locks.settle(session, runtime, conversation, citizen.id, refs)
    await proven(session, runtime, conversation, citizen.id, PROVEN)
    return Check.PROVEN


async def proven(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    citizen_id: CitizenId,
    reached: int,
) -> None:
    """Put on record who writes, and at which level; the conversation must be locked.

    The address is confirmed as theirs, and what they had begun elsewhere goes on here.
    """
    conversation.citizen_id = citizen_id
    conversation.identity_level, conversation.identity_at = reached, runtime.clock.now()
    await confirming.confirm(
        session,
        runtime,
        citizen_id,
        conversation.channel,
        by=confirming.REPLY,
        address=conversation.address,
    )
    await _record(session, runtime, conversation, "identity_proven")
    await continuing.carry_over(session, runtime, conversation)


async def _check_code(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, text: str
) -> Check | None:
    """Redeem a code among what the citizen wrote; none where there is none, or other proof too."""
    on_keypad = conversation.channel is Channel.VOICE
    code = next(iter(codes_in(text, keypad=on_keypad)), None)
    if code is None:
        return None
    found = await one_time_codes.redeem(
        session,
        runtime,
        municipality=conversation.municipality,
        code=code,
        purpose=one_time_codes.Purpose.IDENTITY,
        channel=conversation.channel,
        only_in=conversation.id,
    )
    if found is not None and found.citizen_id is not None:
        return await _by_code(session, runtime, conversation, found.citizen_id, found.sent_on)
    if await one_time_codes.came_this_way(
        session, runtime, conversation.municipality, code, conversation.channel
    ):
        return Check.CODE_ELSEWHERE
    rest = text if on_keypad else without_codes(text)  # eight figures may be a case number
    evidence = read_evidence(rest, day_of(runtime.clock.now()))
    if evidence.births or evidence.refs or evidence.numbers:
        return None
    left = await identity_locks.charge(session, runtime, conversation, refs=(), citizens=())
    await _record(session, runtime, conversation, "identity_wrong")
    return Check.LOCKED if left <= 0 else Check.WRONG


async def _by_code(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    citizen_id: CitizenId,
    sent_on: one_time_codes.SentOn,
) -> Check:
    """Take a code as proof; it tells too that the number it was sent to is theirs."""
    if await identity_locks.is_locked(session, runtime, conversation.municipality, citizen_id):
        return Check.LOCKED
    conversation.identity_birth_date = conversation.identity_claim_ref = None
    await identity_locks.settle(session, runtime, conversation, citizen_id, ())
    if sent_on is not one_time_codes.SentOn.LETTER:
        way = Channel(sent_on.value)
        await confirming.confirm(session, runtime, citizen_id, way, by=confirming.CODE)
    await proven(session, runtime, conversation, citizen_id, PROVEN)
    return Check.PROVEN


async def _real_refs(
    session: AsyncSession, conversation: Conversation, refs: frozenset[str]
) -> frozenset[str]:
    """Keep the candidates that are a reference in this municipality's ledger, if any are."""
    claims = await _claims_like(session, conversation, refs)
    return frozenset(ref for ref in refs if any(matches_ref(ref, c.claim_ref) for c, _ in claims))


async def _claims_like(
    session: AsyncSession, conversation: Conversation, refs: frozenset[str]
) -> list[tuple[Claim, Citizen]]:
    """Find claims whose reference may be one of the candidates (a first sieve in the database)."""
    digits = {re.sub(r"\D", "", ref) for ref in refs} - {""}
    if not digits:
        return []
    rows = await session.execute(
        select(Claim, Citizen)
        .join(Citizen, Citizen.id == Claim.citizen_id)
        .where(
            Claim.municipality == conversation.municipality,
            func.regexp_replace(Claim.claim_ref, "[^0-9]", "", "g").in_(digits),
        )
        .limit(200)
    )
    return [(claim, citizen) for claim, citizen in rows]


async def _named(
    session: AsyncSession, conversation: Conversation, refs: frozenset[str]
) -> list[Citizen]:
    """Return the citizens whose case numbers were named, each once."""
    found = {
        citizen.id: citizen
        for claim, citizen in await _claims_like(session, conversation, refs)
        if any(matches_ref(ref, claim.claim_ref) for ref in refs)
    }
    return list(found.values())


def _born(citizen: Citizen) -> str:
    if citizen.debtor_kind is DebtorKind.BUSINESS:
        return citizen.debtor_id
    born = DebtorNumber(citizen.debtor_id, citizen.debtor_kind).birth_date
    return born.isoformat() if born else ""


def _keep(values: frozenset[str]) -> str | None:
    return _APART.join(sorted(values)[:8])[:200] or None


def _kept(text: str | None) -> frozenset[str]:
    return frozenset(text.split(_APART)) if text else frozenset()


async def _record(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, act: str
) -> None:
    await audit.record(
        session,
        runtime,
        municipality=conversation.municipality,
        actor=audit.CITIZEN,
        act=act,
        subject_kind="conversation",
        subject_id=conversation.id,
    )
