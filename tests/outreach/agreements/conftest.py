"""Mette owes two bills, has proven who she is, and talks about how to pay them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.models.agreements import Agreement
from data.models.audit import AuditEntry
from data.models.claims import Claim
from data.models.conversations import Conversation
from data.values.ids import MessageId, new_id
from data.values.money import Money
from outreach import agreements, conversations
from outreach.agreements import Terms
from tests import make, make_agreements, make_desk
from tests.make_agreements import SHOWN, TWO_HUNDRED


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def anna(runtime):
    """A caseworker of Albertslund."""
    return await make_desk.staff(runtime)


@pytest.fixture
async def frida(runtime):
    """A caseworker of Faxe."""
    return await make_desk.staff(runtime, "frida", municipality="faxe")


@pytest.fixture
async def claims(runtime, mette):
    return [
        await make.claim(runtime, mette, claim_ref="A-1", principal=Money(80000)),
        await make.claim(
            runtime, mette, claim_ref="A-2", principal=Money(50000), paid=Money(10000)
        ),
    ]


@pytest.fixture
async def talk(runtime, mette, clock):
    """A conversation in which Mette has just proven who she is."""
    return await make.conversation(runtime, mette, identity_level=2, identity_at=clock.now())


@pytest.fixture
def offer(runtime, talk, claims):
    """Put an offer on the table: a plan of 200 kr. a month, or a respite; and read it back."""

    async def put(terms=None, *, each=TWO_HUNDRED, until=None, shown=SHOWN, **given):
        async with runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            respite = Terms(claims, respite_until=until) if until else None
            terms = terms or respite or make_agreements.plan(claims, each)
            offered = await agreements.offer(session, runtime, place, terms, **given)
            if shown is not None:
                agreements.read_back(offered, shown)
            return offered

    return put


@pytest.fixture
def say_yes(runtime, talk):
    async def accept():
        async with runtime.transaction() as session:
            place = await conversations.lock(session, talk.id)
            return await agreements.accept(session, runtime, place, MessageId(new_id()))

    return accept


@pytest.fixture
def kept(runtime):
    """Look at what is on record: the agreements and the claims."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(
                select(Agreement)
                .options(selectinload(Agreement.instalments), selectinload(Agreement.claims))
                .order_by(Agreement.offered_at, Agreement.option)
            )
            owed = await session.scalars(select(Claim).order_by(Claim.claim_ref))
            return list(found), list(owed)

    return look


@pytest.fixture
def change(runtime):
    """Let something happen to a claim, a citizen or a conversation meanwhile."""

    async def set_to(row, **values):
        async with runtime.transaction() as session:
            found = await session.get(type(row), row.id)
            for name, value in values.items():
                setattr(found, name, value)

    return set_to


@pytest.fixture
def prove_again(runtime, talk, clock):
    async def prove():
        async with runtime.transaction() as session:
            (await session.get(Conversation, talk.id)).identity_at = clock.now()

    return prove


@pytest.fixture
def acts(runtime):
    """The acts on record so far, in order."""

    async def look():
        async with runtime.transaction() as session:
            found = await session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))
            return list(found)

    return look
