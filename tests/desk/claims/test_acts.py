"""A caseworker acts on a claim: every word with its reason, refusals with theirs."""

import pytest
from sqlalchemy import select

from data.models.cases import Circumstances, Override, Task
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.models.hand_overs import HandOverState
from data.models.postings import Posting
from data.municipalities.ladders import Fact
from data.values.money import Money
from outreach import citizens, tasks
from tests import make, make_cases, make_desk

pytestmark = pytest.mark.usefixtures("at_mettes")

FACTS = [fact.value for fact in Fact]


async def only(runtime, table):
    async with runtime.transaction() as session:
        return (await session.scalars(select(table))).one()


async def now_of(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get_one(Claim, claim.id)


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
    await make_desk.reading(runtime, staff, frode)
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
