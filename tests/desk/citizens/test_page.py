"""A citizen at the desk: all they owe, agreed and paid on one page, and nobody else's."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from data.models.agreements import Agreement, AgreementState, Instalment
from data.models.cases import Liability
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.models.payments import Allocation, Payment, PaymentKind
from data.values.money import Money
from outreach import tasks
from tests import make, make_cases, make_desk

pytestmark = pytest.mark.usefixtures("at_mettes")

KNOWN_UNTIL = date(2026, 11, 23)


def row_of(text, number):
    """Return the line of one instalment in the table, without its tags."""
    table = text.partition("instalments-table")[2].partition("</table>")[0]
    rows = re.findall(r"<tr class=.*?</tr>", table, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", rows[number - 1]).split())


async def pay(runtime, clock, claim, kroner, on, **given):
    """Let money come in on a day, booked that day."""
    now = clock.now()
    clock.travel(timedelta(days=(on - now.date()).days))
    money = await make.payment(runtime, claim, Money(kroner * 100), on, **given)
    clock.travel(now - clock.now())
    return money


async def test_A7_the_page_adds_up_what_is_owed_agreed_disputed_and_paid(
    anna, runtime, clock, mette, claim, plan, page
):
    water = await make.claim(
        runtime, mette, claim_ref="A-2", claim_type="vand", principal=Money(80000)
    )
    async with runtime.transaction() as session:
        (await session.get_one(Claim, water.id)).in_dispute = Money(10000)
    await make.claim(runtime, mette, claim_ref="A-3", state=ClaimState.HANDED_OVER)
    await pay(runtime, clock, claim, 300, date(2026, 11, 9))
    old = await make.claim(runtime, mette, claim_ref="A-4", due_date=date(2025, 1, 6))
    await pay(runtime, clock, old, 1200, date(2025, 1, 3))
    text = (await anna.get(page)).text
    overview = text.partition('class="overview"')[2].partition("</dl>")[0]
    assert re.findall(r'<dd class="sum">([^<]+)', overview) == [
        "1.700 kr.", "900 kr.", "100 kr.", "300 kr."
    ]  # fmt: skip
    assert f'href="/desk/claims/{water.id}"' in text
    assert "Indsigelse mod 100 kr." in text


async def test_each_instalment_says_what_covers_it_and_what_is_missing(
    anna, runtime, clock, claim, plan, page
):
    await make.coverage(runtime, "albertslund", KNOWN_UNTIL)
    await pay(runtime, clock, claim, 350, date(2026, 11, 9), payment_ref="P-1")
    async with runtime.transaction() as session:
        moved = await session.get_one(Instalment, (plan.id, 4))
        moved.agreed_on = date(2026, 12, 14)
    text = (await anna.get(page)).text
    assert row_of(text, 1) == "1 9. nov. 2026 300 kr. Betalt 300 kr. , 9. nov. 2026 P-1"
    assert (
        row_of(text, 2)
        == "2 16. nov. 2026 300 kr. Mangler mangler 250 kr. 50 kr. , 9. nov. 2026 P-1"
    )
    assert row_of(text, 3) == "3 1. dec. 2026 300 kr. Kommer –"
    assert "flyttet fra 14. dec. 2026" in row_of(text, 4)
    assert "1 af 4 rater er betalt. 1 rate mangler: 250 kr. Næste rate er 300 kr." in text


async def test_a_day_that_is_over_waits_for_the_payment_file(anna, runtime, claim, plan, page):
    await make.coverage(runtime, "albertslund", date(2026, 11, 9))
    text = (await anna.get(page)).text
    assert "Afventer betalingsfilen" in row_of(text, 1)
    assert "Mangler" not in row_of(text, 1)


async def test_money_paid_ahead_and_money_taken_back(anna, runtime, clock, claim, plan, page):
    await make.coverage(runtime, "albertslund", KNOWN_UNTIL)
    ahead = await pay(runtime, clock, claim, 900, date(2026, 11, 6), payment_ref="P-1")
    text = (await anna.get(page)).text
    assert "Betalt forud" in row_of(text, 3)
    back = {"kind": PaymentKind.REVERSED, "reverses": ahead.id, "payment_ref": "P-2"}
    await pay(runtime, clock, claim, -900, date(2026, 11, 10), **back)
    text = (await anna.get(page)).text
    assert "0 af 4 rater er betalt. 2 rater mangler: 600 kr." in text
    assert "Taget tilbage af banken eller fagsystemet" in text


async def test_what_is_waived_comes_off_the_end(anna, runtime, claim, plan, page):
    await make.coverage(runtime, "albertslund", date(2026, 11, 6))
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).principal = Money(90000)
    text = (await anna.get(page)).text
    assert "Bortfaldet, fordi der skyldes mindre" in row_of(text, 4)
    assert "Kommer" in row_of(text, 3)


async def test_the_picture_says_in_words_what_it_shows(anna, runtime, clock, claim, plan, page):
    await make.coverage(runtime, "albertslund", KNOWN_UNTIL)
    await pay(runtime, clock, claim, 300, date(2026, 11, 9))
    text = (await anna.get(page)).text
    [picture] = re.findall(r'<svg class="timeline".*?</svg>', text, re.DOTALL)
    assert 'role="img"' in picture
    assert "Rater fra 3. nov. 2026 til 4. jan. 2027" in picture
    assert "1 af 4 rater er betalt. 1 rate mangler: 300 kr." in picture
    assert picture.count("rate-covered") == 1
    assert picture.count("rate-missed") == 1
    assert picture.count("rate-coming") == 2
    assert picture.count("came-in") == 1
    assert "style=" not in text


async def test_a_payment_shows_where_each_krone_went(anna, runtime, clock, mette, claim, page):
    water = await make.claim(runtime, mette, claim_ref="A-2", claim_type="vand")
    frode = await make.citizen(runtime, name="Frode", debtor_id="0202801234", phone=None)
    anothers = await make.claim(runtime, frode, claim_ref="B-9")
    staff = await make_desk.staff(runtime, "carl", name="Carl Ek")
    money = await pay(runtime, clock, claim, 500, date(2026, 11, 9), payment_ref="P-1")
    async with runtime.transaction() as session:
        for owed, kroner in ((claim, -300), (water, 100), (anothers, 150)):
            session.add(
                Allocation(
                    municipality="albertslund",
                    payment_id=money.id,
                    claim_id=owed.id,
                    amount=Money(kroner * 100),
                    made_by=f"staff:{staff.id}",
                    because="Borgeren ringede.",
                    created_at=clock.now(),
                )
            )
            (await session.get_one(Claim, owed.id)).paid += Money(kroner * 100)
        (await session.get_one(Payment, money.id)).allocated = Money(45000)
    text = (await anna.get(page)).text
    table = text.partition('id="payments"')[2].partition("</section>")[0]
    for words in (
        "Indbetaling",
        "-300 kr.",
        f'href="/desk/claims/{water.id}"',
        "et krav på en anden borger",
        "Carl Ek, i dag kl. 10.00: <bdi>Borgeren ringede.</bdi>",
        "50 kr. er ikke placeret på et krav",
    ):
        assert words in table
    assert "Frode" not in text


async def test_who_owes_with_whom_stands_on_both_pages(anna, runtime, mette, claim, page):
    bo = await make.citizen(runtime, name="Bo Juul", debtor_id="0202801234", phone=None)
    async with runtime.transaction() as session:
        session.add(
            Liability(
                municipality="albertslund",
                claim_id=claim.id,
                citizen_id=bo.id,
                created_at=runtime.clock.now(),
            )
        )
    assert f'<a href="/desk/citizens/{bo.id}"><bdi>Bo Juul</bdi></a>' in (await anna.get(page)).text
    await make_desk.reader(runtime, bo)
    his = (await anna.get(f"/desk/citizens/{bo.id}")).text
    assert "Krav, borgeren hæfter for sammen med andre" in his
    assert "A-1001" in his


async def test_offers_letters_tasks_and_conversations_lead_on(
    anna, runtime, talk, claim, plan, page
):
    await make_desk.plan(runtime, talk, state=AgreementState.DECLINED, accepted_at=None)
    await make_cases.letter(runtime, claim)
    async with runtime.transaction() as session:
        task = await tasks.open_task(session, runtime, claim=claim, kind="letter_failed")
    assert task is not None
    text = (await anna.get(page)).text
    assert "1 tilbud, der ikke blev til noget" in text
    assert f'href="/desk/tasks/{task.id}"' in text
    assert f'href="/desk/conversations/{talk.id}"' in text
    for address in (
        f"/desk/claims/{claim.id}", f"/desk/tasks/{task.id}", f"/desk/conversations/{talk.id}"
    ):  # fmt: skip
        assert f'href="{page}"' in (await anna.get(address)).text, address


async def test_a_fee_is_waived_from_here(anna, runtime, claim, page, send):
    fee = await make_cases.fee(runtime, claim)
    without = await send("waive", posting=str(fee.id), reason=" ")
    assert without.status_code == 422
    assert "Skriv en begrundelse." in without.text
    done = await send("waive", posting=str(fee.id), reason="Brevet kom ikke frem.")
    text = (await anna.get(done.headers["location"])).text
    assert "Beløbet er eftergivet" in text
    assert "Gebyr eftergivet" in text
    assert "Et gebyr er eftergivet" in text.partition('id="history"')[2]
    again = await send("waive", posting=str(fee.id), reason="En gang til.")
    assert again.status_code == 409


async def test_the_page_tells_of_news_and_sweeps_nothing_away(anna, runtime, claim, page):
    text = (await anna.get(page)).text
    shown = text.partition("/live?shown=")[2].partition('"')[0]
    marks = {"shown": shown, **make_desk.marks_of(await anna.get(page))}
    assert (await anna.get(f"{page}/live", params=marks)).status_code == 204
    await make_cases.fee(runtime, claim)
    news = (await anna.get(f"{page}/live", params=marks)).text
    assert "Der er sket noget på sagen" in news


async def test_what_others_wrote_is_text_and_nothing_else(anna, runtime, mette, plan, page):
    async with runtime.transaction() as session:
        (await session.get_one(Citizen, mette.id)).name = "<img src=x onerror=alert(1)>"
        agreed = await session.get_one(Agreement, plan.id)
        agreed.reason, agreed.shown_text = "<script>alert(1)</script>", "{{ 7*7 }}"
    text = (await anna.get(page)).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "{{ 7*7 }}" in text


@pytest.mark.parametrize("act", ["", "/live", "/waive"])
async def test_another_municipalitys_citizen_does_not_exist(anna, runtime, act):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    owed = await make.claim(runtime, frode, claim_ref="F-77")
    fee = await make_cases.fee(runtime, owed)
    for number in (frode.id, uuid4()):
        address = f"/desk/citizens/{number}{act}"
        is_form = act not in {"", "/live"}
        fields = {"posting": str(fee.id), "reason": "Hej"}
        answer = await (anna.send(address, **fields) if is_form else anna.get(address))
        assert answer.status_code == 404
        assert "Frode" not in answer.text


async def test_a_fee_of_another_citizen_is_not_waived_here(anna, runtime, mette, send):
    frode = await make.citizen(runtime, name="Frode", debtor_id="0202801234", phone=None)
    fee = await make_cases.fee(runtime, await make.claim(runtime, frode, claim_ref="B-9"))
    assert (await send("waive", posting=str(fee.id), reason="Hej")).status_code == 404


async def test_the_page_asks_the_database_as_often_for_much_as_for_little(
    anna, runtime, talk, mette, claim, plan, page
):
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", note)

    async def asked():
        seen.clear()
        await anna.get(page)
        return len(seen)

    little = await asked()
    for number in range(20):
        await make.claim(runtime, mette, claim_ref=f"B-{number}")
        await make_desk.plan(runtime, talk, state=AgreementState.SUPERSEDED)
    assert await asked() == little


async def test_the_page_is_in_english_too(anna, claim, plan, page):
    text = (await anna.get(f"{page}?lang=en")).text
    for words in ("Owed in all", "0 of 4 instalments are paid.", "Show 4 instalments"):
        assert words in text
    assert "Ubetalt i alt" not in text


async def test_the_address_of_an_act_leads_back_to_the_citizen(anna, page):
    led = await anna.get(f"{page}/waive")
    assert (led.status_code, led.headers["location"]) == (303, page)
