"""Agreements at the desk (sagsbehandlerens aftaler): proposed, concluded, changed, ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.models.agreements import Agreement, AgreementChannel, AgreementState
from data.models.citizens import Citizen
from data.models.conversations import Author, Awaiting, Conversation, MessageKind, Owner
from data.notifications import notify
from data.values.money import NOTHING
from outreach import claims, identity, messages
from outreach.agreements import limits
from outreach.agreements.concluding import conclude, record
from outreach.agreements.offers import ON_THE_TABLE, draft, offer, read_back
from outreach.agreements.terms import (
    claims_of,
    hold_debtors,
    let_go_by,
    locked_agreement,
    locked_claims,
)
from outreach.agreements.wording import acknowledges, acknowledging
from outreach.errors import ConflictError, MindeligError, NotFoundError
from outreach.overrides import ReasonMissingError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.staff import Staff
    from data.values.ids import AgreementId, CitizenId
    from outreach.agreements.terms import Refusal, Terms
    from outreach.runtime import Runtime

#: Why the claims of an agreement that a caseworker ended are quiet for some bank days.
ENDED = "agreement_ended"


class NotProvenError(MindeligError):
    """Nobody has made sure who it is: sums are told, and agreed on, from level 2."""

    code = "not_proven"


class AcknowledgementMissingError(MindeligError):
    """The text does not say that agreeing acknowledges the debt."""

    code = "acknowledgement_missing"


class HeldByOtherError(ConflictError):
    """Another caseworker has the conversation."""

    code = "held_by_other"


class StaleTermsError(ConflictError):
    """What is owed, or where a claim stands, has changed since the form was opened."""

    code = "terms_stale"


class StandsAgainstError(ConflictError):
    """It cannot be agreed as things stand now; `refusal` says why."""

    code = "agreement_refused"

    def __init__(self, refusal: Refusal) -> None:
        """Take the refusal."""
        super().__init__(refusal.value)
        self.refusal = refusal


class NotRunningError(ConflictError):
    """The agreement has ended already, or was taken off the table."""

    code = "not_running"


async def propose_by_staff(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    conversation: Conversation,
    terms: Terms,
    *,
    text: str,
    reason: str,
    replaces: AgreementId | None = None,
    beyond_policy: str | None = None,
) -> Agreement:
    """Send the citizen a caseworker's proposal (forslag); their yes concludes it.

    It leaves as that person's own message, and ends by saying that agreeing acknowledges the debt
    if the text does not say so. Who holds the conversation goes on holding it.

    Args:
        session: the caller's transaction.
        runtime: clock, law and policies.
        staff: who proposes it.
        conversation: where; locked here.
        terms: what a yes would conclude.
        text: the proposal as the citizen reads it.
        reason: why, in the caseworker's words.
        replaces: the agreement that this one would take the place of.
        beyond_policy: why it goes beyond the municipality's limits, where it does.

    Raises:
        NotFoundError: the conversation is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NotProvenError: the citizen has not proven who they are in it.
        HeldByOtherError: another caseworker holds it.
        NotAllowedError: law, or a limit without `beyond_policy`, stands against it.
        StaleTermsError: the claims have changed meanwhile.
    """
    talk = await _proven_talk(session, runtime, staff, conversation)
    assert talk.citizen_id is not None  # noqa: S101 - whoever is proven is somebody
    fresh = await _weighed(
        session, runtime, talk.citizen_id, terms, reason, beyond_policy, replaces
    )
    try:
        made = await offer(
            session,
            runtime,
            talk,
            fresh,
            replaces=replaces,
            proposed_by=_actor(staff),
            reason=_why(reason, beyond_policy),
        )
    except ValueError as fault:
        raise StaleTermsError(str(fault)) from None
    read_back(made, acknowledging(text.strip(), talk.language))
    await _say(session, runtime, staff, talk, made)
    await _record(session, runtime, made, staff, "agreement_proposed", beyond_policy, why=reason)
    return made


async def _proven_talk(
    session: AsyncSession, runtime: Runtime, staff: Staff, conversation: Conversation
) -> Conversation:
    """Return the conversation, locked, if this caseworker may tell sums in it."""
    if conversation.municipality != staff.municipality:
        raise NotFoundError("no such conversation")
    talk = await session.get_one(
        Conversation, conversation.id, with_for_update=True, populate_existing=True
    )
    if talk.owner is Owner.STAFF and talk.owner_staff_id != staff.id:
        raise HeldByOtherError("another caseworker has it")
    if talk.citizen_id is None or identity.level(talk, runtime) < identity.PROVEN:
        raise NotProvenError("ask who it is first")
    return talk


async def _say(
    session: AsyncSession, runtime: Runtime, staff: Staff, talk: Conversation, made: Agreement
) -> None:
    """Send the text that is on record as read back, and wait for the answer to it."""
    talk.awaiting = Awaiting.OFFER
    await messages.queue(
        session,
        runtime,
        conversation=talk,
        body=made.shown_text or "",
        kind=MessageKind.STAFF_ANSWER,
        author=Author.STAFF,
        staff_id=staff.id,
        dedupe_key=f"offer:{made.id}",
    )


async def conclude_by_staff(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    citizen_id: CitizenId,
    terms: Terms,
    *,
    channel: AgreementChannel,
    identity_level: int,
    shown_text: str,
    reason: str,
    replaces: AgreementId | None = None,
    beyond_policy: str | None = None,
) -> Agreement:
    """Write down what a citizen said yes to by telephone, letter, or at the counter.

    Args:
        session: the caller's transaction.
        runtime: clock, law and policies.
        staff: who heard the yes.
        citizen_id: whose it is.
        terms: what was agreed.
        channel: how they said yes.
        identity_level: how the caseworker made sure who it was; 2 or 3.
        shown_text: what was read to them, word for word.
        reason: why, in the caseworker's words.
        replaces: the agreement that this one takes the place of.
        beyond_policy: why it goes beyond the municipality's limits, where it does.

    Raises:
        NotFoundError: the citizen is not of the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NotProvenError: nobody has made sure who it was.
        AcknowledgementMissingError: the text does not say that agreeing acknowledges the debt.
        NotAllowedError: law, or a limit without `beyond_policy`, stands against it.
        StaleTermsError: the claims have changed meanwhile.
        StandsAgainstError: a refusal of the same kind as a citizen's own yes would meet.
    """
    citizen = await session.get(Citizen, citizen_id)
    if citizen is None or citizen.municipality != staff.municipality:
        raise NotFoundError("no such citizen")
    if identity_level < identity.PROVEN:
        raise NotProvenError("make sure who it is first")
    if not acknowledges(shown_text):
        raise AcknowledgementMissingError("say that agreeing acknowledges the debt")
    fresh = await _weighed(session, runtime, citizen_id, terms, reason, beyond_policy, replaces)
    made = await _drafted(session, runtime, citizen_id, fresh, replaces)
    made.channel, made.identity_level = channel, identity_level
    made.proposed_by, made.reason = _actor(staff), _why(reason, beyond_policy)
    read_back(made, shown_text.strip())
    session.add(made)
    await session.flush()
    refused = await conclude(session, runtime, made, actor=_actor(staff), level=identity_level)
    if refused is not None:
        raise StandsAgainstError(refused)
    await _record(session, runtime, made, staff, "agreement_concluded", beyond_policy, why=reason)
    return made


async def _drafted(
    session: AsyncSession,
    runtime: Runtime,
    citizen_id: CitizenId,
    terms: Terms,
    replaces: AgreementId | None,
) -> Agreement:
    let_go = await let_go_by(session, replaces)
    try:
        made = draft(runtime, citizen_id, terms, let_go=let_go)
    except ValueError as fault:
        raise StaleTermsError(str(fault)) from None
    made.replaces = replaces
    return made


async def end_by_staff(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    agreement_id: AgreementId,
    *,
    reason: str,
) -> Agreement:
    """End an agreement, or take a proposal off the table (ophør), with the reason on record.

    Its claims are open again with some bank days of quiet; it counts as no breach.

    Raises:
        NotFoundError: no such agreement in the caseworker's municipality.
        ReasonMissingError: no reason is given.
        NotRunningError: it has ended already.
    """
    if not reason.strip():
        raise ReasonMissingError("say why")
    found = await session.get(Agreement, agreement_id, populate_existing=True)
    if found is None or found.municipality != staff.municipality:
        raise NotFoundError("no such agreement")
    before = found.state
    if found.state is AgreementState.ACCEPTED:
        agreement = await _end(session, runtime, staff, agreement_id, reason.strip())
        act = "agreement_ended"
    else:
        agreement = await _off_the_table(session, agreement_id, reason.strip())
        act = "agreement_withdrawn"
    await _record(session, runtime, agreement, staff, act, None, why=reason, before=before)
    return agreement


async def _end(
    session: AsyncSession,
    runtime: Runtime,
    staff: Staff,
    agreement_id: AgreementId,
    reason: str,
) -> Agreement:
    """End what runs; a claim on which a respite still stands waits on."""
    held = await locked_claims(session, await claims_of(session, agreement_id))
    free = await let_go_by(session, agreement_id)
    agreement = await locked_agreement(session, agreement_id)
    assert agreement is not None  # noqa: S101 - agreements are never deleted
    if agreement.state is not AgreementState.ACCEPTED:
        raise NotRunningError(agreement.state.value)
    agreement.state, agreement.ended_at = AgreementState.ENDED, runtime.clock.now()
    agreement.ended_because = reason
    agreement.suspended_on = agreement.suspended_because = None
    for claim_id in sorted(free):
        actor = _actor(staff)
        await claims.reopen(session, runtime, held[claim_id], because=ENDED, actor=actor)
    return agreement


async def _off_the_table(
    session: AsyncSession, agreement_id: AgreementId, reason: str
) -> Agreement:
    """Take back what nobody has said yes to; no claim is held by it, so none is locked."""
    agreement = await locked_agreement(session, agreement_id)
    if agreement is None or agreement.state not in ON_THE_TABLE:
        raise NotRunningError(agreement.state.value if agreement else "gone")
    agreement.state, agreement.ended_because = AgreementState.SUPERSEDED, reason
    return agreement


async def _weighed(
    session: AsyncSession,
    runtime: Runtime,
    citizen_id: CitizenId,
    terms: Terms,
    reason: str,
    beyond_policy: str | None,
    replaces: AgreementId | None,
) -> Terms:
    """Return the terms on the claims as they stand now, locked, once law and limits allow them."""
    if not reason.strip():
        raise ReasonMissingError("say why")
    touched = {claim.id for claim in terms.claims} | await claims_of(session, replaces)
    await hold_debtors(session, touched)
    held = await locked_claims(session, touched)
    fresh = replace(terms, claims=[held[claim.id] for claim in terms.claims])
    if any(claim.citizen_id != citizen_id for claim in fresh.claims):
        raise NotFoundError("no such claim")
    if fresh.rates and sum((rate.amount for rate in fresh.rates), NOTHING) != fresh.total:
        raise StaleTermsError("what is owed has changed")
    is_beyond = bool(beyond_policy and beyond_policy.strip())
    await limits.check(session, runtime, fresh, may_go_beyond=is_beyond)
    return fresh


def _actor(staff: Staff) -> str:
    return f"staff:{staff.id}"


def _why(reason: str, beyond_policy: str | None) -> str:
    beyond = (beyond_policy or "").strip()
    return "\n".join(part for part in (reason.strip(), beyond) if part)


async def _record(
    session: AsyncSession,
    runtime: Runtime,
    agreement: Agreement,
    staff: Staff,
    act: str,
    beyond_policy: str | None,
    *,
    why: str,
    before: AgreementState | None = None,
) -> None:
    beyond = {"beyond_policy": "yes"} if beyond_policy and beyond_policy.strip() else {}
    was = {} if before is None else {"before": before.value}
    after = agreement.state.value
    await record(
        session, runtime, agreement, _actor(staff), act, **was, after=after, why=why, **beyond
    )
    await notify(session, agreement.municipality)
