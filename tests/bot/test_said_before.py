"""A general answer is not given twice word for word: in short, and with a person offered."""

from datetime import timedelta

import pytest

from outreach.texts import gsm7_segments

WAGES = "kan i trække i min løn?"


@pytest.mark.parametrize(
    "intent",
    ["wage_withholding", "access_data", "offset_question", "channel_preference", "autopay",
     "is_this_scam", "debt_relief"],
)  # fmt: skip
async def test_the_second_time_it_is_shorter_and_a_person_is_offered(write, prove, intent):
    first = await write("hvad med det her?", intent)
    second = await write("ja men hvad med det?", intent)
    assert first not in second
    assert second.startswith("Som jeg skrev:")
    assert "MENNESKE" in second
    assert len(second) < len(first)
    assert gsm7_segments(second)[0] <= 2


async def test_what_was_promised_is_said_again(write, prove):
    first = await write("hvad har i skrevet om mig", "access_data")
    second = await write("må jeg se mine papirer", "access_data")
    promised = "Du får svar senest "
    assert first.partition(promised)[2][:20] == second.partition(promised)[2][:20] != ""


async def test_a_short_answer_is_given_again_with_a_person_beside_it(write, prove):
    for_others = {"out_of_scope": 0.8}
    await write("kan man forny pas her", "not_our_errand", guess=for_others)
    said = await write("pas!", "not_our_errand", guess=for_others)
    assert "Eller skriv MENNESKE" in said


async def test_a_day_later_it_is_said_in_full_again(write, prove, clock):
    first = await write(WAGES, "wage_withholding")
    clock.travel(timedelta(days=2))
    assert first.partition("\n\n")[0] in await write(WAGES, "wage_withholding")


async def test_ones_own_sums_are_told_as_often_as_one_asks(write, prove):
    await write("hvad skylder jeg", "how_much")
    assert "1.200 kr." in await write("hvor meget var det?", "how_much")


async def test_who_it_is_is_asked_in_fewer_words_the_second_time(write, claim):
    first = await write("må jeg dele det op", "ask_plan")
    second = await write("eller vente lidt?", "ask_respite")
    assert "fødselsdato" in second
    assert len(second) < len(first) / 2
    assert gsm7_segments(second)[0] == 1


async def test_a_wish_while_we_wait_for_the_proof_is_kept_for_after_it(write, claim):
    await write("hvor meget er det?", "how_much")
    said = await write("kan jeg betale i 4 rater", "identify", guess={"propose_amount": 0.8})
    assert said.startswith("Gerne.")
    assert "i 4 rater" in await write("01-01-1980 A-1001", "identify")
