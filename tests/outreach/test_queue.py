"""The queue in SQL is the queue of the rule, and its filters find what they name."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from data.models.citizens import Channel, Language
from data.models.conversations import Conversation, Owner
from data.models.handoffs import Handoff, HandoffState
from data.queries.queue import A_PAGE, View, Wanted, choices, listed
from data.queries.searching import names_cpr
from data.queries.talks import Answering, WantedTalks
from data.queries.talks import listed as talks_listed
from data.values.ids import new_id
from outreach.rules.queue_order import Waiting, place
from tests import make, make_desk

#: Few lengths, so that shares are often the same and every later word of the rule is needed.
HOURS = st.sampled_from([0, 1, 2, 3, 4, 6, 8, 24, 48])
ONE = st.tuples(
    st.integers(0, 3), HOURS, st.sampled_from([-48, -1, 0, 1, 2, 3, 4, 24]), st.integers(0, 1)
)


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(some=st.lists(ONE, min_size=2, max_size=14))
async def test_the_database_orders_as_the_rule_does(runtime, anna, clock, some):
    now = clock.now()
    async with runtime.transaction() as session:
        await session.execute(delete(Handoff))
        await session.execute(delete(Conversation))
        for number, (severity, waited, left, returned) in enumerate(some):
            talk = Conversation(
                id=new_id(),
                municipality="albertslund",
                channel=Channel.SMS,
                address=f"+45203040{number:02d}",
                owner=Owner.NOBODY,
                owner_since=now,
                created_at=now,
            )
            session.add(talk)
            await session.flush()
            opened = now - timedelta(hours=waited)
            session.add(
                Handoff(
                    municipality="albertslund",
                    conversation_id=talk.id,
                    reason="asked_human",
                    severity=severity,
                    summary="-",
                    opened_at=opened,
                    due_at=max(opened, now + timedelta(hours=left)),
                    times_returned=returned,
                )
            )
    async with runtime.transaction() as session:
        found = (await listed(session, "albertslund", anna.id, Wanted(), now)).handoffs

    def rank(each):
        waiting = Waiting(each.id, each.severity, each.opened_at, each.due_at, each.times_returned)
        return place(waiting, now)

    assert [each.id for each in found] == [each.id for each in sorted(found, key=rank)]
    assert len(found) == len(some)


@pytest.fixture
def wait(runtime):
    async def waits(name, number, talk=None, **given):
        person = await make.citizen(
            runtime, name=name, debtor_id=f"01018012{number:02d}", phone=f"+45203040{number:02d}"
        )
        place = {"address": f"+45203040{number:02d}"} | (talk or {})
        conversation = await make.conversation(runtime, person, **place)
        await make_desk.handoff(runtime, conversation, **given)
        return person

    return waits


def name_of(conversation):
    return conversation.citizen.name


@pytest.fixture
def find(runtime, anna, clock):
    async def finds(**asked):
        async with runtime.transaction() as session:
            found = await listed(session, "albertslund", anna.id, Wanted(**asked), clock.now())
        return [name_of(each.conversation) for each in found.handoffs]

    return finds


async def test_each_filter_finds_what_it_names(wait, find, clock):
    await wait("Asta", 1, severity=0, reason="hard_suicide")
    await wait("Bente", 2, talk={"language": Language.ENGLISH}, severity=2)
    await wait("Carl", 3, talk={"channel": Channel.TELEGRAM, "address": "77"}, unit="Dagtilbud")
    await wait("Dorte", 4, due_at=clock.now() - timedelta(minutes=1))
    assert await find(severity=0) == ["Asta"]
    assert await find(reason="hard_suicide") == ["Asta"]
    assert await find(language=Language.ENGLISH) == ["Bente"]
    assert await find(channel=Channel.TELEGRAM) == ["Carl"]
    assert await find(unit="Dagtilbud") == ["Carl"]
    assert await find(is_late=True) == ["Dorte"]
    assert await find(severity=2, language=Language.DANISH) == []


@pytest.mark.parametrize(
    "words", ["asta", "ASTA holm", "holm ast", "A-77", "a-77", "20 30 40 01", "304001", "husleje"]
)
async def test_a_search_finds_name_case_number_telephone_and_summary(runtime, wait, find, words):
    person = await wait("Asta Holm", 1, summary="spørger om husleje")
    await wait("Bente Dam", 2)
    await make.claim(runtime, person, claim_ref="A-77")
    assert await find(words=words) == ["Asta Holm"]


@pytest.mark.parametrize("words", ["%", "_", "A-7", "x", "0101801201"])
async def test_a_search_is_no_pattern_and_knows_no_cpr(runtime, wait, find, words):
    await make.claim(runtime, await wait("Asta Holm", 1), claim_ref="A-77")
    assert await find(words=words) == []


@pytest.mark.parametrize(
    ("words", "is_cpr"),
    [
        ("0101801234", True),
        ("010180-1234", True),
        ("Mette 010180 1234", True),
        ("610180-1234", True),
        ("20304050", False),
        ("+4520304050", False),
        ("4520304050", False),
        ("A-1001", False),
        ("320180-1234", False),
    ],
)
def test_what_may_be_a_cpr_number_is_known(words, is_cpr):
    assert names_cpr(words) is is_cpr


async def test_pages_hold_fifty_and_a_page_too_far_is_the_last(runtime, anna, clock):
    async with runtime.transaction() as session:
        for number in range(A_PAGE + 3):
            talk = Conversation(
                id=new_id(),
                municipality="albertslund",
                channel=Channel.SMS,
                address=f"+4520{number:06d}",
                owner=Owner.NOBODY,
                owner_since=clock.now(),
                created_at=clock.now(),
            )
            session.add(talk)
            await session.flush()
            session.add(
                Handoff(
                    municipality="albertslund",
                    conversation_id=talk.id,
                    reason="asked_human",
                    severity=3,
                    summary="-",
                    opened_at=clock.now(),
                    due_at=clock.now() + timedelta(hours=1 + number),
                )
            )
    async with runtime.transaction() as session:
        pages = [
            await listed(session, "albertslund", anna.id, Wanted(page=number), clock.now())
            for number in (1, 2, 99)
        ]
    assert [len(each.handoffs) for each in pages] == [50, 3, 3]
    assert (pages[0].total, pages[0].pages, pages[2].page) == (53, 2, 2)
    assert {each.id for each in pages[0].handoffs}.isdisjoint(
        {each.id for each in pages[1].handoffs}
    )


async def test_what_can_be_chosen_is_what_waits(runtime, wait):
    await wait("Asta", 1, unit="Dagtilbud")
    await wait("Bente", 2, reason="dispute", state=HandoffState.CLOSED, unit="Husleje")
    async with runtime.transaction() as session:
        found = await choices(session, "albertslund")
    assert (found.reasons, found.units) == (["asked_human"], ["Dagtilbud"])


async def test_all_conversations_are_found_by_who_answers_and_by_words(runtime, wait, anna):
    await wait("Asta", 1)
    person = await make.citizen(runtime, name="Bente", debtor_id="0202801234", phone=None)
    await make.conversation(runtime, person, address="+4520304099")

    async def find(**asked):
        async with runtime.transaction() as session:
            found = await talks_listed(session, "albertslund", anna.id, WantedTalks(**asked))
        return sorted(name_of(each) for each in found.talks)

    assert await find() == ["Asta", "Bente"]
    assert await find(answering=Answering.NOBODY) == ["Asta"]
    assert await find(answering=Answering.ASSISTANT) == ["Bente"]
    assert await find(answering=Answering.YOU) == []
    assert await find(words="bente") == ["Bente"]
    assert await find(words="304099") == ["Bente"]
    assert await find(words="0202801234") == []
    assert await find(channel=Channel.WEB) == []


def test_every_view_is_asked_for_by_its_word():
    assert [each.value for each in View] == ["waiting", "mine", "others", "closed"]
