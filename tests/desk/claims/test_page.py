"""A claim at the desk: found, shown with what stands behind it, and nobody else's."""

from uuid import uuid4

import pytest

from data.models.cases import Effect
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.values.money import Money
from outreach import overrides
from tests import make, make_cases, make_desk

pytestmark = pytest.mark.usefixtures("at_mettes")


async def now_of(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get_one(Claim, claim.id)


@pytest.mark.parametrize("asked", ["A-1001", "a-1001", "1001", " A 1001 "])
async def test_a_claim_is_found_by_its_reference_or_its_digits(anna, claim, page, asked):
    found = await anna.get("/desk/claims", params={"ref": asked})
    assert (found.status_code, found.headers["location"]) == (303, page)


async def test_several_with_the_same_digits_are_listed(anna, runtime, mette, claim):
    await make.claim(runtime, mette, claim_ref="B-1001", claim_type="vand")
    text = (await anna.get("/desk/claims?ref=1001")).text
    assert "A-1001" in text
    assert "B-1001" in text
    assert "Mette Hansen" in text


@pytest.mark.parametrize("asked", ["", "A-9999", "%", "';drop", "x" * 500, "\x00"])
async def test_what_is_not_there_is_not_found(anna, claim, asked):
    answer = await anna.get("/desk/claims", params={"ref": asked})
    assert answer.status_code == 200
    assert "A-1001" not in answer.text
    assert ("Der er intet krav med det nummer" in answer.text) == bool(asked.strip("\x00"))


async def test_the_claim_says_where_it_stands_why_and_what_comes(anna, claim, page):
    text = (await anna.get(page)).text
    for words in (
        "Børnepasning, A-1001",
        "1.200 kr.",
        "Borgeren skal først have en venlig henvendelse.",
        "1. rykker",
        "A3 (line 9)",
        "Mette Hansen",
    ):
        assert words in text
    assert "010180" not in text


async def test_letters_fees_agreements_and_hand_overs_are_all_there(
    anna, runtime, mette, claim, page
):
    talk = await make.conversation(runtime, mette)
    letter = await make_cases.letter(runtime, claim)
    await make_cases.letter(runtime, claim, "reminder:2", fee=Money(25000))
    await make_cases.fee(runtime, claim)
    await make_cases.hand_over(runtime, claim)
    other = await make.claim(runtime, mette, claim_ref="A-1002", claim_type="vand")
    text = (await anna.get(page)).text
    for words in (
        "gebyr 250 kr.",
        "gebyrloven § 2 stk. 2",
        "1.450 kr.",
        f'href="{page}/letters/{letter.id}" download',
        "Gældsstyrelsen",
        "Stop overdragelsen",
        f'href="/desk/conversations/{talk.id}"',
        f'href="/desk/claims/{other.id}"',
    ):
        assert words in text
    card = (await anna.get(f"/desk/conversations/{talk.id}")).text
    assert f'href="{page}"' in card


async def test_a_letter_is_fetched_as_it_left_and_never_shown_as_a_page_of_ours(
    anna, runtime, mette, claim, page
):
    letter = await make_cases.letter(runtime, claim)
    fetched = await anna.get(f"{page}/letters/{letter.id}")
    assert fetched.text == letter.body
    assert fetched.headers["content-disposition"].startswith("attachment")
    other = await make.claim(runtime, mette, claim_ref="A-1002")
    assert (await anna.get(f"/desk/claims/{other.id}/letters/{letter.id}")).status_code == 404
    assert (await anna.get(f"{page}/letters/{uuid4()}")).status_code == 404


async def test_the_page_tells_of_news_and_sweeps_nothing_away(anna, runtime, claim, page):
    text = (await anna.get(page)).text
    mark = text.partition("/live?shown=")[2].partition('"')[0]
    seen = text.partition('name="seen_news" value="')[2].partition('"')[0]
    alert = text.partition('name="seen_alert" value="')[2].partition('"')[0]
    marks = {"shown": mark, "seen_news": seen, "seen_alert": alert}
    assert (await anna.get(f"{page}/live", params=marks)).status_code == 204
    await make_cases.fee(runtime, claim)
    news = (await anna.get(f"{page}/live", params=marks)).text
    assert "Kravet er ændret, siden du åbnede siden" in news


async def test_what_others_wrote_is_text_and_nothing_else(anna, runtime, mette, page, send):
    async with runtime.transaction() as session:
        (await session.get_one(Citizen, mette.id)).name = "<img src=x onerror=alert(1)>"
    await send("say", effect="hold", step="all", reason="<script>alert(1)</script> {{ 7*7 }}")
    text = (await anna.get(page)).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "{{ 7*7 }}" in text


@pytest.mark.parametrize(
    "act", ["", "/live", "/say", "/revoke", "/waive", "/circumstances", "/unfreeze", "/recall"]
)
async def test_another_municipalitys_claim_does_not_exist(anna, runtime, act):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    claim = await make.claim(runtime, frode, claim_ref="F-77")
    frida = await make_desk.staff(runtime, "frida", municipality="faxe")
    async with runtime.transaction() as session:
        word = await overrides.say(
            session, runtime, claim=claim, staff=frida, effect=Effect.HOLD, step="all", reason="."
        )
    fee = await make_cases.fee(runtime, claim)
    for number in (claim.id, uuid4()):
        address = f"/desk/claims/{number}{act}"
        if act in {"", "/live"}:
            answer = await anna.get(address)
        else:
            answer = await anna.send(
                address, effect="hold", reason="Hej", override=str(word.id), posting=str(fee.id)
            )
        assert answer.status_code == 404
        assert "Frode" not in answer.text
    assert "F-77" not in (await anna.get("/desk/claims?ref=F-78")).text
    assert (await now_of(runtime, claim)).charged == fee.amount


async def test_the_claim_is_in_english_too(anna, claim, page):
    text = (await anna.get(f"{page}?lang=en")).text
    for words in ("Let a step wait", "Outstanding", "Last day to pay on time"):
        assert words in text
    assert "Lad et skridt vente" not in text


async def test_the_address_of_an_act_leads_back_to_the_claim(anna, page):
    led = await anna.get(f"{page}/say")
    assert (led.status_code, led.headers["location"]) == (303, page)
