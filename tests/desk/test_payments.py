"""Money that waits, at the desk: placed, moved and sent back by a caseworker, with a reason."""

import pytest
from sqlalchemy import select

from data.models.cases import Task
from data.models.claims import Claim
from data.models.payments import Payment
from data.values.money import Money
from outreach.intake.importing import import_payments
from tests import make, make_desk

HEADER = "payment_ref;claim_ref;payment_id;amount;paid_on;covers_until;payer;text"
WAITS = "P-1;;000000000000019;1200;23-11-2026;;Mette Hansen;Til <b>Mette</b>"


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette):
    return await make.claim(runtime, mette, payment_id="000000000000018")


@pytest.fixture
def take(runtime, tmp_path):
    async def file(*rows):
        path = tmp_path / "payments.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        (await import_payments(runtime, path, "albertslund")).problems.close()
        async with runtime.transaction() as session:
            return await session.scalar(select(Payment).order_by(Payment.id))

    return file


async def paid(runtime, ref="A-1001"):
    async with runtime.transaction() as session:
        return (await session.scalar(select(Claim).where(Claim.claim_ref == ref))).paid


async def test_a_caseworker_sees_what_waits_with_suggestions_and_places_it(
    anna, runtime, claim, take
):
    money = await take(WAITS)
    text = (await anna.get("/desk/payments")).text
    for words in (
        "Betalt 23. nov. 2026",
        "1.200 kr.",
        "Til &lt;b&gt;Mette&lt;/b&gt;",
        "A-1001",
        "betalings-id&#39;et er næsten det samme",
        f'href="/desk/payments/{money.id}"',
    ):
        assert words in text
    sent = await anna.send(
        f"/desk/payments/{money.id}/place",
        suggested="A-1001",
        amount="1.200",
        reason="Et ciffer var forkert.",
        seen="0",
    )
    page = (await anna.get(sent.headers["location"])).text
    assert "Betalingen er placeret." in page
    assert "Et ciffer var forkert." in page
    assert await paid(runtime) == Money(120000)
    assert "Ingen betalinger venter" in (await anna.get("/desk/payments")).text


async def test_the_task_leads_to_the_payment_and_is_closed_by_placing(anna, runtime, claim, take):
    money = await take(WAITS)
    assert "En betaling kan ikke placeres" in (await anna.get("/desk/tasks")).text
    async with runtime.transaction() as session:
        number = await session.scalar(select(Task.id))
    assert f'href="/desk/payments/{money.id}"' in (await anna.get(f"/desk/tasks/{number}")).text
    assert (await anna.send(f"/desk/tasks/{number}/close", note="Set")).status_code == 422


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"claim_ref": "A-1001", "amount": "1200"}, "claim.fault.reason"),
        ({"claim_ref": "A-1001", "amount": "tolv", "reason": "x"}, "beløb i kroner"),
        ({"claim_ref": "A-1001", "amount": "0", "reason": "x"}, "beløb i kroner"),
        ({"claim_ref": "Z-9", "amount": "1", "reason": "x"}, "ikke præcis ét krav"),
    ],
)
async def test_a_form_that_cannot_be_read_says_why_and_keeps_what_was_written(
    anna, runtime, claim, take, fields, fault
):
    money = await take(WAITS)
    answer = await anna.send(f"/desk/payments/{money.id}/place", **fields)
    assert answer.status_code == 422
    assert fault in answer.text or fault.startswith("claim.")
    assert f'value="{fields["claim_ref"]}"' in answer.text
    assert await paid(runtime) == Money(0)


async def test_whoever_comes_late_is_told_and_nothing_is_booked_twice(anna, runtime, claim, take):
    money = await take(WAITS)
    form = {"claim_ref": "A-1001", "amount": "600", "reason": "Del af en regning.", "seen": "0"}
    first = await anna.send(f"/desk/payments/{money.id}/place", **form)
    again = await anna.send(f"/desk/payments/{money.id}/place", **form)
    assert (first.status_code, again.status_code) == (303, 409)
    assert await paid(runtime) == Money(60000)


async def test_money_is_moved_and_sent_back_from_its_page(anna, runtime, mette, claim, take):
    await make.claim(runtime, mette, claim_ref="A-1002")
    money = await take("P-1;A-1001;;1500;23-11-2026;;;")
    page = f"/desk/payments/{money.id}"
    moved = await anna.send(
        f"{page}/move", from_claim=str(claim.id), claim_ref="A-1002", amount="300", reason="Rest"
    )
    assert "Betalingen er flyttet." in (await anna.get(moved.headers["location"])).text
    back = await anna.send(f"{page}/refund", from_claim=str(claim.id), amount="200", reason="Fejl")
    assert "Tilbagebetalingen er noteret." in (await anna.get(back.headers["location"])).text
    assert await paid(runtime) == Money(100000)
    assert await paid(runtime, "A-1002") == Money(30000)


async def test_another_municipality_sees_none_of_it(anna, browsers, runtime, claim, take):
    money = await take(WAITS)
    frida = browsers()
    staff = await make_desk.staff(runtime, "frida", municipality="faxe", name="Frida Holm")
    frida.hold(await make_desk.session_of(runtime, staff))
    assert "Ingen betalinger venter" in (await frida.get("/desk/payments")).text
    assert (await frida.get(f"/desk/payments/{money.id}")).status_code == 404
    sent = await frida.send(f"/desk/payments/{money.id}/refund", amount="1200", reason="Ikke vores")
    assert sent.status_code == 404


async def test_the_page_reads_in_english_too(anna, claim, take):
    money = await take(WAITS)
    assert "the payment id is nearly the same" in (await anna.get("/desk/payments?lang=en")).text
    text = (await anna.get(f"/desk/payments/{money.id}?lang=en")).text
    assert "A suggestion never becomes anything by itself." in text


@pytest.mark.parametrize("number", ["0", "x", "99999999999999999999", "123"])
async def test_a_payment_that_is_not_there_is_not_found(anna, number):
    assert (await anna.get(f"/desk/payments/{number}")).status_code == 404
