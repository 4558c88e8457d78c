"""Makers for the policy engine at the desk: letters, postings, hand-overs and their files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from data.models.citizens import Language
from data.models.claims import Claim, Decision, Outcome
from data.models.hand_overs import HandOver, HandOverFile, HandOverState
from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting, PostingKind
from data.municipalities.ladders import Ground
from data.values.ids import new_id
from data.values.money import Money
from data.values.recipients import Recipient
from data.values.time import day_of

if TYPE_CHECKING:
    from outreach.runtime import Runtime


async def fee(runtime: Runtime, owed: Claim, step: str = "reminder:2", **given: Any) -> Posting:
    """Make a fee of 250 kr. on a claim, posted today."""
    now = runtime.clock.now()
    values = {
        "municipality": owed.municipality,
        "claim_id": owed.id,
        "kind": PostingKind.FEE,
        "amount": Money(25000),
        "day": day_of(now),
        "key": f"fee:{step}",
        "basis": "gebyrloven § 2 stk. 2; A20 (line 30)",
        "made_by": "rule",
        "created_at": now,
    } | given
    async with runtime.transaction() as session:
        posting = Posting(**values)
        session.add(posting)
        (await session.get_one(Claim, owed.id)).charged += posting.amount
    return posting


async def letter(runtime: Runtime, owed: Claim, step: str = "reminder:1", **given: Any) -> Letter:
    """Make a letter about a step that was sent today, and the decision it rests on."""
    now = runtime.clock.now()
    pay_by = day_of(now) + timedelta(days=14)
    values = {
        "municipality": owed.municipality,
        "claim_id": owed.id,
        "citizen_id": owed.citizen_id,
        "step": step,
        "template": step.partition(":")[0],
        "language": Language.DANISH,
        "status": LetterStatus.SENT,
        "pay_by": pay_by,
        "written_on": day_of(now),
        "body": "<!doctype html><h1>Rykker</h1><p>Du mangler at betale 1.200 kr.</p>",
        "created_at": now,
        "sent_at": now,
    } | given
    async with runtime.transaction() as session:
        written = Letter(**values)
        session.add(written)
        session.add(
            Decision(
                municipality=owed.municipality,
                claim_id=owed.id,
                step=step,
                outcome=Outcome.ALLOWED,
                facts={"gives_notice": step.startswith("notice")},
                basis="A3 (line 9)",
                policy_version="Opkrævningspolitik, 2026",
                decided_at=now,
                pay_by=values["pay_by"],
            )
        )
    return written


async def hand_over(runtime: Runtime, owed: Claim, **given: Any) -> HandOver:
    """Make a hand-over to the state that waits five days in its quiet period."""
    now = runtime.clock.now()
    values = {
        "id": new_id(),
        "municipality": owed.municipality,
        "claim_id": owed.id,
        "recipient": Recipient.STATE,
        "state": HandOverState.WAITING,
        "ground": Ground.UNPAID_REMINDER.value,
        "basis": "F21 (line 37)",
        "ready_on": day_of(now) + timedelta(days=5),
        "decided_by": "rule",
        "created_at": now,
        "updated_at": now,
    } | given
    async with runtime.transaction() as session:
        leaving = HandOver(**values)
        session.add(leaving)
    return leaving


async def hand_over_file(runtime: Runtime, municipality: str, **given: Any) -> HandOverFile:
    """Make a file to the state with one claim in it."""
    values = {
        "id": new_id(),
        "municipality": municipality,
        "recipient": Recipient.STATE,
        "number": 1,
        "rows": 1,
        "total": Money(120000),
        "content": "hand_over_ref;kind\r\nS1-1;principal\r\n",
        "created_at": runtime.clock.now(),
    } | given
    async with runtime.transaction() as session:
        file = HandOverFile(**values)
        session.add(file)
    return file
