"""What lies on the table (tilbud): one offer, and up to two other ways shown beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from data.models.agreements import (
    ASSISTANT,
    Agreement,
    AgreementChannel,
    AgreementClaim,
    AgreementKind,
    AgreementState,
    Instalment,
)
from data.values.ids import new_id
from data.values.money import NOTHING
from outreach import identity
from outreach.agreements.terms import agreeable, let_go_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.conversations import Conversation
    from data.values.ids import AgreementId, CitizenId, ClaimId
    from outreach.agreements.terms import Terms
    from outreach.runtime import Runtime

#: Not agreed and not gone: the offer, and what is shown beside it.
ON_THE_TABLE: Final = (AgreementState.OFFERED, AgreementState.PROPOSED)
MOST_BESIDE: Final = 2


async def offer(
    session: AsyncSession,
    runtime: Runtime,
    conversation: Conversation,
    terms: Terms,
    *,
    beside: Sequence[Terms] = (),
    replaces: AgreementId | None = None,
    proposed_by: str = ASSISTANT,
    reason: str | None = None,
) -> Agreement:
    """Put an offer on the table, and other ways beside it; they take the place of what lay there.

    The text shown is stored with `read_back` once it is written. Nothing is agreed yet.

    Args:
        session: the caller's transaction; the conversation is locked in it.
        runtime: clock and policies.
        conversation: whom it is made to.
        terms: what a yes would conclude, once it has been read back.
        beside: other ways, at most two; `choose` puts one of them on the table instead.
        replaces: the agreement that ends when one of these is concluded.
        proposed_by: `assistant`, or `staff:<id>`.
        reason: why a caseworker proposes it.

    Raises:
        ValueError: nobody to make it to, too many ways, a claim that nothing can be agreed on, or
            instalments that do not add up.
    """
    if conversation.citizen_id is None:
        raise ValueError("an offer needs to know whom it is made to")
    if len(beside) > MOST_BESIDE:
        raise ValueError(f"at most {MOST_BESIDE} other ways are shown beside an offer")
    await withdraw(session, conversation, AgreementState.SUPERSEDED)
    let_go = await let_go_by(session, replaces)
    made = [
        draft(runtime, conversation.citizen_id, each, let_go=let_go, option=number)
        for number, each in enumerate((terms, *beside), start=1)
    ]
    for agreement in made:
        agreement.conversation_id, agreement.replaces = conversation.id, replaces
        agreement.channel = AgreementChannel(conversation.channel.value)
        agreement.identity_level = identity.level(conversation, runtime)
        agreement.proposed_by, agreement.reason = proposed_by, reason
    session.add_all(made)
    await session.flush()
    return made[0]


def draft(
    runtime: Runtime,
    citizen_id: CitizenId,
    terms: Terms,
    *,
    let_go: frozenset[ClaimId],
    option: int = 1,
) -> Agreement:
    """Make the row of an offer; who, how and for whom is the caller's to fill in.

    Raises:
        ValueError: a claim that nothing can be agreed on, or instalments that do not add up.
    """
    parts = [agreeable(claim, terms.kind, let_go) for claim in terms.claims]
    total = sum(parts, NOTHING)
    if not parts or any(not part for part in parts):
        raise ValueError("nothing can be agreed on for one of these claims")
    is_plan = terms.kind is AgreementKind.PLAN
    if is_plan and sum((rate.amount for rate in terms.rates), NOTHING) != total:
        raise ValueError("the instalments do not add up to what is agreed on")
    now, municipality = runtime.clock.now(), terms.claims[0].municipality
    stands = timedelta(days=runtime.policies[municipality].plans.offer_stands_days)
    return Agreement(
        id=new_id(),
        municipality=municipality,
        citizen_id=citizen_id,
        kind=terms.kind,
        state=AgreementState.OFFERED if option == 1 else AgreementState.PROPOSED,
        option=option,
        total=total,
        respite_until=terms.respite_until,
        benefit=terms.benefit,
        rhythm=terms.rhythm.key if terms.rhythm else None,
        why=terms.why,
        offered_at=now,
        expires_at=now + stands,
        instalments=_instalments(terms, municipality),
        claims=[
            AgreementClaim(
                municipality=municipality, claim_id=claim.id, amount=part, position=position
            )
            for position, (claim, part) in enumerate(zip(terms.claims, parts, strict=True), start=1)
        ],
    )


def _instalments(terms: Terms, municipality: str) -> list[Instalment]:
    return [
        Instalment(
            municipality=municipality, number=rate.number, amount=rate.amount, due_on=rate.due_on
        )
        for rate in terms.rates
    ]


def read_back(agreement: Agreement, text: str) -> None:
    """Keep the text in which the offer was read back, word for word; a yes counts from now on."""
    agreement.shown_text = text


async def withdraw(
    session: AsyncSession, conversation: Conversation, state: AgreementState
) -> bool:
    """Take all off the table (declined, superseded, expired); tell whether something lay there."""
    gone = await session.execute(
        update(Agreement)
        .where(Agreement.conversation_id == conversation.id, Agreement.state.in_(ON_THE_TABLE))
        .values(state=state)
        .returning(Agreement.id)
    )
    return bool(gone.scalars().all())


async def open_offer(session: AsyncSession, conversation: Conversation) -> Agreement | None:
    """Return the offer on the table, locked, with instalments and claims; or none."""
    found = await on_the_table(session, conversation)
    return next((one for one in found if one.state is AgreementState.OFFERED), None)


async def on_the_table(session: AsyncSession, conversation: Conversation) -> list[Agreement]:
    """Return all that was shown together and can still be taken, by option, locked.

    Only who it was made to may take it: another may have proven who they are since, on the same
    telephone.
    """
    found = await session.scalars(
        select(Agreement)
        .where(
            Agreement.conversation_id == conversation.id,
            Agreement.citizen_id == conversation.citizen_id,
            Agreement.state.in_(ON_THE_TABLE),
        )
        .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
        .order_by(Agreement.option)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


async def choose(
    session: AsyncSession, runtime: Runtime, conversation: Conversation, option: int
) -> Agreement | None:
    """Put another of the ways shown on the table, because the citizen asked for it; or none.

    It must be read back before a yes counts, also where it was shown in short before.
    """
    shown = await on_the_table(session, conversation)
    chosen = next((one for one in shown if one.option == option), None)
    if chosen is None or runtime.clock.now() > chosen.expires_at:
        return None
    for other in shown:
        if other is not chosen:
            other.state = AgreementState.PROPOSED
    await session.flush()  # one offer a conversation: the old one steps aside first
    chosen.state, chosen.shown_text = AgreementState.OFFERED, None
    await session.flush()
    return chosen
