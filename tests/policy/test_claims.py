"""Whose claims are chased, of what kind, and what must be on record before that."""

import shutil
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.law.law import FOLDER, Law
from data.models.citizens import Citizen
from data.models.claims import Claim, Decision, Outcome
from data.models.conversations import Message
from data.values.ids import DebtorKind
from outreach.intake.importing import import_claims
from outreach.rounds import outreach_round
from outreach.rules.first_contact import STEP
from tests import make

HEADER = "claim_ref;debtor_id;phone;claim_type;principal;due_date;bill_sent_on;tax_year"


@pytest.fixture
def imported(runtime, tmp_path):
    """Import rows of a claims file; return the report."""

    async def take(*rows):
        file = tmp_path / "krav.csv"
        file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        report = await import_claims(runtime, file, "albertslund")
        problems = [(one.line, one.column, one.code) for one in report.problems]
        report.problems.close()
        return problems

    return take


@pytest.fixture
def chased(runtime):
    """Run a round with all payments known; return what each claim was decided to be."""

    async def run(municipality="albertslund"):
        await make.coverage(runtime, municipality, date(2026, 11, 23))
        await outreach_round(runtime, municipality=municipality)
        async with runtime.transaction() as session:
            rows = await session.execute(
                select(Claim.claim_ref, Decision.outcome, Decision.reason)
                .join(Decision)
                .where(Decision.step == STEP)
            )
            return {ref: (outcome, reason) for ref, outcome, reason in rows}

    return run


async def test_A1_a_claim_that_the_state_collects_is_not_taken_in(imported, runtime):
    [problem] = await imported("A-1;0101801233;20304050;ejendomsskat;500,00;20-11-2026;;2024")
    assert problem == (2, "tax_year", "state_collects")
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Claim))).all() == []


async def test_A2_F1_citizens_and_businesses_are_written_to_alike(imported, runtime, chased):
    assert [
        code
        for *_, code in await imported(
            "A-1;0101801233;20304050;dagtilbud;500,00;20-11-2026;01-11-2026;",
            "A-2;66137112;43000000;erhvervsaffald;900,00;20-11-2026;01-11-2026;",
        )
    ] == []
    async with runtime.transaction() as session:
        kinds = set(await session.scalars(select(Citizen.debtor_kind)))
    assert kinds == {DebtorKind.PERSON, DebtorKind.BUSINESS}
    assert await chased() == dict.fromkeys(("A-1", "A-2"), (Outcome.ALLOWED, None))
    async with runtime.transaction() as session:
        assert len((await session.scalars(select(Message))).all()) == 2


@pytest.mark.parametrize(
    "claim_type", ["dagtilbud", "vand", "fjernvarme", "bibliotek", "musikskole"]
)
async def test_A9_every_municipal_service_is_covered(runtime, chased, claim_type):
    await make.claim(runtime, await make.citizen(runtime), claim_type=claim_type)
    assert await chased() == {"A-1001": (Outcome.ALLOWED, None)}


def test_A9_a_new_kind_of_claim_is_a_matter_of_data_alone(tmp_path):
    law = shutil.copytree(FOLDER, tmp_path / "law", ignore=shutil.ignore_patterns("*.py"))
    file = law / "claim_types.yml"
    text = file.read_text(encoding="utf-8")
    start = text.index("\n  musikskole:") + 1
    end = text.find("\n  ", text.index("\n  musikskole:") + 3)
    while text[end + 3] in " #":
        end = text.find("\n  ", end + 3)
    block = text[start : end + 1]
    new = block.replace("musikskole", "bygningsleje").replace("Musikskole", "Bygningsleje")
    file.write_text(text.replace(block, block + new, 1), encoding="utf-8")
    types = Law.load(law).claim_types
    assert types.key_of("Bygningsleje") == "bygningsleje"
    assert types["bygningsleje"].automated


async def test_F3_without_a_bill_on_record_nobody_is_chased(runtime, chased):
    await make.claim(runtime, await make.citizen(runtime), bill_sent_on=None)
    assert await chased() == {"A-1001": (Outcome.REFUSED, "no_bill")}
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Message))).all() == []


async def test_F3_nobody_is_chased_before_the_deadline_has_passed(runtime, chased):
    await make.claim(runtime, await make.citizen(runtime), due_date=date(2026, 11, 24))
    assert (await chased()).get("A-1001", (None, None))[0] is not Outcome.ALLOWED


async def test_F28_the_same_facts_give_the_same_decision_and_it_is_on_record(
    runtime, chased, clock
):
    for number in range(3):
        person = await make.citizen(
            runtime, debtor_id=f"010180123{number}", phone=f"+452030405{number}"
        )
        await make.claim(runtime, person, claim_ref=f"A-{number}")
    assert set((await chased()).values()) == {(Outcome.ALLOWED, None)}
    async with runtime.transaction() as session:
        kept = list(await session.scalars(select(Decision).where(Decision.step == STEP)))
    assert len({str(sorted(decision.facts.items())) for decision in kept}) == 1
    assert {decision.decided_at for decision in kept} == {clock.now()}
    clock.travel(timedelta(days=1))
    await chased()
    async with runtime.transaction() as session:
        again = list(await session.scalars(select(Decision).where(Decision.step == STEP)))
    assert [one.decided_at for one in again] == [one.decided_at for one in kept]
