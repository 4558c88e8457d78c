"""What is on record of a citizen's life, what follows from it, and how a freeze is lifted."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.cases import Circumstances, Task, TaskState
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.values.money import Money
from data.values.time import day_of
from outreach import cases, circumstances, citizens, tasks
from outreach.errors import NotFoundError
from tests import make, make_desk


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette, claim_type="kontanthjaelp")


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime)


@pytest.fixture
def record(runtime, mette, anna):
    async def recorded(staff=anna, **facts):
        async with runtime.transaction() as session:
            return await circumstances.record_circumstances(session, runtime, mette, staff, **facts)

    return recorded


async def case_of(runtime, claim):
    async with runtime.transaction() as session:
        return (await cases.load(session, runtime, [claim.id]))[claim.id]


async def test_F11_what_the_law_asks_about_reaches_the_rules(runtime, record, claim):
    await record(benefit="kontanthjaelp", yearly_net_income=Money(12000000), children_at_home=True)
    debtor = (await case_of(runtime, claim)).debtor
    assert (debtor.benefit, debtor.children_at_home) == ("kontanthjaelp", True)
    assert debtor.yearly_net_income == Money(12000000)


async def test_what_is_not_named_stays_and_none_means_not_known(runtime, clock, record, anna):
    await record(benefit="kontanthjaelp", children_at_home=True)
    clock.travel(timedelta(days=1))
    known = await record(benefit=None)
    assert (known.benefit, known.children_at_home) == (None, True)
    assert (known.recorded_by, known.recorded_at) == (anna.id, clock.now())


async def test_the_record_names_what_changed_and_not_to_what(runtime, record):
    await record(benefit="kontanthjaelp", children_at_home=None)
    await record(benefit="kontanthjaelp")
    async with runtime.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.act == "circumstances_recorded")
        [entry] = await session.scalars(query)
    assert entry.facts == {"changed": "benefit"}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("social_authorities_told_on", date(2027, 1, 1)),
        ("deceased_on", date(2026, 11, 25)),
        ("yearly_net_income", Money(-1)),
        ("benefit", "lottogevinst"),
    ],
)
async def test_what_cannot_be_true_is_refused_by_its_field(runtime, record, field, wrong):
    with pytest.raises(circumstances.CircumstanceError) as caught:
        await record(**{field: wrong})
    assert caught.value.field == field
    async with runtime.transaction() as session:
        assert await session.scalar(select(Circumstances)) is None


async def test_telling_the_social_authorities_closes_what_asked_for_it(
    runtime, clock, record, claim
):
    async with runtime.transaction() as session:
        task = await tasks.open_task(session, runtime, claim=claim, kind="tell_social_authorities")
    assert task is not None
    await record(social_authorities_told_on=day_of(clock.now()))
    async with runtime.transaction() as session:
        assert (await session.get_one(Task, task.id)).state is TaskState.DONE


async def test_a_death_stops_all_that_is_automatic_until_a_person_lifts_it(
    runtime, clock, record, mette, anna
):
    await record(deceased_on=day_of(clock.now()))
    async with runtime.transaction() as session:
        found = await session.get_one(Citizen, mette.id)
        assert (found.frozen_at, found.frozen_because) == (clock.now(), "hard_deceased_debtor")
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "frozen"))
    assert entry.actor == f"staff:{anna.id}"


async def test_another_municipalitys_citizen_is_not_there(runtime, record, mette):
    frida = await make_desk.staff(runtime, "frida", municipality="faxe")
    with pytest.raises(NotFoundError):
        await record(frida, benefit="kontanthjaelp")
    with pytest.raises(NotFoundError):
        await unfreeze(runtime, mette, frida)


async def unfreeze(runtime, mette, staff, reason="Talt med borgeren; det går bedre."):
    async with runtime.transaction() as session:
        await citizens.unfreeze(session, runtime, mette, staff, reason)


async def test_only_a_person_with_a_reason_lifts_a_freeze_and_once(runtime, mette, anna):
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, mette.id, because="hard_illness")
    with pytest.raises(citizens.UnfreezeReasonError):
        await unfreeze(runtime, mette, anna, " ")
    await unfreeze(runtime, mette, anna)
    async with runtime.transaction() as session:
        found = await session.get_one(Citizen, mette.id)
        assert (found.frozen_at, found.frozen_because) == (None, None)
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.act == "unfrozen"))
    assert entry.actor == f"staff:{anna.id}"
    assert entry.facts == {
        "before": {"frozen_because": "hard_illness"},
        "after": {"frozen_because": None},
        "why": "Talt med borgeren; det går bedre.",
    }
    with pytest.raises(citizens.NotFrozenError):
        await unfreeze(runtime, mette, anna)


async def test_F11_when_a_benefit_ends_the_steps_count_from_there(runtime, claim, record):
    await record(benefit=circumstances.benefits(runtime)[0])
    await record(benefit=None)
    async with runtime.transaction() as session:
        again = await session.get(Claim, claim.id)
    assert again.paused_until == date(2026, 12, 1)  # five bank days from Tuesday the 24th
    assert again.paused_because == "benefit"


async def test_a_freeze_that_is_lifted_gives_quiet_days(runtime, mette, claim, anna):
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, mette.id, because="hard_illness")
        await citizens.unfreeze(session, runtime, mette, anna, "talt med hende")
    async with runtime.transaction() as session:
        again = await session.get(Claim, claim.id)
    assert again.paused_until == date(2026, 12, 1)
