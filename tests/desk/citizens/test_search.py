"""A citizen is found by what is at hand, and only in the caseworker's own municipality."""

import pytest

from data.models.claims import ClaimState
from data.queries import citizens
from data.values.ids import DebtorKind
from data.values.money import Money
from tests import make


@pytest.mark.parametrize(
    "asked",
    ["mette", "Hansen Mette", "HANS", "A-1001", "1001", "20304050", "+45 20 30 40 50", " Mette "],
)
async def test_a_citizen_is_found_by_name_case_number_or_telephone(anna, claim, page, asked):
    found = await anna.get("/desk/citizens", params={"q": asked})
    assert (found.status_code, found.headers["location"]) == (303, page)


async def test_several_of_one_name_are_told_apart_by_number_and_sum(anna, runtime, mette, claim):
    other = await make.citizen(
        runtime, name="Mette Holm", debtor_id="0202801234", phone="+4520999999"
    )
    await make.claim(runtime, other, claim_ref="A-2", principal=Money(50050))
    await make.claim(runtime, other, claim_ref="A-3", state=ClaimState.HANDED_OVER)
    text = (await anna.get("/desk/citizens?q=mette")).text
    for words in ("Mette Hansen", "20 30 40 50", "1.200 kr.", "Mette Holm", "20 99 99 99"):
        assert words in text
    assert "500,50 kr." in text
    assert "0101801234" not in text
    assert "010180" not in text


async def test_a_business_is_found_too(anna, runtime):
    skov = await make.citizen(
        runtime,
        name="Skov ApS",
        debtor_id="10000009",
        debtor_kind=DebtorKind.BUSINESS,
        phone=None,
    )
    found = await anna.get("/desk/citizens?q=skov")
    assert found.headers["location"] == f"/desk/citizens/{skov.id}"


@pytest.mark.parametrize(
    "asked", ["", "m", "%", "_ette", "';drop", "x" * 500, "\x00", "0101801234", "010180-1234"]
)
async def test_what_is_not_there_is_not_found_nor_a_cpr_number(anna, claim, asked):
    answer = await anna.get("/desk/citizens", params={"q": asked})
    assert answer.status_code == 200
    assert "Mette Hansen" not in answer.text
    assert ("Ingen borger passer" in answer.text) == bool(asked.strip("\x00"))


async def test_another_municipalitys_citizens_are_not_found(anna, runtime):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode Faxe")
    await make.claim(runtime, frode, claim_ref="F-77")
    for asked in ("Frode", "F-77", "20304050"):
        answer = await anna.get("/desk/citizens", params={"q": asked})
        assert answer.status_code == 200
        assert "Ingen borger passer" in answer.text


async def test_no_more_than_a_page_is_shown(anna, runtime):
    for number in range(citizens.SHOWN_AT_ONCE + 1):
        await make.citizen(runtime, name=f"Ole {number:02}", debtor_id=f"01018{number:05}")
    text = (await anna.get("/desk/citizens?q=ole")).text
    assert text.count("row-link") == citizens.SHOWN_AT_ONCE
    assert "Viser de 50 første" in text


async def test_the_search_is_in_english_too(anna):
    text = (await anna.get("/desk/citizens?q=nobody&amp;lang=en&lang=en")).text
    assert "No citizen fits" in text
