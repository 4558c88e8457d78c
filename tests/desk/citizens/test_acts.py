"""A caseworker's other acts on a citizen's page: a part disputed, money to come assigned."""

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementKind, AgreementState
from data.models.cases import Task
from data.models.claims import Claim, ClaimState
from data.values.money import Money

pytestmark = pytest.mark.usefixtures("at_mettes")


async def now_of(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get_one(Claim, claim.id)


async def test_a_part_is_disputed_and_the_rest_can_be_agreed_on(anna, runtime, claim, page, send):
    done = await send("dispute", claim=str(claim.id), amount="200", reason="To dage for meget.")
    text = (await anna.get(done.headers["location"])).text
    assert "Indsigelsen er skrevet ned" in text
    assert "Indsigelse mod 200 kr." in text
    assert (await now_of(runtime, claim)).in_dispute == Money(20000)
    async with runtime.transaction() as session:
        assert (await session.scalars(select(Task.kind))).all() == ["dispute"]
    assert "1.000 kr." in (await anna.get(f"{page}/agree")).text


@pytest.mark.parametrize("amount", ["", "0", "-5", "1200", "5000", "en krone"])
async def test_a_part_is_more_than_nothing_and_less_than_all(runtime, claim, send, amount):
    refused = await send("dispute", claim=str(claim.id), amount=amount, reason="To dage.")
    assert refused.status_code == 422
    assert f'value="{amount}"' in refused.text
    assert (await now_of(runtime, claim)).in_dispute == Money(0)


async def test_a_claim_is_written_off_with_a_reason(anna, runtime, claim, page, send):
    without = await send("write-off", claim=str(claim.id), reason=" ")
    assert without.status_code == 422
    done = await send("write-off", claim=str(claim.id), reason="Boet er sluttet.")
    text = (await anna.get(done.headers["location"])).text
    assert "Kravet er afskrevet." in text
    assert "-1.200 kr." in text
    assert "Boet er sluttet." in text
    owed = await now_of(runtime, claim)
    assert (owed.state, owed.outstanding) == (ClaimState.WRITTEN_OFF, Money(0))
    again = await send("write-off", claim=str(claim.id), reason="En gang til.")
    assert again.status_code == 404


async def test_A16_an_assignment_is_written_down_and_holds_once_signed(
    anna, runtime, claim, page, send
):
    shown = (await anna.get(page)).text
    assert "Overskydende skat" in shown
    assert "boerne_og_ungeydelse" not in shown
    given = {"claims": str(claim.id), "benefit": "overskydende_skat", "reason": "Aftalt på mødet."}
    done = await send("assign", expected_by="2027-04-01", **given)
    assert "Transporten er skrevet ned" in (await anna.get(done.headers["location"])).text
    async with runtime.transaction() as session:
        made = (await session.scalars(select(Agreement))).one()
    assert (made.kind, made.state) == (AgreementKind.ASSIGNMENT, AgreementState.OFFERED)
    refused = await send("sign", agreement=str(made.id), channel="letter", level="2")
    assert refused.status_code == 422
    assert "legitimation ved personligt fremmøde" in refused.text
    done = await send("sign", agreement=str(made.id), channel="counter", level="2")
    assert "Aftalen er indgået" in (await anna.get(done.headers["location"])).text
    assert (await now_of(runtime, claim)).state is ClaimState.IN_RESPITE


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"benefit": "boerne_og_ungeydelse"}, "børne- og ungeydelsesloven § 11"),
        ({"claims": ""}, "Vælg mindst ét krav."),
        ({"expected_by": ""}, "Skriv en dato, for eksempel 24.12.2026."),
        ({"reason": ""}, "Skriv en begrundelse."),
    ],
)
async def test_A16_an_assignment_that_cannot_be_is_refused_with_the_reason(
    runtime, claim, send, fields, why
):
    given = {
        "claims": str(claim.id),
        "benefit": "overskydende_skat",
        "expected_by": "2027-04-01",
        "reason": "Aftalt på mødet.",
    }
    refused = await send("assign", **(given | fields))
    assert refused.status_code == 422
    assert why in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(Agreement)) is None
