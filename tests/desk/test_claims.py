"""A claim at the desk: found, explained, and every word of a caseworker with its reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.models.cases import Circumstances, Effect, Override, Task
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.models.hand_overs import HandOverState
from data.models.postings import Posting
from data.municipalities.ladders import Fact
from data.values.money import Money
from data.values.time import day_of
from outreach import citizens, overrides, tasks
from tests import make, make_cases, make_desk

FACTS = [fact.value for fact in Fact]


@pytest.fixture
async def mette(runtime):
    return await make.citizen(runtime)


@pytest.fixture
async def claim(runtime, mette, clock):
    await make.coverage(runtime, "albertslund", day_of(clock.now()) - timedelta(days=1))
    return await make.claim(
        runtime, mette, payment_id="000000000000018", creditor_no="12345678", first_contact_at=None
    )


@pytest.fixture
def page(claim):
    return f"/desk/claims/{claim.id}"


@pytest.fixture
def send(anna, page):
    async def sent(act, **fields):
        data = {"csrf_token": await anna.secret(page), **fields}
        return await anna.client.post(f"{page}/{act}", data=data)

    return sent


async def only(runtime, table):
    async with runtime.transaction() as session:
        return (await session.scalars(select(table))).one()


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


async def test_A39_a_step_is_held_and_the_page_shows_who_why_and_until_when(
    anna, runtime, send, page
):
    sent = await send("say", effect="hold", step="reminder:1", until="2026-12-24", reason="Syg.")
    assert sent.status_code == 303
    text = (await anna.get(sent.headers["location"])).text
    assert "Din afgørelse står nu på sagen" in text
    assert "1. rykker skal vente" in text
    assert "Anna Berg" in text
    assert "til og med 24. dec. 2026" in text
    assert "Syg." in text
    word = await only(runtime, Override)
    taken = await send("revoke", override=str(word.id), reason="Rask igen.")
    text = (await anna.get(taken.headers["location"])).text
    assert "Det er taget tilbage" in text
    assert "Rask igen." in text
    assert "Taget tilbage i dag kl. 10.00 af Anna Berg" in text


async def test_a_day_is_read_as_people_write_it_too(runtime, send):
    await send("say", effect="hold", step="all", until="24.12.2026", reason="Syg.")
    assert (await only(runtime, Override)).until.isoformat() == "2026-12-24"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reason": " ", "until": ""}, "Skriv en begrundelse."),
        ({"reason": "Syg <b>", "until": "i morgen"}, "Skriv en dato, for eksempel 24.12.2026."),
        ({"reason": "x" * 4001, "until": ""}, "Begrundelsen er for lang"),
        ({"reason": "Syg", "until": "2026-11-01"}, "Dagen er allerede gået."),
    ],
)
async def test_a_form_that_is_not_taken_keeps_what_was_typed(runtime, send, fields, why):
    refused = await send("say", effect="hold", step="reminder:2", **fields)
    assert refused.status_code == 422
    assert why in refused.text
    assert fields["reason"].replace("<", "&lt;").replace(">", "&gt;") in refused.text
    assert '<option value="reminder:2" selected>' in refused.text
    assert 'id="act-hold" open' in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(Override)) is None


async def test_a_refusal_says_the_reason_and_the_paragraph(send):
    refused = await send("say", effect="skip", step="notice:1", reason="Det haster.")
    assert refused.status_code == 422
    assert "Loven tillader det ikke" in refused.text
    assert "gældsinddrivelsesloven § 2 stk. 4" in refused.text
    assert "Det haster." in refused.text


async def test_A24_a_hand_over_is_approved_with_a_ground_and_an_assessment(
    anna, runtime, send, claim, page
):
    async with runtime.transaction() as session:
        await tasks.open_task(session, runtime, claim=claim, kind="assess_hand_over")
    assert "Vurder om kravet skal overdrages" in (await anna.get(page)).text
    without = await send("say", effect="approve", step="hand_over:1", reason="Kan betale.")
    assert without.status_code == 422
    assert "ingen af de grunde, som politikken kræver" in without.text
    assert "A24 (line 36)" in without.text
    await send(
        "say",
        effect="approve",
        step="hand_over:1",
        ground="able_but_unwilling",
        reason="Har formue og vil ikke.",
    )
    text = (await anna.get(page)).text
    assert "Kan betale, men vil ikke" in text
    assert (await only(runtime, Task)).note == "Har formue og vil ikke."


async def test_A24_A25_only_the_grounds_that_the_facts_bear_are_offered(anna, page):
    text = (await anna.get(page)).text
    approve = text.partition('id="act-approve"')[2].partition("</form>")[0]
    assert 'value="able_but_unwilling"' in approve
    assert 'value="repeated_breach"' not in approve  # nothing was agreed, so nothing is broken


async def test_F24_the_bailiffs_auction_warning_is_approved_at_the_desk_and_no_reminder_is(
    runtime, browsers
):
    frida = browsers()
    staff = await make_desk.staff(runtime, "frida", municipality="faxe", name="Frida Holm")
    frida.hold(await make_desk.session_of(runtime, staff))
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    claim = await make.claim(
        runtime, frode, claim_type="ejendomsskat", claim_ref="F-1", tax_year=2023
    )
    text = (await frida.get(f"/desk/claims/{claim.id}")).text
    approve = text.partition('id="act-approve"')[2].partition("</form>")[0]
    assert 'value="auction_warning:1"' in approve
    assert 'value="hand_over:1"' in approve
    assert "reminder:" not in approve
    assert 'id="act-shelve"' not in text  # Faxe knows no shelving


async def test_A18_A19_a_case_is_shelved_with_the_three_facts_and_the_shelving_ended(
    anna, runtime, send, claim, page
):
    refused = await send("say", effect="shelve", facts=FACTS[:2], reason="Alvorlig sygdom.")
    assert refused.status_code == 422
    assert "er ikke noteret på sagen" in refused.text
    assert "A18, A19 (line 28)" in refused.text
    assert refused.text.count('name="facts"') == 3
    assert refused.text.partition('id="act-shelve"')[2].count(" checked") == 2 + 2  # facts, life
    await send("say", effect="shelve", facts=FACTS, until="2027-02-01", reason="Alvorlig sygdom.")
    assert (await now_of(runtime, claim)).state is ClaimState.SHELVED
    text = (await anna.get(page)).text
    assert "ses på igen 1. feb. 2027" in text
    assert "Borgeren vil gerne betale" in text
    assert "Henlæg sagen for længere tid" in text
    word = await only(runtime, Override)
    await send("revoke", override=str(word.id), reason="Borgeren kan betale igen.")
    assert (await now_of(runtime, claim)).state is ClaimState.OPEN


async def test_a_fee_is_waived_with_a_reason_and_once(anna, runtime, send, claim, page):
    fee = await make_cases.fee(runtime, claim)
    refused = await send("waive", posting=str(fee.id), reason="")
    assert refused.status_code == 422
    assert "Skriv en begrundelse." in refused.text
    sent = await send("waive", posting=str(fee.id), reason="Brevet kom for sent.")
    text = (await anna.get(sent.headers["location"])).text
    assert "Beløbet er eftergivet" in text
    assert "Brevet kom for sent." in text
    assert "-250 kr." in text
    assert (await now_of(runtime, claim)).charged == Money(0)
    again = await send("waive", posting=str(fee.id), reason="Igen.")
    assert again.status_code == 409
    assert "En anden har ændret det" in again.text


async def test_circumstances_are_recorded_and_shown_again(anna, runtime, send, page, mette):
    sent = await send(
        "circumstances",
        benefit="kontanthjaelp",
        yearly_net_income="120.000,50",
        children_at_home="yes",
        supports_others="no",
        social_authorities_told_on="2026-11-20",
    )
    assert sent.status_code == 303
    known = await only(runtime, Circumstances)
    assert (known.benefit, known.yearly_net_income) == ("kontanthjaelp", Money(12000050))
    assert (known.children_at_home, known.supports_others) == (True, False)
    text = (await anna.get(page)).text
    assert '<option value="kontanthjaelp" selected>' in text
    assert 'value="120000,50"' in text
    assert 'value="2026-11-20"' in text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"yearly_net_income": "mange"}, "Skriv et beløb i kroner"),
        ({"deceased_on": "2030-01-01"}, "Det kan ikke passe"),
        ({"social_authorities_told_on": "snart"}, "Skriv en dato"),
        ({"benefit": "lotto"}, "Det kan ikke passe"),
    ],
)
async def test_circumstances_that_cannot_be_read_are_told_by_their_field(
    runtime, send, fields, why
):
    refused = await send("circumstances", children_at_home="yes", **fields)
    assert refused.status_code == 422
    assert why in refused.text
    assert 'id="children_at_home-yes" name="children_at_home" value="yes" checked' in refused.text
    async with runtime.transaction() as session:
        assert await session.scalar(select(Circumstances)) is None


async def test_a_freeze_is_lifted_by_a_person_with_a_reason(anna, runtime, send, page, mette):
    assert 'id="act-unfreeze"' not in (await anna.get(page)).text
    async with runtime.transaction() as session:
        await citizens.freeze(session, runtime, mette.id, because="hard_illness")
    assert "alvorlig sygdom" in (await anna.get(page)).text.casefold()
    assert (await send("unfreeze", reason="")).status_code == 422
    await send("unfreeze", reason="Talt med Mette.")
    async with runtime.transaction() as session:
        assert (await session.get_one(Citizen, mette.id)).frozen_at is None
    assert (await send("unfreeze", reason="Igen.")).status_code == 409


async def test_a_claim_with_its_recipient_is_recalled_at_the_desk(
    anna, runtime, send, mette, claim, page
):
    file = await make_cases.hand_over_file(runtime, "albertslund")
    await make_cases.hand_over(runtime, claim, state=HandOverState.ACCEPTED, file_id=file.id, row=1)
    async with runtime.transaction() as session:
        (await session.get_one(Claim, claim.id)).state = ClaimState.HANDED_OVER
    text = (await anna.get(page)).text
    assert "ingen skridt at gribe ind over for" in text
    assert 'id="act-recall"' in text
    sent = await send("recall", reason="Sendt ved en fejl.")
    assert "Kravet er kaldt tilbage" in (await anna.get(sent.headers["location"])).text
    assert (await now_of(runtime, claim)).state is ClaimState.OPEN


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


async def test_a_word_or_a_fee_of_another_claim_is_not_of_this_one(
    anna, runtime, mette, claim, send
):
    other = await make.claim(runtime, mette, claim_ref="A-1002")
    fee = await make_cases.fee(runtime, other)
    assert (await send("waive", posting=str(fee.id), reason="x")).status_code == 404
    for wrong in ("", "abc", "9" * 40):
        assert (await send("waive", posting=wrong, reason="x")).status_code == 404
        assert (await send("revoke", override=wrong, reason="x")).status_code == 404
    assert (await send("say", effect="dans", reason="x")).status_code == 404
    assert (await only(runtime, Posting)).id == fee.id


async def test_the_claim_is_in_english_too(anna, claim, page):
    text = (await anna.get(f"{page}?lang=en")).text
    for words in ("Let a step wait", "Outstanding", "Last day to pay on time"):
        assert words in text
    assert "Lad et skridt vente" not in text


async def test_the_address_of_an_act_leads_back_to_the_claim(anna, page):
    led = await anna.get(f"{page}/say")
    assert (led.status_code, led.headers["location"]) == (303, page)
