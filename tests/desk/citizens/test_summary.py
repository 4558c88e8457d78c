"""The top of the page: what is owed, agreed and waiting, where each claim stands, and why."""

from datetime import date

import pytest

from data.models.claims import ClaimState
from tests import make, make_cases

pytestmark = pytest.mark.usefixtures("at_mettes")


async def test_A39_each_claim_says_why_it_stands_there_and_leads_to_stepping_in(
    anna, runtime, claim, page
):
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    text = (await anna.get(page)).text
    section = text.partition("Hvor kravene står, og hvorfor")[2].partition("</section>")[0]
    assert "A-1001" in section
    assert "Grundlag:" in section
    for effect in ("hold", "shelve"):
        address = f"/desk/claims/{claim.id}?act={effect}#act-{effect}"
        assert f'href="{address}"' in section
    opened = (await anna.get(f"/desk/claims/{claim.id}?act=shelve")).text
    assert 'id="act-shelve" open' in opened
    assert 'id="act-hold" open' not in opened


async def test_flags_and_marks_stand_on_top(anna, runtime, mette, page):
    await make.claim(runtime, mette, claim_ref="A-2", state=ClaimState.SHELVED)
    await make.claim(runtime, mette, claim_ref="A-3", state=ClaimState.DISPUTED)
    top = (await anna.get(page)).text.partition('id="claims"')[0]
    assert "1 krav er henlagt" in top
    assert "Indsigelse mod 1 krav" in top


async def test_what_waits_is_counted_and_the_next_instalment_named(anna, runtime, plan, page):
    await make.coverage(runtime, "albertslund", date(2026, 11, 23))
    top = (await anna.get(page)).text.partition('id="claims"')[0]
    assert "Næste rate" in top
    assert '<dd class="count">0</dd>' in top


async def test_a_respite_is_a_click_away_with_its_day(anna, claim, page):
    text = (await anna.get(page)).text
    assert f'href="{page}/agree?until=2026-12-08"' in text
    assert "Henstand i 14 dage" in text


async def test_a_link_opens_one_form_and_no_other(anna, claim, page):
    text = (await anna.get(f"{page}?act=freeze")).text
    assert 'id="act-freeze" open' in text
    assert text.count('class="act-one" id="act-freeze" open') == 1
    assert 'id="act-deceased" open' not in text
    assert 'id="act-freeze" open' not in (await anna.get(page)).text


async def test_the_picture_of_a_plan_has_a_table_beside_it(anna, plan, page):
    text = (await anna.get(page)).text
    assert text.index('class="timeline"') < text.index("instalments-table")


async def test_with_nothing_on_record_every_section_says_so(anna, page):
    text = (await anna.get(page)).text
    for words in (
        "Der er ingen notater endnu.",
        "Ingen er noteret ved siden af borgeren.",
        "Der er ingen betalinger endnu.",
        "Der er ingen samtaler.",
    ):
        assert words in text


async def test_all_of_it_is_in_english_too(anna, runtime, claim, page):
    await make_cases.fee(runtime, claim)
    text = (await anna.get(f"{page}?lang=en")).text
    for words in ("Acts on the citizen", "Contacts", "Write a note", "Add a relation", "Notes"):
        assert words in text
    assert "Kontaktoplysninger" not in text
