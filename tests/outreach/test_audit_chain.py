"""The record cannot be changed unseen: seals, and what reading it through tells."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from data.models.audit import AuditEntry, AuditSeal
from data.queries import audit_chain
from outreach import audit
from outreach.audit_checks import Break, verify
from outreach.audit_seals import PATIENCE, lags, seal_next, seal_record

TOWN = "albertslund"


@pytest.fixture
def note(runtime):
    async def noted(count=1, **given):
        values = {
            "municipality": TOWN, "actor": "staff:anna", "act": "citizen_opened",
            "subject_kind": "citizen", "subject_id": "mette",
        }  # fmt: skip
        async with runtime.transaction() as session:
            for number in range(count):
                await audit.record(session, runtime, **(values | given), number=number)

    return noted


@pytest.fixture
def seal(runtime):
    return lambda town=TOWN: seal_record(runtime, municipality=town)


@pytest.fixture
def check(runtime):
    async def checked(head=None, town=TOWN):
        async with runtime.transaction() as session:
            return await verify(session, runtime, town, head)

    return checked


@pytest.fixture
def behind(runtime):
    """Do something to the database that its triggers do not see, as its owner can."""

    async def done(statement, **values):
        async with runtime.transaction() as session:
            await session.execute(text("set local session_replication_role = replica"))
            await session.execute(text(statement), values)

    return done


async def told(checked):
    return [(each.what, each.entry, each.seal) for each in (await checked).findings]


async def test_what_is_new_is_sealed_and_each_seal_stands_on_the_one_before(
    note, seal, check, runtime
):
    await note(3)
    assert await seal() == 3
    await note(2)
    assert await seal() == 2
    assert await seal() == 0
    found = await check()
    assert (found.holds, found.entries, found.seals, found.waiting) == (True, 5, 2, 0)
    async with runtime.transaction() as session:
        seals = list(await session.scalars(select(AuditSeal).order_by(AuditSeal.number)))
    assert [each.entries for each in seals] == [[1, 2, 3], [4, 5]]
    assert seals[0].previous == bytes(32)
    assert seals[1].previous == seals[0].hash
    assert found.head == seals[1].hash.hex()


async def test_each_municipality_has_a_chain_of_its_own(note, seal, check):
    await note()
    await note(municipality="faxe")
    assert (await seal(), await seal("faxe")) == (1, 1)
    assert (await check()).head != (await check(town="faxe")).head
    assert (await check(town="faxe")).holds


async def test_an_entry_whose_transaction_ended_late_is_in_a_later_seal(note, seal, check, runtime):
    async with runtime.transaction() as slow:
        await audit.record(
            slow, runtime, municipality=TOWN, actor="rule", act="x",
            subject_kind="claim", subject_id=1,
        )  # fmt: skip
        await slow.flush()
        await note()
        assert await seal() == 1
    assert await seal() == 1
    async with runtime.transaction() as session:
        held = await session.scalars(select(AuditSeal.entries).order_by(AuditSeal.number))
        assert list(held) == [[2], [1]]
    assert (await check()).holds


async def test_an_act_that_is_undone_leaves_nothing_to_seal(note, seal, check, runtime):
    with pytest.raises(RuntimeError):
        await _noted_and_undone(runtime)
    await note()
    assert await seal() == 1
    assert (await check()).holds


async def _noted_and_undone(runtime):
    async with runtime.transaction() as session:
        await audit.record(
            session, runtime, municipality=TOWN, actor="rule", act="x",
            subject_kind="claim", subject_id=1,
        )  # fmt: skip
        await session.flush()
        raise RuntimeError


async def test_of_two_sealers_at_once_one_seals(note, check, runtime):
    await note(5)
    async with runtime.transaction() as first, runtime.transaction() as second:
        counts = [await seal_next(each, runtime, TOWN) for each in (first, second)]
    assert counts == [5, 0]
    await note(20)
    done = await asyncio.gather(*(seal_record(runtime, municipality=TOWN) for _ in range(4)))
    assert sum(done) == 20
    assert (await check()).holds


@pytest.mark.parametrize(
    "change",
    [
        "update audit_entries set facts = '{}' where id = 2",
        "update audit_entries set actor = 'staff:bo' where id = 2",
        "update audit_entries set at = at + interval '1 microsecond' where id = 2",
        "update audit_entries set municipality = 'faxe' where id = 2",
    ],
)
async def test_a_changed_entry_is_named(note, seal, check, behind, change):
    await note(3)
    await seal()
    await behind(change)
    assert await told(check()) == [(Break.ENTRY_CHANGED, 2, 1)]


async def test_a_missing_entry_is_named(note, seal, check, behind):
    await note(3)
    await seal()
    await behind("delete from audit_entries where id = 2")
    assert await told(check()) == [(Break.ENTRY_MISSING, 2, 1)]


async def test_an_entry_that_was_gone_before_its_seal_is_missed(note, seal, check, behind):
    await note(3)
    await behind("delete from audit_entries where id = 3")
    await seal()
    assert await told(check()) == [(Break.ENTRY_MISSING, 3, 1)]


async def test_an_entry_that_was_put_in_is_named_however_old_it_says_it_is(
    note, seal, check, behind
):
    await note(2)
    await seal()
    await behind(
        "insert into audit_entries (municipality, at, actor, act, subject_kind, subject_id, facts)"
        " select municipality, at, actor, act, subject_kind, subject_id, facts"
        " from audit_entries where id = 1"
    )
    assert await told(check()) == [(Break.ENTRY_ADDED, 3, None)]


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        ("update audit_seals set hash = previous where number = 1",
         [(Break.SEAL_CHANGED, None, 1), (Break.SEAL_CHANGED, None, 2)]),
        ("update audit_seals set previous = hash where number = 2",
         [(Break.SEAL_CHANGED, None, 2)]),
        ("update audit_seals set entries = array[2, 1, 3]::bigint[] where number = 1",
         [(Break.SEAL_CHANGED, None, 1), (Break.ENTRY_CHANGED, 2, 1),
          (Break.ENTRY_CHANGED, 1, 1)]),
    ],
)  # fmt: skip
async def test_a_changed_seal_is_named(note, seal, check, behind, change, breaks):
    await note(3)
    await seal()
    await note()
    await seal()
    await behind(change)
    assert await told(check()) == breaks


async def test_a_seal_that_is_taken_out_is_missed(note, seal, check, behind):
    for _ in range(3):
        await note()
        await seal()
    await behind("delete from audit_seals where number = 2")
    assert await told(check()) == [
        (Break.SEAL_MISSING, None, 2), (Break.SEAL_CHANGED, None, 3), (Break.ENTRY_ADDED, 2, None),
    ]  # fmt: skip


async def test_an_end_that_was_cut_off_is_seen_by_whoever_kept_the_head(note, seal, check, behind):
    await note()
    await seal()
    await note()
    await seal()
    kept = (await check()).head
    await note()
    await seal()
    assert (await check(kept)).holds
    await behind("delete from audit_seals where number > 1")
    await behind("delete from audit_entries where id > 1")
    assert (await check()).holds  # nobody inside can tell
    assert await told(check(kept)) == [(Break.HEAD_UNKNOWN, None, None)]


async def test_what_waits_too_long_for_its_seal_is_told(note, check, clock, runtime):
    await note()
    assert (await check()).waiting == 1
    clock.travel(PATIENCE + timedelta(seconds=1))
    assert await told(check()) == [(Break.ENTRY_UNSEALED, 1, None)]
    async with runtime.transaction() as session:
        status = await audit_chain.status(session, TOWN)
    assert (status.waiting, lags(status, clock.now())) == (1, True)


async def test_more_than_one_seal_holds_are_sealed_in_several(note, seal, check):
    await note(2300)
    assert await seal() == 2300
    found = await check()
    assert (found.holds, found.seals, found.entries) == (True, 3, 2300)


@pytest.mark.parametrize("table", ["audit_entries", "audit_seals"])
@pytest.mark.parametrize(
    "act", ["update {} set municipality = 'faxe'", "delete from {}", "truncate {}"]
)
async def test_the_program_itself_can_change_nothing(note, seal, runtime, table, act):
    await note()
    await seal()
    with pytest.raises(DBAPIError, match="append-only"):
        async with runtime.transaction() as session:
            await session.execute(text(act.format(table)))


async def test_facts_of_every_kind_are_hashed_as_they_are_read(note, seal, check):
    await note(share=0.1, whole=1.0, large=12345678901234, text="æøå \u202e 😀", none=None)
    await seal()
    assert (await check()).holds


async def test_before_after_and_why_stand_in_the_facts_without_numbers_of_people(note, runtime):
    await note(
        before={"state": "open"},
        after={"state": "shelved"},
        why=" 010180-1234 er syg. " + "x" * 500,
    )
    async with runtime.transaction() as session:
        entry = (await session.scalars(select(AuditEntry))).one()
    assert entry.facts["before"] == {"state": "open"}
    assert entry.facts["after"] == {"state": "shelved"}
    assert entry.facts["why"].startswith("[cpr] er syg. xxx")
    assert len(entry.facts["why"]) == 400
