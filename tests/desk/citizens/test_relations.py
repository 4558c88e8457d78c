"""Who belongs to a citizen stands on their page as a name, with what was seen and until when."""

import pytest
from sqlalchemy import select

from data.models.cases import Liability
from data.models.relations import Relation, RelationKind
from tests import make, make_desk

pytestmark = pytest.mark.usefixtures("at_mettes")

GUARDIAN = {"kind": "guardian", "name": "Vera Holm", "phone": "20 30 40 99",
            "reason": "Beskikkelse af 1. marts 2026 set."}  # fmt: skip


@pytest.fixture
async def bo(runtime):
    """Bo lives with Mette and owes a claim of his own."""
    person = await make.citizen(runtime, name="Bo Juul", debtor_id="0202801234", phone=None)
    await make.claim(runtime, person, claim_ref="B-77")
    return person


async def relation_of(runtime):
    async with runtime.transaction() as session:
        return (await session.scalars(select(Relation))).one()


async def test_a_guardian_stands_on_the_page_and_in_the_conversation(
    anna, runtime, talk, claim, page, send
):
    done = await send("relation", **GUARDIAN)
    text = (await anna.get(done.headers["location"])).text
    assert "Relationen er noteret." in text
    assert "Har værge: Vera Holm. Assistenten aftaler intet med borgeren." in text
    assert "Beskikkelse af 1. marts 2026 set." in text
    assert "20 30 40 99" in text
    assert "Har værge: Vera Holm." in (await anna.get(f"/desk/conversations/{talk.id}")).text
    one = await relation_of(runtime)
    await send("end-relation", relation=str(one.id), reason="Værgemålet er ophævet.")
    text = (await anna.get(page)).text
    assert "Har værge" not in text
    assert "1 tidligere relation" in text
    assert "Værgemålet er ophævet." in text
    again = await send("end-relation", relation=str(one.id), reason="Igen.")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "ven"}, "Vælg, hvem det er."),
        ({"name": " "}, "Skriv et navn."),
        ({"phone": "tolv"}, "Skriv et telefonnummer"),
        ({"reason": ""}, "Skriv en begrundelse."),
        ({"until": "2026-11-01"}, "Dagen er overstået."),
        ({"until": "snart"}, "Skriv en dato"),
        ({"scope": "å" * 401}, "Det er for langt."),
    ],
)
async def test_what_is_missing_is_told_at_its_field(runtime, send, fields, why):
    refused = await send("relation", **(GUARDIAN | fields))
    assert refused.status_code == 422
    assert why in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(Relation)) is None


async def test_a_household_is_a_name_on_both_pages_and_no_debt_of_the_other(
    anna, runtime, mette, claim, bo, page, send
):
    done = await send("household", other="B-77", reason="Samme adresse.")
    text = (await anna.get(done.headers["location"])).text
    assert f'<a href="/desk/citizens/{bo.id}"><bdi>Bo Juul</bdi></a>' in text
    assert "Samme husstand" in text
    assert "B-77" not in text
    await make_desk.reader(runtime, bo)
    his = (await anna.get(f"/desk/citizens/{bo.id}")).text
    assert f'<a href="/desk/citizens/{mette.id}"><bdi>Mette Hansen</bdi></a>' in his
    assert claim.claim_ref not in his
    assert (await send("household", other="B-77", reason="Igen.")).status_code == 409
    one = await relation_of(runtime)
    ended = await anna.send(
        f"/desk/citizens/{bo.id}/end-relation", page, relation=str(one.id), reason="Flyttet."
    )
    assert ended.status_code == 303
    assert "Bo Juul" not in (await anna.get(page)).text.partition("earlier-offers")[0]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("A-1001", "Det er borgeren selv."),
        ("Z-0000", "Ingen borger passer."),
        ("Frode", "Ingen borger passer."),
        ("Bo", "Flere borgere passer."),
    ],
)
async def test_a_household_is_with_exactly_one_of_ours(runtime, claim, bo, send, other, why):
    await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    await make.citizen(runtime, name="Bo Bak", debtor_id="0303801234", phone=None)
    refused = await send("household", other=other, reason="Samme adresse.")
    assert refused.status_code == 422
    assert why in refused.text


async def test_a_co_debtor_is_a_name_and_the_claim_they_share(anna, runtime, claim, bo, page):
    async with runtime.transaction() as session:
        session.add(
            Liability(
                municipality="albertslund",
                claim_id=claim.id,
                citizen_id=bo.id,
                created_at=runtime.clock.now(),
            )
        )
    section = (await anna.get(page)).text.partition('id="relations"')[2].partition("</section>")[0]
    assert "Bo Juul" in section
    assert "Medhæfter på" in section
    assert claim.claim_ref in section
    assert "B-77" not in section
    await make_desk.reader(runtime, bo)
    his = (await anna.get(f"/desk/citizens/{bo.id}")).text.partition('id="relations"')[2]
    assert "Mette Hansen" in his


async def test_a_protected_person_has_no_name_on_anothers_page(anna, runtime, mette, claim, page):
    ida = await make.citizen(
        runtime, name="Ida Skjult", debtor_id="0404801234", phone=None, address_protected=True
    )
    staff = await make_desk.staff(runtime, "carl", name="Carl Ek")
    async with runtime.transaction() as session:
        session.add(
            Relation(
                municipality="albertslund",
                citizen_id=mette.id,
                other_citizen_id=ida.id,
                kind=RelationKind.HOUSEHOLD,
                reason="Set.",
                added_by=staff.id,
                added_at=runtime.clock.now(),
            )
        )
    text = (await anna.get(page)).text
    assert "Ida" not in text
    assert f'<a href="/desk/citizens/{ida.id}">en beskyttet person</a>' in text


async def test_a_relation_of_another_citizen_is_not_ended_here(runtime, mette, bo, send):
    staff = await make_desk.staff(runtime, "carl", name="Carl Ek")
    async with runtime.transaction() as session:
        session.add(
            Relation(
                municipality="albertslund",
                citizen_id=bo.id,
                kind=RelationKind.GUARDIAN,
                name="Vera Holm",
                reason="Set.",
                added_by=staff.id,
                added_at=runtime.clock.now(),
            )
        )
    one = await relation_of(runtime)
    answer = await send("end-relation", relation=str(one.id), reason="Hej")
    assert answer.status_code == 404
    assert (await send("end-relation", relation="tolv", reason="Hej")).status_code == 404
